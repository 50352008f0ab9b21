// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "analyzer/detect/candidate.h"
#include "analyzer/judge/policy_file.h"
#include "analyzer/replay/time_span.h"
#include "analyzer/window/correlation_window.h"
#include "analyzer/window/lifetime.h"

namespace tocsin {

constexpr std::array<bool, kRules> all_rules() {
    std::array<bool, kRules> rules{};
    rules.fill(true);
    return rules;
}

// Of which windows a result keeps the findings.
enum class KeptWindows : uint8_t { kChosen, kAll };

struct AnalysisOptions {
    std::array<bool, kRules> rules = all_rules();  // by Rule
    CorrelationWindow window;
    std::array<OwnLimits, kRules> own_limits{};  // by Rule; they win over the window
    std::shared_ptr<const Policy> policy;        // nullptr: the built-in one alone
    // Of more the least grave are counted, and not kept: memory is bounded whatever a trace holds.
    size_t most_findings = size_t{1} << 16U;
    KeptWindows kept = KeptWindows::kChosen;  // kAll: see WindowAnswers
    size_t threads = 1;                       // changes nothing but the time it takes
    // Calls that were over before are followed for what they left behind, and not judged; what came
    // later is not read.
    TimeSpan span;
};

// The classes that have windows: those that pair one call with another.
std::span<const Rule> rules_with_windows();

// Sets what each of the items between commas says, in turn: "50ms" or "check-use=2s" of the window,
// as set_window() does, "F1:mutation-use=100ms" or "F1:50ms" of one class. Errors are sentences
// that quote the item as it is: escape them. Nothing is set then.
Result<> set_windows(AnalysisOptions& options, const std::string& items);

// The limits on the axis at which a lifetime of that class is alive, the rest of the options'
// windows staying as it is.
std::optional<LimitInterval> interval_of(const Lifetime& lifetime, size_t rule, Axis axis,
                                         const AnalysisOptions& options);

// What the windows make of the candidate.
LifeStage stage_of(const Candidate& candidate, const AnalysisOptions& options);

}  // namespace tocsin
