// SPDX-License-Identifier: Apache-2.0
#include "recorder/probes.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "bpf/recorder.skel.h"
#include "bpf/wire.h"
#include "formats/file_descriptor.h"
#include "formats/hooks.h"
#include "recorder/bpf_refusal.h"
#include "recorder/canary.h"

namespace tocsin {
namespace {

// Layout of a value of the cpu_states map; struct cpu_state of record.bpf.h.
struct CpuState {
    uint64_t calls;
    uint64_t sent;
    std::array<uint64_t, kLossCauses> lost;
};

int print_libbpf(enum libbpf_print_level level, const char* format, va_list arguments) {
    if (level == LIBBPF_DEBUG) return 0;
    return std::vfprintf(stderr, format, arguments);
}

constexpr const char* kNeverFires = "attaches but never fires; is bpf missing from the lsm= list?";
constexpr size_t kRecordsPerPoll = 65536;
constexpr uint32_t kScratchesPerCpu = 3;  // SCRATCHES_PER_CPU of record.bpf.h

int print_nothing(enum libbpf_print_level, const char*, va_list) {
    return 0;
}

// How many arguments the running kernel gives to an LSM hook; nullopt: it has no such hook.
std::optional<unsigned> arguments_of_hook(const btf* kernel, std::string_view hook) {
    const int id =
        btf__find_by_name_kind(kernel, ("bpf_lsm_" + std::string(hook)).c_str(), BTF_KIND_FUNC);
    const btf_type* function =
        id > 0 ? btf__type_by_id(kernel, static_cast<uint32_t>(id)) : nullptr;
    const btf_type* prototype =
        function != nullptr ? btf__type_by_id(kernel, function->type) : nullptr;
    if (prototype == nullptr) return std::nullopt;
    return btf_vlen(prototype);
}

enum class LsmHooks { kNo, kYes };

// nullptr: the program is of no hook, or not of one by that source.
const HookInfo* hook_of(const bpf_program* program, std::string_view prefix) {
    const std::string_view section = bpf_program__section_name(program);
    return section.starts_with(prefix) ? find_hook(section.substr(prefix.size())) : nullptr;
}
const HookInfo* lsm_hook_of(const bpf_program* program) {
    return hook_of(program, "lsm/");
}

bool has_tracepoint(const btf* kernel, std::string_view name) {
    return btf__find_by_name_kind(kernel, ("btf_trace_" + std::string(name)).c_str(),
                                  BTF_KIND_TYPEDEF) > 0;
}

class LibbpfProbes : public Probes {
  public:
    ~LibbpfProbes() override {
        for (const Attached& attached : attached_) bpf_link__destroy(attached.link);
        ring_buffer__free(ring_);
        recorder_bpf__destroy(skeleton_);
    }

    // Once; after a failure the object is of no more use.
    Result<> load(const Options& options, LsmHooks lsm_hooks);
    void refuse_lsm_hooks(const std::string& reason);
    bool has_lsm_hooks() const;

    void start() override;
    Result<bool> follow(int tgid) override;
    Result<> snapshot(const RecordHandler& handler) override;
    Result<> poll(std::chrono::milliseconds wait, const RecordHandler& handler) override;
    void stop() override;
    LossCounts losses() const override;
    std::vector<HookStatus> hooks() const override;
    void leave_detaching_to_a_child() override;

  private:
    struct Attached {
        bpf_link* link;
        const bpf_program* program;
        const HookInfo* lsm_hook;  // nullptr: the program is none of an LSM hook
    };
    static uint64_t misses_of(const Attached& attached);
    uint64_t misses() const;
    static int on_record(void* self, void* record, size_t bytes);
    void choose_programs(LsmHooks lsm_hooks);
    Result<> size_maps(const Options& options);
    Result<> attach();
    void drop_silent_hooks();
    Result<> open_ring();

    recorder_bpf* skeleton_ = nullptr;
    std::map<std::string_view, std::string> refusals_;  // by LSM hook; the others are in use
    std::vector<Attached> attached_;
    ring_buffer* ring_ = nullptr;
    const RecordHandler* handler_ = nullptr;
    size_t records_left_ = 0;     // of this poll
    uint64_t misses_before_ = 0;  // until start()
};

int LibbpfProbes::on_record(void* self, void* record, size_t bytes) {
    auto& probes = *static_cast<LibbpfProbes*>(self);
    (*probes.handler_)({static_cast<const uint8_t*>(record), bytes});
    return --probes.records_left_ == 0 ? -ECANCELED : 0;
}

Result<> LibbpfProbes::open_ring() {
    ring_ = ring_buffer__new(bpf_map__fd(skeleton_->maps.ring), on_record, this, nullptr);
    if (ring_ == nullptr)
        return Error{std::string("cannot map the ring buffer: ") + std::strerror(errno) +
                     "; try a smaller --buffer"};
    return {};
}

Result<> LibbpfProbes::load(const Options& options, LsmHooks lsm_hooks) {
    skeleton_ = recorder_bpf__open();
    if (skeleton_ == nullptr)
        return Error{std::string("cannot open the probes: ") + explain_refusal(errno)};
    choose_programs(lsm_hooks);
    skeleton_->rodata->follow_only = options.follow_only;
    if (auto sized = size_maps(options); !sized) return sized;
    if (const int failed = recorder_bpf__load(skeleton_); failed != 0)
        return Error{"cannot load the probes: " + explain_refusal(-failed)};
    if (auto attached = attach(); !attached) return attached;
    if (lsm_hooks == LsmHooks::kYes) drop_silent_hooks();
    return open_ring();
}

void LibbpfProbes::choose_programs(LsmHooks lsm_hooks) {
    const std::unique_ptr<btf, void (*)(btf*)> kernel(btf__load_vmlinux_btf(), btf__free);
    skeleton_->rodata->setattr_has_idmap = arguments_of_hook(kernel.get(), "inode_setattr") == 3U;
    skeleton_->rodata->xattr_has_idmap = arguments_of_hook(kernel.get(), "inode_setxattr") == 6U;
    skeleton_->rodata->rename_has_flags = arguments_of_hook(kernel.get(), "path_rename") == 5U;
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, skeleton_->obj) {
        const HookInfo *by_lsm = lsm_hook_of(program), *tracepoint = hook_of(program, "tp_btf/");
        if (by_lsm != nullptr) {
            const bool exists = lsm_hooks == LsmHooks::kYes &&
                                arguments_of_hook(kernel.get(), by_lsm->name).has_value();
            bpf_program__set_autoload(program, exists);
            if (!exists) refusals_[by_lsm->name] = "this kernel has no such hook";
        } else if (tracepoint != nullptr && !has_tracepoint(kernel.get(), tracepoint->name)) {
            bpf_program__set_autoload(program, false);
            refusals_[tracepoint->name] = "this kernel has no such tracepoint";
        }
    }
}

Result<> LibbpfProbes::size_maps(const Options& options) {
    if (bpf_map__set_max_entries(skeleton_->maps.ring, static_cast<uint32_t>(options.ring_bytes)) !=
        0)
        return Error{"cannot set the ring buffer to " + std::to_string(options.ring_bytes) +
                     " bytes: " + std::strerror(errno)};
    const int cpus = libbpf_num_possible_cpus();
    if (cpus <= 0) return Error{"cannot learn the number of CPUs: " + explain_refusal(-cpus)};
    const uint32_t scratches = static_cast<uint32_t>(cpus) * kScratchesPerCpu;
    skeleton_->rodata->iterator_scratch = scratches;
    bpf_map__set_max_entries(skeleton_->maps.scratches, scratches + 1);
    return {};
}

Result<> LibbpfProbes::attach() {
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, skeleton_->obj) {
        if (!bpf_program__autoload(program) ||
            bpf_program__expected_attach_type(program) == BPF_TRACE_ITER)
            continue;
        const HookInfo* hook = lsm_hook_of(program);
        bpf_link* link = bpf_program__attach(program);
        if (link != nullptr)
            attached_.push_back({link, program, hook});
        else if (hook != nullptr)
            refusals_[hook->name] = "cannot attach: " + explain_refusal(errno);
        else
            return Error{std::string("cannot attach ") + bpf_program__section_name(program) + ": " +
                         explain_refusal(errno)};
    }
    return {};
}

// Attached is not called: with bpf missing from the lsm= list every program attaches and none is.
void LibbpfProbes::drop_silent_hooks() {
    skeleton_->bss->counting = true;
    make_hooks_fire();
    skeleton_->bss->counting = false;
    const bool any = std::any_of(attached_.begin(), attached_.end(), [&](const Attached& attached) {
        return attached.lsm_hook != nullptr && skeleton_->bss->fired[attached.lsm_hook->id] != 0;
    });
    std::erase_if(attached_, [&](const Attached& attached) {
        const HookInfo* hook = attached.lsm_hook;
        if (hook == nullptr || skeleton_->bss->fired[hook->id] != 0) return false;
        bpf_link__destroy(attached.link);
        refusals_[hook->name] = any ? "attaches, but did not fire when it was tried" : kNeverFires;
        return true;
    });
}

void LibbpfProbes::refuse_lsm_hooks(const std::string& reason) {
    for (const HookInfo& hook : tocsin::hooks())
        if (hook.source == HookSource::kLsm) refusals_[hook.name] = reason;
}

bool LibbpfProbes::has_lsm_hooks() const {
    return std::any_of(attached_.begin(), attached_.end(),
                       [](const Attached& attached) { return attached.lsm_hook != nullptr; });
}

// Closes every other descriptor: whoever waits for the end of a pipe or a lock of ours must not
// wait for a child that holds them.
void keep_only_programs_and(int kept) {
    const std::unique_ptr<DIR, int (*)(DIR*)> own(opendir("/proc/self/fd"), closedir);
    std::vector<int> others;
    for (const dirent* entry = nullptr; own && (entry = readdir(own.get())) != nullptr;) {
        std::array<char, 32> target{};
        const int fd = std::atoi(entry->d_name);
        const ssize_t length =
            readlinkat(dirfd(own.get()), entry->d_name, target.data(), target.size());
        const bool is_program =
            std::string_view(target.data(), static_cast<size_t>(std::max<ssize_t>(length, 0)))
                .starts_with("anon_inode:bpf");
        if (length > 0 && !is_program && fd != kept && fd != dirfd(own.get())) others.push_back(fd);
    }
    for (const int fd : others) close(fd);
}

void LibbpfProbes::start() {
    misses_before_ = misses();
    skeleton_->bss->recording = true;
}

void LibbpfProbes::leave_detaching_to_a_child() {
    std::array<int, 2> alive{};
    if (!has_lsm_hooks() || pipe2(alive.data(), O_CLOEXEC) != 0) return;
    const pid_t child = fork();
    close(alive[child == 0 ? 1 : 0]);  // this process keeps the writing end until it ends
    if (child != 0) return;
    setsid();
    keep_only_programs_and(alive[0]);
    char none = 0;
    while (read(alive[0], &none, 1) < 0 && errno == EINTR) {
    }
    _exit(0);
}

Result<bool> LibbpfProbes::follow(int tgid) {
    const auto key = static_cast<uint32_t>(tgid);
    const uint8_t yes = 1;
    if (bpf_map__update_elem(skeleton_->maps.followed, &key, sizeof key, &yes, sizeof yes,
                             BPF_NOEXIST) == 0)
        return true;
    if (errno == EEXIST) return false;
    return Error{"cannot follow process " + std::to_string(tgid) + ": " + std::strerror(errno)};
}

void LibbpfProbes::stop() {
    skeleton_->bss->recording = false;
    // A program that has seen the flag set may still run. It holds off RCU's grace periods, and
    // this waits for one; kernels with nohz_full refuse it, and then a last record may come late.
    syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

Result<> LibbpfProbes::snapshot(const RecordHandler& handler) {
    const auto failed = [](const char* what) {
        return Error{std::string("cannot ") + what +
                     " the list of running tasks: " + explain_refusal(errno)};
    };
    bpf_link* link = bpf_program__attach_iter(skeleton_->progs.found_task, nullptr);
    if (link == nullptr) return failed("attach to");
    const FileDescriptor iterator(bpf_iter_create(bpf_link__fd(link)));
    bpf_link__destroy(link);
    if (iterator.get() < 0) return failed("open");
    // Records can be split between reads, and must be aligned: collect, hand over, move the rest.
    std::vector<uint64_t> buffer(size_t{1} << 15);
    auto* bytes = reinterpret_cast<uint8_t*>(buffer.data());
    size_t used = 0;
    while (true) {
        const ssize_t n = read(iterator.get(), bytes + used, buffer.size() * 8 - used);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (n < 0) return failed("read");
        if (n == 0) return {};
        used += static_cast<size_t>(n);
        size_t at = 0;
        while (used - at >= sizeof(wire_record)) {
            uint32_t size = 0;
            std::memcpy(&size, bytes + at, sizeof size);
            if (size < sizeof(wire_record) || size > buffer.size() * 8)
                return Error{"the list of running tasks is garbled"};
            if (size > used - at) break;
            handler({bytes + at, size});
            at += size;
        }
        std::memmove(bytes, bytes + at, used - at);
        used -= at;
    }
}

Result<> LibbpfProbes::poll(std::chrono::milliseconds wait, const RecordHandler& handler) {
    handler_ = &handler;
    records_left_ = kRecordsPerPoll;
    // The programs wake the reader only when the ring fills: what is less waits to be fetched.
    int got = ring_buffer__poll(ring_, static_cast<int>(wait.count()));
    if (got >= 0) got = ring_buffer__consume(ring_);
    if (got < 0 && got != -EINTR && got != -ECANCELED)
        return Error{std::string("cannot read the ring buffer: ") + std::strerror(-got)};
    return {};
}

uint64_t LibbpfProbes::misses_of(const Attached& attached) {
    bpf_prog_info info{};
    uint32_t size = sizeof info;
    if (bpf_obj_get_info_by_fd(bpf_program__fd(attached.program), &info, &size) != 0) return 0;
    return info.recursion_misses;  // since Linux 5.12
}

uint64_t LibbpfProbes::misses() const {
    uint64_t sum = 0;
    for (const Attached& attached : attached_) sum += misses_of(attached);
    return sum;
}

LossCounts LibbpfProbes::losses() const {
    LossCounts sum{};
    // What the kernel itself left out: a program that preempts itself on one CPU does not run. On
    // the newest kernels those of tracepoints may be preempted, too.
    sum[static_cast<size_t>(LossCause::kScratchBusy)] = misses() - misses_before_;
    std::vector<CpuState> states(static_cast<size_t>(libbpf_num_possible_cpus()));
    const uint32_t zero = 0;
    if (bpf_map__lookup_elem(skeleton_->maps.cpu_states, &zero, sizeof zero, states.data(),
                             states.size() * sizeof(CpuState), 0) != 0)
        return sum;
    for (const CpuState& state : states)
        for (size_t i = 0; i < sum.size(); ++i) sum[i] += state.lost[i];
    return sum;
}

std::vector<HookStatus> LibbpfProbes::hooks() const {
    std::vector<HookStatus> list;
    for (const HookInfo& hook : tocsin::hooks()) {
        const auto refusal = refusals_.find(hook.name);
        list.push_back({std::string(hook.name), std::string(name_of(hook.source)),
                        refusal == refusals_.end() ? "" : refusal->second});
    }
    return list;
}

}  // namespace

Result<std::unique_ptr<Probes>> Probes::load(const Options& options) {
    libbpf_set_print(options.verbose ? print_libbpf : print_nothing);
    if (access("/sys/kernel/btf/vmlinux", R_OK) != 0)
        return Error{
            "this kernel has no readable type information (/sys/kernel/btf/vmlinux), which the "
            "probes need; use a kernel built with CONFIG_DEBUG_INFO_BTF"};
    auto probes = std::make_unique<LibbpfProbes>();
    std::string refusal = "not asked for";
    if (options.source != SourceChoice::kTracepoint) {
        if (auto loaded = probes->load(options, LsmHooks::kYes); !loaded) {
            refusal = loaded.error().message;
            probes = std::make_unique<LibbpfProbes>();
        } else if (probes->has_lsm_hooks() || options.source == SourceChoice::kAuto) {
            return std::unique_ptr<Probes>(std::move(probes));
        } else {
            refusal = kNeverFires;
        }
        if (options.source == SourceChoice::kLsm)
            return Error{"this kernel refuses LSM hooks: " + refusal +
                         "; --source auto goes on without them"};
    }
    if (auto loaded = probes->load(options, LsmHooks::kNo); !loaded) return loaded.error();
    probes->refuse_lsm_hooks(refusal);
    return std::unique_ptr<Probes>(std::move(probes));
}

}  // namespace tocsin
