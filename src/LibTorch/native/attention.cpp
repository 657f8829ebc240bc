// Attention over short sequences. libtorch multiplies the small matrices of each head one call at a time, and copies them together before; here
// loops read them where they lie, and the whole is one node of the graph.
#include "hpotorch.h"
#include <cmath>
#include <torch/csrc/autograd/custom_function.h>

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

constexpr int64_t LONGEST = 64, WIDEST = 128;

// A matrix for each head of each sample: rows × columns, columns one after another in memory.
struct Heads {
    float* data;
    int64_t sample, head, row, rows, columns;

    explicit Heads(const at::Tensor& t)
        : data(t.data_ptr<float>()), sample(t.stride(0)), head(t.stride(1)), row(t.stride(2)), rows(t.size(2)), columns(t.size(3)) {}
    float* at(int64_t n, int64_t h) const { return data + n * sample + h * head; }
};

#define KERNEL __attribute__((target_clones("avx2", "default")))

// c := scale · a · bᵀ, by columns of b, which are turned into rows first.
KERNEL void rows_by_rows(const float* a, int64_t ra, const float* b, int64_t rb, float* c, int64_t rc, int64_t m, int64_t n, int64_t k, float scale) {
    float turned[LONGEST * WIDEST];
    for (int64_t j = 0; j < n; j++)
        for (int64_t l = 0; l < k; l++) turned[l * n + j] = b[j * rb + l] * scale;
    for (int64_t i = 0; i < m; i++) {
        float* __restrict to = c + i * rc;
        for (int64_t j = 0; j < n; j++) to[j] = 0;
        for (int64_t l = 0; l < k; l++) {
            const float v = a[i * ra + l];
            const float* __restrict from = turned + l * n;
            for (int64_t j = 0; j < n; j++) to[j] += v * from[j];
        }
    }
}

// c := scale · a · b, or with a turned scale · aᵀ · b; a is m × k, or k × m.
KERNEL void times(const float* a, int64_t ra, bool turned, const float* b, int64_t rb, float* c, int64_t rc, int64_t m, int64_t n, int64_t k, float scale) {
    for (int64_t i = 0; i < m; i++) {
        float* __restrict to = c + i * rc;
        for (int64_t j = 0; j < n; j++) to[j] = 0;
        for (int64_t l = 0; l < k; l++) {
            const float v = (turned ? a[l * ra + i] : a[i * ra + l]) * scale;
            const float* __restrict from = b + l * rb;
            for (int64_t j = 0; j < n; j++) to[j] += v * from[j];
        }
    }
}

template <typename F>
void each_head(const at::Tensor& t, F&& body) {
    for (int64_t n = 0; n < t.size(0); n++)
        for (int64_t h = 0; h < t.size(1); h++) body(n, h);
}

at::Tensor outer(const at::Tensor& a, const at::Tensor& b, float scale) {
    auto c = at::empty({a.size(0), a.size(1), a.size(2), b.size(2)}, a.options());
    const Heads x(a), y(b), z(c);
    each_head(a, [&](int64_t n, int64_t h) { rows_by_rows(x.at(n, h), x.row, y.at(n, h), y.row, z.at(n, h), z.row, x.rows, y.rows, x.columns, scale); });
    return c;
}

// Lies in memory as [n, time, heads, d], so that putting the heads together again costs nothing.
at::Tensor product(const at::Tensor& a, bool turned, const at::Tensor& b, float scale) {
    const auto m = a.size(turned ? 3 : 2);
    auto c = at::empty({a.size(0), m, a.size(1), b.size(3)}, a.options()).transpose(1, 2);
    const Heads x(a), y(b), z(c);
    each_head(a, [&](int64_t n, int64_t h) { times(x.at(n, h), x.row, turned, y.at(n, h), y.row, z.at(n, h), z.row, m, y.columns, y.rows, scale); });
    return c;
}

at::Tensor columns_together(const at::Tensor& t) { return t.stride(3) == 1 ? t : t.contiguous(); }

struct Attention : torch::autograd::Function<Attention> {
    // bias: added to the scores; dropped: dropout's factors.
    static at::Tensor forward(AutogradContext* context, at::Tensor q, at::Tensor k, at::Tensor v, c10::optional<at::Tensor> bias, c10::optional<at::Tensor> dropped,
                              double scale) {
        const auto kept = dropped.value_or(at::Tensor());
        q = columns_together(q), k = columns_together(k), v = columns_together(v);
        auto scores = outer(q, k, static_cast<float>(scale));
        if (bias) scores.add_(*bias);
        const auto weights = at::softmax(scores, -1);
        context->save_for_backward({q, k, v, weights, kept});
        context->saved_data["scale"] = scale;
        return product(kept.defined() ? weights * kept : weights, false, v, 1);
    }

    static variable_list backward(AutogradContext* context, variable_list grads) {
        TORCH_CHECK(!at::GradMode::is_enabled(), "attention over short sequences can be differentiated once only");
        const auto saved = context->get_saved_variables();
        const auto &q = saved[0], &k = saved[1], &v = saved[2], &weights = saved[3], &kept = saved[4];
        const auto scale = static_cast<float>(context->saved_data["scale"].toDouble());
        const auto up = columns_together(grads[0]);
        auto dw = outer(up, v, 1);
        if (kept.defined()) dw.mul_(kept);
        const auto ds = at::_softmax_backward_data(dw, weights, -1, at::kFloat);
        return {product(ds, false, k, scale), product(ds, true, q, scale), product(kept.defined() ? weights * kept : weights, true, up, 1), at::Tensor(), at::Tensor(), at::Tensor()};
    }
};

}  // namespace

// softmax(q·kᵀ/√d + mask)·v over the last two dimensions (Vaswani et al., arXiv 1706.03762, eq. 1); a boolean mask is true where one may look.
HPO_API Handle hpo_attention(Handle q, Handle k, Handle v, Handle mask, double dropout, bool causal) {
    return guarded([&] {
        const double never = -std::numeric_limits<double>::infinity(), scale = 1 / std::sqrt(static_cast<double>(q->size(-1)));
        at::Tensor bias;
        if (causal) bias = at::zeros({q->size(-2), k->size(-2)}, q->options()).masked_fill(at::ones({q->size(-2), k->size(-2)}, at::kBool).triu(1), never);
        if (mask) bias = mask->scalar_type() == at::kBool ? at::zeros_like(*mask, q->options()).masked_fill(mask->logical_not(), never) : *mask;
        const bool isShort = q->dim() == 4 && k->dim() == 4 && v->dim() == 4 && q->scalar_type() == at::kFloat && q->size(1) == k->size(1) && q->numel() > 0 &&
                             std::max(q->size(2), k->size(2)) <= LONGEST && std::max(q->size(3), v->size(3)) <= WIDEST && !(bias.defined() && bias.requires_grad());
        if (isShort) {
            c10::optional<at::Tensor> kept;
            if (dropout > 0) kept = at::empty({q->size(0), q->size(1), q->size(2), k->size(2)}, q->options()).bernoulli_(1 - dropout).div_(1 - dropout);
            return Attention::apply(*q, *k, *v, bias.defined() ? c10::optional<at::Tensor>(bias) : c10::nullopt, kept, scale);
        }
        auto scores = at::matmul(q->mul(scale), k->transpose(-2, -1));
        if (bias.defined()) scores = scores + bias;
        return at::matmul(at::dropout(at::softmax(scores, -1), dropout, dropout > 0), *v);
    });
}
