// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/replay_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "analyzer/detect/argument_comparison.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/replay_operand.h"
#include "formats/text_form_rules.h"

namespace tocsin {
namespace {

using Emphasis = ReplayLines::Emphasis;
using Outcome = Comparison::Outcome;

constexpr std::string_view kDifferentMark = "!=";
constexpr ptrdiff_t kFewNames = 6;
constexpr size_t kMostEnvirons = 64;
constexpr const char* kNoEntry = "(its entry is not in the trace)";

void append(Pieces& pieces, const Pieces& more) {
    pieces.insert(pieces.end(), more.begin(), more.end());
}

BootTime time_of(const EventOrder::Item& item) {
    if (const auto* event = std::get_if<const Event*>(&item)) return (*event)->time;
    if (const auto* loss = std::get_if<RecordsLost>(&item)) return loss->time;
    return std::get<ClockSample>(item).time;
}

// nullptr: nothing is known of it.
std::string name_of_call(const Operation* call) {
    return call != nullptr && call->syscall != nullptr ? std::string(call->syscall->name) : "call";
}

// "path", or "path#1" where the call has several.
std::string label_of(const Operation* call, uint8_t argument, OperandKind kind) {
    std::string label(name_of(kind));
    if (call == nullptr || argument == kUnknownArgument) return label;
    const auto of_kind =
        std::count_if(call->operands.begin(), call->operands.end(),
                      [kind](const Operand& operand) { return operand.info.kind == kind; });
    return of_kind > 1 ? fmt::format("{}#{}", label, argument) : label;
}

// Entry claim against one copy, which need not be the first that the kernel took.
Outcome outcome_of(const Operation* call, const KernelCopy& copy) {
    if (call == nullptr || call->entry_missing) return Outcome::kNoView;
    const Operand* operand = call->operand_of(copy.argument, copy.kind);
    if (operand == nullptr) return Outcome::kNoView;
    Operand with_copy = *operand;
    with_copy.kernel = own(copy.value);
    with_copy.from_descriptor = copy.from_descriptor;
    return compare_entry_with_kernel(*call, with_copy).outcome;
}

struct Mark {
    std::string_view mark;
    std::string_view remark;
};

Mark mark_of(Outcome outcome, OperandKind kind) {
    switch (outcome) {
        case Outcome::kSame:
            return {"==", ""};
        case Outcome::kSamePrefix:
            return {"==", "(as far as both were read)"};
        case Outcome::kExplained:
            return {"~", "(as the interpreter gets it)"};
        case Outcome::kDifferent:
            return {kDifferentMark, ""};
        case Outcome::kContradictory:
            return {kDifferentMark, "(not a name of the call's descriptor)"};
        case Outcome::kUnreadable:
            return {"?", "(the claim was not readable)"};
        case Outcome::kNoView:
            break;
    }
    if (is_no_argument(kind)) return {"", ""};  // nobody claims it
    return {"?", ""};
}

Pieces result_pieces(int64_t result) {
    constexpr int64_t kLastErrno = -4095;  // include/linux/err.h, MAX_ERRNO
    if (result >= 0 || result < kLastErrno) return {fmt::format("= {}", result)};
    const auto error = static_cast<int32_t>(-result);
    Pieces pieces = {"= -1 " + errno_text(error)};
    if (const char* meaning = strerrordesc_np(error); meaning != nullptr)
        pieces.push_back(fmt::format("({})", meaning));
    return pieces;
}

// wait(2)'s status, in strace's words.
std::string exit_text(const TaskExited& exit) {
    const auto status = static_cast<uint32_t>(exit.exit_code);
    const int signal = static_cast<int>(status & 0x7fU);
    const std::string_view what = exit.last_thread ? "" : "thread ";
    if (signal == 0) return fmt::format("+++ {}exited with {} +++", what, status >> 8U & 0xffU);
    const char* name = sigabbrev_np(signal);
    return fmt::format(
        "+++ {}killed by {}{} +++", what,
        name == nullptr ? fmt::format("signal {}", signal) : fmt::format("SIG{}", name),
        (status & 0x80U) != 0 ? " (core dumped)" : "");
}

void add_credential_changes(ReplayLines& lines, const Credentials& before,
                            const Credentials& after) {
    const auto add = [&](const char* name, uint32_t from, uint32_t to) {
        if (from != to) lines.detail("", name, {fmt::format("{} -> {}", from, to)});
    };
    add("uid", before.uid, after.uid);
    add("euid", before.euid, after.euid);
    add("gid", before.gid, after.gid);
    add("egid", before.egid, after.egid);
}

// The memory at return where it says something else than at entry.
struct ExitClaim {
    std::string label;
    Pieces value;
    bool differs = false;
};

std::vector<ExitClaim> exit_claims(const Operation& call) {
    std::vector<ExitClaim> claims;
    for (const Operand& operand : call.operands) {
        if (!operand.exit) continue;
        const bool differs = compare_entry_with_exit(operand).outcome == Outcome::kDifferent;
        if (operand.entry && !differs && operand.entry->error == operand.exit->error) continue;
        const OwnedBytes& exit = *operand.exit;
        ExitClaim claim{
            label_of(&call, operand.info.argument, operand.info.kind),
            memory_pieces(operand.info.kind, {exit.bytes, exit.full_length, exit.error, exit.cut}),
            differs};
        claim.value.emplace_back("(at return)");
        claims.push_back(std::move(claim));
    }
    return claims;
}

// "!= path, argv", to stand on the first line of its record.
void append_differences(Pieces& head, const std::vector<std::string>& labels) {
    if (labels.empty()) return;
    head.emplace_back(kDifferentMark);
    for (const std::string& label : labels) head.push_back(label + ',');
    head.back().pop_back();
}

}  // namespace

struct ReplayText::ComparedCopy {
    const KernelCopy* copy;
    std::string label;
    Outcome outcome;
    std::string_view mark, remark;
    bool differs() const { return mark == kDifferentMark; }
};

ReplayText::ComparedCopy ReplayText::compared(const Operation* call, const KernelCopy& copy) {
    const Outcome outcome = outcome_of(call, copy);
    const auto [mark, remark] = mark_of(outcome, copy.kind);
    return {&copy, label_of(call, copy.argument, copy.kind), outcome, mark, remark};
}

ReplayText::ReplayText(EventOrder& order, ReplayTextOptions options)
    : order_(order),
      options_(std::move(options)),
      first_(order.first_time().value_or(BootTime{})),
      last_(first_),
      lines_(first_, options_.colour),
      assembler_(
          world_,
          [this](std::shared_ptr<const Operation> call) { closed_.push_back(std::move(call)); }),
      pids_missing_(options_.pids.begin(), options_.pids.end()) {}

std::optional<ReplayText::Step> ReplayText::next() {
    while (const auto item = order_.next()) {
        const BootTime time = time_of(*item);
        add(*item, time);
        if (!lines_.empty()) return Step{time, lines_.take()};
    }
    if (is_finished_) return std::nullopt;
    is_finished_ = true;
    finish();
    if (lines_.empty()) return std::nullopt;
    return Step{last_, lines_.take()};
}

void ReplayText::add(const EventOrder::Item& item, BootTime time) {
    const auto* event = std::get_if<const Event*>(&item);
    if (!pids_missing_.empty() && event != nullptr && (*event)->task != nullptr) {
        pids_missing_.erase((*event)->task->id.tid);
        pids_missing_.erase((*event)->task->id.tgid);
    }
    if (event != nullptr && std::holds_alternative<TaskFound>((*event)->body)) {
        const Task* task = (*event)->task;
        if (task == nullptr) return;
        world_.observe(**event);
        if (!is_wanted(task->id)) return;
        ++found_threads_;
        found_time_ = std::max(found_time_, (*event)->time);
        if (task->id.tid == task->id.tgid) ++found_processes_;
        return;
    }
    last_ = std::max(last_, time);
    if (time >= found_time_) add_found();
    add_missing();
    if (event != nullptr) return add(**event);
    if (const auto* loss = std::get_if<RecordsLost>(&item)) return add_loss(*loss);
    if (!is_in_range(time, time)) return;
    lines_.note(time, {utc_text(std::get<ClockSample>(item), time)});
    last_shown_.reset();
}

void ReplayText::add(const Event& event) {
    if (event.task == nullptr) return;
    world_.observe(event);
    assembler_.observe(event);
    std::shared_ptr<const Operation> returned;
    if (std::holds_alternative<SyscallReturned>(event.body) && !closed_.empty() &&
        closed_.back()->exit_event == EventRef{event.cpu, event.sequence}) {
        returned = std::move(closed_.back());
        closed_.pop_back();
    }
    add_ends_of_open_calls(event.time);
    if (is_in_range(event.time, event.time)) {
        const auto* fork = std::get_if<TaskForked>(&event.body);
        if (fork != nullptr && fork->child != nullptr && !options_.records)
            add_fork(event, *fork->child);
        if (is_wanted(event.task->id) && is_wanted(EventRef{event.cpu, event.sequence})) {
            add_heading(event);
            if (const auto* entry = std::get_if<SyscallEntered>(&event.body))
                add_entry(event, *entry);
            if (const auto* hook = std::get_if<HookFired>(&event.body)) add_hook(event, *hook);
            if (const auto* exit = std::get_if<SyscallReturned>(&event.body))
                add_return(event, *exit, returned);
            if (const auto* exit = std::get_if<TaskExited>(&event.body)) add_exit(event, *exit);
        }
    }
    if (returned) shown_entries_.erase(returned->call);
}

void ReplayText::add_heading(const Event& event) {
    const auto heading = options_.headings.find({event.cpu, event.sequence});
    if (heading == options_.headings.end()) return;
    lines_.note(event.time, {heading->second});
    last_shown_.reset();
}

void ReplayText::add_entry(const Event& event, const SyscallEntered& body) {
    std::vector<Pieces> arguments;
    for (const Claim& claim : body.claims) {
        std::optional<Pieces> known;
        if (claim.memory) known = environ_shown_before(claim.kind, *claim.memory, event.time);
        arguments.push_back(known ? *known : claim_pieces(claim, find_syscall(body.number)));
    }
    record(event, call_pieces(text_form::syscall_word(body.number), arguments), Emphasis::kNone);
    if (!event.call) return;
    const Operation* call = assembler_.find_open(*event.call);
    if (call != nullptr && call->syscall != nullptr) shown_entries_.insert(*event.call);
}

void ReplayText::add_hook(const Event& event, const HookFired& body) {
    const Operation* call = event.call ? assembler_.find_open(*event.call) : nullptr;
    std::vector<ComparedCopy> copies;
    std::vector<std::string> different;
    for (const KernelCopy& copy : body.copies) {
        copies.push_back(compared(call, copy));
        if (copies.back().differs()) different.push_back(copies.back().label);
    }
    Pieces head = resumed(event, name_of_call(call));
    head.push_back("@ " + text_form::hook_word(body.hook));
    append_differences(head, different);
    if (call == nullptr)
        head.emplace_back("(outside of any recorded call)");
    else
        head.push_back(call->entry_missing ? kNoEntry : gap_text(call->began, event.time));
    record(event, head, different.empty() ? Emphasis::kNone : Emphasis::kDifference);
    add_copies(copies, event.call && shown_entries_.contains(*event.call), event.time);
    for (const KernelObject& object : body.objects)
        if (object.node != nullptr)
            lines_.detail("", text_form::role_word(object.role), object_pieces(*object.node));
}

// Copies that say what the call's own line, right above, says already are named only.
void ReplayText::add_copies(const std::vector<ComparedCopy>& copies, bool is_claim_shown,
                            BootTime time) {
    std::string same;
    for (const ComparedCopy& compared : copies) {
        const KernelCopy& copy = *compared.copy;
        if (compared.outcome == Outcome::kSame && !copy.from_descriptor && is_claim_shown) {
            same += (same.empty() ? "" : ", ") + compared.label;
            continue;
        }
        std::optional<Pieces> known;
        if (!compared.differs()) known = environ_shown_before(copy.kind, copy.value, time);
        Pieces value = known ? *known : memory_pieces(copy.kind, copy.value);
        if (!compared.remark.empty()) value.emplace_back(compared.remark);
        lines_.detail(compared.mark, compared.label, value,
                      compared.differs() ? Emphasis::kDifference : Emphasis::kNone);
    }
    if (!same.empty()) lines_.detail("==", same, {});
}

std::optional<Pieces> ReplayText::environ_shown_before(OperandKind kind,
                                                       const CapturedBytes& memory, BootTime time) {
    if (kind != OperandKind::kEnviron || !memory.is_whole()) return std::nullopt;
    const auto names = std::count(memory.bytes.begin(), memory.bytes.end(), '\0');
    if (names <= kFewNames) return std::nullopt;
    if (environs_.size() == kMostEnvirons) environs_.clear();
    const auto [at, is_new] = environs_.try_emplace(std::string(memory.bytes), time);
    if (is_new) return std::nullopt;
    return Pieces{fmt::format("[{} names as at {}]", names, seconds_since(first_, at->second))};
}

void ReplayText::add_return(const Event& event, const SyscallReturned& body,
                            const std::shared_ptr<const Operation>& call) {
    Pieces head = resumed(event, text_form::syscall_word(body.number));
    append(head, result_pieces(body.result));
    const std::vector<ExitClaim> claims = call ? exit_claims(*call) : std::vector<ExitClaim>();
    std::vector<std::string> different;
    for (const ExitClaim& claim : claims)
        if (claim.differs) different.push_back(claim.label);
    append_differences(head, different);
    const bool has_entry = call && !call->entry_missing;
    if (has_entry) head.push_back(gap_text(call->began, event.time));
    if (!event.call || (call && call->entry_missing)) head.emplace_back(kNoEntry);
    record(event, head, different.empty() ? Emphasis::kNone : Emphasis::kDifference);
    for (const ExitClaim& claim : claims)
        lines_.detail(claim.differs ? kDifferentMark : "?", claim.label, claim.value,
                      claim.differs ? Emphasis::kDifference : Emphasis::kNone);
    if (has_entry) add_credential_changes(lines_, call->task->credentials, event.task->credentials);
}

void ReplayText::add_fork(const Event& event, const Task& child) {
    if (!is_wanted(event.task->id) && !is_wanted(child.id)) return;
    const bool is_thread = child.id.tgid == event.task->id.tgid;
    record(event,
           {is_thread ? fmt::format("starts thread {}", child.id.tid)
                      : fmt::format("forks process {}", child.id.tgid)},
           Emphasis::kNone);
}

void ReplayText::add_exit(const Event& event, const TaskExited& body) {
    record(event, {exit_text(body)}, Emphasis::kNone);
}

void ReplayText::add_found() {
    if (found_threads_ == 0) return;
    if (is_in_range(found_time_, found_time_))
        lines_.note(found_time_,
                    {fmt::format("found running at the start: {} in {}",
                                 count_text(found_threads_, "thread", "threads"),
                                 count_text(found_processes_, "process", "processes"))});
    found_threads_ = 0;
}

void ReplayText::add_missing() {
    for (; damage_seen_ < order_.damage().size(); ++damage_seen_) {
        const DamagedChunk& chunk = order_.damage()[damage_seen_];
        if (!is_in_range(chunk.first_time, chunk.last_time)) continue;
        lines_.note(
            chunk.first_time,
            {fmt::format("cpu{}:", chunk.cpu), count_text(chunk.events, "record", "records"),
             fmt::format("up to {}", seconds_since(first_, chunk.last_time)),
             "cannot be read: the file is damaged"},
            Emphasis::kLoss);
        last_shown_.reset();
    }
    for (; losses_seen_ < order_.losses().size(); ++losses_seen_) {
        const LossInterval& loss = order_.losses()[losses_seen_];
        if (!is_in_range(loss.after, loss.before)) continue;
        lines_.note(loss.before,
                    {fmt::format("cpu{}:", loss.cpu),
                     count_text(loss.count, "record is missing", "records are missing"),
                     fmt::format("between {} and here", seconds_since(first_, loss.after)),
                     loss.in_damaged_chunk ? "(the file is damaged)" : "(lost in recording)"},
                    Emphasis::kLoss);
        last_shown_.reset();
    }
}

void ReplayText::add_loss(const RecordsLost& loss) {
    const LossCounts before = std::exchange(lost_, loss.counts);
    if (!is_in_range(loss.time, loss.time)) return;
    for (size_t i = 0; i < kLossCauses; ++i) {
        if (loss.counts[i] <= before[i]) continue;
        const auto cause = static_cast<LossCause>(i);
        lines_.note(loss.time,
                    {fmt::format("{} more lost, {}:", loss.counts[i] - before[i], name_of(cause)),
                     std::string(advice_for(cause))},
                    Emphasis::kLoss);
        last_shown_.reset();
    }
}

void ReplayText::add_ends_of_open_calls(BootTime time) {
    for (const auto& closed : std::exchange(closed_, {})) {
        const Operation& call = *closed;
        if (call.is_orphan) continue;  // its hook's own lines say so
        shown_entries_.erase(call.call);
        if (!is_in_range(time, time) || !is_wanted(call.task->id) ||
            !is_wanted(call.entry_event.value_or(EventRef{})))
            continue;
        const auto& id = call.task->id;
        lines_.record(
            time, id, call.task->comm,
            {fmt::format("<... {} unfinished>", name_of_call(&call)), "no record of its return"});
        last_shown_.reset();
    }
}

void ReplayText::finish() {
    add_found();
    add_missing();
    assembler_.finish();
    add_ends_of_open_calls(last_);
}

void ReplayText::record(const Event& event, Pieces pieces, Emphasis emphasis) {
    lines_.record(event.time, event.task->id, event.task->comm, pieces, emphasis);
    last_shown_ = event.call;
}

Pieces ReplayText::resumed(const Event& event, std::string_view name) const {
    if (event.call && last_shown_ == event.call) return {};
    if (!event.call && std::holds_alternative<HookFired>(event.body)) return {};
    return {fmt::format("<... {} resumed>", name)};
}

bool ReplayText::is_in_range(BootTime from, BootTime to) const {
    const auto since_first = [&](BootTime time) { return time < first_ ? 0 : time.ns - first_.ns; };
    return since_first(to) >= options_.from_ns && since_first(from) <= options_.to_ns;
}

bool ReplayText::is_wanted(const TaskId& id) const {
    const auto is_one_of = [&](int32_t wanted) { return wanted == id.tgid || wanted == id.tid; };
    return options_.pids.empty() ||
           std::any_of(options_.pids.begin(), options_.pids.end(), is_one_of);
}

bool ReplayText::is_wanted(const EventRef& record) const {
    return !options_.records ||
           std::binary_search(options_.records->begin(), options_.records->end(), record);
}

}  // namespace tocsin
