// One step of all parameters in one call. An Optimizer holds its parameters' and its state's tensors, so that a step allocates nothing.
#include "hpotorch.h"
#include <cmath>

// A machine with AVX2 runs the copy compiled for it. Without FMA, so that every machine gives the same numbers.
#define KERNEL __attribute__((target_clones("avx2", "default")))
namespace kernels {
#define T float
#include "optim_kernels.inc"
#undef T
#define T double
#include "optim_kernels.inc"
#undef T
}  // namespace kernels

struct Optimizer {
    std::vector<at::Tensor> parameters;
    std::vector<std::vector<at::Tensor>> state;
    int64_t step = 0;
    double mu_product = 1;  // NAdam's
};

// body(p, g, state, n) for each parameter that has a gradient.
template <typename F>
static void each(Optimizer* o, F&& body) {
    guarded_void([&] {
        at::NoGradGuard guard;
        o->step++;
        for (size_t i = 0; i < o->parameters.size(); i++) {
            auto& p = o->parameters[i];
            if (!p.grad().defined()) continue;
            TORCH_CHECK(p.is_contiguous(), "a parameter must be contiguous");
            const auto g = p.grad().to(p.scalar_type()).contiguous();
            AT_DISPATCH_FLOATING_TYPES(p.scalar_type(), "optimizer", [&] {
                scalar_t* state[2] = {nullptr, nullptr};
                for (size_t j = 0; j < o->state[i].size(); j++) state[j] = o->state[i][j].template data_ptr<scalar_t>();
                body(p.template data_ptr<scalar_t>(), g.template data_ptr<scalar_t>(), state, p.numel());
            });
            p.unsafeGetTensorImpl()->bump_version();
        }
    });
}

HPO_API Optimizer* hpo_optim_new(Handle* parameters, int n, int states, double initial) {
    auto o = new Optimizer{list(parameters, n), {}};
    guarded_void([&] {
        at::NoGradGuard guard;
        for (const auto& p : o->parameters) {
            o->state.emplace_back();
            for (int j = 0; j < states; j++) o->state.back().push_back(at::full_like(p, initial, at::MemoryFormat::Contiguous));
        }
    });
    return o;
}
HPO_API void hpo_optim_free(Optimizer* o) { delete o; }
HPO_API void hpo_optim_zero_grad(Optimizer* o) {
    for (auto& p : o->parameters)
        if (p.grad().defined()) p.mutable_grad() = at::Tensor();
}

HPO_API void hpo_sgd(Optimizer* o, double lr, double momentum, double dampening, double decay, bool nesterov) {
    each(o, [&](auto* p, auto* g, auto** s, int64_t n) { kernels::sgd(p, g, s[0], n, lr, momentum, 1 - dampening, decay, nesterov, o->step == 1); });
}

HPO_API void hpo_adagrad(Optimizer* o, double lr, double lr_decay, double decay, double eps) {
    each(o, [&](auto* p, auto* g, auto** s, int64_t n) { kernels::adagrad(p, g, s[0], n, lr / (1 + (o->step - 1) * lr_decay), eps, decay); });
}

HPO_API void hpo_adadelta(Optimizer* o, double lr, double rho, double eps, double decay) {
    each(o, [&](auto* p, auto* g, auto** s, int64_t n) { kernels::adadelta(p, g, s[0], s[1], n, lr, rho, eps, decay); });
}

HPO_API void hpo_rmsprop(Optimizer* o, double lr, double alpha, double eps, double decay, double momentum) {
    each(o, [&](auto* p, auto* g, auto** s, int64_t n) { kernels::rmsprop(p, g, s[0], s[1], n, lr, alpha, eps, decay, momentum); });
}

HPO_API void hpo_adam(Optimizer* o, double lr, double beta1, double beta2, double eps, double decay, bool decoupled) {
    each(o, [&](auto* p, auto* g, auto** s, int64_t n) {
        const double c1 = 1 - std::pow(beta1, o->step), c2 = 1 - std::pow(beta2, o->step);
        kernels::adam(p, g, s[0], s[1], n, beta1, beta2, eps, decoupled ? 0 : decay, decoupled ? 1 - lr * decay : 1, 0, lr / c1, std::sqrt(c2));
    });
}

HPO_API void hpo_nadam(Optimizer* o, double lr, double beta1, double beta2, double eps, double decay, double momentum_decay) {
    const double step = o->step + 1;
    const double mu = beta1 * (1 - 0.5 * std::pow(0.96, step * momentum_decay)), next = beta1 * (1 - 0.5 * std::pow(0.96, (step + 1) * momentum_decay));
    o->mu_product *= mu;
    each(o, [&](auto* p, auto* g, auto** s, int64_t n) {
        const double c2 = 1 - std::pow(beta2, step);
        kernels::adam(p, g, s[0], s[1], n, beta1, beta2, eps, decay, 1, lr * (1 - mu) / (1 - o->mu_product), lr * next / (1 - o->mu_product * next), std::sqrt(c2));
    });
}

HPO_API void hpo_radam(Optimizer* o, double lr, double beta1, double beta2, double eps, double decay) {
    each(o, [&](auto* p, auto* g, auto** s, int64_t n) {
        const double c1 = 1 - std::pow(beta1, o->step), c2 = 1 - std::pow(beta2, o->step);
        const double limit = 2 / (1 - beta2) - 1, length = limit - 2 * o->step * (1 - c2) / c2;
        const bool rectified = length > 5;
        const double r = rectified ? std::sqrt((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)) : 0;
        kernels::radam(p, g, s[0], s[1], n, beta1, beta2, eps, decay, rectified ? lr / c1 * std::sqrt(c2) * r : lr / c1, rectified);
    });
}
