#include "hpotorch.h"
#include <ATen/Parallel.h>
#include <cstring>
#include <dlfcn.h>

thread_local std::string last_error;
std::atomic<int64_t> live{0};

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

// A tensor made elsewhere, which hpo_free will free.
HPO_API void hpo_adopt(Handle) { live.fetch_add(1, std::memory_order_relaxed); }

HPO_API void hpo_manual_seed(int64_t seed) { guarded_void([&] { at::manual_seed(seed); }); }
HPO_API void hpo_set_num_threads(int n) {
    guarded_void([&] {
        at::set_num_threads(n);
        // OpenBLAS built with its own threads does not hear of OpenMP's number.
        if (auto set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads")))
            set(n);
    });
}
HPO_API int hpo_get_num_threads() { return at::get_num_threads(); }

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
HPO_API int64_t hpo_size(Handle t, int dim) {
    int64_t size = -1;
    guarded_void([&] { size = t->size(dim); });
    return size;
}
HPO_API int hpo_type(Handle t) { return static_cast<int>(t->scalar_type()); }
HPO_API double hpo_item(Handle t) {
    double value = 0;
    guarded_void([&] { value = t->item().to<double>(); });
    return value;
}
