// SPDX-License-Identifier: Apache-2.0
#include "gui/models/event_list_model.h"

#include <QColor>
#include <algorithm>
#include <limits>

#include "analyzer/report/escape.h"
#include "gui/models/plain_tool_tip.h"

namespace tocsin::gui {
namespace {

constexpr size_t kPathColumns = 120;

int as_rows(size_t count) {
    return static_cast<int>(std::min<size_t>(count, std::numeric_limits<int>::max()));
}

}  // namespace

EventListModel::EventListModel(ViewState& state, QObject* parent)
    : QAbstractTableModel(parent),
      state_(state),
      events_(state.session().events()),
      texts_(state.session()) {
    shown_ = state_.filter().events();
    rows_ = rows_there();
    connect(&state_.session(), &TraceSession::eventsAdded, this, &EventListModel::grow);
    connect(&state_.filter(), &RowFilter::eventsFound, this, &EventListModel::grow);
    connect(&state_.filter(), &RowFilter::eventsChanged, this, [this] {
        const bool is_other = (shown_ == nullptr) != (state_.filter().events() == nullptr);
        shown_ = state_.filter().events();
        if (!is_other && rows_there() >= rows_) return grow();
        beginResetModel();
        rows_ = rows_there();
        endResetModel();
    });
    connect(&texts_, &EventTexts::made, this, [this] {
        if (rows_ > 0) emit dataChanged(index(0, kResult), index(rows_ - 1, kOperands));
    });
    connect(&state_, &ViewState::timeModeChanged, this, [this] {
        if (rows_ > 0) emit dataChanged(index(0, kTime), index(rows_ - 1, kTime));
    });
}

int EventListModel::rows_there() const {
    if (shown_ == nullptr) return as_rows(events_.size());
    // The search may be ahead of what is loaded.
    const auto end =
        std::lower_bound(shown_->begin(), shown_->end(), static_cast<EventIndex>(events_.size()));
    return as_rows(static_cast<size_t>(end - shown_->begin()));
}

void EventListModel::grow() {
    const int rows = rows_there();
    if (rows <= rows_) return;
    beginInsertRows({}, rows_, rows - 1);
    rows_ = rows;
    endInsertRows();
}

int EventListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : rows_;
}

int EventListModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

EventIndex EventListModel::event_of(int row) const {
    const auto at = static_cast<size_t>(row);
    return shown_ == nullptr ? static_cast<EventIndex>(at) : (*shown_)[at];
}

int EventListModel::row_from(EventIndex event) const {
    if (shown_ == nullptr) return std::min(as_rows(event), rows_);
    const auto at = std::lower_bound(shown_->begin(), shown_->begin() + rows_, event);
    return static_cast<int>(at - shown_->begin());
}

std::optional<int> EventListModel::row_of(EventIndex event) const {
    const int row = row_from(event);
    return row < rows_ && event_of(row) == event ? std::optional(row) : std::nullopt;
}

int EventListModel::row_at(uint64_t ns) const {
    return row_from(events_.first_at(ns));
}

QString EventListModel::display(const EventLine& line, EventIndex event, int column) const {
    const auto text_of_thread = [&] { return texts_.find(event); };
    switch (column) {
        case kTime:
            return state_.time_text(line.time_ns);
        case kCpu:
            return QString::number(line.cpu);
        case kProcess:
            return process_text(events_, line.thread);
        case kThread:
            return thread_text(events_, line.thread);
        case kWhat:
            return what_text(line.kind, line.number);
        case kResult: {
            if (line.kind != EventKind::kReturn) return {};
            const EventText* text = text_of_thread();
            return text != nullptr ? text->result : QStringLiteral("…");
        }
        case kObject:
            if (line.file == kNoRow) return {};
            return QString::fromStdString(
                elide(escape(events_.files()[line.file].path), kPathColumns));
        case kOperands: {
            const EventText* text = text_of_thread();
            return text != nullptr ? text->operands : QStringLiteral("…");
        }
        default:
            return {};
    }
}

QVariant EventListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rows_) return {};
    const EventIndex event = event_of(index.row());
    switch (role) {
        case Qt::DisplayRole:
            return display(events_.at(event), event, index.column());
        case Qt::ToolTipRole:
            return plain_tool_tip(display(events_.at(event), event, index.column()));
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(
                Qt::Alignment(index.column() == kTime || index.column() == kCpu ? Qt::AlignRight
                                                                                : Qt::AlignLeft) |
                Qt::AlignVCenter);
        case Qt::UserRole:
            return event;
        default:
            return {};
    }
}

QVariant EventListModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(section <= kCpu ? Qt::AlignRight : Qt::AlignLeft) |
                                   Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case kTime:
            return QStringLiteral("Time");
        case kCpu:
            return QStringLiteral("CPU");
        case kProcess:
            return QStringLiteral("Process");
        case kThread:
            return QStringLiteral("Thread");
        case kWhat:
            return QStringLiteral("Event");
        case kResult:
            return QStringLiteral("Result");
        case kObject:
            return QStringLiteral("Object");
        case kOperands:
            return QStringLiteral("Operands");
        default:
            return {};
    }
}

}  // namespace tocsin::gui
