// SPDX-License-Identifier: Apache-2.0
#include "gui/models/mark_list_model.h"

#include <algorithm>
#include <tuple>

#include "gui/models/plain_tool_tip.h"
#include "gui/timeline/time_scale.h"

namespace tocsin::gui {
namespace {

bool is_before(const CaseMark& one, const CaseMark& other) {
    return std::tie(one.range.from, one.range.to) < std::tie(other.range.from, other.range.to);
}

}  // namespace

MarkListModel::MarkListModel(ViewState& state, QObject* parent)
    : QAbstractTableModel(parent), state_(state) {
    connect(&state_.case_file(), &CaseFile::changed, this, &MarkListModel::take_marks);
    connect(&state_, &ViewState::timeModeChanged, this, [this] {
        if (!marks_.empty()) emit dataChanged(index(0, kTime), index(rowCount() - 1, kTime));
    });
    take_marks();
}

void MarkListModel::take_marks() {
    auto marks = state_.case_file().marks();
    std::stable_sort(marks.begin(), marks.end(), is_before);
    if (marks == marks_) return;
    beginResetModel();
    marks_ = std::move(marks);
    endResetModel();
}

int MarkListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(marks_.size());
}

int MarkListModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

Qt::ItemFlags MarkListModel::flags(const QModelIndex& index) const {
    const Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    return index.isValid() && index.column() == kNote ? flags | Qt::ItemIsEditable : flags;
}

QVariant MarkListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const CaseMark& mark = mark_of(index.row());
    if (role == Qt::ToolTipRole) return plain_tool_tip(mark.note);
    if (role != Qt::DisplayRole && role != Qt::EditRole) return {};
    switch (index.column()) {
        case kTime:
            return state_.time_text(mark.range.from);
        case kLength:
            return mark.range.length() == 0 ? QString() : duration_text(mark.range.length());
        case kNote:
            return mark.note;
        default:
            return {};
    }
}

bool MarkListModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (!index.isValid() || index.column() != kNote || role != Qt::EditRole) return false;
    auto marks = marks_;
    marks[static_cast<size_t>(index.row())].note = value.toString();
    // Told of as a change of one cell: an editor is open on it.
    marks_ = marks;
    emit dataChanged(index, index);
    state_.case_file().set_marks(std::move(marks));
    return true;
}

QVariant MarkListModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    return section == kTime     ? QStringLiteral("Mark")
           : section == kLength ? QStringLiteral("Length")
                                : QStringLiteral("Note");
}

int MarkListModel::add(const CaseMark& mark) {
    const auto of_range = [&](const CaseMark& one) { return one.range == mark.range; };
    if (std::none_of(marks_.begin(), marks_.end(), of_range)) {
        auto marks = marks_;
        marks.insert(std::upper_bound(marks.begin(), marks.end(), mark, is_before), mark);
        state_.case_file().set_marks(std::move(marks));
    }
    return static_cast<int>(std::find_if(marks_.begin(), marks_.end(), of_range) - marks_.begin());
}

void MarkListModel::remove(int row) {
    auto marks = marks_;
    marks.erase(marks.begin() + row);
    state_.case_file().set_marks(std::move(marks));
}

}  // namespace tocsin::gui
