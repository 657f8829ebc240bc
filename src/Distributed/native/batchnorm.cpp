// Batch normalisation over a batch of which each process has a part, as one node of the graph with one call of the group each way. Forward all learn all parts' counts, means and
// squared deviations, which are put together without the mean being known before (Chan, Golub and LeVeque, 1983); backward one sum over the processes is all that is needed.
#include "hpodistributed.h"
#include <cmath>
#include <torch/csrc/autograd/custom_function.h>

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

#define KERNEL __attribute__((target_clones("avx2", "default")))

// x is [n, channels, places], contiguous; of one place the loops run over channels, of more over places.
struct Layout {
    int64_t n, channels, places;
    int64_t samples() const { return n * places; }
};

// Sums are of few numbers in floats, and of these in doubles.
constexpr int64_t Few = 256;

KERNEL float sum_of(const float* __restrict x, int64_t n) {
    float total = 0;
#pragma omp simd reduction(+ : total)
    for (int64_t i = 0; i < n; i++) total += x[i];
    return total;
}

KERNEL float squares_of(const float* __restrict x, float mean, int64_t n) {
    float total = 0;
#pragma omp simd reduction(+ : total)
    for (int64_t i = 0; i < n; i++) total += (x[i] - mean) * (x[i] - mean);
    return total;
}

KERNEL void gradients_of(const float* __restrict dy, const float* __restrict x, float mean, int64_t n, double* sums) {
    float plain = 0, product = 0;
#pragma omp simd reduction(+ : plain, product)
    for (int64_t i = 0; i < n; i++) {
        plain += dy[i];
        product += dy[i] * (x[i] - mean);
    }
    sums[0] += plain;
    sums[1] += product;
}

// y := (x − mean) · scale + shift
KERNEL void normalise(const float* __restrict x, float mean, float scale, float shift, float* __restrict y, int64_t n) {
    for (int64_t i = 0; i < n; i++) y[i] = (x[i] - mean) * scale + shift;
}

// dx := dy · scale + (x − mean) · slope + shift
KERNEL void turn_back(const float* __restrict dy, const float* __restrict x, float mean, float scale, float slope, float shift, float* __restrict dx, int64_t n) {
    for (int64_t i = 0; i < n; i++) dx[i] = dy[i] * scale + (x[i] - mean) * slope + shift;
}

// The same four of one place a sample, all channels at once.
KERNEL void add_row(const float* __restrict x, double* __restrict sums, int64_t channels) {
    for (int64_t c = 0; c < channels; c++) sums[c] += x[c];
}

KERNEL void add_squares(const float* __restrict x, const float* __restrict mean, double* __restrict sums, int64_t channels) {
    for (int64_t c = 0; c < channels; c++) sums[c] += (x[c] - mean[c]) * (x[c] - mean[c]);
}

KERNEL void add_gradients(const float* __restrict dy, const float* __restrict x, const float* __restrict mean, double* __restrict plain, double* __restrict product, int64_t channels) {
    for (int64_t c = 0; c < channels; c++) {
        plain[c] += dy[c];
        product[c] += dy[c] * (x[c] - mean[c]);
    }
}

KERNEL void normalise_row(const float* __restrict x, const float* __restrict mean, const float* __restrict scale, const float* __restrict shift, float* __restrict y, int64_t channels) {
    for (int64_t c = 0; c < channels; c++) y[c] = (x[c] - mean[c]) * scale[c] + shift[c];
}

KERNEL void turn_row_back(const float* __restrict dy, const float* __restrict x, const float* __restrict mean, const float* __restrict scale, const float* __restrict slope,
                          const float* __restrict shift, float* __restrict dx, int64_t channels) {
    for (int64_t c = 0; c < channels; c++) dx[c] = dy[c] * scale[c] + (x[c] - mean[c]) * slope[c] + shift[c];
}

// What a piece of at most Few numbers of a channel is given: its channel, where it begins, how long it is.
template <typename Piece>
void by_pieces(const Layout& l, Piece&& piece) {
    for (int64_t i = 0; i < l.n; i++)
        for (int64_t c = 0; c < l.channels; c++)
            for (int64_t at = 0; at < l.places; at += Few) piece(c, (i * l.channels + c) * l.places + at, std::min(Few, l.places - at));
}

// Each channel's mean and sum of squared deviations from it.
void deviations(const Layout& l, const float* x, double* means, double* squares) {
    std::fill(means, means + l.channels, 0);
    std::fill(squares, squares + l.channels, 0);
    if (l.places == 1)
        for (int64_t i = 0; i < l.n; i++) add_row(x + i * l.channels, means, l.channels);
    else
        by_pieces(l, [&](int64_t c, int64_t at, int64_t n) { means[c] += sum_of(x + at, n); });
    std::vector<float> about(l.channels);
    for (int64_t c = 0; c < l.channels; c++) about[c] = means[c] = means[c] / l.samples();
    if (l.places == 1)
        for (int64_t i = 0; i < l.n; i++) add_squares(x + i * l.channels, about.data(), squares, l.channels);
    else
        by_pieces(l, [&](int64_t c, int64_t at, int64_t n) { squares[c] += squares_of(x + at, about[c], n); });
    // The deviations were from the mean as a float.
    for (int64_t c = 0; c < l.channels; c++) squares[c] = std::max(0.0, squares[c] - l.samples() * (means[c] - about[c]) * (means[c] - about[c]));
}

at::Tensor doubles(int64_t n) { return at::zeros({n}, at::kDouble); }

// What each process has, one after the other; the same bits everywhere.
at::Tensor gathered(Group* group, at::Tensor own) {
    const auto size = group->processes->getSize(), length = static_cast<int>(own.numel());
    auto all = doubles(static_cast<int64_t>(size) * length);
    std::vector<at::Tensor> mine{own};
    std::vector<std::vector<at::Tensor>> theirs(1);
    for (int rank = 0; rank < size; rank++) theirs[0].push_back(all.narrow(0, static_cast<int64_t>(rank) * length, length));
    group->processes->allgather(theirs, mine)->wait();
    return all;
}

struct BatchNorm : torch::autograd::Function<BatchNorm> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& given, const at::Tensor& w, const at::Tensor& b, at::Tensor running_mean, at::Tensor running_variance, int64_t handle,
                              bool counts, double momentum, double epsilon) {
        auto* group = reinterpret_cast<Group*>(handle);
        const auto x = given.contiguous();
        const Layout l{x.size(0), x.size(1), x.numel() / std::max<int64_t>(1, x.size(0) * x.size(1))};
        const auto channels = l.channels;
        auto own = doubles(1 + 2 * channels);
        auto* part = own.data_ptr<double>();
        if (counts && l.samples() > 0) {
            part[0] = l.samples();
            deviations(l, x.data_ptr<float>(), part + 1, part + 1 + channels);
        }
        const auto all = gathered(group, own);
        double total = 0;
        std::vector<double> mean(channels), squares(channels);
        for (const auto *p = all.data_ptr<double>(), *end = p + all.numel(); p < end; p += 1 + 2 * channels) {
            if (p[0] == 0) continue;
            total += p[0];
            for (int64_t c = 0; c < channels; c++) {
                const auto apart = p[1 + c] - mean[c];
                mean[c] += apart * p[0] / total;
                squares[c] += p[1 + channels + c] + apart * apart * p[0] * (total - p[0]) / total;
            }
        }
        auto saved = at::empty({2, channels}, x.options());
        auto *means = saved.data_ptr<float>(), *inverse = means + channels, *r_mean = running_mean.data_ptr<float>(), *r_variance = running_variance.data_ptr<float>();
        std::vector<float> scale(channels);
        const auto *weights = w.data_ptr<float>(), *biases = b.data_ptr<float>();
        for (int64_t c = 0; c < channels; c++) {
            const auto variance = squares[c] / total;
            means[c] = mean[c];
            inverse[c] = 1 / std::sqrt(variance + epsilon);
            scale[c] = weights[c] * inverse[c];
            r_mean[c] = (1 - momentum) * r_mean[c] + momentum * mean[c];
            r_variance[c] = (1 - momentum) * r_variance[c] + momentum * squares[c] / std::max(1.0, total - 1);
        }
        auto y = at::empty_like(x);
        const auto* from = x.data_ptr<float>();
        auto* to = y.data_ptr<float>();
        for (int64_t i = 0; i < l.n; i++)
            if (l.places == 1)
                normalise_row(from + i * channels, means, scale.data(), biases, to + i * channels, channels);
            else
                for (int64_t c = 0; c < channels; c++)
                    normalise(from + (i * channels + c) * l.places, means[c], scale[c], biases[c], to + (i * channels + c) * l.places, l.places);
        context->save_for_backward({x, w, saved});
        context->saved_data["group"] = handle;
        context->saved_data["counts"] = counts;
        context->saved_data["total"] = total;
        return y;
    }

    static variable_list backward(AutogradContext* context, variable_list grads) {
        TORCH_CHECK(!at::GradMode::is_enabled(), "batch normalisation over several processes can be differentiated once only");
        const auto variables = context->get_saved_variables();
        const auto &x = variables[0], &w = variables[1], &saved = variables[2];
        const Layout l{x.size(0), x.size(1), x.numel() / std::max<int64_t>(1, x.size(0) * x.size(1))};
        const auto channels = l.channels;
        const auto dy = grads[0]._is_zerotensor() ? at::zeros(grads[0].sizes(), grads[0].options()) : grads[0].contiguous();
        const auto *g = dy.data_ptr<float>(), *values = x.data_ptr<float>(), *means = saved.data_ptr<float>(), *inverse = means + channels;
        std::vector<double> pairs(2 * channels);
        auto sums = doubles(2 * channels);
        auto *plain = sums.data_ptr<double>(), *product = plain + channels;
        if (l.places == 1)
            for (int64_t i = 0; i < l.n; i++) add_gradients(g + i * channels, values + i * channels, means, plain, product, channels);
        else {
            by_pieces(l, [&](int64_t c, int64_t at, int64_t n) { gradients_of(g + at, values + at, means[c], n, &pairs[2 * c]); });
            for (int64_t c = 0; c < channels; c++) plain[c] = pairs[2 * c], product[c] = pairs[2 * c + 1];
        }
        auto dw = at::empty({channels}, x.options()), db = at::empty({channels}, x.options());
        for (int64_t c = 0; c < channels; c++) {
            dw.data_ptr<float>()[c] = product[c] * inverse[c];
            db.data_ptr<float>()[c] = plain[c];
        }
        at::Tensor dx;
        if (context->needs_input_grad(0)) {
            std::vector<at::Tensor> tensors{sums};
            reinterpret_cast<Group*>(context->saved_data["group"].toInt())->processes->allreduce(tensors)->wait();
            const auto total = context->saved_data["total"].toDouble();
            const auto counts = context->saved_data["counts"].toBool(); // what does not count has no part in the mean
            std::vector<float> scale(channels), slope(channels), shift(channels);
            for (int64_t c = 0; c < channels; c++) {
                const double factor = static_cast<double>(w.data_ptr<float>()[c]) * inverse[c];
                scale[c] = factor;
                slope[c] = counts ? -factor * inverse[c] * inverse[c] * product[c] / total : 0;
                shift[c] = counts ? -factor * plain[c] / total : 0;
            }
            dx = at::empty_like(x);
            auto* to = dx.data_ptr<float>();
            for (int64_t i = 0; i < l.n; i++)
                if (l.places == 1)
                    turn_row_back(g + i * channels, values + i * channels, means, scale.data(), slope.data(), shift.data(), to + i * channels, channels);
                else
                    for (int64_t c = 0, at = i * channels * l.places; c < channels; c++, at += l.places)
                        turn_back(g + at, values + at, means[c], scale[c], slope[c], shift[c], to + at, l.places);
        }
        const at::Tensor none;
        return {dx, dw, db, none, none, none, none, none, none};
    }
};
}  // namespace

// x, [n, channels, …] of floats, normalised over all processes' parts of the batch, scaled and shifted; updates the running mean and variance. Its backward is a call of the group as well,
// if x wants a gradient. A part that does not count is normalised, but nothing else knows of it.
HPO_API Handle hpo_group_batch_norm(Group* group, Handle x, Handle weight, Handle bias, Handle running_mean, Handle running_variance, bool counts, double momentum, double epsilon) {
    Handle result = nullptr;
    guarded([&] {
        TORCH_CHECK(x->dim() >= 2 && x->scalar_type() == at::kFloat && weight->numel() == x->size(1), "batch normalisation must be given floats, [n, channels, …], but got ", x->sizes());
        result = new at::Tensor(BatchNorm::apply(*x, *weight, *bias, running_mean->detach(), running_variance->detach(), reinterpret_cast<int64_t>(group), counts, momentum, epsilon));
    });
    return result;
}
