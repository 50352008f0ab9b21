// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <array>

#include "gui/models/mark_list_model.h"
#include "gui/session/view_state.h"

class QGroupBox;
class QLabel;
class QPlainTextEdit;
class QRadioButton;
class QTableView;

namespace tocsin::gui {

// What the analyst says: of the selected finding a verdict and a note, of the trace a note, of
// moments and spans of it marks.
class NotesView : public QWidget {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit NotesView(ViewState& state, QWidget* parent = nullptr);

    MarkListModel& marks() { return marks_; }

  public slots:
    // At the selected event, else at the playhead.
    void add_mark();
    // Over the marked range, else over the viewport; its text can be written at once.
    void add_note();
    void set_verdict(Verdict verdict);

  private:
    QWidget* make_finding_part();
    QWidget* make_marks_part();
    void show_finding();
    void show_case();
    void edit_mark(int row);
    void go_to_mark(const QModelIndex& index);
    void remove_mark();

    ViewState& state_;
    MarkListModel marks_;
    QGroupBox* finding_part_;
    QLabel* title_;
    std::array<QRadioButton*, kVerdicts> verdicts_{};
    QPlainTextEdit* finding_note_;
    QPlainTextEdit* trace_notes_;
    QTableView* mark_table_;
    QLabel* saved_;
};

}  // namespace tocsin::gui
