// Processes of this machine that talk over its loopback device.
#include "hpodistributed.h"
#include <torch/csrc/distributed/c10d/FileStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

static thread_local std::string last_error;

// The first line, without gloo's "[file:line] " before it: the rest is a native stack trace.
void keep_error(const std::exception& e) {
    std::string text = e.what();
    text = text.substr(0, text.find('\n'));
    const auto end = text.find("] ");
    last_error = !text.empty() && text[0] == '[' && end != std::string::npos ? text.substr(end + 2) : text;
    if (last_error.empty()) last_error = "an error without words";
}

HPO_API const char* hpo_distributed_error() {
    static thread_local std::string taken;
    taken.swap(last_error);
    last_error.clear();
    return taken.empty() ? nullptr : taken.c_str();
}

// Waits until all processes have met at the file. Each listens at a port of 127.0.0.1 that the system chooses, and writes it into the file.
HPO_API Group* hpo_group_new(const char* file, int rank, int size, double start_seconds, double seconds) {
    Group* group = nullptr;
    guarded([&] {
#ifdef USE_C10D_GLOO
        const auto milliseconds = [](double s) { return std::chrono::milliseconds(static_cast<int64_t>(s * 1000)); };
        const auto timeout = milliseconds(seconds);
        auto store = c10::make_intrusive<c10d::FileStore>(file, size);
        store->setTimeout(timeout);
        // Some come later than others, by how long a process takes to start and to read its data: gloo's own patience begins when all are here.
        std::vector<std::string> all;
        for (int i = 0; i < size; i++) all.push_back("here/" + std::to_string(i));
        store->set(all[rank], std::vector<uint8_t>{1});
        store->wait(all, milliseconds(start_seconds));
        auto options = c10d::ProcessGroupGloo::Options::create(timeout);
        options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1"));
        options->threads = 2;
        group = new Group{c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, size, options)};
#else
        (void)file, (void)rank, (void)size, (void)start_seconds, (void)seconds;
        TORCH_CHECK(false, "processes can talk to each other only where the program was built with gloo's headers (Debian: libgloo-dev)");
#endif
    });
    return group;
}

HPO_API void hpo_group_free(Group* group) {
    guarded([&] { delete group; });
}

static void sum(const c10::intrusive_ptr<c10d::ProcessGroup>& processes, at::Tensor tensor) {
    std::vector<at::Tensor> tensors{std::move(tensor)};
    processes->allreduce(tensors)->wait();
}

// t := the sum of all processes' t; the same bits everywhere.
HPO_API void hpo_group_all_reduce(Group* group, Handle t) {
    guarded([&] {
        at::NoGradGuard guard;
        sum(group->processes, t->detach());
    });
}

// t := the root's t.
HPO_API void hpo_group_broadcast(Group* group, Handle t, int root) {
    guarded([&] {
        at::NoGradGuard guard;
        std::vector<at::Tensor> tensors{t->detach()};
        c10d::BroadcastOptions options;
        options.rootRank = root;
        group->processes->broadcast(tensors, options)->wait();
    });
}

using Work = c10::intrusive_ptr<c10d::Work>;

// Begins to send; hpo_sending_wait ends it. The tensor's memory is kept until then.
HPO_API Work* hpo_group_send(Group* group, Handle t, int to, int tag) {
    Work* work = nullptr;
    guarded([&] {
        std::vector<at::Tensor> tensors{t->detach().contiguous()};
        work = new Work(group->processes->send(tensors, to, tag));
    });
    return work;
}

// Waits until it is sent, and frees it.
HPO_API void hpo_sending_wait(Work* work) {
    guarded([&] {
        std::unique_ptr<Work> owned(work);
        (*owned)->wait();
    });
}

// t := what the other process sent under the tag, of t's shape and type.
HPO_API void hpo_group_receive(Group* group, Handle t, int from, int tag) {
    guarded([&] {
        at::NoGradGuard guard;
        std::vector<at::Tensor> tensors{t->detach()};
        group->processes->recv(tensors, from, tag)->wait();
    });
}
