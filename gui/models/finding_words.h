// SPDX-License-Identifier: Apache-2.0
//
// What a list says of a finding, column by column. Names are escaped.
#pragma once

#include <QString>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "analyzer/judge/finding.h"

namespace tocsin::gui {

// How far the records prove the race, by its class and the order of its calls.
enum class Proof : uint8_t {
    kUnprovable,  // the side that would decide it is not recorded
    kPossible,    // what the records show has another explanation, or an order that is not certain
    kConfirmed,   // the kernel's own records show both sides of it
};
Proof proof_of(const Finding& finding);
QString word_of(Proof proof);     // "Confirmed"
QString meaning_of(Proof proof);  // a sentence

QString word_of(Severity severity);  // "Critical"

// "report 102 → link 103", the one who is misled first.
QString actors_text(const Candidate& candidate);
// The name that was checked, the argument, or the process.
std::string object_text(const Candidate& candidate);
// From check to use, and from check to change, by when the kernel decided; nullopt: there is no
// such call.
std::optional<std::chrono::nanoseconds> gap_of(const Candidate& candidate);
std::optional<std::chrono::nanoseconds> offset_of(const Candidate& candidate);
// "CWE-367", the most fitting one; empty: none.
QString weakness_of(const Finding& finding);
// Cases that it stands for.
uint64_t cases_of(const Finding& finding);

// All of it in a sentence, for who does not see the table: "Critical F1: check by pid 812 at
// 1.204 s, changed by pid 901 after 61 µs, used after 184 µs". Times are since `start`.
QString sentence_of(const Finding& finding, BootTime start);

}  // namespace tocsin::gui
