// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <memory>

#include "gui/session/view_state.h"

class QLabel;
class QPushButton;
class QStackedWidget;
class QTextBrowser;

namespace tocsin::gui {

class RaceFigure;

// All about the selected finding: what happened in time, claim beside truth, why it was flagged and
// what is not known.
class RaceCardView : public QWidget {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit RaceCardView(ViewState& state, QWidget* parent = nullptr);
    ~RaceCardView() override;

    // Puts what `tocsin explain` prints of it on the clipboard, once it is made.
    void copy_as_text();

  signals:
    void copied();

  protected:
    void changeEvent(QEvent* event) override;

  private:
    class Copying;
    QWidget* make_header();
    QWidget* make_card();
    void show_finding();
    void end_copying(const QString& text);

    ViewState& state_;
    QStackedWidget* pages_;
    QLabel* nothing_;
    QLabel* severity_;
    QLabel* headline_;
    QPushButton* copy_;
    RaceFigure* figure_;
    QTextBrowser *story_, *text_;
    std::unique_ptr<Copying> copying_;
};

}  // namespace tocsin::gui
