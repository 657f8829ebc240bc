// C interface over libtorch. A handle is a heap-allocated at::Tensor that the caller frees with hpo_free. No C++ exception leaves: on an
// error a function returns null (or does nothing) and hpo_error() gives the message, once, for the calling thread.
#pragma once
#include <ATen/ATen.h>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#define HPO_API extern "C" __attribute__((visibility("default")))

using Handle = at::Tensor*;

extern thread_local std::string last_error;
extern std::atomic<int64_t> live;

inline Handle wrap(at::Tensor tensor) {
    live.fetch_add(1, std::memory_order_relaxed);
    return new at::Tensor(std::move(tensor));
}

inline std::vector<at::Tensor> list(Handle* tensors, int n) {
    std::vector<at::Tensor> values;
    values.reserve(n);
    for (int i = 0; i < n; i++) values.push_back(*tensors[i]);
    return values;
}

// The first line: the rest is a native stack trace.
inline void keep_error(const std::exception& e) {
    std::string text = e.what();
    last_error = text.substr(0, text.find('\n'));
}

template <typename F>
Handle guarded(F&& make) {
    try {
        return wrap(make());
    } catch (const std::exception& e) {
        keep_error(e);
        return nullptr;
    }
}

template <typename F>
void guarded_void(F&& work) {
    try {
        work();
    } catch (const std::exception& e) {
        keep_error(e);
    }
}
