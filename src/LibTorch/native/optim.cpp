// One fused step of one parameter; the formulas are those of torch.optim, state tensors are the caller's and changed in place.
#include "hpotorch.h"
#include <cmath>

HPO_API void hpo_sgd_step(Handle p, Handle buffer, double lr, double momentum, double dampening, double decay, bool nesterov, bool first) {
    guarded_void([&] {
        if (!p->grad().defined()) return;
        at::NoGradGuard guard;
        auto g = p->grad();
        if (decay != 0) g = g.add(*p, decay);
        if (momentum != 0) {
            if (first) buffer->copy_(g);
            else buffer->mul_(momentum).add_(g, 1 - dampening);
            g = nesterov ? g.add(*buffer, momentum) : *buffer;
        }
        p->add_(g, -lr);
    });
}

HPO_API void hpo_adam_step(Handle p, Handle m, Handle v, int64_t step, double lr, double beta1, double beta2, double eps, double decay, bool decoupled) {
    guarded_void([&] {
        if (!p->grad().defined()) return;
        at::NoGradGuard guard;
        auto g = p->grad();
        if (decay != 0) {
            if (decoupled) p->mul_(1 - lr * decay);
            else g = g.add(*p, decay);
        }
        m->mul_(beta1).add_(g, 1 - beta1);
        v->mul_(beta2).addcmul_(g, g, 1 - beta2);
        const double c1 = 1 - std::pow(beta1, step), c2 = 1 - std::pow(beta2, step);
        p->addcdiv_(*m, v->sqrt().div_(std::sqrt(c2)).add_(eps), -lr / c1);
    });
}

HPO_API void hpo_rmsprop_step(Handle p, Handle v, Handle buffer, double lr, double alpha, double eps, double decay, double momentum) {
    guarded_void([&] {
        if (!p->grad().defined()) return;
        at::NoGradGuard guard;
        auto g = p->grad();
        if (decay != 0) g = g.add(*p, decay);
        v->mul_(alpha).addcmul_(g, g, 1 - alpha);
        auto average = v->sqrt().add_(eps);
        if (momentum > 0) {
            buffer->mul_(momentum).addcdiv_(g, average);
            p->add_(*buffer, -lr);
        } else {
            p->addcdiv_(g, average, -lr);
        }
    });
}
