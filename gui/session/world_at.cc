// SPDX-License-Identifier: Apache-2.0
#include "gui/session/world_at.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "analyzer/replay/event_order.h"
#include "analyzer/replay/operation_assembler.h"
#include "analyzer/replay/world_state.h"

namespace tocsin::gui {
namespace {

FileAt file_at(const FileObject& file) {
    const FileObject::Link& link = file.link;
    return {file.path(), link.id, link.mode, link.uid, link.gid, link.mount};
}

std::optional<FileAt> file_at(const std::shared_ptr<const FileObject>& file) {
    return file != nullptr ? std::optional(file_at(*file)) : std::nullopt;
}

ProcessAt process_at(const Process& process) {
    ProcessAt at;
    at.id = process.id;
    at.parent = process.parent;
    at.comm = process.last_seen->comm;
    if (process.image->executable != nullptr) at.executable = process.image->executable->path();
    at.threads = process.threads;
    at.euid = process.last_seen->credentials.euid;
    at.is_partial = process.origin == Process::Origin::kPartial;
    return at;
}

// Up to the most that a process may have open by default (fs.nr_open, proc(5)).
constexpr int kMostDescriptors = 1 << 20;

std::vector<DescriptorAt> descriptors_of(const FdTable& table) {
    std::vector<DescriptorAt> open;
    for (int number = 0; number < kMostDescriptors; ++number) {
        const FdTable::Slot* slot = table.find(number);
        if (slot != nullptr && slot->is_open)
            open.push_back({number, file_at(slot->object), slot->closes_on_exec});
    }
    return open;
}

ProcessInFull in_full(const Process& process) {
    ProcessInFull full;
    full.process = process_at(process);
    full.executable = file_at(process.image->executable);
    full.has_own_places = process.has_places;
    full.has_own_tables = process.has_tables;
    full.cwd = file_at(process.place->cwd);
    full.root = file_at(process.place->root);
    if (process.image->command_line)
        full.command_line = std::string(std::string_view(process.image->command_line->bytes));
    full.credentials = process.last_seen->credentials;
    full.namespaces = process.last_seen->namespaces;
    full.sharers_of_memory = static_cast<uint64_t>(process.memory.use_count());
    full.descriptors = descriptors_of(*process.fds);
    return full;
}

// By the chunks' headers: as many, or more by what is in one chunk of each CPU.
uint64_t events_until(const TraceReader& trace, uint64_t ns) {
    uint64_t events = 0;
    for (const TraceReader::ChunkEntry& chunk : trace.chunks())
        if (chunk.header.kind == ChunkKind::kSnapshot || chunk.header.first_time.ns <= ns)
            events += chunk.header.events;
    return events;
}

}  // namespace

struct WorldReplay::Pass {
    explicit Pass(const TraceReader& trace)
        : order(trace), assembler(world, [this](const std::shared_ptr<const Operation>& call) {
              world.observe(*call);
          }) {}

    void observe(const Event& event) {
        world.observe(event);
        assembler.observe(event);
        ++observed;
        note(event.task->id.tgid);
        if (const auto* fork = std::get_if<TaskForked>(&event.body))
            if (fork->child != nullptr) note(fork->child->id.tgid);
    }
    void note(int32_t tgid) {
        if (tgid == last_noted) return;
        last_noted = tgid;
        seen.insert(tgid);
    }

    EventOrder order;
    const Event* next = nullptr;  // that was met and is not observed
    WorldState world;
    OperationAssembler assembler;
    std::unordered_set<int32_t> seen;  // processes that may live
    int32_t last_noted = -1;
    uint64_t observed = 0;
    bool is_at_end = false;
};

WorldReplay::WorldReplay(std::shared_ptr<const TraceReader> trace) : trace_(std::move(trace)) {}
WorldReplay::~WorldReplay() = default;

bool WorldReplay::go_to(uint64_t ns, Progress& progress) {
    if (pass_ == nullptr || ns < ns_) {
        pass_ = std::make_unique<Pass>(*trace_);
        ns_ = 0;
    }
    progress.begin(events_until(*trace_, ns));
    progress.add(pass_->observed);
    while (!pass_->is_at_end) {
        if (progress.is_cancelled()) return false;
        if (pass_->next == nullptr) {
            const auto item = pass_->order.next();
            if (!item) {
                pass_->is_at_end = true;
            } else if (const auto* event = std::get_if<const Event*>(&*item)) {
                pass_->next = *event;
            }
            continue;
        }
        const bool is_found = std::holds_alternative<TaskFound>(pass_->next->body);
        if (!is_found && pass_->next->time.ns > ns) break;
        // How far it is by then, should it be cancelled.
        ns_ = std::max(ns_, is_found ? 0 : pass_->next->time.ns);
        pass_->observe(*std::exchange(pass_->next, nullptr));
        progress.add(1);
    }
    ns_ = ns;
    return true;
}

WorldSnapshot WorldReplay::snapshot(std::optional<int32_t> wanted) const {
    WorldSnapshot snapshot;
    snapshot.ns = ns_;
    if (pass_ == nullptr) return snapshot;
    std::erase_if(pass_->seen,
                  [this](int32_t tgid) { return pass_->world.find_process(tgid) == nullptr; });
    pass_->last_noted = -1;
    for (const int32_t tgid : pass_->seen)
        snapshot.processes.push_back(process_at(*pass_->world.find_process(tgid)));
    std::sort(snapshot.processes.begin(), snapshot.processes.end(),
              [](const ProcessAt& one, const ProcessAt& other) { return one.id < other.id; });
    if (wanted)
        if (const Process* process = pass_->world.find_process(*wanted))
            snapshot.selected = in_full(*process);
    return snapshot;
}

WorldAt::WorldAt(TraceSession& session, QObject* parent) : QObject(parent), session_(session) {
    connect(&session_, &TraceSession::opened, this, &WorldAt::start);
}

WorldAt::~WorldAt() = default;

double WorldAt::progress() const {
    const Progress* progress = replaying_.progress().get();
    if (progress == nullptr || progress->events_in_all() == 0) return 0;
    return static_cast<double>(progress->events_done()) /
           static_cast<double>(progress->events_in_all());
}

void WorldAt::ask(uint64_t ns, std::optional<int32_t> process) {
    const Wish wish{ns, process};
    if (wanted_ == wish) return;
    // One that is near is let come to its end, so that a playhead that moves on is followed; then
    // the latest is gone to.
    const bool goes_on = replaying_.progress() != nullptr && wanted_ && wanted_->ns <= ns;
    wanted_ = wish;
    if (!goes_on) start();
}

void WorldAt::start() {
    if (!wanted_ || !session_.is_open()) return;
    if (replay_ == nullptr) replay_ = std::make_shared<WorldReplay>(session_.shared_reader());
    replaying_.start(
        [this, wish = *wanted_, replay = replay_](const std::shared_ptr<Progress>& progress) {
            if (!replay->go_to(wish.ns, *progress)) return;
            auto snapshot = std::make_shared<const WorldSnapshot>(replay->snapshot(wish.process));
            QMetaObject::invokeMethod(
                this,
                [this, wish, snapshot, progress] {
                    if (!replaying_.is_current(progress)) return;
                    replaying_.finish();
                    snapshot_ = snapshot;
                    shown_ = wish;
                    if (is_behind()) start();
                    emit changed();
                },
                Qt::QueuedConnection);
        });
}

}  // namespace tocsin::gui
