// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/text_coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"

namespace tocsin {
namespace {

constexpr size_t kMostIntervals = 5;
constexpr size_t kMostNameColumns = 200;

// A fact that the recorder stated: escaped, and not endless.
std::string fact(std::string_view text) {
    return text.empty() ? "not recorded" : elide(escape(text), kMostNameColumns);
}

void put_calls(Fields& fields, const Coverage& coverage) {
    std::string text;
    for (const auto& [name, counts] : coverage.calls) {
        std::string odd;
        const auto add = [&](uint64_t count, std::string_view what) {
            if (count != 0) odd += fmt::format("{}{} {}", odd.empty() ? "" : ", ", count, what);
        };
        add(counts.failed, "failed");
        add(counts.unfinished, "without their return");
        add(counts.entry_missing, "without their entry");
        text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", name, counts.calls,
                            odd.empty() ? "" : " (" + odd + ")");
    }
    fields.put("calls", text.empty() ? "none" : text);
}

// What races on names were looked for in.
void put_names(Fields& fields, const NameCoverage& names) {
    if (names.looked_up == 0)
        return fields.put("names", "none of which a hook recorded what it led to");
    fields.put("names",
               fmt::format("{} looked up; {} used, {} of them after the same process or its "
                           "parent had looked them up; "
                           "{} changed",
                           names.looked_up, names.uses, names.uses_compared, names.changes));
    const std::pair<uint64_t, std::string_view> lines[] = {
        {names.of_unknown_place, "not compared: what they are relative to is not known"},
        {names.of_unknown_mounts,
         "used while something was mounted there in another mount namespace: not known whether "
         "it showed in theirs"},
        {names.checks_forgotten, "not compared: their checks were forgotten for later ones"},
        {names.changes_forgotten, "changes forgotten for later ones: they explain nothing"},
        {names.exposures_left_out, "exposed names left out: there are too many"},
    };
    for (const auto& [count, what] : lines)
        if (count != 0) fields.put("", fmt::format("{} {}", count, what));
}

// What races on processes were looked for in.
void put_pids(Fields& fields, const ProcessCoverage& pids) {
    if (pids.named == 0) return;
    std::string text =
        fmt::format("{}, {} of them after the same process had named them",
                    count_text(pids.named, "named process", "named processes"), pids.compared);
    if (pids.unknown != 0) text += fmt::format("; {} of which process is not known", pids.unknown);
    if (pids.forgotten != 0) text += fmt::format("; {} forgotten for later ones", pids.forgotten);
    fields.put("pids", text);
}

// What deceived supervisors were looked for in.
void put_supervisors(Fields& fields, const SupervisorCoverage& supervisors) {
    if (supervisors.held_back == 0) return;
    std::string text = count_text(supervisors.held_back, "call", "calls") + " held back";
    if (supervisors.forgotten != 0)
        text += fmt::format("; {} forgotten for later ones", supervisors.forgotten);
    if (supervisors.reads_forgotten != 0)
        text +=
            fmt::format("; {} reads for one forgotten for later ones", supervisors.reads_forgotten);
    fields.put("supervisors", text);
}

// What races on descriptors were looked for in.
void put_descriptors(Fields& fields, const DescriptorCoverage& descriptors) {
    if (descriptors.used == 0) return;
    std::string text = fmt::format("{} used that threads share", descriptors.used);
    if (descriptors.forgotten != 0)
        text += fmt::format("; {} forgotten for later ones", descriptors.forgotten);
    fields.put("descriptors", text);
}

// What the starts of relative names rest on, where some are not known. A root that is not known
// keeps no names from being compared.
void put_places(Fields& fields, const WorldGaps& world) {
    const std::pair<uint64_t, std::string_view> lines[] = {
        {world.of_unknown_cwd, "begin at a working directory that is not known"},
        {world.of_unknown_descriptor, "begin at a descriptor of unknown origin"},
    };
    std::string text;
    for (const auto& [count, what] : lines)
        if (count != 0) text += fmt::format("{}{} {}", text.empty() ? "" : "; ", count, what);
    if (!text.empty())
        fields.put("places", fmt::format("of {} names {}", world.names_started, text));
    std::string_view label = text.empty() ? "places" : "";
    if (world.pivots != 0) {
        fields.put(label,
                   fmt::format("{} of pivot_root, which may have moved other processes unseen",
                               count_text(world.pivots, "call", "calls")));
        label = "";
    }
    if (world.slots_left_out != 0)
        fields.put(label, fmt::format("{} descriptors beyond the most that are kept",
                                      world.slots_left_out));
}

void put_arguments(Fields& fields, const Coverage& coverage) {
    std::string_view label = "arguments";
    for (size_t i = 0; i < kEvaluations; ++i) {
        if (coverage.evaluations[i] == 0) continue;
        fields.put(label, fmt::format("{} {}", coverage.evaluations[i],
                                      name_of(static_cast<Evaluation>(i))));
        label = "";
    }
    if (!label.empty()) fields.put(label, "none");
}

void put_gaps(Fields& fields, const AssemblyGaps& gaps) {
    const std::pair<uint64_t, std::string_view> lines[] = {
        {gaps.returns_without_call, "returns of calls that began before the recording"},
        {gaps.hooks_without_call, "hook records that belong to no recorded call"},
        {gaps.hooks_joined_by_time, "hook records joined to a call by thread and time alone"},
        {gaps.hooks_only, "hook records whose call lost its entry and its return"},
        {gaps.calls_of_others, "records that name a call of another process"},
        {gaps.unknown_calls, "calls that this version's table does not have"},
        {gaps.closed_early, "calls that were given up, as too many had no return"},
        {gaps.links_left_out, "symbolic links that calls followed beyond the most that are kept"},
        {gaps.objects_left_out, "files that opens were asked about beyond the most that are kept"},
    };
    std::string_view label = "unjoined";
    for (const auto& [count, what] : lines) {
        if (count == 0) continue;
        fields.put(label, fmt::format("{} {}", count, what));
        label = "";
    }
    if (!label.empty()) fields.put(label, "none");
}

void put_intervals(Fields& fields, const AnalysisResult& result) {
    const auto& losses = result.coverage.losses;
    std::string_view label = "gaps";
    for (size_t i = 0; i < std::min(losses.size(), kMostIntervals); ++i) {
        const LossInterval& loss = losses[i];
        fields.put(label,
                   fmt::format(
                       "CPU {}: {} missing between {} and {} into the trace{}; not evaluated there",
                       loss.cpu, count_text(loss.count, "record", "records"),
                       into_trace_text(result.trace, loss.after),
                       into_trace_text(result.trace, loss.before),
                       loss.in_damaged_chunk ? ", in a damaged chunk" : ""));
        label = "";
    }
    if (losses.size() > kMostIntervals)
        fields.put("", fmt::format("and {} more such gaps, the last at {} into the trace",
                                   losses.size() - kMostIntervals,
                                   into_trace_text(result.trace, losses.back().before)));
}

void put_damage(Fields& fields, const AnalysisResult& result) {
    std::string_view label = "damage";
    if (result.trace.end != TraceEnd::kSealed) {
        fields.put(label, fact(result.trace.end_reason));
        label = "";
    }
    const auto& damage = result.coverage.damage;
    for (size_t i = 0; i < std::min(damage.size(), kMostIntervals); ++i) {
        fields.put(label,
                   fmt::format("{}; {} of CPU {} are gone", fact(damage[i].message),
                               count_text(damage[i].events, "event", "events"), damage[i].cpu));
        label = "";
    }
    if (damage.size() > kMostIntervals)
        fields.put("", fmt::format("and {} more chunks", damage.size() - kMostIntervals));
}

std::string commandline(const TraceHeader& header) {
    std::string text;
    for (const std::string& option : header.options)
        text += (text.empty() ? "" : " ") + escape(option);
    return text.empty() ? "not recorded" : elide(text, kMostNameColumns);
}

}  // namespace

void put_hooks(Fields& fields, const TraceHeader& header) {
    // What holds for several hooks of a source is said once, for all of them.
    struct Group {
        std::string names;
        std::string_view source, refusal, cannot_see;
    };
    std::vector<Group> groups;
    for (const HookStatus& hook : header.hooks) {
        const HookInfo* info = find_hook(hook.name);
        const std::string_view cannot_see =
            info != nullptr && hook.refusal.empty() ? info->cannot_see : std::string_view();
        const auto same = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
            return group.source == hook.source && group.refusal == hook.refusal &&
                   group.cannot_see == cannot_see;
        });
        Group& group = same != groups.end()
                           ? *same
                           : groups.emplace_back(Group{"", hook.source, hook.refusal, cannot_see});
        group.names += (group.names.empty() ? "" : ", ") + fact(hook.name);
    }
    std::stable_partition(groups.begin(), groups.end(),
                          [](const Group& group) { return group.refusal.empty(); });
    std::string_view label = "hooks";
    for (const Group& group : groups) {
        std::string text = fmt::format("{} by {}", group.names, fact(group.source));
        if (!group.refusal.empty()) text += ": refused: " + fact(group.refusal);
        if (!group.cannot_see.empty()) text += fmt::format("; cannot see {}", group.cannot_see);
        fields.put(label, text);
        label = "";
    }
    if (groups.empty()) fields.put(label, "none stated by the recorder");
}

void put_losses(Fields& fields, const LossCounts& lost) {
    std::string_view label = "lost";
    for (size_t i = 0; i < kLossCauses; ++i) {
        if (lost[i] == 0) continue;
        const auto cause = static_cast<LossCause>(i);
        fields.put(label, fmt::format("{} {}: {}", lost[i], name_of(cause), advice_for(cause)));
        label = "";
    }
    if (!label.empty()) fields.put(label, "nothing");
}

void put_trace(Fields& fields, const AnalysisResult& result) {
    const TraceFacts& trace = result.trace;
    const TraceHeader& header = trace.header;
    fields.put("machine",
               fmt::format("{}, Linux {} {}, {}", fact(header.host), fact(header.kernel_release),
                           fact(header.machine), count_text(header.cpus, "CPU", "CPUs")));
    std::string span = "no events";
    if (trace.first)
        span = seconds_text(trace.last->ns - trace.first->ns) + " from " +
               (trace.clock ? utc_text(*trace.clock, *trace.first)
                            : seconds_text(trace.first->ns) + " after boot (no clock sample)");
    fields.put("time", span);
    fields.put("recorder", fmt::format("tocsin-record {}: {}", fact(header.recorder_version),
                                       commandline(header)));
    fields.put("end", trace.end == TraceEnd::kSealed
                          ? fmt::format("sealed: {}", fact(trace.seal_reason))
                      : trace.end == TraceEnd::kCut ? "cut short, not sealed"
                                                    : "damaged, not sealed");
    fields.put("chain hash", hex(trace.chain_hash));
}

void put_coverage(Fields& fields, const AnalysisResult& result) {
    const Coverage& coverage = result.coverage;
    fields.put("events", fmt::format("{} in {}, {} found running at the start", coverage.events,
                                     count_text(result.trace.chunks, "chunk", "chunks"),
                                     count_text(coverage.snapshot_tasks, "thread", "threads")));
    put_calls(fields, coverage);
    put_arguments(fields, coverage);
    put_names(fields, coverage.names);
    put_pids(fields, coverage.pids);
    put_supervisors(fields, coverage.supervisors);
    put_descriptors(fields, coverage.descriptors);
    put_places(fields, coverage.world);
    put_hooks(fields, result.trace.header);
    fields.put("processes", fmt::format("{}, {} of them of unknown origin", coverage.processes,
                                        coverage.partial_processes));
    put_gaps(fields, coverage.gaps);
    put_losses(fields, coverage.lost);
    put_intervals(fields, result);
    put_damage(fields, result);
}

}  // namespace tocsin
