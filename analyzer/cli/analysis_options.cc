// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/analysis_options.h"

#include <algorithm>
#include <thread>

#include "analyzer/cli/trace_inputs.h"
#include "analyzer/report/escape.h"

namespace tocsin {
namespace {

// More find nothing to do: one replays, and decoding is a fraction of that.
constexpr unsigned kThreadsOfUse = 4;
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
    command
        .add_option("--threads", words.threads,
                    "How many to use, 1 to 64, by default one a processor\n"
                    "up to 4; the result is the same")
        ->check(CLI::Range(size_t{1}, kMostThreads))
        ->option_text("N");
}

Result<AnalysisOptions> analysis_options(const AnalysisWords& words) {
    AnalysisOptions options;
    options.threads = words.threads != 0
                          ? words.threads
                          : std::clamp(std::thread::hardware_concurrency(), 1U, kThreadsOfUse);
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

Result<ExitStatus> for_each_trace(const std::vector<std::string>& operands, const TimeSpan& span,
                                  const TakeTrace& take) {
    const auto paths = trace_paths(operands);
    if (!paths) return paths.error();
    ExitStatus worst = ExitStatus::kDone;
    for (const std::string& path : *paths) {
        const std::string name = display_name(path);
        const auto trace = TraceReader::open(path);
        if (!trace) {
            worst = fail({"cannot analyze " + quote(name) + ": " + trace.error().message});
            continue;
        }
        if (const auto in_span = expect_in(*trace, span); !in_span) {
            worst = fail({quote(name) + ": " + in_span.error().message});
            continue;
        }
        const auto status = take(*trace, name);
        if (!status) return status.error();
        worst = worse_of(worst, *status);
    }
    return worst;
}

ExitStatus status_of(const AnalysisResult& result) {
    return result.is_damaged() ? ExitStatus::kDamaged : ExitStatus::kDone;
}

ExitStatus fail(const Error& error) {
    complain(error.message);
    return ExitStatus::kTrouble;
}

}  // namespace tocsin
