// A fully connected layer, with the rectifier after it if there is one, as one node of the graph: libtorch's three to five cost more than the
// products of small layers. The products are the BLAS's that libtorch itself calls.
#include "hpotorch.h"
#include <torch/csrc/autograd/custom_function.h>

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

extern "C" void sgemm_(const char* ta, const char* tb, const int* m, const int* n, const int* k, const float* alpha, const float* a, const int* lda, const float* b,
                       const int* ldb, const float* beta, float* c, const int* ldc);

namespace {

#define KERNEL __attribute__((target_clones("avx2", "default")))

// c := a · b + beta · c, all by columns; what is by rows stands turned.
void multiply(char ta, char tb, int64_t m, int64_t n, int64_t k, const at::Tensor& a, const at::Tensor& b, float beta, at::Tensor& c) {
    const int rows = m, columns = n, inner = k, lda = ta == 'n' ? m : k, ldb = tb == 'n' ? k : n;
    const float one = 1;
    sgemm_(&ta, &tb, &rows, &columns, &inner, &one, a.data_ptr<float>(), &lda, b.data_ptr<float>(), &ldb, &beta, c.data_ptr<float>(), &rows);
}

KERNEL void rectify(float* __restrict y, int64_t n) {
    for (int64_t i = 0; i < n; i++) y[i] = y[i] < 0 ? 0 : y[i];
}

KERNEL void unless_zero(const float* __restrict g, const float* __restrict y, float* __restrict to, int64_t n) {
    for (int64_t i = 0; i < n; i++) to[i] = y[i] <= 0 ? 0 : g[i];
}

KERNEL void sum_rows(const float* __restrict g, float* __restrict to, int64_t rows, int64_t columns) {
    for (int64_t j = 0; j < columns; j++) to[j] = 0;
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++) to[j] += g[i * columns + j];
}

struct Dense : torch::autograd::Function<Dense> {
    // x: … × in, w: out × in, b: out; n = all dimensions of x but the last.
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& w, const at::Tensor& b, bool rectified) {
        const auto in = w.size(1), out = w.size(0), n = x.numel() / in;
        auto shape = x.sizes().vec();
        shape.back() = out;
        auto y = at::empty(shape, x.options());
        const auto* bias = b.data_ptr<float>();
        for (auto *row = y.data_ptr<float>(), *end = row + n * out; row < end; row += out) std::copy(bias, bias + out, row);
        multiply('t', 'n', out, n, in, w, x, 1, y);
        if (rectified) rectify(y.data_ptr<float>(), y.numel());
        context->save_for_backward({x, w, rectified ? y : at::Tensor()});
        return y;
    }

    static variable_list backward(AutogradContext* context, variable_list grads) {
        const auto saved = context->get_saved_variables();
        const auto &x = saved[0], &w = saved[1], &y = saved[2];
        const bool isTwice = at::GradMode::is_enabled(), needsX = context->needs_input_grad(0);
        if (isTwice) {
            const auto g = y.defined() ? at::threshold_backward(grads[0], y, 0) : grads[0];
            const auto rows = g.reshape({-1, w.size(0)});
            return {needsX ? rows.mm(w).reshape(x.sizes()) : at::Tensor(), rows.t().mm(x.reshape({-1, w.size(1)})), rows.sum(0), at::Tensor()};
        }
        const auto in = w.size(1), out = w.size(0), n = x.numel() / in;
        // A gradient that libtorch knows to be nothing but zeros, as the second derivative of an absolute value is, has no memory.
        auto g = grads[0]._is_zerotensor() ? at::zeros(grads[0].sizes(), grads[0].options()) : grads[0].contiguous();
        if (y.defined()) {
            auto kept = at::empty_like(g);
            unless_zero(g.data_ptr<float>(), y.data_ptr<float>(), kept.data_ptr<float>(), g.numel());
            g = kept;
        }
        at::Tensor dx;
        if (needsX) {
            dx = at::empty(x.sizes(), x.options());
            multiply('n', 'n', in, n, out, w, g, 0, dx);
        }
        auto dw = at::empty({out, in}, w.options()), db = at::empty({out}, w.options());
        multiply('n', 't', in, out, n, x, g, 0, dw);
        sum_rows(g.data_ptr<float>(), db.data_ptr<float>(), n, out);
        return {dx, dw, db, at::Tensor()};
    }
};

bool is_plain(const at::Tensor& t) { return t.dim() >= 2 && t.scalar_type() == at::kFloat && t.is_contiguous() && t.numel() > 0; }

}  // namespace

// x·wᵀ + b, and what is negative of it as 0 if it is rectified; the bias may be null.
HPO_API Handle hpo_linear(Handle x, Handle weight, Handle bias, bool rectified) {
    return guarded([&] {
        if (bias && is_plain(*x) && is_plain(*weight) && x->size(-1) == weight->size(1) && at::GradMode::is_enabled() && weight->requires_grad())
            return Dense::apply(*x, *weight, *bias, rectified);
        const auto y = bias ? at::linear(*x, *weight, *bias) : at::linear(*x, *weight);
        return rectified ? at::relu(y) : y;
    });
}
