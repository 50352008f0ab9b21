// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/synthetic_machine.h"

#include <algorithm>
#include <array>

namespace tocsin::bench {
namespace {

constexpr uint16_t kExecve = 59, kAccess = 21, kReadlink = 89, kOpenat = 257, kNewfstatat = 262;
// Only hook 1 exists so far; the format takes any.
constexpr uint16_t kHookExec = 1, kHookOpen = 2, kHookLookAt = 3;
constexpr uint64_t kCurrentDirectory = static_cast<uint64_t>(-100);  // AT_FDCWD
constexpr int64_t kNoSuchFile = -2;                                  // ENOENT
constexpr size_t kCpus = 4, kProcesses = 300, kDirectories = 1500, kFiles = 20000;
constexpr size_t kWorkingSet = 200;

// splitmix64. The distributions of <random> differ between standard libraries.
class Random {
  public:
    explicit Random(uint64_t seed) : state_(seed) {}
    uint64_t next() {
        uint64_t z = state_ += 0x9e3779b97f4a7c15U;
        z = (z ^ z >> 30U) * 0xbf58476d1ce4e5b9U;
        z = (z ^ z >> 27U) * 0x94d049bb133111ebU;
        return z ^ z >> 31U;
    }
    uint64_t below(uint64_t limit) { return next() % limit; }
    uint64_t between(uint64_t low, uint64_t high) { return low + below(high - low + 1); }
    bool one_in(uint64_t n) { return below(n) == 0; }
    bool percent(uint64_t p) { return below(100) < p; }
    // Low indexes are popular: half of the draws fall into the first eighth.
    size_t popular(size_t limit) {
        const double u = static_cast<double>(next() >> 11U) * 0x1p-53;
        return static_cast<size_t>(u * u * u * static_cast<double>(limit));
    }

  private:
    uint64_t state_;
};

struct File {
    const ObjectNode* node;
    std::string_view path;
    std::string_view relative;  // its last one or two components
};

struct Process {
    const Task* task;
    std::vector<const File*> working_set;
    std::array<uint64_t, 8> buffers;
    uint64_t heap;
};

struct Cpu {
    uint64_t now_ns;
    uint64_t sequence = 0;
    size_t process = 0;
    uint64_t calls_left = 0;
};

class Machine {
  public:
    Machine(size_t events, uint64_t seed) : random_(seed), wanted_(events) {
        out_.events.reserve(events);
        make_files();
        make_programs();
        for (size_t i = 0; i < kProcesses; ++i) processes_.push_back(make_process());
        for (size_t i = 0; i < kCpus; ++i) cpus_.push_back({boot_ns + random_.below(100000)});
    }

    Workload run() {
        while (!full()) {
            const auto first =
                std::min_element(cpus_.begin(), cpus_.end(),
                                 [](const Cpu& a, const Cpu& b) { return a.now_ns < b.now_ns; });
            step(static_cast<size_t>(first - cpus_.begin()));
        }
        return std::move(out_);
    }

  private:
    static constexpr uint64_t boot_ns = 86'400'000'000'000;

    bool full() const { return out_.events.size() == wanted_; }

    std::string word(size_t least, size_t most) {
        static constexpr std::array kSyllables = {"co",  "lib", "net", "ma",  "ser", "ti",
                                                  "log", "us",  "per", "tab", "ex",  "da",
                                                  "py",  "gen", "io",  "sys", "ro",  "key"};
        std::string text;
        for (uint64_t n = random_.between(least, most); n != 0; --n)
            text += kSyllables[random_.below(kSyllables.size())];
        return text;
    }

    const ObjectNode* make_node(const ObjectNode* parent, std::string_view name, uint32_t mode) {
        ObjectNode node;
        inode_ += random_.between(1, 9);
        node.id = {8U << 20U | 1U, inode_, static_cast<uint32_t>(random_.next())};
        node.mode = mode;
        node.links =
            (mode & 0170000U) == 0040000U ? 2 + static_cast<uint32_t>(random_.below(5)) : 1;
        node.uid = node.gid = random_.percent(70) ? 0 : 1000;
        node.mount = 29;
        node.name = out_.keep(name);
        node.parent = parent;
        return out_.keep_one(node);
    }

    void make_files() {
        static constexpr std::array kSuffixes = {"",   ".so.6", ".py", ".conf",
                                                 ".h", ".json", ".txt"};
        std::vector<const ObjectNode*> directories = {make_node(nullptr, "/", 0040755)};
        std::vector<size_t> depths = {0};
        while (directories.size() < kDirectories) {
            const size_t parent = random_.below(directories.size());
            if (depths[parent] >= 6) continue;
            directories.push_back(make_node(directories[parent], word(1, 3), 0040755));
            depths.push_back(depths[parent] + 1);
        }
        for (size_t i = 0; i < kFiles; ++i) {
            const ObjectNode* directory = directories[random_.below(directories.size())];
            const std::string name = word(1, 5) + kSuffixes[random_.below(kSuffixes.size())];
            const ObjectNode* node = make_node(directory, name, 0100644);
            const std::string path = path_of(*node);
            const size_t parts = random_.between(1, 2);
            size_t cut = path.size();
            for (size_t part = 0; part < parts && cut != 0; ++part) cut = path.rfind('/', cut - 1);
            files_.push_back({node, out_.keep(std::string_view(path)), {}});
            files_.back().relative = files_.back().path.substr(cut + 1);
        }
    }

    void make_programs() {
        for (size_t i = 0; i < 40; ++i) {
            std::string names;
            for (uint64_t n = random_.between(15, 30); n != 0; --n) {
                std::string name = word(2, 5);
                std::transform(name.begin(), name.end(), name.begin(),
                               [](char c) { return static_cast<char>(c - 'a' + 'A'); });
                names += name + '\0';
            }
            environments_.push_back(out_.keep(std::string_view(names)));
            comms_.push_back(out_.keep(std::string_view(word(2, 3).substr(0, 15))));
        }
    }

    Task make_task() {
        Task task;
        pid_ += static_cast<int32_t>(random_.between(1, 3));
        task.id = {pid_, pid_, {boot_ns - random_.below(3'600'000'000'000)}};
        const uint32_t id = random_.percent(50) ? 1000 : random_.percent(70) ? 0 : 33;
        task.credentials = {id, id, id, id, id, id, id, id, 0, 0};
        if (id == 0) task.credentials.permitted = task.credentials.effective = 0x1ffffffffff;
        task.namespaces = {4026531837, 4026531841, 4026531836};
        task.comm = comms_[random_.popular(comms_.size())];
        return task;
    }

    Process make_process() {
        Process process{out_.keep_one(make_task()), {}, {}, 0};
        process.heap = 0x550000000000 + (random_.below(uint64_t{1} << 28U) << 12U);
        const uint64_t stack = 0x7ff000000000 + (random_.below(uint64_t{1} << 24U) << 12U);
        for (uint64_t& buffer : process.buffers) buffer = stack + random_.below(4096) * 16;
        for (size_t i = 0; i < kWorkingSet; ++i)
            process.working_set.push_back(&files_[random_.popular(files_.size())]);
        return process;
    }

    // Adds one event to a CPU, unless it is lost, and lets time pass.
    CallId emit(size_t cpu, const Task* task, std::optional<CallId> call, uint64_t least_ns,
                uint64_t most_ns, decltype(Event::body) body) {
        cpus_[cpu].now_ns += random_.between(least_ns, most_ns);
        const CallId id{static_cast<uint16_t>(cpu), ++cpus_[cpu].sequence};
        if (full() || random_.one_in(20000)) return id;
        const bool entry = std::holds_alternative<SyscallEntered>(body);
        out_.events.push_back(
            {{cpus_[cpu].now_ns}, id.cpu, id.number, entry ? id : call, task, std::move(body)});
        return id;
    }

    static Claim claim(uint8_t argument, OperandKind kind, uint64_t value) {
        return {argument, kind, value, std::nullopt};
    }
    static Claim claim(uint8_t argument, OperandKind kind, uint64_t address,
                       std::string_view bytes) {
        return {argument, kind, address, ClaimedBytes{whole(bytes)}};
    }
    static KernelCopy copy(uint8_t argument, OperandKind kind, std::string_view bytes) {
        return {argument, kind, false, KernelBytes{whole(bytes)}};
    }
    static CapturedBytes whole(std::string_view bytes) {
        return {bytes, static_cast<uint32_t>(bytes.size()), 0, false};
    }
    template <typename T>
    std::span<const T> keep(std::initializer_list<T> list) {
        return out_.keep(std::span<const T>(list.begin(), list.size()));
    }

    void step(size_t index) {
        Cpu& cpu = cpus_[index];
        if (cpu.calls_left == 0) {
            cpu.process = random_.popular(processes_.size());
            cpu.calls_left = random_.between(1, 79);
            cpu.now_ns += random_.between(2000, 20000);
        }
        --cpu.calls_left;
        if (random_.one_in(50))
            exec(index);
        else
            look_up(index);
    }

    void look_up(size_t cpu) {
        Process& process = processes_[cpus_[cpu].process];
        const File& file = random_.percent(85) ? *process.working_set[random_.popular(kWorkingSet)]
                                               : files_[random_.popular(files_.size())];
        const std::string_view path = random_.percent(25) ? file.relative : file.path;
        const uint64_t address = random_.percent(70) ? process.buffers[random_.popular(8)]
                                                     : process.heap + random_.below(1U << 22U);
        const uint64_t dice = random_.below(100);
        const uint16_t number = dice < 55   ? kOpenat
                                : dice < 85 ? kNewfstatat
                                : dice < 95 ? kAccess
                                            : kReadlink;
        const bool has_directory = number == kOpenat || number == kNewfstatat;
        const uint8_t argument = has_directory ? 1 : 0;
        const Claim path_claim = claim(argument, OperandKind::kPath, address, path);
        const auto entry_claims =
            number == kOpenat
                ? keep({claim(0, OperandKind::kDirfd, kCurrentDirectory), path_claim,
                        claim(2, OperandKind::kFlags, random_.percent(70) ? 0x80000 : 0x8000)})
            : number == kNewfstatat ? keep({claim(0, OperandKind::kDirfd, kCurrentDirectory),
                                            path_claim, claim(3, OperandKind::kFlags, 0)})
            : number == kAccess
                ? keep({path_claim, claim(1, OperandKind::kValue, random_.below(2) * 4)})
                : keep({path_claim});
        const CallId call =
            emit(cpu, process.task, std::nullopt, 500, 12000, SyscallEntered{number, entry_claims});
        const bool exists = random_.percent(80);
        if (exists)
            emit(cpu, process.task, call, 600, 3000,
                 HookFired{number == kOpenat ? kHookOpen : kHookLookAt, 0,
                           keep({copy(argument, OperandKind::kPath, path)}),
                           keep({KernelObject{ObjectRole::kExecutable, file.node}})});
        size_t back = cpu;
        if (random_.one_in(200)) {
            back = random_.below(kCpus);
            cpus_[back].now_ns = std::max(cpus_[back].now_ns, cpus_[cpu].now_ns);
        }
        const int64_t result = !exists               ? kNoSuchFile
                               : number == kOpenat   ? 3 + static_cast<int64_t>(random_.popular(40))
                               : number == kReadlink ? static_cast<int64_t>(random_.below(60))
                                                     : 0;
        emit(back, process.task, call, 300, 1500,
             SyscallReturned{number, result, keep({path_claim})});
    }

    void exec(size_t cpu) {
        const Process& parent = processes_[cpus_[cpu].process];
        const File& file = files_[random_.popular(400)];
        Task before = make_task();
        before.credentials = parent.task->credentials;
        before.comm = parent.task->comm;
        before.id.started = {cpus_[cpu].now_ns};
        Task after = before;
        after.comm = out_.keep(file.node->name.substr(0, 15));
        const Task* child = out_.keep_one(before);
        const Task* executed = out_.keep_one(after);
        std::string arguments(file.path.substr(file.path.rfind('/') + 1));
        arguments += '\0';
        for (uint64_t n = random_.below(4); n != 0; --n)
            arguments += std::string(files_[random_.popular(files_.size())].path) + '\0';
        const std::string_view argv = out_.keep(std::string_view(arguments));
        const std::string_view environment = environments_[random_.popular(environments_.size())];
        const uint64_t heap = parent.heap + random_.below(1U << 22U);

        emit(cpu, parent.task, std::nullopt, 5000, 20000, TaskForked{child, false, false});
        const CallId call = emit(
            cpu, child, std::nullopt, 5000, 20000,
            SyscallEntered{
                kExecve, keep({claim(0, OperandKind::kPath, heap, file.path),
                               claim(1, OperandKind::kArgv, heap + 64, argv),
                               claim(2, OperandKind::kEnviron, parent.buffers[0], environment)})});
        emit(cpu, executed, call, 5000, 20000,
             HookFired{
                 kHookExec, executed->id.tid,
                 keep({copy(0, OperandKind::kPath, file.path), copy(1, OperandKind::kArgv, argv),
                       copy(2, OperandKind::kEnviron, environment)}),
                 keep({KernelObject{ObjectRole::kExecutable, file.node}})});
        emit(cpu, executed, call, 2000, 9000, SyscallReturned{kExecve, 0, {}});
        emit(cpu, executed, std::nullopt, 9000, 20000,
             TaskExited{random_.percent(90) ? 0 : 256, true});
    }

    Random random_;
    size_t wanted_;
    Workload out_;
    uint64_t inode_ = 2;
    int32_t pid_ = 400;
    std::vector<File> files_;
    std::vector<std::string_view> environments_, comms_;
    std::vector<Process> processes_;
    std::vector<Cpu> cpus_;
};

}  // namespace

Workload synthetic_machine(size_t events, uint64_t seed) {
    Workload workload = Machine(events, seed).run();
    workload.name = "synthetic mix, seed " + std::to_string(seed);
    return workload;
}

}  // namespace tocsin::bench
