// SPDX-License-Identifier: Apache-2.0
#include "gui/views/world_view.h"

#include <QHeaderView>
#include <QLabel>
#include <QScopedValueRollback>
#include <QSplitter>
#include <QTreeView>
#include <QVBoxLayout>

namespace tocsin::gui {
namespace {

constexpr int kAskEveryMs = 40, kTellEveryMs = 100;

QTreeView* tree_of(QAbstractItemModel& model, const QString& name, int label_columns) {
    auto* tree = new QTreeView;
    tree->setAccessibleName(name);
    tree->setModel(&model);
    tree->setFrameShape(QFrame::NoFrame);
    tree->setAlternatingRowColors(true);
    tree->setUniformRowHeights(true);
    tree->setIndentation(14);
    tree->header()->resizeSection(0, tree->fontMetrics().averageCharWidth() * label_columns);
    return tree;
}

}  // namespace

WorldView::WorldView(ViewState& state, QWidget* parent)
    : QWidget(parent), state_(state), world_(state.session()) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    title_ = new QLabel;
    title_->setTextFormat(Qt::PlainText);
    title_->setMargin(6);
    layout->addWidget(title_);
    auto* splitter = new QSplitter(Qt::Vertical);
    layout->addWidget(splitter, 1);
    process_tree_ = tree_of(processes_, QStringLiteral("Living processes"), 36);
    field_tree_ = tree_of(fields_, QStringLiteral("What is known of the process"), 24);
    splitter->addWidget(process_tree_);
    splitter->addWidget(field_tree_);
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 3);

    asking_.setSingleShot(true);
    asking_.setInterval(kAskEveryMs);
    telling_.setInterval(kTellEveryMs);
    connect(&asking_, &QTimer::timeout, this, &WorldView::ask);
    connect(&telling_, &QTimer::timeout, this, &WorldView::show_state);
    const auto ask_soon = [this] {
        if (!asking_.isActive()) asking_.start();
    };
    connect(&state_, &ViewState::playheadMoved, this, ask_soon);
    connect(&state_.session(), &TraceSession::opened, this, ask_soon);
    connect(&state_, &ViewState::timeModeChanged, this, &WorldView::show_state);
    connect(&state_, &ViewState::eventSelected, this, &WorldView::follow_event);
    connect(&world_, &WorldAt::changed, this, &WorldView::show_world);
    connect(process_tree_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &WorldView::choose);
    connect(&processes_, &QAbstractItemModel::modelReset, process_tree_, &QTreeView::expandAll);
    connect(&fields_, &QAbstractItemModel::modelReset, field_tree_, &QTreeView::expandAll);
    show_state();
}

// Nothing is replayed for a view that nobody sees.
void WorldView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    follow_event();
    ask();
}

void WorldView::follow_event() {
    const EventStore& events = state_.session().events();
    if (!state_.event() || *state_.event() >= events.size()) return;
    process_ = events.threads()[events.at(*state_.event()).thread].id.tgid;
    ask();
}

void WorldView::ask() {
    if (!isVisible() || !state_.session().is_open()) return;
    world_.ask(state_.playhead_ns(), process_);
    telling_.start();
    show_state();
}

void WorldView::choose(const QModelIndex& index) {
    if (is_showing_ || !index.isValid()) return;
    process_ = index.siblingAtColumn(0).data(FieldTree::kKeyRole).toInt();
    ask();
}

void WorldView::show_world() {
    const WorldSnapshot* snapshot = world_.snapshot();
    if (snapshot == nullptr) return;
    const QScopedValueRollback showing(is_showing_, true);
    processes_.show(*snapshot);
    fields_.show(snapshot->selected ? &*snapshot->selected : nullptr);
    const QModelIndex index = process_ ? processes_.find(*process_) : QModelIndex();
    if (index.isValid() && index != process_tree_->currentIndex())
        process_tree_->setCurrentIndex(index);
    show_state();
}

void WorldView::show_state() {
    const WorldSnapshot* snapshot = world_.snapshot();
    QString text;
    if (snapshot != nullptr)
        text = QStringLiteral("%L1 processes at %2")
                   .arg(snapshot->processes.size())
                   .arg(state_.time_text(snapshot->ns));
    if (snapshot != nullptr && process_ && !snapshot->selected && !world_.is_behind())
        text += QStringLiteral("; process %1 does not live").arg(*process_);
    if (world_.is_behind()) {
        const int percent = static_cast<int>(100 * world_.progress());
        text += (text.isEmpty() ? QString() : QStringLiteral(" · ")) +
                QStringLiteral("computing… %1 %").arg(std::min(percent, 99));
    } else {
        telling_.stop();
    }
    title_->setText(text.isEmpty() ? QStringLiteral("No trace is open.") : text);
}

}  // namespace tocsin::gui
