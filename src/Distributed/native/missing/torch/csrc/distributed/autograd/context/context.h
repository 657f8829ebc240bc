// Debian's libtorch-dev has reducer.hpp but not this header of libtorch's, which it includes for the two names below: pointers to a class whose
// inside nobody needs who does not use torch's RPC. Used only where the real one is missing.
#pragma once
#include <ATen/core/Tensor.h>
#include <functional>
#include <memory>

namespace torch::distributed::autograd {
class DistAutogradContext {
   public:
    using GradCallback = std::function<bool(at::Tensor&)>;
};
using ContextPtr = std::shared_ptr<DistAutogradContext>;
}  // namespace torch::distributed::autograd
