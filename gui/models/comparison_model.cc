// SPDX-License-Identifier: Apache-2.0
#include "gui/models/comparison_model.h"

#include <QGuiApplication>
#include <algorithm>
#include <array>

#include "analyzer/report/phrases.h"
#include "gui/models/finding_words.h"

namespace tocsin::gui {
namespace {

constexpr size_t kNameColumns = 48;

bool is_shown(const Finding& finding) {
    return finding.judgement.set_aside_by.empty();
}

Severity severity_of(const ComparisonModel::Row& row) {
    return row.compared->finding().judgement.severity;
}

// When the first one of the rule was, or the trace's first event.
BootTime origin_of(const AnalysisResult& result, std::optional<Rule> rule) {
    if (rule)
        for (const Finding& finding : result.findings)
            if (finding.candidate.rule == *rule && is_shown(finding))
                return finding.candidate.operation->began;
    return result.trace.first.value_or(BootTime{});
}

}  // namespace

QString text_of(Change change) {
    switch (change) {
        case Change::kNew:
            return QStringLiteral("+ new");
        case Change::kGone:
            return QStringLiteral("− gone");
        case Change::kSame:
            break;
    }
    return QStringLiteral("= same");
}

ComparisonModel::ComparisonModel(const AnalysisResult& before, const AnalysisResult& after,
                                 QObject* parent)
    : QAbstractTableModel(parent),
      before_(before),
      after_(after),
      comparison_(compare(before, after, Which::kShown)) {
    const auto add = [this](Change change, const std::vector<ComparedFinding>& findings) {
        for (const ComparedFinding& compared : findings) rows_.push_back({change, &compared});
    };
    add(Change::kNew, comparison_.added);
    add(Change::kGone, comparison_.gone);
    add(Change::kSame, comparison_.same);
    std::stable_sort(rows_.begin(), rows_.end(), [](const Row& one, const Row& other) {
        return severity_of(one) > severity_of(other);
    });
    align_on(std::nullopt);
}

std::vector<Rule> ComparisonModel::common_rules() const {
    std::array<bool, kRules> is_before{}, is_after{};
    const auto mark = [](std::array<bool, kRules>& rules, const AnalysisResult& result) {
        for (const Finding& finding : result.findings)
            if (is_shown(finding)) rules[static_cast<size_t>(finding.candidate.rule)] = true;
    };
    mark(is_before, before_);
    mark(is_after, after_);
    std::vector<Rule> rules;
    for (size_t i = 0; i < kRules; ++i)
        if (is_before[i] && is_after[i]) rules.push_back(static_cast<Rule>(i));
    return rules;
}

void ComparisonModel::align_on(std::optional<Rule> rule) {
    origin_before_ = origin_of(before_, rule);
    origin_after_ = origin_of(after_, rule);
    if (!rows_.empty())
        emit dataChanged(index(0, kBefore), index(static_cast<int>(rows_.size()) - 1, kAfter));
}

const ComparisonModel::Row& ComparisonModel::row(const QModelIndex& index) const {
    return rows_[static_cast<size_t>(index.row())];
}

int ComparisonModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int ComparisonModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QString ComparisonModel::time_of(const Alike& alike, BootTime origin) const {
    if (alike.gravest == nullptr) return QStringLiteral("—");
    return QString::fromStdString(
               seconds_since(origin, alike.gravest->candidate.operation->began)) +
           QStringLiteral(" s");
}

QString ComparisonModel::text_of(const Row& row, int column) const {
    const ComparedFinding& compared = *row.compared;
    const Finding& finding = compared.finding();
    const auto of = [](std::string_view text) {
        return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
    };
    switch (column) {
        case kChange:
            return gui::text_of(row.change);
        case kSeverity: {
            const QString now = word_of(severity_of(row));
            if (row.change != Change::kSame) return now;
            const QString was = word_of(compared.before.gravest->judgement.severity);
            return was == now ? now : was + QStringLiteral(" → ") + now;
        }
        case kRule:
            return of(name_of(finding.candidate.rule));
        case kTitle:
            return QString::fromStdString(title_text(finding, kNameColumns));
        case kCases:
            return row.change == Change::kSame
                       ? QStringLiteral("%1 → %2")
                             .arg(compared.before.count)
                             .arg(compared.after.count)
                       : QString::number(compared.before.count + compared.after.count);
        case kBefore:
            return time_of(compared.before, origin_before_);
        case kAfter:
            return time_of(compared.after, origin_after_);
        default:
            return {};
    }
}

QVariant ComparisonModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Row& shown = row(index);
    switch (role) {
        case Qt::DisplayRole:
            return text_of(shown, index.column());
        case Qt::DecorationRole:
            return index.column() == kSeverity
                       ? QVariant(
                             icons_.of(severity_of(shown), Theme::of(QGuiApplication::palette())))
                       : QVariant();
        case Qt::ToolTipRole:
            return text_of(shown, kTitle).toHtmlEscaped();
        case Qt::AccessibleTextRole:
            return index.column() == kTitle
                       ? QVariant(text_of(shown, kChange) + QStringLiteral(": ") +
                                  text_of(shown, kTitle))
                       : QVariant(text_of(shown, index.column()));
        case Qt::TextAlignmentRole:
            if (index.column() == kBefore || index.column() == kAfter || index.column() == kCases)
                return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
            return {};
        default:
            return {};
    }
}

QVariant ComparisonModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role != Qt::DisplayRole || orientation != Qt::Horizontal) return {};
    switch (section) {
        case kChange:
            return QStringLiteral("Change");
        case kSeverity:
            return QStringLiteral("Severity");
        case kRule:
            return QStringLiteral("Class");
        case kTitle:
            return QStringLiteral("Finding");
        case kCases:
            return QStringLiteral("Cases");
        case kBefore:
            return QStringLiteral("Before, at");
        case kAfter:
            return QStringLiteral("After, at");
        default:
            return {};
    }
}

}  // namespace tocsin::gui
