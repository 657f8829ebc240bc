#include "hpotorch.h"
#include <torch/torch.h>

HPO_API Handle hpo_linear(Handle x, Handle weight, Handle bias) {
    return guarded([&] { return bias ? at::linear(*x, *weight, *bias) : at::linear(*x, *weight); });
}
HPO_API Handle hpo_dropout(Handle x, double p, bool training) { return guarded([&] { return at::dropout(*x, p, training); }); }
HPO_API Handle hpo_log_softmax(Handle x, int64_t dim) { return guarded([&] { return at::log_softmax(*x, dim); }); }
HPO_API Handle hpo_cross_entropy(Handle x, Handle target) { return guarded([&] { return at::cross_entropy_loss(*x, *target); }); }
HPO_API Handle hpo_mse_loss(Handle x, Handle target) { return guarded([&] { return at::mse_loss(*x, *target); }); }
HPO_API Handle hpo_layer_norm(Handle x, const int64_t* shape, int dims, Handle weight, Handle bias, double eps) {
    return guarded([&] { return at::layer_norm(*x, at::IntArrayRef(shape, dims), *weight, *bias, eps); });
}
HPO_API Handle hpo_batch_norm(Handle x, Handle weight, Handle bias, Handle mean, Handle var, bool training, double momentum, double eps) {
    return guarded([&] { return at::batch_norm(*x, *weight, *bias, *mean, *var, training, momentum, eps, false); });
}
