// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/candidate.h"

namespace tocsin {

std::string_view name_of(Rule rule) {
    switch (rule) {
        case Rule::kA0:
            return "A0";
        case Rule::kA1:
            return "A1";
        case Rule::kA2:
            return "A2";
        case Rule::kA3:
            return "A3";
        case Rule::kA4:
            return "A4";
        case Rule::kA5:
            return "A5";
        case Rule::kOrphan:
            return "orphan";
        case Rule::kF1:
            return "F1";
        case Rule::kF2:
            return "F2";
    }
    return "?";
}

std::string_view meaning_of(Rule rule) {
    switch (rule) {
        case Rule::kA0:
            return "argument changed during the call";
        case Rule::kA1:
            return "argument swapped before the kernel's copy";
        case Rule::kA2:
            return "argument not readable at entry";
        case Rule::kA3:
            return "argument rewritten after the kernel's copy";
        case Rule::kA4:
            return "structured argument swapped before the kernel's copy";
        case Rule::kA5:
            return "claim does not lead to the object";
        case Rule::kOrphan:
            return "the kernel acted without a recorded claim";
        case Rule::kF1:
            return "name swapped between check and use";
        case Rule::kF2:
            return "name leads elsewhere than checked, unexplained";
    }
    return "?";
}

std::optional<Rule> rule_named(std::string_view name) {
    for (size_t i = 0; i < kRules; ++i)
        if (name_of(static_cast<Rule>(i)) == name) return static_cast<Rule>(i);
    return std::nullopt;
}

}  // namespace tocsin
