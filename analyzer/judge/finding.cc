// SPDX-License-Identifier: Apache-2.0
#include "analyzer/judge/finding.h"

#include <span>

#include "analyzer/judge/name_pattern.h"
#include "formats/sha256.h"

namespace tocsin {

std::string_view name_of(Severity severity) {
    switch (severity) {
        case Severity::kInfo:
            return "info";
        case Severity::kLow:
            return "low";
        case Severity::kMedium:
            return "medium";
        case Severity::kHigh:
            return "high";
        case Severity::kCritical:
            return "critical";
    }
    return "?";
}

std::optional<Severity> severity_named(std::string_view name) {
    for (const Severity severity : kAllSeverities)
        if (name_of(severity) == name) return severity;
    return std::nullopt;
}

Severity severity_of_score(int score) {
    if (score >= 80) return Severity::kCritical;
    if (score >= 60) return Severity::kHigh;
    if (score >= 30) return Severity::kMedium;
    return score >= 10 ? Severity::kLow : Severity::kInfo;
}

std::string fingerprint_of(const Candidate& candidate) {
    const Operation& operation = *candidate.operation;
    const auto executable = operation.caller.executable();
    const std::string path = executable ? name_pattern(executable->path()) : std::string();
    const NameRace* race = candidate.race.get();
    // An exposure is of all names that lead through a directory.
    const std::string name = race == nullptr ? ""
                             : candidate.rule == Rule::kF4
                                 ? name_pattern(race->place.file->parent->path())
                                 : name_pattern(race->name);
    const std::string claim = name_pattern(candidate.claim), truth = name_pattern(candidate.truth);
    std::vector<std::string_view> parts = {"tocsin-finding-2", name_of(candidate.rule),
                                           operation.syscall->name, path};
    if (const Operation* check = candidate.check())
        parts.insert(parts.end(), {check->syscall->name, name});
    else
        parts.insert(parts.end(), {claim, truth});
    std::string message;  // every part with its length in front, so that no two lists collide
    for (const std::string_view part : parts) {
        message += std::to_string(part.size());
        message += ':';
        message += part;
    }
    const auto digest =
        sha256({std::span(reinterpret_cast<const uint8_t*>(message.data()), message.size())});
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (size_t i = 0; i < 8; ++i) {
        text += kDigits[digest[i] >> 4U];
        text += kDigits[digest[i] & 15U];
    }
    return text;
}

}  // namespace tocsin
