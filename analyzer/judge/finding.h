// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/detect/candidate.h"

namespace tocsin {

enum class Severity : uint8_t { kInfo, kLow, kMedium, kHigh, kCritical };
inline constexpr size_t kSeverities = 5;
inline constexpr std::array kAllSeverities = {Severity::kCritical, Severity::kHigh,
                                              Severity::kMedium, Severity::kLow, Severity::kInfo};

std::string_view name_of(Severity severity);  // "high"
std::optional<Severity> severity_named(std::string_view name);
// 0 to 100 in the bands of the scale: critical from 80, high 60, medium 30, low 10.
Severity severity_of_score(int score);

// One step towards a confidence of 0 to 100.
struct ConfidenceStep {
    int points = 0;
    std::string why;
};

// Identifiers in the field's catalogues, see references_of().
struct References {
    std::vector<std::string_view> cwe, capec, attack;
};

// Those that hold, by their place in set_aside_rules().
using SetAsideRules = std::bitset<32>;

struct Judgement {
    int severity_score = 0;
    Severity severity = Severity::kInfo;
    std::vector<std::string> severity_reasons;
    int confidence = 0;
    std::vector<ConfidenceStep> confidence_steps;
    SetAsideRules set_aside_rules;
    // The first of them, by which the finding is kept and counted, but not shown by default; empty:
    // it is shown.
    std::string_view set_aside_by;
    std::string set_aside_reason;  // the policy's, where it is the policy that does
    References references;
};

// By what the trace orders check, change and use of a race on a name.
struct KnownOrder {
    bool by_lineage = false;  // births and awaited deaths
    // By what the user of the name was told by those it may believe, if no record since then is
    // missing; nullopt: not so.
    std::optional<BootTime> in_trust_domain;
};

struct Finding {
    Candidate candidate;
    KnownOrder order;
    Judgement judgement;
    // Further ones of the same fingerprint that are counted here and not kept: of orphans, which
    // may be as many as there are records.
    uint64_t more = 0;
    // Equal for the same race in another run, process or trace: 16 hexadecimal digits of SHA-256
    // over class, call, executable, claim and truth; of a race on a name over class, use,
    // executable, check and the name. Names count by their name_pattern().
    std::string fingerprint;
};

std::string fingerprint_of(const Candidate& candidate);

}  // namespace tocsin
