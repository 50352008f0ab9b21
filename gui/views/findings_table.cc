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
#include <algorithm>
#include <array>

#include "analyzer/report/phrases.h"
#include "gui/models/finding_words.h"
#include "gui/timeline/theme.h"
#include "gui/views/text_cells.h"

namespace tocsin::gui {
namespace {

constexpr size_t kCopiedColumns = 200;
constexpr int kIndent = 16;

struct Column {
    FindingsModel::Column column;
    int ems;  // of its width
};
// As they stand from left to right.
constexpr std::array<Column, FindingsModel::kColumns> kColumns = {{
    {FindingsModel::kSeverity, 7},
    {FindingsModel::kRule, 4},
    {FindingsModel::kObject, 10},
    {FindingsModel::kGap, 6},
    {FindingsModel::kProof, 7},
    {FindingsModel::kActors, 22},
    {FindingsModel::kOffset, 8},
    {FindingsModel::kWeakness, 8},
    {FindingsModel::kCount, 5},
    {FindingsModel::kReview, 9},
}};
constexpr size_t kFirstColumns = 5;           // to be seen without scrolling
constexpr int kLeastEms = 10, kMostEms = 30;  // of the object, unless all columns have room

int em_of(const QWidget& widget) {
    return widget.fontMetrics().horizontalAdvance(QLatin1Char('m'));
}

// A path is told from others by its end.
class EndOfName : public TextCells {
  public:
    using TextCells::TextCells;

  protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        TextCells::initStyleOption(option, index);
        option->textElideMode = Qt::ElideLeft;
    }
};

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
    setItemDelegate(new TextCells(this));
    setModel(&model_);
    set_columns();
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

void FindingsTable::set_columns() {
    header()->setSortIndicator(FindingsModel::kSeverity, Qt::DescendingOrder);
    header()->setSectionsMovable(true);
    header()->setStretchLastSection(false);
    setItemDelegateForColumn(FindingsModel::kObject, new EndOfName(this));
    for (int place = 0; place < FindingsModel::kColumns; ++place) {
        const auto& [column, ems] = kColumns[static_cast<size_t>(place)];
        header()->moveSection(header()->visualIndex(column), place);
        header()->resizeSection(column, ems * em_of(*this));
    }
    connect(header(), &QHeaderView::sectionResized, this, [this](int column) {
        if (is_fitting_) return;
        if (column == FindingsModel::kObject) is_object_dragged_ = true;
        fit_object();
    });
}

void FindingsTable::fit_object() {
    if (is_object_dragged_ || is_fitting_) return;
    const QScopedValueRollback fitting(is_fitting_, true);
    int first = 0, all = 0;
    for (size_t place = 0; place < kColumns.size(); ++place) {
        if (kColumns[place].column == FindingsModel::kObject) continue;
        all += header()->sectionSize(kColumns[place].column);
        if (place < kFirstColumns) first = all;
    }
    const int em = em_of(*this), view = viewport()->width();
    const int width = view - all >= kMostEms * em
                          ? view - all
                          : std::clamp(view - first, kLeastEms * em, kMostEms * em);
    header()->resizeSection(FindingsModel::kObject, width);
}

void FindingsTable::resizeEvent(QResizeEvent* event) {
    QTreeView::resizeEvent(event);
    fit_object();
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
