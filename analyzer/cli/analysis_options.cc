// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/analysis_options.h"

#include <algorithm>

#include "analyzer/cli/each_trace.h"
#include "analyzer/report/escape.h"

namespace tocsin {
namespace {

// More find nothing to do: one replays, and decoding is a fraction of that.
constexpr size_t kThreadsOfUse = 4;
constexpr size_t kMostThreads = 64;

std::vector<std::string> rule_names() {
    std::vector<std::string> names;
    for (size_t i = 0; i < kRules; ++i) names.emplace_back(name_of(static_cast<Rule>(i)));
    return names;
}

}  // namespace

void add_analysis_options(CLI::App& command, AnalysisWords& words) {
    command.add_option("TRACE", words.traces, "Traces, directories of *.tocsin, - for stdin")
        ->required()
        ->option_text("...");
    command.add_option("--rule", words.rules, "Only these classes, as in A1,A4")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(CLI::IsMember(rule_names()))
        ->option_text("RULE,...");
    // Without a delimiter: CLI11 would drop what is empty between two of them.
    command
        .add_option("--window", words.windows,
                    "How far apart is together, as 50ms,check-use=2s:\n"
                    "check-use=TIME: from a check to its use;\n"
                    "mutation-use=TIME: from a change to the use;\n"
                    "TIME: both of these, unlimited by default;\n"
                    "F1:TIME, F1:check-use=TIME: of one class alone;\n"
                    "orphan=TIME: from a call's begin to a hook's record\n"
                    "of its thread without a call, 10ms by default")
        ->allow_extra_args(false)
        ->option_text("LIMIT,...");
    command
        .add_option("--policy", words.policy,
                    "What to trust, what is sensitive, what to set\n"
                    "aside; `tocsin rules` says how it is written")
        ->option_text("FILE");
    add_span_options(command, words.span);
    add_jobs_option(command, words.jobs);
    command
        .add_option("--threads", words.threads,
                    "How many to use on a trace, 1 to 64, by default one\n"
                    "a processor up to 4; the result is the same")
        ->check(CLI::Range(size_t{1}, kMostThreads))
        ->option_text("N");
}

Result<AnalysisOptions> analysis_options(const AnalysisWords& words) {
    AnalysisOptions options;
    options.threads = words.threads != 0
                          ? words.threads
                          : std::clamp(processors() / jobs_for(words.jobs, words.traces), size_t{1},
                                       kThreadsOfUse);
    if (!words.policy.empty()) {
        const auto policy = read_policy(words.policy);
        if (!policy)
            return Error{"cannot use the policy " + quote(words.policy) + ": " +
                         readable(policy.error().message)};
        options.policy = *policy;
    }
    if (auto set = set_window_words(options, words.windows); !set) return set.error();
    const auto span = span_of(words.span);
    if (!span) return span.error();
    options.span = *span;
    if (words.rules.empty()) return options;
    options.rules.fill(false);
    for (const std::string& name : words.rules)
        options.rules[static_cast<size_t>(*rule_named(name))] = true;
    return options;
}

Result<> set_window_words(AnalysisOptions& options, const std::vector<std::string>& words) {
    options.window = {};
    options.own_limits = {};
    std::vector<std::string> windows = words;
    if (options.policy != nullptr && !options.policy->windows.empty())
        windows.insert(windows.begin(), options.policy->windows);
    for (const std::string& items : windows)
        if (auto set = set_windows(options, items); !set)
            return Error{readable(set.error().message)};
    return {};
}

Result<ExitStatus> for_each_result(const AnalysisWords& words, const AnalysisOptions& options,
                                   const TakeResult& take) {
    return for_each_trace(
        {words.traces, options.span, jobs_for(words.jobs, words.traces)},
        [&](const TraceReader& trace, const std::string& name, Progress& progress) -> Finish {
            // Shared: functions are copied.
            const auto result =
                std::make_shared<const AnalysisResult>(analyze(trace, name, options, &progress));
            return [result, &trace, &take] { return take(*result, trace); };
        });
}

ExitStatus status_of(const AnalysisResult& result) {
    return result.is_damaged() ? ExitStatus::kDamaged : ExitStatus::kDone;
}

}  // namespace tocsin
