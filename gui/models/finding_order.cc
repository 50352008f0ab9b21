// SPDX-License-Identifier: Apache-2.0
#include "gui/models/finding_order.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>

#include "gui/models/finding_words.h"
#include "gui/models/findings_model.h"

namespace tocsin::gui {
namespace {

// Keys that are computed once, rather than at each comparison.
template <typename Key, typename KeyOf>
std::vector<uint32_t> sorted(const std::vector<Finding>& findings, Qt::SortOrder direction,
                             const KeyOf& key_of) {
    std::vector<std::optional<Key>> keys;
    keys.reserve(findings.size());
    for (const Finding& finding : findings) keys.push_back(key_of(finding));
    std::vector<uint32_t> order(findings.size());
    std::iota(order.begin(), order.end(), uint32_t{0});
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
        if (!keys[a] || !keys[b]) return keys[a].has_value() && !keys[b].has_value();
        return direction == Qt::AscendingOrder ? *keys[a] < *keys[b] : *keys[b] < *keys[a];
    });
    return order;
}

std::optional<int64_t> number(const std::optional<std::chrono::nanoseconds>& span) {
    return span ? std::optional<int64_t>(span->count()) : std::nullopt;
}

std::optional<QString> unless_empty(QString text) {
    return text.isEmpty() ? std::nullopt : std::optional(std::move(text));
}

int64_t score_of(const Finding& finding) {
    constexpr int64_t kBelowAllOthers = 1000;
    const Judgement& judgement = finding.judgement;
    return judgement.severity_score - (judgement.set_aside_by.empty() ? 0 : kBelowAllOthers);
}

}  // namespace

std::vector<uint32_t> order_of(const std::vector<Finding>& findings, const CaseFile& case_file,
                               int column, Qt::SortOrder direction) {
    using Number = std::optional<int64_t>;
    using Text = std::optional<QString>;
    const auto by_number = [&](auto key) { return sorted<int64_t>(findings, direction, key); };
    const auto by_text = [&](auto key) { return sorted<QString>(findings, direction, key); };
    switch (column) {
        case FindingsModel::kProof:
            return by_number(
                [](const Finding& f) { return Number(static_cast<int>(proof_of(f))); });
        case FindingsModel::kRule:
            return by_number(
                [](const Finding& f) { return Number(static_cast<int>(f.candidate.rule)); });
        case FindingsModel::kObject:
            return by_text([](const Finding& f) {
                return unless_empty(QString::fromStdString(object_text(f.candidate)));
            });
        case FindingsModel::kActors:
            return by_text([](const Finding& f) { return Text(actors_text(f.candidate)); });
        case FindingsModel::kGap:
            return by_number([](const Finding& f) { return number(gap_of(f.candidate)); });
        case FindingsModel::kOffset:
            return by_number([](const Finding& f) { return number(offset_of(f.candidate)); });
        case FindingsModel::kWeakness:
            return by_text([](const Finding& f) { return unless_empty(weakness_of(f)); });
        case FindingsModel::kCount:
            return by_number([](const Finding& f) {
                return Number(static_cast<int64_t>(std::min<uint64_t>(cases_of(f), INT64_MAX)));
            });
        case FindingsModel::kReview:
            return by_number([&](const Finding& f) {
                const Verdict verdict = case_file.verdict(f.fingerprint);
                return verdict == Verdict::kNone ? Number() : Number(static_cast<int>(verdict));
            });
        default:
            return by_number([](const Finding& f) { return Number(score_of(f)); });
    }
}

}  // namespace tocsin::gui
