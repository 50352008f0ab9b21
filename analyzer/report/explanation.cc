// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"

namespace tocsin {
namespace {

using Clauses = std::vector<std::string>;

void add_missing_records(Clauses& clauses, const StoryPart& part) {
    const Operation& call = *part.operation;
    if (call.entry_missing && !call.is_orphan)
        clauses.push_back(fmt::format("{}: its entry, and so what was asked for", part.what));
    if (call.unfinished && !call.is_orphan)
        clauses.push_back(fmt::format("{}: its return, and so whether it succeeded", part.what));
    if (call.is_orphan)
        clauses.push_back(fmt::format("{}: the call; a hook alone tells of it", part.what));
}

void add_unknown_process(Clauses& clauses, const Operation& call,
                         std::set<int32_t>& processes_told) {
    if (!processes_told.insert(call.task->id.tgid).second) return;
    const int32_t process = call.task->id.tgid;
    if (call.caller.executable() == nullptr)
        clauses.push_back(fmt::format("which program process {} runs", process));
    if (call.caller.image == nullptr || !call.caller.image->command_line)
        clauses.push_back(fmt::format("the command line of process {}", process));
    if (call.caller.partial)
        clauses.push_back(
            fmt::format("what process {} had open, and where it stood, before its "
                        "first record",
                        process));
}

void add_losses(Clauses& clauses, const AnalysisResult& result, BootTime began, BootTime ended) {
    const auto meets = [&](BootTime first, BootTime last) {
        return first <= ended && last >= began;
    };
    uint64_t lost = 0, damaged = 0;
    for (const LossInterval& loss : result.coverage.losses)
        if (meets(loss.after, loss.before)) lost += loss.count;
    for (const DamagedChunk& chunk : result.coverage.damage)
        if (meets(chunk.first_time, chunk.last_time)) damaged += chunk.events;
    if (lost != 0)
        clauses.push_back(count_text(lost, "record", "records") +
                          " of that time, lost in recording: a change or a call may be among them");
    if (damaged != 0)
        clauses.push_back(count_text(damaged, "record", "records") +
                          " of that time, in chunks that cannot be read");
}

void add_silent_hooks(Clauses& clauses, const TraceHeader& header) {
    std::string names;
    for (const HookStatus& hook : header.hooks)
        if (!hook.refusal.empty()) names += (names.empty() ? "" : ", ") + escape(hook.name);
    if (!names.empty())
        clauses.push_back("what these hooks would show, which the machine refused: " + names);
}

void add_memory(Clauses& clauses, const Candidate& candidate) {
    const Operand& operand = candidate.subject();
    if (!operand.entry) clauses.emplace_back("the argument at the call's entry");
    if (!operand.kernel) clauses.emplace_back("the kernel's copy of the argument");
    if (!operand.exit && candidate.rule == Rule::kA3)
        clauses.emplace_back("the argument at the call's return");
    if (!candidate.whole && candidate.difference)
        clauses.emplace_back("the argument beyond what the recorder keeps of it");
    if (!candidate.writer)
        clauses.emplace_back(
            "who wrote to the memory: threads of the process do so without a call");
}

void add_file(Clauses& clauses, const NameRace& race) {
    if (race.found == nullptr) clauses.emplace_back("which file the use found");
    if (race.explained_by() == nullptr) clauses.emplace_back("the change between check and use");
    if (race.mutations_left_out != 0)
        clauses.push_back(count_text(race.mutations_left_out, "more change", "more changes") +
                          " of the same entries, which the finding does not hold");
}

}  // namespace

std::vector<StoryPart> parts_of(const Candidate& candidate) {
    std::vector<StoryPart> parts;
    if (const NameRace* race = candidate.race.get()) {
        parts.push_back({"the check", race->check});
        for (size_t i = 0; i < race->mutations.size(); ++i)
            parts.push_back(
                {i == race->explanation ? "the change" : "a change", race->mutations[i].operation});
    } else if (candidate.process_race != nullptr) {
        parts.push_back({"the check", candidate.process_race->check});
        if (const auto& change = candidate.process_race->change)
            parts.push_back({"the change", change});
    }
    parts.push_back({parts.empty() ? "the call" : "the use", candidate.operation});
    return parts;
}

std::vector<EventRef> records_of(const Candidate& candidate) {
    std::vector<EventRef> records;
    for (const StoryPart& part : parts_of(candidate)) {
        const Operation& call = *part.operation;
        if (call.entry_event) records.push_back(*call.entry_event);
        records.insert(records.end(), call.hook_events.begin(), call.hook_events.end());
        if (call.exit_event) records.push_back(*call.exit_event);
    }
    if (candidate.writer) records.push_back(candidate.writer->event);
    if (candidate.supervisor) records.push_back(candidate.supervisor->event);
    std::sort(records.begin(), records.end());
    records.erase(std::unique(records.begin(), records.end()), records.end());
    return records;
}

std::vector<std::string> not_recorded_of(const AnalysisResult& result, const Finding& finding) {
    const Candidate& candidate = finding.candidate;
    Clauses clauses;
    std::set<int32_t> processes_told;
    BootTime began = candidate.operation->began, ended = candidate.operation->last_time();
    for (const StoryPart& part : parts_of(candidate)) {
        add_missing_records(clauses, part);
        add_unknown_process(clauses, *part.operation, processes_told);
        began = std::min(began, part.operation->began);
        ended = std::max(ended, part.operation->last_time());
    }
    if (candidate.race != nullptr)
        add_file(clauses, *candidate.race);
    else if (candidate.process_race == nullptr)
        add_memory(clauses, candidate);
    add_losses(clauses, result, began, ended);
    add_silent_hooks(clauses, result.trace.header);
    return clauses;
}

}  // namespace tocsin
