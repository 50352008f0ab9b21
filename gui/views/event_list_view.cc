// SPDX-License-Identifier: Apache-2.0
#include "gui/views/event_list_view.h"

#include <QAction>
#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QScopedValueRollback>
#include <QVBoxLayout>
#include <algorithm>
#include <array>

#include "analyzer/report/escape.h"
#include "gui/views/tool_button.h"

namespace tocsin::gui {

EventListView::EventListView(ViewState& state, QWidget* parent)
    : QWidget(parent),
      state_(state),
      model_(state),
      finder_(state, model_),
      rows_(new RowsView(this)),
      find_bar_(make_find_bar()),
      empty_(new QLabel(rows_->viewport())) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(rows_);
    layout->addWidget(find_bar_);
    rows_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    rows_->setFrameShape(QFrame::NoFrame);
    rows_->setAccessibleName(QStringLiteral("Events"));
    rows_->setModel(&model_);
    set_widths();
    empty_->setMargin(12);
    empty_->setEnabled(false);
    add_actions();
    follow_state();
    find_bar_->hide();
}

QWidget* EventListView::make_find_bar() {
    auto* bar = new QWidget(this);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(6, 4, 6, 4);
    find_text_ = new QLineEdit(bar);
    find_text_->setPlaceholderText(QStringLiteral("Find a call, hook, program or path"));
    find_text_->setClearButtonEnabled(true);
    find_text_->setMaximumWidth(360);
    find_text_->installEventFilter(this);
    find_state_ = new QLabel(bar);
    find_state_->setTextFormat(Qt::PlainText);
    auto* previous =
        new ToolButton(ToolIcon::kUp, QStringLiteral("Previous match (Shift+Enter)"), bar);
    auto* next = new ToolButton(ToolIcon::kDown, QStringLiteral("Next match (Enter)"), bar);
    auto* close = new ToolButton(ToolIcon::kClose, QStringLiteral("Close (Escape)"), bar);
    connect(previous, &QToolButton::clicked, this, &EventListView::find_previous);
    connect(next, &QToolButton::clicked, this, &EventListView::find_next);
    connect(close, &QToolButton::clicked, this, &EventListView::close_find);
    for (QWidget* widget : {static_cast<QWidget*>(find_text_), static_cast<QWidget*>(previous),
                            static_cast<QWidget*>(next), static_cast<QWidget*>(find_state_)})
        row->addWidget(widget);
    row->addStretch();
    row->addWidget(close);
    return bar;
}

void EventListView::add_actions() {
    const auto add = [this](const QString& name, const QKeySequence& key, auto slot) {
        auto* action = new QAction(name, this);
        action->setShortcut(key);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, slot);
        addAction(action);
        rows_->addAction(action);
    };
    add(QStringLiteral("Find…"), QKeySequence::Find, &EventListView::open_find);
    add(QStringLiteral("Find next"), QKeySequence::FindNext, &EventListView::find_next);
    add(QStringLiteral("Find previous"), QKeySequence::FindPrevious, &EventListView::find_previous);
    add(QStringLiteral("Copy as text"), QKeySequence::Copy, &EventListView::copy_as_text);
    add(QStringLiteral("Copy as JSON"),
        QKeySequence(QKeyCombination(Qt::ControlModifier | Qt::AltModifier, Qt::Key_C)),
        &EventListView::copy_as_json);
    rows_->setContextMenuPolicy(Qt::ActionsContextMenu);
}

void EventListView::follow_state() {
    connect(rows_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &EventListView::take_current);
    connect(&state_, &ViewState::eventSelected, this, &EventListView::show_event);
    connect(&state_, &ViewState::playheadMoved, this, &EventListView::show_playhead);
    const auto say_if_empty = [this] {
        const bool is_empty = model_.rowCount() == 0;
        empty_->setVisible(is_empty);
        if (!is_empty) return;
        const bool is_under_way = state_.filter().is_searching() || state_.session().is_loading();
        empty_->setText(is_under_way               ? QStringLiteral("Reading events…")
                        : state_.filter().events() ? QStringLiteral("No event passes the filter.")
                                                   : QStringLiteral("The trace has no events."));
        empty_->adjustSize();
    };
    connect(&model_, &QAbstractItemModel::rowsInserted, this, say_if_empty);
    connect(&model_, &QAbstractItemModel::modelReset, this, [this, say_if_empty] {
        say_if_empty();
        show_event();
        show_playhead();
    });
    connect(&state_.filter(), &RowFilter::eventsChanged, this, say_if_empty);
    connect(&state_.session(), &TraceSession::progressed, this, say_if_empty);
    connect(&finder_, &EventFinder::found, this, [this](int row) {
        say({});
        const QModelIndex index = model_.index(row, 0);
        rows_->setCurrentIndex(index);
        rows_->scrollTo(index, QAbstractItemView::EnsureVisible);
    });
    connect(&finder_, &EventFinder::notFound, this,
            [this] { say(QStringLiteral("No match in %L1 events").arg(model_.rowCount())); });
    connect(&finder_, &EventFinder::progressed, this, [this] {
        say(finder_.is_looking()
                ? QStringLiteral("Looking… %1 %").arg(static_cast<int>(100 * finder_.progress()))
                : QString());
    });
    say_if_empty();
}

void EventListView::set_widths() {
    const int digit = rows_->fontMetrics().horizontalAdvance(QLatin1Char('0'));
    constexpr std::array<int, EventListModel::kColumns> kDigits = {15, 4, 20, 20, 22, 12, 32, 60};
    QHeaderView& header = *rows_->header();
    for (int column = 0; column < EventListModel::kColumns; ++column)
        header.resizeSection(column, digit * kDigits[static_cast<size_t>(column)] + 8);
    // What a call was given is read more often than what file a hook was about.
    header.moveSection(header.visualIndex(EventListModel::kOperands), EventListModel::kObject);
}

void EventListView::open_find() {
    find_bar_->show();
    find_text_->setFocus();
    find_text_->selectAll();
}

void EventListView::close_find() {
    finder_.cancel();
    find_bar_->hide();
    rows_->setFocus();
}

void EventListView::find(FindDirection direction) {
    if (find_text_->text().isEmpty()) return open_find();
    const QModelIndex current = rows_->currentIndex();
    finder_.find(find_text_->text(), current.isValid() ? current.row() : rows_->first_row() - 1,
                 direction);
}

void EventListView::say(const QString& text) {
    find_state_->setText(text);
}

bool EventListView::eventFilter(QObject* watched, QEvent* event) {
    if (watched != find_text_ || event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    switch (key->key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
            find(key->modifiers().testFlag(Qt::ShiftModifier) ? FindDirection::kBackward
                                                              : FindDirection::kForward);
            return true;
        case Qt::Key_Escape:
            close_find();
            return true;
        default:
            return false;
    }
}

void EventListView::take_current(const QModelIndex& current) {
    if (is_following_ || !current.isValid()) return;
    const QScopedValueRollback following(is_following_, true);
    const EventIndex event = model_.event_of(current.row());
    state_.select_event(event);
    state_.set_playhead(state_.session().events().time_ns(event));
    rows_->point_at(current.row());
}

void EventListView::show_event() {
    if (is_following_) return;
    const QScopedValueRollback following(is_following_, true);
    const auto row = state_.event() ? model_.row_of(*state_.event()) : std::nullopt;
    if (!row) return rows_->clearSelection();
    const QModelIndex index = model_.index(*row, 0);
    rows_->selectionModel()->setCurrentIndex(
        index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    rows_->scrollTo(index, QAbstractItemView::EnsureVisible);
}

void EventListView::show_playhead() {
    if (model_.rowCount() == 0) return;
    const int row = model_.row_at(state_.playhead_ns());
    rows_->point_at(row);
    if (is_following_) return;
    const int last = std::min(row, model_.rowCount() - 1);
    rows_->scrollTo(model_.index(last, 0), QAbstractItemView::EnsureVisible);
}

void EventListView::copy(CopyForm form) {
    std::vector<EventIndex> events;
    int64_t selected = 0;
    const QItemSelection ranges = rows_->selectionModel()->selection();
    for (const QItemSelectionRange& range : ranges) selected += range.height();
    if (selected == 0) return;
    find_bar_->show();
    if (selected > static_cast<int64_t>(kMostCopied))
        return say(QStringLiteral("%L1 events are selected; at most %L2 are copied at once. "
                                  "`tocsin dump --where` writes any number to a file.")
                       .arg(selected)
                       .arg(kMostCopied));
    for (const QItemSelectionRange& range : ranges)
        for (int row = range.top(); row <= range.bottom(); ++row)
            events.push_back(model_.event_of(row));
    std::sort(events.begin(), events.end());
    const auto text = copied(state_.session(), events, form);
    if (!text) return say(QString::fromStdString(readable(text.error().message)));
    QGuiApplication::clipboard()->setText(*text);
    say(QStringLiteral("Copied %L1 events").arg(events.size()));
}

}  // namespace tocsin::gui
