// C interface over libtorch's c10d. A tensor is a pointer to an at::Tensor, such as TorchSharp's handles are. No C++ exception leaves: on an
// error a function returns null (or does nothing) and hpo_distributed_error() gives the message, once, for the calling thread.
#pragma once
#include <ATen/ATen.h>
#include <cstdint>
#include <string>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <vector>

#define HPO_API extern "C" __attribute__((visibility("default")))

using Handle = at::Tensor*;

struct Group {
    c10::intrusive_ptr<c10d::ProcessGroup> processes;
};

void keep_error(const std::exception& e);

template <typename F>
void guarded(F&& work) {
    try {
        work();
    } catch (const std::exception& e) {
        keep_error(e);
    }
}
