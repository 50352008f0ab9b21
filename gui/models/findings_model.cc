// SPDX-License-Identifier: Apache-2.0
#include "gui/models/findings_model.h"

#include <QFont>
#include <QGuiApplication>
#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "analyzer/report/escape.h"
#include "analyzer/report/finding_text.h"
#include "analyzer/report/phrases.h"
#include "gui/models/finding_order.h"
#include "gui/models/finding_words.h"
#include "gui/models/plain_tip.h"
#include "gui/timeline/time_scale.h"

namespace tocsin::gui {
namespace {

constexpr size_t kTipColumns = 600;
const QString kNothing = QString::fromUtf8("–");

QString text(std::string_view utf8) {
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

QString span_or_nothing(const std::optional<std::chrono::nanoseconds>& span) {
    return span ? duration_text(static_cast<uint64_t>(span->count())) : kNothing;
}

constexpr std::array<const char*, FindingsModel::kColumns> kTitles = {
    "Severity", "Verdict",          "Class",    "Object", "Gap",
    "Changed",  "Victim ← mutator", "Weakness", "Cases",  "Review"};
constexpr std::array<const char*, FindingsModel::kColumns> kTitleTips = {
    "How grave it is, by what was acted on and whose rights it lends",
    "How far the records prove it",
    "The class of race",
    "The name that was checked, the argument that was swapped, or the process",
    "From the check to the use, from decision to decision",
    "When it was changed, after the check",
    "Who was misled, and who changed what it relied on",
    "The most fitting entry of the CWE",
    "How many cases the finding stands for",
    "What was made of it here; keys 1 to 4 set it"};

}  // namespace

FindingsModel::FindingsModel(ViewState& state, QObject* parent)
    : QAbstractItemModel(parent), state_(state) {
    connect(&state_, &ViewState::windowChanged, this, &FindingsModel::refresh);
    connect(&state_, &ViewState::brushChanged, this, &FindingsModel::refresh);
    connect(&state_.filter(), &RowFilter::changed, this, [this] {
        take_filter();
        refresh();
    });
    connect(&state_.session(), &TraceSession::findingsAdded, this, &FindingsModel::add_provisional);
    connect(&state_.case_file(), &CaseFile::changed, this, &FindingsModel::show_review);
    if (state_.answers() == nullptr)
        provisional_ = state_.session().found_so_far().size();
    else
        take_analysis();
}

const Finding& FindingsModel::finding(size_t index) const {
    return state_.session().analysis()->findings[index];
}

void FindingsModel::add_provisional() {
    const size_t found = state_.session().found_so_far().size();
    if (!is_provisional() || found <= provisional_) return;
    beginInsertRows({}, static_cast<int>(provisional_), static_cast<int>(found) - 1);
    provisional_ = found;
    endInsertRows();
    emit refreshed();
}

void FindingsModel::take_analysis() {
    beginResetModel();
    is_analyzed_ = true;
    take_filter();
    take_order();
    take_groups();
    provisional_ = 0;
    rebuild_rows();
    endResetModel();
    emit refreshed();
}

void FindingsModel::take_filter() {
    if (is_provisional()) return;
    const auto& findings = state_.session().analysis()->findings;
    passes_.resize(findings.size());
    for (size_t i = 0; i < findings.size(); ++i) passes_[i] = state_.filter().shows(findings[i]);
}

void FindingsModel::take_order() {
    if (is_provisional()) return;
    order_ =
        order_of(state_.session().analysis()->findings, state_.case_file(), column_, direction_);
}

std::string FindingsModel::key_of(const Finding& finding) const {
    const Candidate& candidate = finding.candidate;
    switch (group_by_) {
        case GroupBy::kRace:
            return finding.fingerprint;
        case GroupBy::kObject:
            return object_text(candidate);
        case GroupBy::kProcess: {
            const Operation& call = *candidate.operation;
            return process_shown(call.task->id, call.caller.executable());
        }
        case GroupBy::kClass:
            return std::string(name_of(candidate.rule)) + ": " +
                   std::string(meaning_of(candidate.rule));
        case GroupBy::kNothing:
            break;
    }
    return {};
}

void FindingsModel::take_groups() {
    group_of_.clear();
    group_keys_.clear();
    if (is_provisional() || group_by_ == GroupBy::kNothing) return;
    std::unordered_map<std::string, uint32_t> keys;
    for (const Finding& one : state_.session().analysis()->findings) {
        std::string key = key_of(one);
        const auto [at, is_new] = keys.emplace(key, static_cast<uint32_t>(group_keys_.size()));
        if (is_new)
            group_keys_.push_back(group_by_ == GroupBy::kRace
                                      ? title_text(one, 60) + "  " + std::move(key)
                                      : std::move(key));
        group_of_.push_back(at->second);
    }
}

void FindingsModel::set_group_by(GroupBy group_by) {
    if (group_by == group_by_) return;
    beginResetModel();
    group_by_ = group_by;
    take_groups();
    rebuild_rows();
    endResetModel();
    emit refreshed();
}

void FindingsModel::set_set_aside(SetAsideRows rows) {
    if (rows == set_aside_) return;
    set_aside_ = rows;
    refresh();
}

void FindingsModel::refresh() {
    if (state_.answers() == nullptr) return;
    if (is_provisional() || order_.size() != state_.session().analysis()->findings.size())
        return take_analysis();
    beginResetModel();
    rebuild_rows();
    endResetModel();
    emit refreshed();
}

void FindingsModel::rebuild_rows() {
    rows_.clear();
    groups_.clear();
    counts_ = {};
    if (is_provisional()) return;
    std::vector<uint8_t> is_alive(order_.size());
    for (const uint32_t index : state_.alive()) is_alive[index] = 1;
    places_.assign(order_.size(), kNoPlace);
    group_at_.assign(group_keys_.size(), kNoPlace);
    for (const uint32_t index : order_) {
        if (is_alive[index] == 0) continue;
        const bool is_set_aside = state_.is_set_aside(index);
        if (is_set_aside) ++counts_.set_aside;
        if (is_set_aside && set_aside_ == SetAsideRows::kHidden) continue;
        if (passes_[index] == 0) {
            ++counts_.filtered_away;
            continue;
        }
        if (!state_.is_brushed(index)) {
            ++counts_.brushed_away;
            continue;
        }
        ++counts_.rows;
        if (group_of_.empty()) {
            places_[index] = static_cast<uint32_t>(rows_.size());
            rows_.push_back(index);
            continue;
        }
        uint32_t& at = group_at_[group_of_[index]];
        if (at == kNoPlace) {
            at = static_cast<uint32_t>(groups_.size());
            groups_.push_back({group_of_[index], {}});
        }
        places_[index] = static_cast<uint32_t>(groups_[at].findings.size());
        groups_[at].findings.push_back(index);
    }
}

void FindingsModel::sort(int column, Qt::SortOrder order) {
    if (column < 0 || column >= kColumns || (column == column_ && order == direction_)) return;
    column_ = column;
    direction_ = order;
    take_order();
    refresh();
}

void FindingsModel::show_review() {
    if (is_provisional()) return;
    if (column_ == kReview) {
        take_order();
        return refresh();
    }
    const auto show = [&](const QModelIndex& parent) {
        const int rows = rowCount(parent);
        if (rows != 0)
            emit dataChanged(index(0, kReview, parent), index(rows - 1, kReview, parent));
    };
    show({});
    for (size_t i = 0; i < groups_.size(); ++i) show(index(static_cast<int>(i), 0));
}

// What belongs to a group has that group's row, plus one, as its id.
QModelIndex FindingsModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) return {};
    return createIndex(row, column,
                       parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : quintptr{0});
}

QModelIndex FindingsModel::parent(const QModelIndex& index) const {
    if (!index.isValid() || index.internalId() == 0) return {};
    return createIndex(static_cast<int>(index.internalId() - 1), 0, quintptr{0});
}

int FindingsModel::rowCount(const QModelIndex& parent) const {
    if (!parent.isValid()) return static_cast<int>(provisional_ + rows_.size() + groups_.size());
    if (parent.internalId() != 0 || parent.column() != 0 || groups_.empty()) return 0;
    return static_cast<int>(groups_[static_cast<size_t>(parent.row())].findings.size());
}

int FindingsModel::columnCount(const QModelIndex& /*parent*/) const {
    return kColumns;
}

bool FindingsModel::hasChildren(const QModelIndex& parent) const {
    return rowCount(parent) != 0;
}

std::optional<size_t> FindingsModel::finding_at(const QModelIndex& index) const {
    if (!index.isValid() || is_provisional()) return std::nullopt;
    const auto row = static_cast<size_t>(index.row());
    if (index.internalId() != 0) return groups_[index.internalId() - 1].findings[row];
    return groups_.empty() ? std::optional<size_t>(rows_[row]) : std::nullopt;
}

QModelIndex FindingsModel::index_of(size_t finding) const {
    if (finding >= places_.size() || places_[finding] == kNoPlace) return {};
    const int row = static_cast<int>(places_[finding]);
    if (group_of_.empty()) return createIndex(row, 0, quintptr{0});
    return createIndex(row, 0, static_cast<quintptr>(group_at_[group_of_[finding]]) + 1);
}

std::optional<size_t> FindingsModel::gravest() const {
    std::optional<size_t> gravest;
    for (size_t i = 0; i < places_.size(); ++i)
        if (places_[i] != kNoPlace && (!gravest || finding(i).judgement.severity_score >
                                                       finding(*gravest).judgement.severity_score))
            gravest = i;
    return gravest;
}

std::optional<size_t> FindingsModel::after(std::optional<size_t> finding) const {
    const QModelIndex at = finding ? index_of(*finding) : QModelIndex();
    if (group_of_.empty()) {
        const size_t row = at.isValid() ? static_cast<size_t>(at.row()) + 1 : 0;
        return row < rows_.size() ? std::optional<size_t>(rows_[row]) : std::nullopt;
    }
    size_t group = at.isValid() ? at.internalId() - 1 : 0;
    const size_t row = at.isValid() ? static_cast<size_t>(at.row()) + 1 : 0;
    if (group < groups_.size() && row < groups_[group].findings.size())
        return groups_[group].findings[row];
    return ++group < groups_.size() ? std::optional<size_t>(groups_[group].findings.front())
                                    : std::nullopt;
}

std::optional<size_t> FindingsModel::before(std::optional<size_t> finding) const {
    const QModelIndex at = finding ? index_of(*finding) : QModelIndex();
    if (group_of_.empty()) {
        const size_t row = at.isValid() ? static_cast<size_t>(at.row()) : rows_.size();
        return row != 0 ? std::optional<size_t>(rows_[row - 1]) : std::nullopt;
    }
    const size_t group = at.isValid() ? at.internalId() - 1 : groups_.size();
    if (at.isValid() && at.row() != 0)
        return groups_[group].findings[static_cast<size_t>(at.row()) - 1];
    return group != 0 ? std::optional<size_t>(groups_[group - 1].findings.back()) : std::nullopt;
}

std::string FindingsModel::group_key(const QModelIndex& index) const {
    if (!index.isValid() || index.internalId() != 0 || groups_.empty()) return {};
    return group_keys_[groups_[static_cast<size_t>(index.row())].key];
}

Qt::ItemFlags FindingsModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::NoItemFlags;
    Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
    if (index.internalId() != 0 || groups_.empty()) flags |= Qt::ItemNeverHasChildren;
    return flags;
}

QVariant FindingsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= kColumns) return {};
    if (role == Qt::DisplayRole) return QString::fromUtf8(kTitles[static_cast<size_t>(section)]);
    if (role == Qt::ToolTipRole) return QString::fromUtf8(kTitleTips[static_cast<size_t>(section)]);
    return {};
}

QVariant FindingsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>(
            Qt::AlignVCenter |
            (index.column() == kGap || index.column() == kOffset || index.column() == kCount
                 ? Qt::AlignRight
                 : Qt::AlignLeft));
    const auto row = static_cast<size_t>(index.row());
    if (is_provisional()) return provisional_data(row, index.column(), role);
    if (const auto finding = finding_at(index)) return finding_data(*finding, index.column(), role);
    return group_data(groups_[row], index.column(), role);
}

QVariant FindingsModel::provisional_data(size_t row, int column, int role) const {
    const FoundSoFar& found = state_.session().found_so_far()[row];
    if (role == Qt::DecorationRole && column == kSeverity) return icon_of(found.severity);
    if (role == Qt::ForegroundRole) return Theme::of(QGuiApplication::palette()).muted;
    if (role == Qt::AccessibleTextRole && column == kSeverity)
        return word_of(found.severity) + QLatin1Char(' ') + text(name_of(found.rule)) +
               QStringLiteral(", still analyzing: ") + QString::fromStdString(found.title);
    if (role != Qt::DisplayRole) return {};
    switch (column) {
        case kSeverity:
            return word_of(found.severity);
        case kRule:
            return text(name_of(found.rule));
        case kObject:
            return QString::fromStdString(found.title);
        default:
            return {};
    }
}

QVariant FindingsModel::group_data(const Group& group, int column, int role) const {
    if (role == kIsGroupRole) return true;
    if (column != kSeverity) return {};
    const Severity gravest = finding(*std::max_element(group.findings.begin(), group.findings.end(),
                                                       [&](uint32_t a, uint32_t b) {
                                                           return finding(a).judgement.severity <
                                                                  finding(b).judgement.severity;
                                                       }))
                                 .judgement.severity;
    switch (role) {
        case Qt::DecorationRole:
            return icon_of(gravest);
        case Qt::DisplayRole:
        case Qt::AccessibleTextRole:
            return QString::fromStdString(group_keys_[group.key]) + QString::fromUtf8("  ·  ") +
                   QString::fromStdString(count_text(group.findings.size(), "finding", "findings"));
        case Qt::ToolTipRole:
            return plain_tip(QString::fromStdString(group_keys_[group.key]));
        default:
            return {};
    }
}

QString FindingsModel::text_of(const Finding& finding, int column) const {
    const Candidate& candidate = finding.candidate;
    switch (column) {
        case kSeverity:
            return word_of(finding.judgement.severity);
        case kProof:
            return word_of(proof_of(finding));
        case kRule:
            return text(name_of(candidate.rule));
        case kObject:
            return QString::fromStdString(object_text(candidate));
        case kActors:
            return actors_text(candidate);
        case kGap:
            return span_or_nothing(gap_of(candidate));
        case kOffset: {
            const auto offset = offset_of(candidate);
            return offset ? QLatin1Char('+') + span_or_nothing(offset) : kNothing;
        }
        case kWeakness:
            return weakness_of(finding);
        case kCount: {
            const uint64_t cases = cases_of(finding);
            return cases > 1 ? QString::fromUtf8("×") + QString::number(cases) : QString();
        }
        case kReview:
            return text(name_of(state_.case_file().verdict(finding.fingerprint)));
        default:
            return {};
    }
}

QString FindingsModel::tip_of(const Finding& finding, int column) const {
    const Judgement& judgement = finding.judgement;
    QString tip = QString::fromStdString(title_text(finding, kTipColumns));
    switch (column) {
        case kSeverity:
            tip = QStringLiteral("Severity %1 of 100").arg(judgement.severity_score);
            for (const std::string& reason : judgement.severity_reasons)
                tip += QString::fromUtf8("\n• ") + QString::fromStdString(reason);
            break;
        case kProof:
            tip = meaning_of(proof_of(finding)) +
                  QStringLiteral("\nConfidence %1 of 100").arg(judgement.confidence);
            break;
        case kRule:
            tip = text(meaning_of(finding.candidate.rule));
            break;
        case kGap:
            if (!gap_of(finding.candidate))
                tip = QStringLiteral(
                    "A race within one call: it has no gap, and no window leaves it out.");
            break;
        default:
            break;
    }
    if (!judgement.set_aside_by.empty())
        tip +=
            QStringLiteral("\nSet aside by ") + QString::fromStdString(set_aside_text(judgement));
    return plain_tip(tip);
}

QVariant FindingsModel::finding_data(size_t index, int column, int role) const {
    const Finding& one = finding(index);
    switch (role) {
        case Qt::DisplayRole:
            return text_of(one, column);
        case Qt::DecorationRole:
            return column == kSeverity ? QVariant(icon_of(one.judgement.severity)) : QVariant();
        case Qt::ToolTipRole:
            return tip_of(one, column);
        case Qt::AccessibleTextRole:
            return column == kSeverity ? sentence_of(one, state_.session().first())
                                       : text_of(one, column);
        case Qt::ForegroundRole:
            return one.judgement.set_aside_by.empty()
                       ? QVariant()
                       : QVariant(Theme::of(QGuiApplication::palette()).muted);
        case Qt::FontRole:
            if (!one.judgement.set_aside_by.empty()) {
                QFont font;
                font.setItalic(true);
                return font;
            }
            return {};
        default:
            return {};
    }
}

QIcon FindingsModel::icon_of(Severity severity) const {
    return icons_.of(severity, Theme::of(QGuiApplication::palette()));
}

}  // namespace tocsin::gui
