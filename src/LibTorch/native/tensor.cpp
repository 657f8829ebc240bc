#include "hpotorch.h"
#include <ATen/Parallel.h>
#include <cstring>
#include <dlfcn.h>
#include <torch/torch.h>

thread_local std::string last_error;
std::atomic<int64_t> live{0};

// Append only: the C# side names these by position.
enum Unary { NEG, EXP, LOG, SQRT, ABS, RELU, TANH, SIGMOID, GELU, SILU, SUM, MEAN, DETACH, CLONE, TRANSPOSE, ISFINITE_ALL };
enum Binary { ADD, SUB, MUL, DIV, MATMUL, EQ, GT, LT };

HPO_API const char* hpo_error() {
    static thread_local std::string taken;
    taken.swap(last_error);
    last_error.clear();
    return taken.empty() ? nullptr : taken.c_str();
}

HPO_API int64_t hpo_live() { return live.load(); }
HPO_API void hpo_free(Handle t) {
    delete t;
    live.fetch_sub(1, std::memory_order_relaxed);
}

HPO_API void hpo_manual_seed(int64_t seed) { guarded_void([&] { torch::manual_seed(seed); }); }
HPO_API void hpo_set_num_threads(int n) {
    guarded_void([&] {
        at::set_num_threads(n);
        // OpenBLAS built with its own threads does not hear of OpenMP's number.
        if (auto set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads")))
            set(n);
    });
}
HPO_API int hpo_get_num_threads() { return at::get_num_threads(); }
HPO_API bool hpo_grad_enabled() { return at::GradMode::is_enabled(); }
HPO_API void hpo_set_grad_enabled(bool on) { at::GradMode::set_enabled(on); }

HPO_API Handle hpo_from_data(const void* data, const int64_t* shape, int dims, int type) {
    return guarded([&] {
        auto t = at::empty(at::IntArrayRef(shape, dims), static_cast<at::ScalarType>(type));
        std::memcpy(t.data_ptr(), data, t.numel() * t.element_size());
        return t;
    });
}

HPO_API void hpo_copy_out(Handle t, void* target, int64_t bytes) {
    guarded_void([&] {
        auto c = t->detach().contiguous();
        TORCH_CHECK(bytes == c.numel() * static_cast<int64_t>(c.element_size()), "copy of ", bytes, " bytes from a tensor of another size");
        std::memcpy(target, c.data_ptr(), bytes);
    });
}

HPO_API Handle hpo_full(const int64_t* shape, int dims, double value, int type) {
    return guarded([&] { return at::full(at::IntArrayRef(shape, dims), value, static_cast<at::ScalarType>(type)); });
}
HPO_API Handle hpo_randn(const int64_t* shape, int dims) { return guarded([&] { return at::randn(at::IntArrayRef(shape, dims)); }); }
HPO_API Handle hpo_rand(const int64_t* shape, int dims) { return guarded([&] { return at::rand(at::IntArrayRef(shape, dims)); }); }
HPO_API Handle hpo_randperm(int64_t n) { return guarded([&] { return at::randperm(n, at::kLong); }); }
HPO_API Handle hpo_arange(int64_t n) { return guarded([&] { return at::arange(n, at::kLong); }); }

HPO_API int hpo_dims(Handle t) { return static_cast<int>(t->dim()); }
HPO_API int64_t hpo_size(Handle t, int dim) { return t->size(dim); }
HPO_API int hpo_type(Handle t) { return static_cast<int>(t->scalar_type()); }
HPO_API double hpo_item(Handle t) {
    double value = 0;
    guarded_void([&] { value = t->item().to<double>(); });
    return value;
}

HPO_API Handle hpo_unary(Handle t, int op) {
    return guarded([&]() -> at::Tensor {
        switch (op) {
            case NEG: return t->neg();
            case EXP: return t->exp();
            case LOG: return t->log();
            case SQRT: return t->sqrt();
            case ABS: return t->abs();
            case RELU: return at::relu(*t);
            case TANH: return at::tanh(*t);
            case SIGMOID: return at::sigmoid(*t);
            case GELU: return at::gelu(*t);
            case SILU: return at::silu(*t);
            case SUM: return t->sum();
            case MEAN: return t->mean();
            case DETACH: return t->detach();
            case CLONE: return t->clone();
            case TRANSPOSE: return t->t();
            case ISFINITE_ALL: return at::isfinite(*t).all();
        }
        TORCH_CHECK(false, "unknown unary operation ", op);
    });
}

HPO_API Handle hpo_binary(Handle a, Handle b, int op) {
    return guarded([&]() -> at::Tensor {
        switch (op) {
            case ADD: return a->add(*b);
            case SUB: return a->sub(*b);
            case MUL: return a->mul(*b);
            case DIV: return a->div(*b);
            case MATMUL: return a->matmul(*b);
            case EQ: return a->eq(*b);
            case GT: return a->gt(*b);
            case LT: return a->lt(*b);
        }
        TORCH_CHECK(false, "unknown binary operation ", op);
    });
}

HPO_API Handle hpo_scalar(Handle t, double real, int64_t integer, bool is_integer, int op) {
    return guarded([&]() -> at::Tensor {
        auto s = is_integer ? at::Scalar(integer) : at::Scalar(real);
        switch (op) {
            case ADD: return t->add(s);
            case SUB: return t->sub(s);
            case MUL: return t->mul(s);
            case DIV: return t->div(s);
            default: TORCH_CHECK(false, "no operation ", op, " with a number");
        }
    });
}
HPO_API Handle hpo_pow(Handle t, double exponent) { return guarded([&] { return t->pow(exponent); }); }
HPO_API Handle hpo_reshape(Handle t, const int64_t* shape, int dims) { return guarded([&] { return t->reshape(at::IntArrayRef(shape, dims)); }); }
HPO_API Handle hpo_index_select(Handle t, int64_t dim, Handle index) { return guarded([&] { return t->index_select(dim, *index); }); }
HPO_API Handle hpo_narrow(Handle t, int64_t dim, int64_t start, int64_t length) { return guarded([&] { return t->narrow(dim, start, length); }); }
HPO_API Handle hpo_sum_dim(Handle t, int64_t dim, bool keep) { return guarded([&] { return t->sum(dim, keep); }); }
HPO_API Handle hpo_mean_dim(Handle t, int64_t dim, bool keep) { return guarded([&] { return t->mean(dim, keep); }); }
HPO_API Handle hpo_argmax(Handle t, int64_t dim) { return guarded([&] { return t->argmax(dim); }); }
HPO_API Handle hpo_to_type(Handle t, int type) { return guarded([&] { return t->to(static_cast<at::ScalarType>(type)); }); }

HPO_API void hpo_set_requires_grad(Handle t, bool on) { guarded_void([&] { t->set_requires_grad(on); }); }
HPO_API bool hpo_requires_grad(Handle t) { return t->requires_grad(); }
HPO_API void hpo_backward(Handle t) { guarded_void([&] { t->backward(); }); }
HPO_API Handle hpo_grad(Handle t) {
    if (!t->grad().defined()) return nullptr;
    return guarded([&] { return t->grad(); });
}
HPO_API void hpo_zero_grad(Handle t) {
    if (t->grad().defined()) guarded_void([&] { t->mutable_grad() = at::Tensor(); });
}
HPO_API void hpo_uniform_(Handle t, double low, double high) {
    guarded_void([&] {
        at::NoGradGuard guard;
        t->uniform_(low, high);
    });
}
HPO_API void hpo_copy_(Handle t, Handle source) {
    guarded_void([&] {
        at::NoGradGuard guard;
        t->copy_(*source);
    });
}
