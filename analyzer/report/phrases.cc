// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/phrases.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <numeric>

#include "analyzer/report/escape.h"
#include "analyzer/report/operand_text.h"

namespace tocsin {
namespace {

constexpr size_t kContextBytes = 24;

bool is_continuation(char byte) {
    return (static_cast<uint8_t>(byte) & 0xc0U) == 0x80U;
}

// What surrounds the offset, with "…" where more is left out.
std::string excerpt(std::string_view bytes, size_t offset, size_t width) {
    std::string whole = quote(bytes);
    if (width_of(whole) <= width) return whole;
    size_t from = std::min(offset, bytes.size());
    from -= std::min(from, kContextBytes);
    while (from > 0 && is_continuation(bytes[from])) --from;
    size_t to = std::min(bytes.size(), offset + kContextBytes);
    while (to < bytes.size() && is_continuation(bytes[to])) ++to;
    return elide((from > 0 ? "…" : "") + quote(bytes.substr(from, to - from)) +
                     (to < bytes.size() ? "…" : ""),
                 width);
}

// The string of a vector that begins at the offset; "nothing" behind the last one.
std::string string_at(std::string_view strings, size_t begin, size_t offset, size_t width) {
    if (begin >= strings.size()) return "nothing";
    const std::string_view string = strings.substr(begin);
    return excerpt(string.substr(0, string.find('\0')), offset - begin, width);
}

uint64_t evaluated_arguments(const Coverage& coverage, bool wanted) {
    uint64_t sum = 0;
    for (size_t i = 0; i < kEvaluations; ++i)
        if (is_evaluated(static_cast<Evaluation>(i)) == wanted) sum += coverage.evaluations[i];
    return sum;
}

std::string severities_text(const AnalysisResult& result) {
    std::string text;
    for (const Severity severity : kAllSeverities) {
        const uint64_t count = result.by_severity[static_cast<size_t>(severity)];
        if (count == 0) continue;
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, name_of(severity));
    }
    return text;
}

std::string caveats_text(const AnalysisResult& result) {
    std::string text;
    if (!result.options.span.is_whole())
        text += " Only a part of the trace was judged: nothing outside was evaluated.";
    if (result.is_lossy()) text += " Records are missing: what happened there was not evaluated.";
    if (result.trace.end == TraceEnd::kCut)
        text += " The trace is cut short: what came later was not evaluated.";
    if (result.trace.end == TraceEnd::kDamaged || !result.coverage.damage.empty())
        text += " The trace is damaged: only what is sound was evaluated.";
    return text;
}

}  // namespace

std::string span_text(const AnalysisResult& result) {
    const TimeSpan& span = result.options.span;
    std::string text = "from " + seconds_text(span.from_ns);
    if (span.to_ns != UINT64_MAX) text += " to " + seconds_text(span.to_ns);
    text += " of the trace; what came before was followed and not judged";
    const uint64_t behind = result.coverage.chunks_left_out;
    return behind == 0
               ? text
               : text + fmt::format(", {} behind not read", count_text(behind, "chunk", "chunks"));
}

std::string utc_text(const ClockSample& clock, BootTime time) {
    using namespace std::chrono;
    // Unsigned, so that times out of a hostile trace wrap instead of being undefined.
    const auto unix_ns =
        static_cast<int64_t>(static_cast<uint64_t>(clock.realtime_ns) + (time.ns - clock.time.ns));
    const sys_time<nanoseconds> instant{nanoseconds{unix_ns}};
    const auto day = floor<days>(instant);
    const year_month_day date{day};
    // Near the ends of the 64-bit range the day begins outside of it.
    const auto in_day = static_cast<uint64_t>(unix_ns) -
                        static_cast<uint64_t>(day.time_since_epoch().count()) * 86400000000000U;
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:09} UTC",
                       static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()), in_day / 3600000000000U,
                       in_day / 60000000000U % 60, in_day / 1000000000U % 60, in_day % 1000000000U);
}

std::string seconds_text(uint64_t ns) {
    return seconds_since({}, {ns}) + " s";
}

std::string seconds_since(BootTime from, BootTime time) {
    const bool is_before = time < from;
    const uint64_t ns = is_before ? from.ns - time.ns : time.ns - from.ns;
    return fmt::format("{}{}.{:06}", is_before ? "-" : "", ns / 1000000000, ns % 1000000000 / 1000);
}

std::string gap_text(BootTime from, BootTime to) {
    const bool is_negative = to < from;
    const uint64_t gap = is_negative ? from.ns - to.ns : to.ns - from.ns;
    const uint64_t tenths = gap / 100 + (gap % 100 >= 50 ? 1 : 0);
    return fmt::format("{}{}.{} µs", is_negative ? '-' : '+', tenths / 10, tenths % 10);
}

std::string interval_text(uint64_t ns) {
    struct Unit {
        uint64_t ns;
        std::string_view name;
    };
    static constexpr Unit kUnits[] = {{1, "ns"}, {1'000, "µs"}, {1'000'000, "ms"}};
    Unit unit{1'000'000'000, "s"};
    for (const Unit& smaller : kUnits)
        if (ns < smaller.ns * 1000 && smaller.ns < unit.ns) unit = smaller;
    const uint64_t whole = ns / unit.ns;
    const int digits = unit.ns == 1 || whole >= 1000 ? 0 : whole >= 100 ? 1 : whole >= 10 ? 2 : 3;
    uint64_t scale = 1;
    for (int i = 0; i < digits; ++i) scale *= 10;
    const auto scaled =
        static_cast<uint64_t>((static_cast<unsigned __int128>(ns) * scale + unit.ns / 2) / unit.ns);
    std::string text = fmt::format("{}", scaled / scale);
    if (scaled % scale != 0) {
        text += fmt::format(".{:0{}}", scaled % scale, digits);
        text.erase(text.find_last_not_of('0') + 1);
    }
    return fmt::format("{} {}", text, unit.name);
}

std::string interval_text(BootTime from, BootTime to) {
    return interval_text(std::max(from, to).ns - from.ns);
}

std::string into_trace_text(const TraceFacts& trace, BootTime time) {
    return seconds_since(trace.first.value_or(time), time) + " s";
}

std::string device_text(uint64_t device) {
    return fmt::format("{}:{}", device >> 20U, device & 0xfffffU);
}

std::string mode_text(uint32_t mode) {
    static constexpr std::string_view kTypes = "?pc?d?b?-?l?s???";
    std::string text(1, kTypes[mode >> 12U & 15U]);
    for (const uint32_t shift : {6U, 3U, 0U}) {
        const uint32_t bits = mode >> shift & 7U;
        const bool special = (mode >> (9U + shift / 3) & 1U) != 0;
        text += (bits & 4U) != 0 ? 'r' : '-';
        text += (bits & 2U) != 0 ? 'w' : '-';
        const bool runs = (bits & 1U) != 0;
        const char set = shift == 0 ? 't' : 's';
        const char unset = shift == 0 ? 'T' : 'S';
        text += special ? (runs ? set : unset) : (runs ? 'x' : '-');
    }
    return text;
}

std::string read_end_text(bool gave_nothing, int32_t error, bool cut) {
    std::string text;
    if (error != 0)
        text = fmt::format("{}unreadable ({})", gave_nothing ? "" : "then ", errno_text(error));
    if (cut) text += fmt::format("{}cut at the recorder's limit", text.empty() ? "" : ", ");
    return text;
}

std::string result_text(int64_t result) {
    if (result >= 0 || result < -4095) return fmt::format("{}", result);
    return fmt::format("{} ({})", result, errno_text(static_cast<int32_t>(-result)));
}

std::string event_text(const EventRef& event) {
    return fmt::format("cpu{}#{}", event.cpu, event.sequence);
}

std::string hex(std::string_view bytes) {
    std::string text;
    for (const char byte : bytes)
        fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<uint8_t>(byte));
    return text;
}

std::string hex(const Digest& digest) {
    return hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string count_text(uint64_t count, std::string_view singular, std::string_view plural) {
    return fmt::format("{} {}", count, count == 1 ? singular : plural);
}

std::string_view name_of(Monitor monitor) {
    switch (monitor) {
        case Monitor::kEntryReader:
            return "entry readers";
        case Monitor::kStopReader:
            return "ptrace and seccomp readers";
        case Monitor::kExitReader:
            return "exit readers";
    }
    return "?";
}

std::string_view name_of(TraceEnd end) {
    switch (end) {
        case TraceEnd::kSealed:
            return "sealed";
        case TraceEnd::kCut:
            return "cut";
        case TraceEnd::kDamaged:
            return "damaged";
    }
    return "?";
}

std::string errno_text(int32_t error) {
    const char* name = strerrorname_np(error);
    return name == nullptr ? fmt::format("errno {}", error) : name;
}

bool is_vector(OperandKind kind) {
    return kind == OperandKind::kArgv || kind == OperandKind::kEnviron;
}

Excerpts excerpts_of(const Candidate& candidate, size_t width) {
    const OperandKind kind = candidate.subject().info.kind;
    const std::string_view claim = candidate.claim, truth = candidate.truth;
    if (!candidate.difference || is_structure(kind)) {
        const auto all = [&](std::string_view bytes) {
            return elide(operand_text(kind, bytes), width);
        };
        return {std::string(name_of(kind)), all(claim), all(truth), true};
    }
    const size_t offset = *candidate.difference;
    if (!is_vector(kind)) {
        Excerpts excerpts{fmt::format("byte {}", offset), excerpt(claim, offset, width),
                          excerpt(truth, offset, width), false};
        excerpts.is_all = excerpts.claim == quote(claim) && excerpts.truth == quote(truth);
        return excerpts;
    }
    const std::string_view same = truth.substr(0, offset);
    const size_t begin = same.rfind('\0') == same.npos ? 0 : same.rfind('\0') + 1;
    return {fmt::format("{}[{}]", name_of(kind), std::count(same.begin(), same.end(), '\0')),
            string_at(claim, begin, offset, width), string_at(truth, begin, offset, width), false};
}

std::string set_aside_text(const Judgement& judgement) {
    std::string text(judgement.set_aside_by);
    if (!judgement.set_aside_reason.empty()) text += ": " + judgement.set_aside_reason;
    return text;
}

std::string verdict_text(const AnalysisResult& result) {
    const Coverage& coverage = result.coverage;
    const uint64_t evaluated = evaluated_arguments(coverage, true);
    const uint64_t not_evaluated = evaluated_arguments(coverage, false);
    const uint64_t found = result.shown_findings();
    std::string compared = count_text(evaluated, "compared argument", "compared arguments");
    if (coverage.names.uses_compared != 0)
        compared +=
            " and " + count_text(coverage.names.uses_compared, "compared name", "compared names");
    std::string text;
    if (found != 0)
        text = fmt::format("{} ({}) in {}.", count_text(found, "finding", "findings"),
                           severities_text(result), compared);
    else if (evaluated + not_evaluated == 0)
        text = "No findings, and nothing to find them in: the trace holds no call that is judged.";
    else
        text = fmt::format("No findings in {}.", compared);
    if (not_evaluated != 0)
        text += fmt::format(" {} could not be compared.",
                            count_text(not_evaluated, "argument", "arguments"));
    return text + caveats_text(result);
}

namespace {

std::string end_of_name(const FileObject& file, const ObjectId& id, size_t width) {
    if (id != ObjectId{}) return elide(quote(file.path()), width);
    return "no file in " + (file.parent ? elide(quote(file.parent->path()), width) : "?");
}

// From the check's decision to the use's.
std::string check_to_use_text(const Operation& check, const Operation& use) {
    return interval_text(decision_of(check), decision_of(use));
}

std::string title_of_swap(const NameRace& race, const Operation& use, size_t width) {
    const std::string before = check_to_use_text(*race.check, use);
    const bool is_change =
        race.check->syscall->group == SyscallGroup::kChange || race.check->made_file;
    return fmt::format("{} of {} found {}; {} before, {} had {} {}.", use.syscall->name,
                       elide(quote(race.name), width),
                       end_of_name(*race.found, race.found_id, width), before,
                       race.check->syscall->name, is_change ? "left" : "found",
                       end_of_name(*race.expected, race.expected_id, width));
}

std::string title_of_interference(const NameRace& race, const Operation& use, size_t width) {
    const std::string changed = fmt::format(
        "{} had been changed since {}, {} before", elide(quote(race.place.file->path()), width),
        race.check->syscall->name, check_to_use_text(*race.check, use));
    const std::string name = elide(quote(race.name), width);
    if (use.succeeded().value_or(true))
        return fmt::format("{} of {} found what was checked; {}, and changed back.",
                           use.syscall->name, name, changed);
    return fmt::format("{} of {} failed with {}; {}.", use.syscall->name, name,
                       use.result < -4095 ? result_text(*use.result)
                                          : errno_text(static_cast<int32_t>(-*use.result)),
                       changed);
}

std::string title_of_exposure(const Candidate& candidate, size_t width) {
    const NameRace& race = *candidate.race;
    const std::string who = race.exposed_to
                                ? fmt::format("uid {}", race.exposed_to->credentials.fsuid)
                                : std::string("another user");
    return fmt::format(
        "{} may change the entries of {}, through which {} came {} after {}.", who,
        elide(quote(race.place.file->parent->path()), width), candidate.operation->syscall->name,
        check_to_use_text(*race.check, *candidate.operation), race.check->syscall->name);
}

std::string title_of_change(const Candidate& candidate, size_t width) {
    const NameRace& race = *candidate.race;
    const Operation& change = *race.explained_by()->operation;
    return fmt::format("{} took {}, which a {} by uid {} had changed since {}, {} before.",
                       candidate.operation->syscall->name,
                       end_of_name(*race.found, race.found_id, width), change.syscall->name,
                       change.task->credentials.fsuid, race.check->syscall->name,
                       check_to_use_text(*race.check, *candidate.operation));
}

std::string title_of_process_race(const Candidate& candidate) {
    const ProcessRace& race = *candidate.process_race;
    const Operation& use = *candidate.operation;
    const std::string before = check_to_use_text(*race.check, use) + " before";
    const int32_t pid = race.found.state.id.tgid;
    if (race.is_another_process())
        return fmt::format("{} named process {}, which was another one when {} had, {}.",
                           use.syscall->name, pid, race.check->syscall->name, before);
    return fmt::format(
        "{} named process {}, which had the rights of uid {} at {}, {}, and now "
        "has those of uid {}.",
        use.syscall->name, pid, race.expected.state.credentials.euid, race.check->syscall->name,
        before, race.found.state.credentials.euid);
}

}  // namespace

std::string title_text(const Finding& finding, size_t name_width) {
    const Candidate& candidate = finding.candidate;
    const Operation& operation = *candidate.operation;
    const std::string argument(name_of(candidate.subject().info.kind));
    const auto [place, claim, truth, is_all] = excerpts_of(candidate, name_width);
    const std::string_view call = operation.syscall->name;
    const bool succeeded = operation.succeeded().value_or(true);
    switch (candidate.rule) {
        case Rule::kA1:
            if (candidate.only_supervisor)
                return fmt::format("{} acted on {}; its supervisor had read the {} as {}.", call,
                                   truth, argument, claim);
            return fmt::format("{} acted on {}; at entry the {} was {}.", call, truth, argument,
                               claim);
        case Rule::kA4:
            if (candidate.only_supervisor)
                return fmt::format("{} acted on {} {}; its supervisor had read {}.", call, place,
                                   truth, claim);
            return fmt::format("{} acted on {} {}; at entry it was {}.", call, place, truth, claim);
        case Rule::kA2:
            return fmt::format("{} acted on {} {}, which was not readable in full at entry.", call,
                               argument, truth);
        case Rule::kA3:
            return fmt::format("{} acted on {}; at its return the {} was {}.", call, truth,
                               argument, claim);
        case Rule::kA0:
            return fmt::format("{} {}; its {} was {} at entry and {} at return.", call,
                               succeeded ? "succeeded" : "failed", argument, claim, truth);
        case Rule::kA5:
            return fmt::format("{} acted on what {} leads to; at entry the {} was {}.", call, truth,
                               argument, claim);
        case Rule::kF1:
        case Rule::kF2:
            return title_of_swap(*candidate.race, operation, name_width);
        case Rule::kF3:
            return title_of_interference(*candidate.race, operation, name_width);
        case Rule::kF4:
            return title_of_exposure(candidate, name_width);
        case Rule::kF5:
            return title_of_change(candidate, name_width);
        case Rule::kD1:
            return title_of_swap(*candidate.race, operation, name_width);
        case Rule::kP1:
            return title_of_process_race(candidate);
        case Rule::kOrphan:
            return fmt::format("{} fired for {}, and no system call that asked for it is recorded.",
                               call, truth.empty() ? "a file" : truth);
    }
    return {};
}

}  // namespace tocsin
