// SPDX-License-Identifier: Apache-2.0
//
// What an analysis was asked: its report is what it is because of it.
#pragma once

#include <string>

#include "analyzer/judge/analysis.h"
#include "analyzer/report/fields.h"
#include "analyzer/report/json_values.h"

namespace tocsin {

// Policy, window, classes and span where they are not the defaults.
void put_asked(Fields& fields, const AnalysisResult& result);
// "rules", "windows", and "policy" and "span" where there is one.
Json json_asked(const AnalysisResult& result);

// The limits that are set, classes' own too: "check-use 5 ms, mutation-use 5 ms; F1: check-use 1
// s".
std::string windows_text(const AnalysisOptions& options);
// They, and how many candidates they leave out.
std::string window_text(const AnalysisResult& result);
// Of classes, which no axis moves: "F1: check-use 1 s"; empty: there are none.
std::string own_limits_text(const AnalysisOptions& options);

// Nanoseconds as a decimal string, or "unlimited".
std::string json_limit(std::chrono::nanoseconds limit);

}  // namespace tocsin
