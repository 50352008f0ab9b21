// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractItemModel>
#include <QIcon>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gui/session/view_state.h"
#include "gui/timeline/theme.h"

namespace tocsin::gui {

enum class GroupBy : uint8_t { kNothing, kRace, kObject, kProcess, kClass };
enum class SetAsideRows : uint8_t { kHidden, kShown };

// Of a group's row: true.
inline constexpr int kIsGroupRole = Qt::UserRole;

// Rows of the findings that are alive in the window, shown by the filter and in the brush; under a
// row for each group, where they are grouped. While the trace is analyzed: the findings so far.
//
// What the window does not change, the order and the groups, is kept from step to step; what a row
// says is made when it is asked for. Sorting is stable: rows that are alike stand by time.
class FindingsModel : public QAbstractItemModel {
    Q_OBJECT

  public:
    enum Column : uint8_t {
        kSeverity,
        kProof,
        kRule,
        kObject,
        kGap,
        kOffset,
        kActors,
        kWeakness,
        kCount,
        kReview,
        kColumns,
    };

    // The state must outlive this.
    explicit FindingsModel(ViewState& state, QObject* parent = nullptr);

    void set_group_by(GroupBy group_by);
    GroupBy group_by() const { return group_by_; }
    void set_set_aside(SetAsideRows rows);
    SetAsideRows set_aside() const { return set_aside_; }

    // Findings so far, which cannot be selected.
    bool is_provisional() const { return !is_analyzed_; }
    // Of alive() in the window.
    struct Counts {
        size_t rows = 0;           // that are findings
        size_t set_aside = 0;      // whether they are shown or not
        size_t filtered_away = 0;  // by the filter, of those that would be shown
        size_t brushed_away = 0;   // likewise
    };
    const Counts& counts() const { return counts_; }

    // Index into the analysis's findings; nullopt: of a group, or provisional.
    std::optional<size_t> finding_at(const QModelIndex& index) const;
    // Not valid: the finding is not shown.
    QModelIndex index_of(size_t finding) const;
    // The first shown one of the gravest.
    std::optional<size_t> gravest() const;
    // In the order of rows, groups one after the other; nullopt at the end. Without one: the first,
    // the last.
    std::optional<size_t> after(std::optional<size_t> finding) const;
    std::optional<size_t> before(std::optional<size_t> finding) const;
    // Of a row that is a group: what it is told by from the others, whatever else is shown.
    std::string group_key(const QModelIndex& index) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    bool hasChildren(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

  signals:
    // Rows are other ones, or as many as before and other counts.
    void refreshed();

  private:
    static constexpr uint32_t kNoPlace = UINT32_MAX;
    struct Group {
        uint32_t key = 0;  // index into group_keys_
        std::vector<uint32_t> findings;
    };

    void take_analysis();
    void take_filter();
    void take_order();
    void take_groups();
    void refresh();
    void rebuild_rows();
    void add_provisional();
    void show_review();
    const Finding& finding(size_t index) const;
    std::string key_of(const Finding& finding) const;
    QVariant provisional_data(size_t row, int column, int role) const;
    QVariant group_data(const Group& group, int column, int role) const;
    QVariant finding_data(size_t index, int column, int role) const;
    QString text_of(const Finding& finding, int column) const;
    QString tip_of(const Finding& finding, int column) const;
    QIcon icon_of(Severity severity) const;

    ViewState& state_;
    GroupBy group_by_ = GroupBy::kNothing;
    SetAsideRows set_aside_ = SetAsideRows::kHidden;
    int column_ = kSeverity;
    Qt::SortOrder direction_ = Qt::DescendingOrder;

    std::vector<uint8_t> passes_;          // the filter, by finding
    std::vector<uint32_t> order_;          // all findings, sorted
    std::vector<uint32_t> group_of_;       // by finding, where they are grouped
    std::vector<std::string> group_keys_;  // escaped
    Counts counts_;
    std::vector<uint32_t> rows_;      // where they are not grouped
    std::vector<Group> groups_;       // where they are
    std::vector<uint32_t> places_;    // of a finding: its row in its parent; kNoPlace: none
    std::vector<uint32_t> group_at_;  // of a group's key: its row; the same
    bool is_analyzed_ = false;
    size_t provisional_ = 0;
    mutable SeverityIcons icons_;
};

}  // namespace tocsin::gui
