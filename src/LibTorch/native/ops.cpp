// Elementwise operations, reductions and shapes.
#include "hpotorch.h"

// Append only: the C# side names these by position.
enum Unary {
    NEG, EXP, LOG, SQRT, ABS, RELU, TANH, SIGMOID, GELU, SILU, SUM, MEAN, DETACH, CLONE, TRANSPOSE, ISFINITE_ALL,
    SIGN, SIN, COS, NORM, MAX, MIN, CONTIGUOUS, LOGICAL_NOT, ISNAN
};
enum Binary { ADD, SUB, MUL, DIV, MATMUL, EQ, GT, LT, GE, LE, NE, MINIMUM, MAXIMUM, DOT };
enum InPlace { ADD_, SUB_, MUL_, DIV_, COPY_ };
enum Fill { ZERO, CONSTANT, UNIFORM, NORMAL };

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
            case SIGN: return t->sign();
            case SIN: return t->sin();
            case COS: return t->cos();
            case NORM: return t->norm();
            case MAX: return t->max();
            case MIN: return t->min();
            case CONTIGUOUS: return t->contiguous();
            case LOGICAL_NOT: return t->logical_not();
            case ISNAN: return t->isnan();
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
            case GE: return a->ge(*b);
            case LE: return a->le(*b);
            case NE: return a->ne(*b);
            case MINIMUM: return at::minimum(*a, *b);
            case MAXIMUM: return at::maximum(*a, *b);
            case DOT: return a->dot(*b);
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
            case EQ: return t->eq(s);
            case GT: return t->gt(s);
            case LT: return t->lt(s);
            case GE: return t->ge(s);
            case LE: return t->le(s);
            case NE: return t->ne(s);
            default: TORCH_CHECK(false, "no operation ", op, " with a number");
        }
    });
}

// t := t op b·alpha; alpha counts for sums only.
HPO_API void hpo_in_place(Handle t, Handle b, double alpha, int op) {
    guarded_void([&] {
        switch (op) {
            case ADD_: t->add_(*b, alpha); return;
            case SUB_: t->sub_(*b, alpha); return;
            case MUL_: t->mul_(*b); return;
            case DIV_: t->div_(*b); return;
            case COPY_: t->copy_(*b); return;
        }
        TORCH_CHECK(false, "unknown operation in place ", op);
    });
}

HPO_API void hpo_in_place_scalar(Handle t, double value, int op) {
    guarded_void([&] {
        switch (op) {
            case ADD_: t->add_(value); return;
            case SUB_: t->sub_(value); return;
            case MUL_: t->mul_(value); return;
            case DIV_: t->div_(value); return;
        }
        TORCH_CHECK(false, "unknown operation in place ", op);
    });
}

HPO_API void hpo_fill(Handle t, double a, double b, int how) {
    guarded_void([&] {
        at::NoGradGuard guard;
        switch (how) {
            case ZERO: t->zero_(); return;
            case CONSTANT: t->fill_(a); return;
            case UNIFORM: t->uniform_(a, b); return;
            case NORMAL: t->normal_(a, b); return;
        }
    });
}

HPO_API Handle hpo_pow(Handle t, double exponent) { return guarded([&] { return t->pow(exponent); }); }
HPO_API Handle hpo_clamp(Handle t, double low, double high) { return guarded([&] { return t->clamp(low, high); }); }
HPO_API Handle hpo_sum_dim(Handle t, int64_t dim, bool keep) { return guarded([&] { return t->sum(dim, keep); }); }
HPO_API Handle hpo_mean_dim(Handle t, const int64_t* which, int n, bool keep) {
    return guarded([&] { return t->mean(at::IntArrayRef(which, n), keep); });
}
HPO_API Handle hpo_argmax(Handle t, int64_t dim) { return guarded([&] { return t->argmax(dim); }); }
HPO_API Handle hpo_to_type(Handle t, int type) { return guarded([&] { return t->to(static_cast<at::ScalarType>(type)); }); }
HPO_API Handle hpo_where(Handle condition, Handle a, Handle b) { return guarded([&] { return at::where(*condition, *a, *b); }); }
HPO_API Handle hpo_masked_fill(Handle t, Handle mask, double value) { return guarded([&] { return t->masked_fill(*mask, value); }); }

HPO_API Handle hpo_reshape(Handle t, const int64_t* shape, int dims) { return guarded([&] { return t->reshape(at::IntArrayRef(shape, dims)); }); }
HPO_API Handle hpo_expand(Handle t, const int64_t* shape, int dims) { return guarded([&] { return t->expand(at::IntArrayRef(shape, dims)); }); }
HPO_API Handle hpo_permute(Handle t, const int64_t* order, int dims) { return guarded([&] { return t->permute(at::IntArrayRef(order, dims)); }); }
HPO_API Handle hpo_flip(Handle t, const int64_t* which, int n) { return guarded([&] { return t->flip(at::IntArrayRef(which, n)); }); }
HPO_API Handle hpo_transpose(Handle t, int64_t a, int64_t b) { return guarded([&] { return t->transpose(a, b); }); }
HPO_API Handle hpo_unsqueeze(Handle t, int64_t dim) { return guarded([&] { return t->unsqueeze(dim); }); }
HPO_API Handle hpo_squeeze(Handle t, int64_t dim) { return guarded([&] { return t->squeeze(dim); }); }
HPO_API Handle hpo_select(Handle t, int64_t dim, int64_t index) { return guarded([&] { return t->select(dim, index); }); }
HPO_API Handle hpo_flatten(Handle t, int64_t first, int64_t last) { return guarded([&] { return t->flatten(first, last); }); }
HPO_API Handle hpo_index_select(Handle t, int64_t dim, Handle index) { return guarded([&] { return t->index_select(dim, *index); }); }
HPO_API Handle hpo_gather(Handle t, int64_t dim, Handle index) { return guarded([&] { return t->gather(dim, *index); }); }
HPO_API Handle hpo_narrow(Handle t, int64_t dim, int64_t start, int64_t length) { return guarded([&] { return t->narrow(dim, start, length); }); }
HPO_API Handle hpo_roll(Handle t, int64_t shift, int64_t dim) { return guarded([&] { return t->roll(shift, dim); }); }
HPO_API Handle hpo_cat(Handle* tensors, int n, int64_t dim) { return guarded([&] { return at::cat(list(tensors, n), dim); }); }
HPO_API Handle hpo_stack(Handle* tensors, int n, int64_t dim) { return guarded([&] { return at::stack(list(tensors, n), dim); }); }
HPO_API void hpo_unbind(Handle t, int64_t dim, Handle* out, int n) {
    guarded_void([&] {
        const auto parts = t->unbind(dim);
        for (int i = 0; i < n; i++) out[i] = wrap(parts[i]);
    });
}
