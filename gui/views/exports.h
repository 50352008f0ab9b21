// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QPrinter>
#include <QWidget>
#include <functional>
#include <memory>
#include <vector>

#include "gui/session/analysis_run.h"
#include "gui/session/view_state.h"
#include "gui/timeline/drawing.h"
#include "gui/views/timeline_view.h"

namespace tocsin::gui {

// Asks where to, and writes what is to leave the program: reports, images, paper.
class Exports : public QObject {
    Q_OBJECT

  public:
    // All must outlive this.
    Exports(QWidget& window, ViewState& state, TimelineView& timeline);
    ~Exports() override;

    void export_report();
    void export_image();
    void print_report();
    void print_race_card();

  private:
    using TakeResult = std::function<void(const AnalysisResult&)>;
    // Analyzes the trace with the options of the view, says how far that is, and can be cancelled.
    void with_result(const QString& what, const TakeResult& take);
    // What is there to be drawn.
    std::vector<std::unique_ptr<Drawing>> drawings();
    void complain(const QString& sentence);
    QString ask_for_file(const QString& title, const QString& name, const QString& filters,
                         QString* chosen);
    void preview(const QString& title, const std::function<void(QPrinter&)>& paint);

    QWidget& window_;
    ViewState& state_;
    TimelineView& timeline_;
    std::unique_ptr<AnalysisRun> run_;
};

}  // namespace tocsin::gui
