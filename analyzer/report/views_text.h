// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/detect/candidate.h"

namespace tocsin {

// One of the four views of an argument, or what belongs to one.
struct ViewRow {
    std::string_view name;  // begins with blanks where it belongs to the one above; empty: goes on
    std::optional<BootTime> time;
    std::string text;       // escaped
    bool is_claim = false;  // bytes of user memory, recorded in whole
    bool is_copy = false;   // the kernel's own, recorded
    bool is_recorded = true;
    bool differs = false;  // from the claim at entry, which is what the finding is about
};

// E, S, K and X of the candidate's argument in their order, with what the supervisor read before.
std::vector<ViewRow> views_of(const Candidate& candidate);

// What differs, where it would be lost in the middle of long views or is one string of many:
// "argv[2]: "-l" ≠ "-a"". nullopt: the views show it.
std::optional<std::string> difference_text(const Candidate& candidate);

}  // namespace tocsin
