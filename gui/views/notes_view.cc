// SPDX-License-Identifier: Apache-2.0
#include "gui/views/notes_view.h"

#include <QAction>
#include <QGridLayout>
#include <QGroupBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSignalBlocker>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"

namespace tocsin::gui {
namespace {

constexpr size_t kNameColumns = 60;
constexpr int kVerdictColumns = 3;
constexpr int kLeastLines = 2, kLeastMarks = 2;

QPlainTextEdit* note_edit(const QString& what, QWidget* parent) {
    auto* edit = new QPlainTextEdit(parent);
    edit->setPlaceholderText(what);
    edit->setAccessibleName(what);
    edit->setTabChangesFocus(true);
    edit->setMinimumHeight(kLeastLines * edit->fontMetrics().lineSpacing() +
                           2 * edit->frameWidth() +
                           static_cast<int>(2 * edit->document()->documentMargin()));
    return edit;
}

void show_text(QPlainTextEdit& edit, const QString& text) {
    if (edit.toPlainText() == text) return;  // the cursor stays where somebody writes
    const QSignalBlocker blocker(&edit);
    edit.setPlainText(text);
}

}  // namespace

NotesView::NotesView(ViewState& state, QWidget* parent)
    : QWidget(parent), state_(state), marks_(state) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 6, 6, 6);
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    layout->addWidget(splitter, 1);
    splitter->addWidget(make_finding_part());
    auto* trace_part = new QGroupBox(QStringLiteral("Trace"));
    auto* trace_column = new QVBoxLayout(trace_part);
    trace_notes_ = note_edit(QStringLiteral("Notes on the trace as a whole"), trace_part);
    trace_column->addWidget(trace_notes_);
    splitter->addWidget(trace_part);
    splitter->addWidget(make_marks_part());
    saved_ = new QLabel(this);
    saved_->setTextFormat(Qt::PlainText);
    saved_->setWordWrap(true);
    layout->addWidget(saved_);

    connect(finding_note_, &QPlainTextEdit::textChanged, this, [this] {
        if (const Finding* finding = state_.selected_finding())
            state_.case_file().set_note(finding->fingerprint, finding_note_->toPlainText());
    });
    connect(trace_notes_, &QPlainTextEdit::textChanged, this,
            [this] { state_.case_file().set_notes(trace_notes_->toPlainText()); });
    connect(&state_, &ViewState::findingSelected, this, &NotesView::show_finding);
    connect(&state_.session(), &TraceSession::analyzed, this, &NotesView::show_finding);
    connect(&state_.case_file(), &CaseFile::changed, this, &NotesView::show_case);
    connect(&state_.case_file(), &CaseFile::saved, this, &NotesView::show_case);
    show_case();
}

QWidget* NotesView::make_finding_part() {
    finding_part_ = new QGroupBox(QStringLiteral("Selected finding"));
    auto* column = new QVBoxLayout(finding_part_);
    title_ = new QLabel;
    title_->setTextFormat(Qt::PlainText);
    title_->setWordWrap(true);
    column->addWidget(title_);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(10);
    grid->setColumnStretch(kVerdictColumns, 1);
    constexpr std::array<const char*, kVerdicts> kLabels = {
        "&none", "confirmed (1)", "possible (2)", "benign (3)", "unprovable (4)"};
    for (size_t i = 0; i < kVerdicts; ++i) {
        verdicts_[i] = new QRadioButton(QString::fromUtf8(kLabels[i]));
        const auto verdict = static_cast<Verdict>(i);
        connect(verdicts_[i], &QRadioButton::clicked, this,
                [this, verdict] { set_verdict(verdict); });
        grid->addWidget(verdicts_[i], static_cast<int>(i) / kVerdictColumns,
                        static_cast<int>(i) % kVerdictColumns);
    }
    column->addLayout(grid);
    finding_note_ = note_edit(QStringLiteral("Note on this finding"), finding_part_);
    column->addWidget(finding_note_);
    return finding_part_;
}

QWidget* NotesView::make_marks_part() {
    auto* part = new QGroupBox(QStringLiteral("Marks"));
    auto* column = new QVBoxLayout(part);
    mark_table_ = new QTableView;
    mark_table_->setModel(&marks_);
    mark_table_->setAccessibleName(QStringLiteral("Marks"));
    mark_table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    mark_table_->setSelectionMode(QAbstractItemView::SingleSelection);
    mark_table_->setEditTriggers(QAbstractItemView::DoubleClicked |
                                 QAbstractItemView::EditKeyPressed);
    mark_table_->setAlternatingRowColors(true);
    mark_table_->setShowGrid(false);
    mark_table_->setTabKeyNavigation(false);
    mark_table_->verticalHeader()->hide();
    mark_table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    mark_table_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
    mark_table_->horizontalHeader()->setStretchLastSection(true);
    mark_table_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    mark_table_->horizontalHeader()->resizeSection(MarkListModel::kTime,
                                                   fontMetrics().averageCharWidth() * 20);
    mark_table_->setMinimumHeight(mark_table_->horizontalHeader()->sizeHint().height() +
                                  kLeastMarks *
                                      mark_table_->verticalHeader()->defaultSectionSize() +
                                  2 * mark_table_->frameWidth());
    connect(mark_table_, &QTableView::clicked, this, &NotesView::go_to_mark);
    connect(mark_table_, &QTableView::activated, this, &NotesView::go_to_mark);
    column->addWidget(mark_table_);
    auto* row = new QHBoxLayout;
    const auto add_button = [&](const QString& name, const QString& tip, auto slot) {
        auto* button = new QPushButton(name);
        button->setToolTip(tip);
        connect(button, &QPushButton::clicked, this, slot);
        row->addWidget(button);
        return button;
    };
    add_button(QStringLiteral("Add mark"), QStringLiteral("At the selected event or playhead (M)"),
               &NotesView::add_mark);
    add_button(QStringLiteral("Add note"), QStringLiteral("Over the range or view (Shift+M)"),
               &NotesView::add_note);
    row->addStretch();
    auto* rename = add_button(QStringLiteral("Rename"), QStringLiteral("F2"), [this] {
        if (mark_table_->currentIndex().isValid()) edit_mark(mark_table_->currentIndex().row());
    });
    auto* remove =
        add_button(QStringLiteral("Delete"), QStringLiteral("Del"), &NotesView::remove_mark);
    column->addLayout(row);
    const auto enable = [this, rename, remove] {
        const bool has_mark = mark_table_->currentIndex().isValid();
        rename->setEnabled(has_mark);
        remove->setEnabled(has_mark);
    };
    connect(mark_table_->selectionModel(), &QItemSelectionModel::currentChanged, this, enable);
    connect(&marks_, &QAbstractItemModel::modelReset, this, enable);
    enable();
    auto* by_key = new QAction(QStringLiteral("Delete"), mark_table_);
    by_key->setShortcut(QKeySequence::Delete);
    by_key->setShortcutContext(Qt::WidgetShortcut);
    connect(by_key, &QAction::triggered, this, &NotesView::remove_mark);
    mark_table_->addAction(by_key);
    return part;
}

void NotesView::show_finding() {
    const Finding* finding = state_.selected_finding();
    finding_part_->setEnabled(finding != nullptr);
    const CaseFile& file = state_.case_file();
    title_->setText(finding != nullptr
                        ? QString::fromStdString(title_text(*finding, kNameColumns))
                        : QStringLiteral("Select a finding to say what you make of it."));
    const auto verdict = static_cast<size_t>(finding != nullptr ? file.verdict(finding->fingerprint)
                                                                : Verdict::kNone);
    verdicts_[verdict]->setChecked(true);
    show_text(*finding_note_, finding != nullptr ? file.note(finding->fingerprint) : QString());
}

void NotesView::show_case() {
    show_finding();
    const CaseFile& file = state_.case_file();
    show_text(*trace_notes_, file.notes());
    saved_->setText(file.is_changed() ? QStringLiteral("● Not saved yet (Ctrl+S)")
                    : file.path().empty()
                        ? QStringLiteral("Nothing is noted yet.")
                        : QString::fromStdString("Saved in " + quote(file.path())));
}

void NotesView::set_verdict(Verdict verdict) {
    if (const Finding* finding = state_.selected_finding())
        state_.case_file().set_verdict(finding->fingerprint, verdict);
}

void NotesView::add_mark() {
    const EventStore& events = state_.session().events();
    const bool has_event = state_.event() && *state_.event() < events.size();
    const uint64_t at = has_event ? events.time_ns(*state_.event()) : state_.playhead_ns();
    mark_table_->selectRow(marks_.add({{at, at}, {}}));
}

void NotesView::add_note() {
    edit_mark(marks_.add({state_.range().value_or(state_.viewport()), {}}));
}

void NotesView::edit_mark(int row) {
    mark_table_->selectRow(row);
    if (!isVisible()) return;
    mark_table_->setFocus();
    mark_table_->edit(marks_.index(row, MarkListModel::kNote));
}

void NotesView::go_to_mark(const QModelIndex& index) {
    if (!index.isValid()) return;
    const TimeRange range = marks_.mark_of(index.row()).range;
    state_.set_playhead(range.from);
    const TimeRange view = state_.viewport();
    if (range.length() > 0) {
        state_.set_range(range);
        const uint64_t room = range.length() / 8;
        state_.jump_to({range.from - std::min(range.from, room), range.to + room});
    } else if (!view.contains(range.from)) {
        const uint64_t half = view.length() / 2;
        const uint64_t from = range.from - std::min(range.from, half);
        state_.jump_to({from, from + view.length()});
    }
}

void NotesView::remove_mark() {
    const QModelIndex current = mark_table_->currentIndex();
    if (current.isValid()) marks_.remove(current.row());
}

}  // namespace tocsin::gui
