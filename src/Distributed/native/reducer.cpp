// Gradients that are averaged over processes while backward goes on: libtorch's Reducer, which is what DistributedDataParallel is made of.
#include "hpodistributed.h"
#include <torch/csrc/distributed/c10d/reducer.hpp>

HPO_API c10d::Reducer* hpo_reducer_new(Group* group, Handle* parameters, int n, int64_t bucket_bytes) {
    c10d::Reducer* reducer = nullptr;
    guarded([&] {
        std::vector<at::Tensor> all;
        for (int i = 0; i < n; i++) all.push_back(*parameters[i]);
        // The first bucket, of the last layers, is small: its reduction begins early. As DistributedDataParallel does.
        const auto first = std::min<int64_t>(bucket_bytes, c10d::kDefaultFirstBucketBytes);
        auto [buckets, limits] = c10d::compute_bucket_assignment_by_size(
            all, {static_cast<size_t>(first), static_cast<size_t>(bucket_bytes)}, std::vector<bool>(all.size(), false));
        std::reverse(buckets.begin(), buckets.end());
        std::reverse(limits.begin(), limits.end());
        reducer = new c10d::Reducer(all, buckets, limits, group->processes, std::vector<bool>(all.size(), false), bucket_bytes, false, false, {}, first);
    });
    return reducer;
}

// The next backward averages all gradients, with what earlier ones left in them, and returns when that is done.
HPO_API void hpo_reducer_arm(c10d::Reducer* reducer) {
    guarded([&] {
        reducer->rebuild_buckets(); // once, after the first backward: in the order in which gradients came
        reducer->prepare_for_backward({});
    });
}

HPO_API void hpo_reducer_free(c10d::Reducer* reducer) {
    guarded([&] { delete reducer; });
}
