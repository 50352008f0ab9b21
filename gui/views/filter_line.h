// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>
#include <QTimer>
#include <QWidget>

#include "gui/models/filter_completion.h"
#include "gui/session/view_state.h"

class QHBoxLayout;
class QLabel;
class QLineEdit;
class QTreeWidget;

namespace tocsin::gui {

// The filter of findings and events: written with completion, taken over as soon as it can be read,
// its error in place; its parts as chips; what it leaves, counted.
class FilterLine : public QWidget {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit FilterLine(ViewState& state, QWidget* parent = nullptr);
    ~FilterLine() override;

    QString text() const;
    // As if it were typed.
    void set_text(const QString& text);
    // "12 of 3,400 events, 1 of 4 findings".
    QString counts() const;
    // Empty: there is none.
    QString error() const;

  public slots:
    void focus();
    void clear();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void make_widgets();
    bool handle_key(int key);
    void edited();
    void apply();
    void apply_when_whole();
    void show_error(const QString& why, size_t column);
    void show_counts();
    void show_chips();
    void show_completions();
    void hide_completions();
    void accept_completion();
    void remember();
    void walk_history(int by);
    void underline(TextSpan span);

    ViewState& state_;
    QLineEdit* edit_;
    QLabel* counts_;
    QLabel* error_;
    QWidget* chips_;
    QHBoxLayout* chip_row_;
    QTreeWidget* popup_;
    Completions completions_;
    QTimer applying_;  // once nobody types
    QTimer counting_;
    QStringList history_;  // the latest last
    qsizetype at_ = 0;     // in it; its size: what is being written
    QString written_;
};

}  // namespace tocsin::gui
