// Gradients.
#include "hpotorch.h"
#include <torch/csrc/autograd/autograd.h>

HPO_API bool hpo_grad_enabled() { return at::GradMode::is_enabled(); }
HPO_API void hpo_set_grad_enabled(bool on) { at::GradMode::set_enabled(on); }
HPO_API void hpo_set_requires_grad(Handle t, bool on) { guarded_void([&] { t->set_requires_grad(on); }); }
HPO_API bool hpo_requires_grad(Handle t) { return t->requires_grad(); }
HPO_API void hpo_backward(Handle t) { guarded_void([&] { t->backward(); }); }

HPO_API Handle hpo_grad(Handle t) {
    if (!t->grad().defined()) return nullptr;
    return guarded([&] { return t->grad(); });
}

HPO_API void hpo_set_grad(Handle t, Handle grad) { guarded_void([&] { t->mutable_grad() = grad ? *grad : at::Tensor(); }); }

// Gradients of one scalar to n inputs, into out; with create_graph they can be differentiated again. An input that the output does not depend
// on is null if that is allowed, else an error.
HPO_API void hpo_autograd_grad(Handle* outputs, int m, Handle* inputs, int n, Handle* weights, bool retain, bool create, bool unused, Handle* out) {
    guarded_void([&] {
        const auto grads = torch::autograd::grad(list(outputs, m), list(inputs, n), weights ? list(weights, m) : std::vector<at::Tensor>{}, retain, create, unused);
        for (int i = 0; i < n; i++) out[i] = grads[i].defined() ? wrap(grads[i]) : nullptr;
    });
}

// Scales the gradients of n parameters so that their norm together is at most max_norm, as torch.nn.utils.clip_grad_norm_; the norm before.
HPO_API double hpo_clip_grad_norm(Handle* parameters, int n, double max_norm, double type) {
    double total = 0;
    guarded_void([&] {
        at::NoGradGuard guard;
        std::vector<at::Tensor> grads;
        for (int i = 0; i < n; i++)
            if (parameters[i]->grad().defined()) grads.push_back(parameters[i]->grad());
        if (grads.empty()) return;
        std::vector<at::Tensor> norms;
        for (const auto& g : grads) norms.push_back(at::norm(g, type));
        total = at::norm(at::stack(norms), type).item<double>();
        const double factor = max_norm / (total + 1e-6);
        if (factor < 1)
            for (auto& g : grads) g.mul_(factor);
    });
    return total;
}

HPO_API void hpo_clip_grad_value(Handle* parameters, int n, double limit) {
    guarded_void([&] {
        at::NoGradGuard guard;
        for (int i = 0; i < n; i++)
            if (parameters[i]->grad().defined()) parameters[i]->mutable_grad().clamp_(-limit, limit);
    });
}
