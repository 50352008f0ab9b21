// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <chrono>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/window/correlation_window.h"
#include "formats/result.h"
#include "gui/session/time_range.h"

namespace tocsin::gui {

// What an analyst makes of a finding.
enum class Verdict : uint8_t { kNone, kConfirmed, kPossible, kBenign, kUnprovable };
inline constexpr size_t kVerdicts = 5;
std::string_view name_of(Verdict verdict);  // "confirmed"; of none ""
std::optional<Verdict> verdict_named(std::string_view name);

// A span of time that an analyst set a mark on.
struct CaseMark {
    TimeRange range;  // of no length: a moment
    QString note;     // may be empty
    bool operator==(const CaseMark&) const = default;
};

// Which trace a case is about.
struct CaseTrace {
    QString name;
    std::string chain_hash;  // hexadecimal
    bool operator==(const CaseTrace&) const = default;
};

// How the trace was looked at.
struct CaseView {
    std::optional<TimeRange> viewport;
    QString filter;
    std::optional<Axis> axis;
    std::chrono::nanoseconds limit = kUnlimited;
    bool operator==(const CaseView&) const = default;
};

struct CaseOfFinding {
    Verdict verdict = Verdict::kNone;
    QString note;
};

struct CaseContents {
    std::map<std::string, CaseOfFinding> findings;  // by fingerprint
    std::vector<CaseMark> marks;
    QString notes;
    CaseView view;
    // The whole of what was read, for what another version of this program wrote and this one does
    // not know: it is written again.
    nlohmann::json document = nlohmann::json::object();
};

// Of this version. A file of a later one is neither applied nor written over.
inline constexpr int kCaseSchema = 1;
inline constexpr size_t kMostCaseBytes = size_t{32} << 20U;

// What is wrong with a case file.
struct CaseError {
    enum class Kind : uint8_t { kDamaged, kOfAnotherTrace, kNewer } kind = Kind::kDamaged;
    std::string message;  // with the place, to go on a sentence that names the file; not escaped
};

// The text may be anything. Everything is taken or nothing.
std::variant<CaseContents, CaseError> parse_case(std::string_view text, const CaseTrace& trace);
std::string text_of(const CaseContents& contents, const CaseTrace& trace);

}  // namespace tocsin::gui
