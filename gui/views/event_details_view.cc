// SPDX-License-Identifier: Apache-2.0
#include "gui/views/event_details_view.h"

#include <QAction>
#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QTreeView>
#include <QVBoxLayout>

#include "gui/models/hex_text.h"

namespace tocsin::gui {

EventDetailsView::EventDetailsView(ViewState& state, QWidget* parent)
    : QWidget(parent), state_(state), model_(state) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    nothing_ = new QLabel(QStringLiteral("Select an event to see all that is recorded of it."));
    nothing_->setMargin(12);
    nothing_->setWordWrap(true);
    nothing_->setEnabled(false);
    layout->addWidget(nothing_);
    auto* splitter = new QSplitter(Qt::Vertical, this);
    layout->addWidget(splitter, 1);

    tree_ = new QTreeView;
    tree_->setAccessibleName(QStringLiteral("Fields of the event"));
    tree_->setFrameShape(QFrame::NoFrame);
    tree_->setAlternatingRowColors(true);
    tree_->setUniformRowHeights(true);
    tree_->setIndentation(14);
    tree_->setModel(&model_);
    tree_->header()->resizeSection(EventDetailsModel::kLabel,
                                   fontMetrics().averageCharWidth() * 24);
    splitter->addWidget(tree_);

    auto* below = new QWidget;
    auto* column = new QVBoxLayout(below);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    bytes_title_ = new QLabel;
    bytes_title_->setMargin(6);
    bytes_title_->setTextFormat(Qt::PlainText);
    bytes_ = new QPlainTextEdit;
    bytes_->setReadOnly(true);
    bytes_->setFrameShape(QFrame::NoFrame);
    bytes_->setLineWrapMode(QPlainTextEdit::NoWrap);
    bytes_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    bytes_->setAccessibleName(QStringLiteral("Bytes as they were recorded"));
    bytes_->setTabChangesFocus(true);
    column->addWidget(bytes_title_);
    column->addWidget(bytes_);
    splitter->addWidget(below);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 1);

    auto* copy = new QAction(QStringLiteral("Copy value"), tree_);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this, &EventDetailsView::copy_value);
    tree_->addAction(copy);
    tree_->setContextMenuPolicy(Qt::ActionsContextMenu);

    connect(&model_, &QAbstractItemModel::modelReset, this, &EventDetailsView::show_event);
    connect(tree_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &EventDetailsView::show_bytes);
    const auto go_to = [this](const QModelIndex& index) {
        const QVariant event = index.data(EventDetailsModel::kKeyRole);
        if (event.isValid()) state_.select_event(event.value<EventIndex>());
    };
    // Not while the model is in the middle of telling the tree of this one.
    connect(tree_, &QTreeView::clicked, this, go_to, Qt::QueuedConnection);
    connect(tree_, &QTreeView::activated, this, go_to, Qt::QueuedConnection);
    show_event();
}

void EventDetailsView::show_event() {
    const bool has_event = !model_.title().isEmpty();
    nothing_->setVisible(!has_event);
    tree_->parentWidget()->setVisible(has_event);
    if (!has_event) return;
    tree_->expandToDepth(0);
    // What was read of memory is what most who come here look for.
    for (int group = 0; group < model_.rowCount(); ++group) {
        const QModelIndex at = model_.index(group, 0);
        for (int row = 0; row < model_.rowCount(at); ++row) {
            const QModelIndex child = model_.index(row, 0, at);
            if (child.data(EventDetailsModel::kBytesRole).toByteArray().isEmpty()) continue;
            show_bytes(child);
            return;
        }
    }
    show_bytes({});
}

void EventDetailsView::show_bytes(const QModelIndex& index) {
    QModelIndex at = index.siblingAtColumn(0);
    QByteArray bytes = at.data(EventDetailsModel::kBytesRole).toByteArray();
    if (bytes.isEmpty()) {  // a field of what has bytes
        at = at.parent();
        bytes = at.data(EventDetailsModel::kBytesRole).toByteArray();
    }
    bytes_title_->setText(
        bytes.isEmpty()
            ? QStringLiteral("No bytes")
            : QStringLiteral("%1: %L2 bytes").arg(at.data().toString()).arg(bytes.size()));
    bytes_->setPlainText(hex_text(bytes));
}

void EventDetailsView::copy_value() {
    const QModelIndex index = tree_->currentIndex();
    if (!index.isValid()) return;
    QGuiApplication::clipboard()->setText(
        index.siblingAtColumn(EventDetailsModel::kValue).data().toString());
}

}  // namespace tocsin::gui
