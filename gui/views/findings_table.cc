// SPDX-License-Identifier: Apache-2.0
#include "gui/views/findings_table.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QScopedValueRollback>
#include <QScrollBar>

#include "analyzer/report/phrases.h"
#include "gui/models/finding_words.h"
#include "gui/timeline/theme.h"

namespace tocsin::gui {
namespace {

constexpr size_t kCopiedColumns = 200;
constexpr int kIndent = 16;

struct VerdictKey {
    Qt::Key key;
    Verdict verdict;
    const char* text;
};
constexpr VerdictKey kVerdictKeys[] = {
    {Qt::Key_1, Verdict::kConfirmed, "&Confirmed"},
    {Qt::Key_2, Verdict::kPossible, "&Possible"},
    {Qt::Key_3, Verdict::kBenign, "&Benign"},
    {Qt::Key_4, Verdict::kUnprovable, "&Unprovable"},
    {Qt::Key_0, Verdict::kNone, "&Not reviewed"},
};

}  // namespace

FindingsTable::FindingsTable(ViewState& state, FindingsModel& model, QWidget* parent)
    : QTreeView(parent), state_(state), model_(model) {
    setUniformRowHeights(true);
    setAllColumnsShowFocus(true);
    setSelectionMode(SingleSelection);
    setSelectionBehavior(SelectRows);
    setIndentation(0);
    setTextElideMode(Qt::ElideMiddle);
    setSortingEnabled(true);
    setAccessibleName(tr("Findings"));
    setModel(&model_);
    header()->setSortIndicator(FindingsModel::kSeverity, Qt::DescendingOrder);
    header()->setSectionsMovable(true);
    const int em = fontMetrics().horizontalAdvance(QLatin1Char('m'));
    constexpr int kWidths[] = {10, 9, 5, 24, 8, 8, 22, 8, 5, 9};
    for (int column = 0; column < FindingsModel::kColumns; ++column)
        header()->resizeSection(column, kWidths[column] * em);
    connect(&model_, &FindingsModel::refreshed, this, &FindingsTable::restore);
    connect(&state_, &ViewState::findingSelected, this, &FindingsTable::show_selected);
    connect(this, &QTreeView::collapsed, this, [this](const QModelIndex& group) {
        if (!is_restoring_) folded_.insert(model_.group_key(group));
    });
    connect(this, &QTreeView::expanded, this, [this](const QModelIndex& group) {
        if (!is_restoring_) folded_.erase(model_.group_key(group));
    });
    connect(this, &QTreeView::activated, this, [this](const QModelIndex& index) {
        if (model_.finding_at(index)) state_.fit_finding();
    });
    restore();
}

void FindingsTable::restore() {
    const QScopedValueRollback restoring(is_restoring_, true);
    const bool is_grouped = model_.group_by() != GroupBy::kNothing && !model_.is_provisional();
    setRootIsDecorated(is_grouped);
    setIndentation(is_grouped ? kIndent : 0);
    if (is_grouped) {
        if (folded_.empty()) {
            expandAll();
        } else {
            for (int row = 0; row < model_.rowCount(); ++row) {
                const QModelIndex group = model_.index(row, 0);
                setExpanded(group, !folded_.contains(model_.group_key(group)));
            }
        }
    }
    // The rows that are looked at stay where they are.
    setAutoScroll(false);
    show_selected();
    setAutoScroll(true);
}

void FindingsTable::show_selected() {
    const QScopedValueRollback restoring(is_restoring_, true);
    const QModelIndex wanted =
        state_.finding() ? model_.index_of(*state_.finding()) : QModelIndex();
    if (wanted == currentIndex().siblingAtColumn(0)) return;
    if (wanted.isValid() && wanted.parent().isValid() && !isExpanded(wanted.parent()))
        setExpanded(wanted.parent(), true);
    if (wanted.isValid())
        setCurrentIndex(wanted);
    else
        selectionModel()->clear();
}

void FindingsTable::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTreeView::currentChanged(current, previous);
    if (is_restoring_) return;
    if (const auto finding = model_.finding_at(current)) state_.select_finding(finding);
}

void FindingsTable::select_next() {
    if (const auto next = model_.after(state_.finding())) state_.select_finding(next);
}

void FindingsTable::select_previous() {
    if (const auto previous = model_.before(state_.finding())) state_.select_finding(previous);
}

void FindingsTable::set_verdict(Verdict verdict) {
    if (const Finding* finding = state_.selected_finding())
        state_.case_file().set_verdict(finding->fingerprint, verdict);
}

void FindingsTable::copy_selected() const {
    const Finding* finding = state_.selected_finding();
    if (finding == nullptr) return;
    QGuiApplication::clipboard()->setText(
        sentence_of(*finding, state_.session().first()) + QLatin1Char('\n') +
        QString::fromStdString(title_text(*finding, kCopiedColumns)) + QLatin1Char('\n') +
        QString::fromStdString(finding->fingerprint));
}

void FindingsTable::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) return copy_selected();
    const auto modifiers = event->modifiers() & ~Qt::KeypadModifier & ~Qt::ShiftModifier;
    if (modifiers == Qt::NoModifier) {
        for (const VerdictKey& one : kVerdictKeys)
            if (event->key() == one.key) return set_verdict(one.verdict);
        switch (event->key()) {
            case Qt::Key_BracketLeft:
                return select_previous();
            case Qt::Key_BracketRight:
                return select_next();
            case Qt::Key_Return:
            case Qt::Key_Enter:
                if (model_.finding_at(currentIndex())) return state_.fit_finding();
                if (currentIndex().isValid())
                    return setExpanded(currentIndex(), !isExpanded(currentIndex()));
                break;
            default:
                break;
        }
    }
    QTreeView::keyPressEvent(event);
}

void FindingsTable::contextMenuEvent(QContextMenuEvent* event) {
    const Finding* finding = state_.selected_finding();
    if (finding == nullptr || !model_.finding_at(currentIndex())) return;
    QMenu menu(this);
    connect(menu.addAction(tr("&Fit in the timeline")), &QAction::triggered, &state_,
            &ViewState::fit_finding);
    menu.addSeparator();
    const Verdict now = state_.case_file().verdict(finding->fingerprint);
    for (const VerdictKey& one : kVerdictKeys) {
        QAction* action = menu.addAction(tr(one.text));
        action->setShortcut(QKeySequence(one.key));
        action->setCheckable(true);
        action->setChecked(one.verdict == now);
        connect(action, &QAction::triggered, this, [this, &one] { set_verdict(one.verdict); });
    }
    menu.addSeparator();
    connect(menu.addAction(tr("Co&py")), &QAction::triggered, this, &FindingsTable::copy_selected);
    const QRect row = visualRect(currentIndex());
    menu.exec(event->reason() == QContextMenuEvent::Mouse
                  ? event->globalPos()
                  : viewport()->mapToGlobal(row.bottomLeft()));
}

// A group's words go over all columns.
void FindingsTable::drawRow(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
    if (!model_.data(index, kIsGroupRole).toBool())
        return QTreeView::drawRow(painter, option, index);
    const Theme& theme = Theme::of(palette());
    QStyleOptionViewItem row = option;
    row.rect.setLeft(-horizontalScrollBar()->value());
    row.rect.setWidth(std::max(header()->length(), viewport()->width()));
    const bool is_current = currentIndex().row() == index.row() &&
                            currentIndex().parent() == index.parent() && currentIndex().isValid();
    painter->fillRect(row.rect, is_current ? theme.selection : theme.raised);
    const QRect branch(row.rect.left(), row.rect.top(), kIndent, row.rect.height());
    drawBranches(painter, branch, index);
    const QRect icon(branch.right() + 4, row.rect.top(), 14, row.rect.height());
    qvariant_cast<QIcon>(model_.data(index, Qt::DecorationRole)).paint(painter, icon);
    QFont font = option.font;
    font.setBold(true);
    painter->setFont(font);
    painter->setPen(theme.text);
    const QRect words(icon.right() + 6, row.rect.top(), viewport()->width() - icon.right() - 10,
                      row.rect.height());
    painter->drawText(words, Qt::AlignVCenter | Qt::AlignLeft,
                      QFontMetrics(font).elidedText(model_.data(index, Qt::DisplayRole).toString(),
                                                    Qt::ElideMiddle, words.width()));
}

}  // namespace tocsin::gui
