// Cross entropy of small batches as one node of the graph: libtorch's own is two, each of several calls.
#include "hpotorch.h"
#include <cmath>
#include <torch/csrc/autograd/custom_function.h>

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

// Where libtorch's exponentials, several at a time, save more than its calls cost.
constexpr int64_t MOST = 4096;

struct CrossEntropy : torch::autograd::Function<CrossEntropy> {
    // x: n × classes; target: n; the mean loss.
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& target, double smoothing) {
        const auto n = x.size(0), classes = x.size(1);
        auto chances = at::empty_like(x);
        const auto* from = x.data_ptr<float>();
        auto* to = chances.data_ptr<float>();
        const auto* truth = target.data_ptr<int64_t>();
        double total = 0;
        for (int64_t i = 0; i < n; i++, from += classes, to += classes) {
            auto top = from[0];
            for (int64_t j = 1; j < classes; j++) top = std::max(top, from[j]);
            float sum = 0, linear = 0;
            for (int64_t j = 0; j < classes; j++) {
                sum += to[j] = std::exp(from[j] - top);
                linear += from[j] - top;
            }
            for (int64_t j = 0; j < classes; j++) to[j] /= sum;
            total += std::log(sum) - (1 - smoothing) * (from[truth[i]] - top) - smoothing / classes * linear;
        }
        context->save_for_backward({x, target, chances});
        context->saved_data["smoothing"] = smoothing;
        return at::full({}, total / n, x.options());
    }

    static variable_list backward(AutogradContext* context, variable_list grads) {
        const auto saved = context->get_saved_variables();
        const auto &x = saved[0], &target = saved[1], &chances = saved[2];
        const auto n = x.size(0), classes = x.size(1);
        const auto smoothing = context->saved_data["smoothing"].toDouble();
        if (at::GradMode::is_enabled()) {
            const auto wanted = at::full_like(x, smoothing / classes).scatter_add(1, target.unsqueeze(1), at::full({n, 1}, 1 - smoothing, x.options()));
            return {grads[0] * (at::softmax(x, 1) - wanted) / n, at::Tensor(), at::Tensor()};
        }
        auto dx = at::empty_like(x);
        const auto* p = chances.data_ptr<float>();
        const auto* truth = target.data_ptr<int64_t>();
        auto* to = dx.data_ptr<float>();
        const auto scale = grads[0].item<float>() / n, least = static_cast<float>(smoothing / classes), rest = static_cast<float>(1 - smoothing);
        for (int64_t i = 0; i < n; i++, p += classes, to += classes) {
            for (int64_t j = 0; j < classes; j++) to[j] = scale * (p[j] - least);
            to[truth[i]] -= scale * rest;
        }
        return {dx, at::Tensor(), at::Tensor()};
    }
};

bool are_classes(const at::Tensor& target, int64_t classes) {
    const auto* truth = target.data_ptr<int64_t>();
    return std::all_of(truth, truth + target.numel(), [=](int64_t t) { return t >= 0 && t < classes; });
}

}  // namespace

// The reduction is libtorch's: 1 = mean.
HPO_API Handle hpo_cross_entropy(Handle x, Handle target, Handle weight, int64_t ignore, int64_t reduction, double smoothing) {
    return guarded([&] {
        const bool isSmall = !weight && reduction == 1 && x->dim() == 2 && x->numel() > 0 && x->numel() <= MOST && x->scalar_type() == at::kFloat && x->is_contiguous() &&
                             target->dim() == 1 && target->size(0) == x->size(0) && target->scalar_type() == at::kLong && target->is_contiguous();
        if (isSmall && ignore < 0 && are_classes(*target, x->size(1))) return CrossEntropy::apply(*x, *target, smoothing);
        return at::cross_entropy_loss(*x, *target, weight ? c10::optional<at::Tensor>(*weight) : c10::nullopt, reduction, ignore, smoothing);
    });
}
