// What layers compute.
#include "hpotorch.h"
#include <torch/nn/init.h>

using MaybeTensor = c10::optional<at::Tensor>;

static MaybeTensor maybe(Handle t) { return t ? MaybeTensor(*t) : MaybeTensor(); }

HPO_API Handle hpo_dropout(Handle x, double p, bool training) { return guarded([&] { return at::dropout(*x, p, training); }); }
HPO_API Handle hpo_log_softmax(Handle x, int64_t dim) { return guarded([&] { return at::log_softmax(*x, dim); }); }
HPO_API Handle hpo_softmax(Handle x, int64_t dim) { return guarded([&] { return at::softmax(*x, dim); }); }
HPO_API Handle hpo_mse_loss(Handle x, Handle target, int64_t reduction) { return guarded([&] { return at::mse_loss(*x, *target, reduction); }); }
HPO_API Handle hpo_smooth_l1_loss(Handle x, Handle target, int64_t reduction, double beta) {
    return guarded([&] { return at::smooth_l1_loss(*x, *target, reduction, beta); });
}
HPO_API Handle hpo_embedding(Handle weight, Handle index, int64_t padding) { return guarded([&] { return at::embedding(*weight, *index, padding); }); }

HPO_API Handle hpo_layer_norm(Handle x, const int64_t* shape, int dims, Handle weight, Handle bias, double eps) {
    return guarded([&] { return at::layer_norm(*x, at::IntArrayRef(shape, dims), *weight, *bias, eps); });
}
HPO_API Handle hpo_batch_norm(Handle x, Handle weight, Handle bias, Handle mean, Handle var, bool training, double momentum, double eps) {
    return guarded([&] { return at::batch_norm(*x, *weight, *bias, *mean, *var, training, momentum, eps, false); });
}

HPO_API Handle hpo_conv2d(Handle x, Handle weight, Handle bias, int64_t stride, int64_t padding, int64_t dilation, int64_t groups) {
    return guarded([&] { return at::conv2d(*x, *weight, maybe(bias), {stride, stride}, {padding, padding}, {dilation, dilation}, groups); });
}
HPO_API Handle hpo_max_pool2d(Handle x, int64_t kernel, int64_t stride, int64_t padding) {
    return guarded([&] { return at::max_pool2d(*x, {kernel, kernel}, {stride, stride}, {padding, padding}); });
}
HPO_API Handle hpo_avg_pool2d(Handle x, int64_t kernel, int64_t stride, int64_t padding) {
    return guarded([&] { return at::avg_pool2d(*x, {kernel, kernel}, {stride, stride}, {padding, padding}); });
}
HPO_API Handle hpo_adaptive_avg_pool2d(Handle x, int64_t size) { return guarded([&] { return at::adaptive_avg_pool2d(*x, {size, size}); }); }

// widths: before and after each dimension, the last one first.
HPO_API Handle hpo_pad(Handle x, const int64_t* widths, int n, double value) {
    return guarded([&] { return at::constant_pad_nd(*x, at::IntArrayRef(widths, n), value); });
}
HPO_API Handle hpo_affine_grid(Handle theta, const int64_t* size, int dims, bool align) {
    return guarded([&] { return at::affine_grid_generator(*theta, at::IntArrayRef(size, dims), align); });
}
HPO_API Handle hpo_grid_sample(Handle x, Handle grid, int64_t mode, int64_t padding, bool align) {
    return guarded([&] { return at::grid_sampler(*x, *grid, mode, padding, align); });
}

HPO_API bool hpo_orthogonal(Handle t, double gain) {
    guarded_void([&] { torch::nn::init::orthogonal_(*t, gain); });
    return true;
}
