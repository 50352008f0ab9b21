// SPDX-License-Identifier: Apache-2.0
#include "gui/models/event_details_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/replay_operand.h"
#include "formats/text_form_rules.h"
#include "gui/models/event_text.h"
#include "gui/timeline/time_scale.h"

namespace tocsin::gui {
namespace {

constexpr size_t kValueColumns = 4200;  // a whole path

QString text(std::string_view words) {
    return QString::fromUtf8(words.data(), static_cast<qsizetype>(words.size()));
}

std::string joined(const Pieces& pieces) {
    std::string all;
    for (const std::string& piece : pieces) {
        if (!all.empty()) all += ' ';
        all += piece;
    }
    return elide(all, kValueColumns);
}

std::string ids_text(uint32_t id, uint32_t effective, uint32_t saved, uint32_t of_files) {
    if (id == effective && id == saved && id == of_files) return std::to_string(id);
    return fmt::format("real {}, effective {}, saved {}, of files {}", id, effective, saved,
                       of_files);
}

std::string capabilities_text(uint64_t set) {
    return set == 0 ? "none" : fmt::format("0x{:x}", set);
}

void add_bytes(FieldNode& node, const CapturedBytes& memory) {
    node.bytes = QByteArray(memory.bytes.data(), static_cast<qsizetype>(memory.bytes.size()));
    node.add("length",
             memory.full_length != 0
                 ? fmt::format("{} of {} bytes", memory.bytes.size(), memory.full_length)
                 : fmt::format("{} bytes; how long it was is not known", memory.bytes.size()));
    if (memory.error != 0) node.add("read ended by", errno_text(memory.error));
    if (memory.cut) node.add("read ended by", "the recorder's limit");
}

std::string task_id_text(const TaskId& id) {
    return id.tgid == id.tid ? fmt::format("process {}", id.tgid)
                             : fmt::format("process {}, thread {}", id.tgid, id.tid);
}

}  // namespace

EventDetailsModel::EventDetailsModel(ViewState& state, QObject* parent)
    : FieldTree(parent), state_(state) {
    connect(&state_, &ViewState::eventSelected, this, &EventDetailsModel::fill);
    connect(&state_.session(), &TraceSession::eventsComplete, this, &EventDetailsModel::fill);
    fill();
}

void EventDetailsModel::fill() {
    root_ = std::make_unique<FieldNode>();
    title_.clear();
    const EventStore& events = state_.session().events();
    if (state_.event() && *state_.event() < events.size()) {
        const EventIndex index = *state_.event();
        const EventLine line = events.at(index);
        title_ = what_text(line.kind, line.number);
        const auto full = state_.session().in_full(index);
        if (full) {
            add_event(*full->event, line);
            add_body(*full->event);
            add_call(index, line);
            add_task(*full->event->task);
            add_provenance(*full);
        } else {
            root_->add("Not decoded", readable(full.error().message));
        }
    }
    set_root(std::move(root_));
}

void EventDetailsModel::add_times(FieldNode& group, BootTime time) {
    const TraceFacts& facts = state_.session().facts();
    group.add("into the trace", seconds_since(state_.session().first(), time) + " s");
    group.add("since boot", std::to_string(time.ns) + " ns");
    if (!facts.clock) {
        group.add("UTC", "not recorded: the trace has no clock sample");
        return;
    }
    group.add("UTC", utc_text(*facts.clock, time));
    group.add("UTC uncertainty", fmt::format("±{} ns, where the recorded machine's clock was right",
                                             facts.clock->uncertainty_ns));
}

void EventDetailsModel::add_event(const Event& event, const EventLine& line) {
    FieldNode& group = root_->add(QStringLiteral("Event"), title_);
    add_times(group, event.time);
    group.add("CPU", std::to_string(event.cpu));
    group.add("sequence", fmt::format("{} on its CPU", event.sequence));
    group.add("call", event.call ? fmt::format("cpu{}#{}", event.call->cpu, event.call->number)
                                 : "belongs to none that is recorded");
    if (line.partner == kNoEvent) return;
    const EventStore& events = state_.session().events();
    group.add(QStringLiteral("after its entry"),
              duration_text(line.time_ns - std::min(line.time_ns, events.begin_ns(line))));
}

void EventDetailsModel::add_task(const Task& task) {
    FieldNode& group = root_->add("Thread", fmt::format("{} {}", quote(task.comm), task.id.tid));
    group.add("process", std::to_string(task.id.tgid));
    group.add("thread", std::to_string(task.id.tid));
    group.add("calls itself", quote(task.comm));
    group.add("started", task.id.started.ns != 0
                             ? fmt::format("{} ns since boot", task.id.started.ns)
                             : "not recorded");
    const Credentials& who = task.credentials;
    group.add("user", ids_text(who.uid, who.euid, who.suid, who.fsuid));
    group.add("group", ids_text(who.gid, who.egid, who.sgid, who.fsgid));
    group.add("capabilities",
              fmt::format("effective {}, permitted {}", capabilities_text(who.effective),
                          capabilities_text(who.permitted)));
    const Namespaces& spaces = task.namespaces;
    group.add("namespaces",
              fmt::format("user {}, mount {}, pid {}", spaces.user, spaces.mount, spaces.pid));
    group.add("ABI", text_form::abi_word(task.abi));
}

void EventDetailsModel::add_body(const Event& event) {
    if (const auto* entry = std::get_if<SyscallEntered>(&event.body)) {
        add_claims(entry->claims, find_syscall(entry->number), "Claimed at entry");
    } else if (const auto* back = std::get_if<SyscallReturned>(&event.body)) {
        root_->add("Result", result_text(back->result));
        add_claims(back->claims, find_syscall(back->number), "Claimed at exit");
    } else if (const auto* hook = std::get_if<HookFired>(&event.body)) {
        if (hook->detail != 0) root_->add("Detail", std::to_string(hook->detail));
        add_copies(hook->copies);
        add_objects(hook->objects);
    } else if (const auto* fork = std::get_if<TaskForked>(&event.body)) {
        FieldNode& child = root_->add(QStringLiteral("Child"));
        if (fork->child != nullptr)
            child.value = text(task_id_text(fork->child->id) + ' ' + quote(fork->child->comm));
        else
            child.value = QStringLiteral("not recorded");
        child.add("shares",
                  fmt::format("descriptors: {}, directories: {}, memory: {}",
                              fork->shares_files ? "yes" : "no", fork->shares_place ? "yes" : "no",
                              fork->shares_memory ? "yes" : "no"));
    } else if (const auto* exit = std::get_if<TaskExited>(&event.body)) {
        root_->add("Exit", text_of(event).operands.toStdString());
        root_->add("Exit code", std::to_string(exit->exit_code) + ", as wait(2) reports it");
    } else if (const auto* found = std::get_if<TaskFound>(&event.body)) {
        root_->add("Parent", found->parent != nullptr ? task_id_text(found->parent->id) : "none");
        add_objects(found->objects);
    }
}

void EventDetailsModel::add_claims(std::span<const Claim> claims, const SyscallInfo* call,
                                   const char* view) {
    if (claims.empty()) return;
    FieldNode& group =
        root_->add(view, "by the program's own memory, which it may change at any time");
    for (const Claim& claim : claims) {
        const std::string name(name_of(claim.kind));
        FieldNode& node = group.add(text(name), text(joined(claim_pieces(claim, call))));
        node.add("argument", claim.argument == kUnknownArgument
                                 ? "not known which"
                                 : std::to_string(claim.argument + 1));
        node.add("register", fmt::format("0x{:x}", claim.register_value));
        if (claim.memory)
            add_bytes(node, *claim.memory);
        else
            node.add("memory", "not recorded: nothing is behind the register");
    }
}

void EventDetailsModel::add_copies(std::span<const KernelCopy> copies) {
    if (copies.empty()) return;
    FieldNode& group = root_->add("Kernel's copies", "what the kernel acted on");
    for (const KernelCopy& copy : copies) {
        FieldNode& node =
            group.add(text(name_of(copy.kind)), text(joined(memory_pieces(copy.kind, copy.value))));
        if (copy.argument != kUnknownArgument)
            node.add("argument", std::to_string(copy.argument + 1));
        if (copy.from_descriptor)
            node.add("made by the kernel", "from a descriptor, as /dev/fd/N[/path]");
        add_bytes(node, copy.value);
    }
}

void EventDetailsModel::add_objects(std::span<const KernelObject> objects) {
    if (objects.empty()) return;
    FieldNode& group = root_->add("Objects", "what the kernel resolved names to");
    for (const KernelObject& object : objects) {
        const ObjectNode& file = *object.node;
        FieldNode& node =
            group.add(text(text_form::role_word(object.role)), text(joined(object_pieces(file))));
        if (is_absent(file)) continue;
        node.bytes = QByteArray::fromStdString(path_of(file));
        node.add("path", quote(path_of(file)));
        node.add("device, inode",
                 fmt::format("{}, {}", device_text(file.id.device), file.id.inode));
        node.add("generation", file.id.generation != 0 ? std::to_string(file.id.generation)
                                                       : "0: none, or not recorded");
        node.add("mode", fmt::format("{} (0{:o})", mode_text(file.mode), file.mode & 07777U));
        node.add("owner", fmt::format("user {}, group {}", file.uid, file.gid));
        node.add("links", std::to_string(file.links));
        node.add("mount", std::to_string(file.mount));
        if (file.cut) node.add("path begins", "farther up than the recorder walked");
    }
}

void EventDetailsModel::add_call(EventIndex event, const EventLine& line) {
    const EventStore& events = state_.session().events();
    const EventIndex entry = line.kind == EventKind::kEntry ? event : line.partner;
    if (entry == kNoEvent) return;
    std::vector<EventIndex> members = {entry};
    const size_t end = std::min(events.size(), size_t{entry} + kFarthest);
    bool has_returned = false;
    for (size_t at = size_t{entry} + 1; at < end && !has_returned; ++at) {
        const EventLine other = events.at(static_cast<EventIndex>(at));
        if (other.thread == line.thread && other.kind == EventKind::kEntry) break;
        if (other.partner != entry) continue;
        if (members.size() < kMostOfCall) members.push_back(static_cast<EventIndex>(at));
        has_returned = other.kind == EventKind::kReturn;
    }
    FieldNode& group = root_->add(QStringLiteral("Whole call"),
                                  QStringLiteral("%1 records; select one").arg(members.size()));
    const uint64_t began = events.time_ns(entry);
    for (const EventIndex member : members) {
        const EventLine one = events.at(member);
        QString when =
            QStringLiteral("+") + duration_text(one.time_ns - std::min(one.time_ns, began));
        if (member == event) when += QStringLiteral("  (this one)");
        group.add(what_text(one.kind, one.number), when).key = member;
    }
    if (!has_returned)
        group.add(QStringLiteral("return"),
                  end < events.size()
                      ? QStringLiteral("not among the next %L1 events").arg(kFarthest)
                      : QStringLiteral("not recorded"));
}

void EventDetailsModel::add_provenance(const EventInFull& full) {
    const TraceReader::ChunkEntry& chunk = state_.session().reader().chunks()[full.chunk];
    FieldNode& group = root_->add("Provenance", quote(state_.session().facts().name));
    group.add("chunk",
              fmt::format("{}, at byte {} of the file", chunk.header.number, chunk.offset));
    group.add("chunk holds", fmt::format("{} events, {} bytes, {} compressed", chunk.header.events,
                                         chunk.header.plain_bytes, chunk.header.compressed_bytes));
    const auto* hook = std::get_if<HookFired>(&full.event->body);
    if (hook == nullptr) return;
    const std::string name = text_form::hook_word(hook->hook);
    std::string source = "not stated in the trace's header";
    for (const HookStatus& status : state_.session().facts().header.hooks)
        if (status.name == name) source = escape(status.source);
    group.add("source of the hook", source);
    const HookInfo* info = find_hook(hook->hook);
    if (info == nullptr) return;
    group.add("it sees", info->sees);
    if (!info->cannot_see.empty()) group.add("it cannot see", info->cannot_see);
}

}  // namespace tocsin::gui
