// SPDX-License-Identifier: Apache-2.0
#include "gui/models/finding_words.h"

#include <algorithm>

#include "analyzer/report/escape.h"
#include "analyzer/report/finding_text.h"
#include "analyzer/report/phrases.h"
#include "gui/timeline/time_scale.h"

namespace tocsin::gui {
namespace {

constexpr size_t kCommColumns = 24, kObjectColumns = 120;

QString text(std::string_view utf8) {
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

QString span_text_of(std::chrono::nanoseconds span) {
    return duration_text(static_cast<uint64_t>(span.count()));
}

QString actor_text(const TaskState& task) {
    return text(elide(escape(task.comm), kCommColumns)) + QLatin1Char(' ') +
           QString::number(task.id.tgid);
}

bool is_order_certain(const Candidate& candidate) {
    const Mutation* change = candidate.race ? candidate.race->explained_by() : nullptr;
    return change != nullptr && change->is_order_certain;
}

}  // namespace

Proof proof_of(const Finding& finding) {
    switch (finding.candidate.rule) {
        case Rule::kA1:
        case Rule::kA3:
        case Rule::kA4:
        case Rule::kP1:
        case Rule::kD1:
        // Two identities and a change that leads from the one to the other need no clock.
        case Rule::kF1:
            return Proof::kConfirmed;
        // One file, or the one that was checked: only the order of calls makes it a race.
        case Rule::kF3:
        case Rule::kF5:
            return is_order_certain(finding.candidate) ? Proof::kConfirmed : Proof::kPossible;
        case Rule::kA5:
        case Rule::kF2:
        case Rule::kF4:
            return Proof::kPossible;
        case Rule::kA0:
        case Rule::kA2:
        case Rule::kOrphan:
            break;
    }
    return Proof::kUnprovable;
}

QString word_of(Proof proof) {
    switch (proof) {
        case Proof::kConfirmed:
            return QStringLiteral("Confirmed");
        case Proof::kPossible:
            return QStringLiteral("Possible");
        case Proof::kUnprovable:
            break;
    }
    return QStringLiteral("Unprovable");
}

QString meaning_of(Proof proof) {
    switch (proof) {
        case Proof::kConfirmed:
            return QStringLiteral("The records show both sides of the race.");
        case Proof::kPossible:
            return QStringLiteral(
                "The records leave another explanation, or the order of calls, open.");
        case Proof::kUnprovable:
            break;
    }
    return QStringLiteral("The side that would decide it is not recorded.");
}

QString word_of(Severity severity) {
    QString word = text(name_of(severity));
    word[0] = word[0].toUpper();
    return word;
}

QString actors_text(const Candidate& candidate) {
    QString actors = actor_text(candidate.operation->task);
    if (const Actor mutator = candidate.mutator(); mutator.task != nullptr)
        actors += QString::fromUtf8(" ← ") + actor_text(*mutator.task);
    return actors;
}

std::string object_text(const Candidate& candidate) {
    if (candidate.race != nullptr) return elide(escape(candidate.race->name), kObjectColumns);
    if (candidate.process_race != nullptr)
        return "process " + std::to_string(candidate.process_race->found.state.id.tgid);
    const Excerpts excerpts = excerpts_of(candidate, kObjectColumns);
    const std::string& truth = excerpts.truth.empty() ? excerpts.claim : excerpts.truth;
    if (!truth.empty()) return truth;
    const FileObject* object = candidate.operation->object();
    return object != nullptr ? elide(escape(object->path()), kObjectColumns)
                             : std::string(candidate.operation->syscall->name);
}

std::optional<std::chrono::nanoseconds> gap_of(const Candidate& candidate) {
    const Operation* check = candidate.check();
    if (check == nullptr) return std::nullopt;
    return gap_between(decision_of(*check), decision_of(*candidate.operation));
}

std::optional<std::chrono::nanoseconds> offset_of(const Candidate& candidate) {
    const Operation *check = candidate.check(), *change = candidate.change();
    if (check == nullptr || change == nullptr) return std::nullopt;
    return gap_between(decision_of(*check), effect_of(*change));
}

QString weakness_of(const Finding& finding) {
    const auto& cwe = finding.judgement.references.cwe;
    return cwe.empty() ? QString() : text(cwe.front());
}

uint64_t cases_of(const Finding& finding) {
    return std::max<uint64_t>(finding.candidate.occurrences, 1) + finding.more;
}

QString sentence_of(const Finding& finding, BootTime start) {
    const Candidate& candidate = finding.candidate;
    const auto at = [&](BootTime time) {
        return QString::fromStdString(seconds_since(start, time)) + QStringLiteral(" s");
    };
    const auto pid = [](const TaskState& task) {
        return QStringLiteral("pid ") + QString::number(task.id.tgid);
    };
    QString sentence = word_of(finding.judgement.severity) + QLatin1Char(' ') +
                       text(name_of(candidate.rule)) + QStringLiteral(": ");
    const Actor mutator = candidate.mutator();
    if (const Operation* check = candidate.check()) {
        sentence += QStringLiteral("check by ") + pid(check->task) + QStringLiteral(" at ") +
                    at(decision_of(*check));
        if (mutator.task != nullptr) {
            sentence += QStringLiteral(", changed by ") + pid(*mutator.task);
            if (const auto offset = offset_of(candidate))
                sentence += QStringLiteral(" after ") + span_text_of(*offset);
        }
        sentence += QStringLiteral(", used after ") + span_text_of(*gap_of(candidate));
    } else {
        sentence += text(candidate.operation->syscall->name) + QStringLiteral(" by ") +
                    pid(candidate.operation->task) + QStringLiteral(" at ") +
                    at(candidate.operation->began);
        if (mutator.task != nullptr)
            sentence += QStringLiteral(", argument written by ") + pid(*mutator.task);
    }
    if (!finding.judgement.set_aside_by.empty()) sentence += QStringLiteral(", set aside");
    return sentence;
}

}  // namespace tocsin::gui
