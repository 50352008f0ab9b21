// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QComboBox>
#include <QLabel>
#include <QMainWindow>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QTreeView>
#include <memory>
#include <string>

#include "gui/models/comparison_model.h"
#include "gui/session/analysis_run.h"

class QSplitter;
class QStackedWidget;

namespace tocsin::gui {

// Two traces, and which findings are new, gone or in both; of the selected one what is known in
// either.
class CompareWindow : public QMainWindow {
    Q_OBJECT

  public:
    // Analyzes both with the same options.
    CompareWindow(std::string before, std::string after, const AnalysisOptions& options);
    ~CompareWindow() override;

    // What `tocsin diff` prints of them; empty before both are analyzed.
    std::string text() const;
    // nullptr likewise.
    ComparisonModel* model() const { return model_.get(); }

  signals:
    void compared();

  private:
    QWidget* make_waiting_page();
    QWidget* make_page();
    QPlainTextEdit* make_side(QWidget* into, const QString& title);
    void take_result(const QString& why);
    void show_comparison();
    void show_selected();
    // With which both texts are read without scrolling.
    int width_of_sides() const;
    // As high as its rows, up to a part of the window.
    void fit_table();
    void copy_text();
    void export_text();

    const std::string before_path_, after_path_;
    AnalysisRun before_, after_;
    QStackedWidget* pages_;
    QLabel *waiting_ = nullptr, *summary_ = nullptr;
    QProgressBar* progress_ = nullptr;
    QComboBox* aligned_ = nullptr;
    QTreeView* table_ = nullptr;
    QSplitter* parts_ = nullptr;  // the table, and below it both sides
    QPlainTextEdit *before_text_ = nullptr, *after_text_ = nullptr;
    std::unique_ptr<ComparisonModel> model_;
};

}  // namespace tocsin::gui
