// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLabel>
#include <QListWidget>
#include <QWidget>

#include "gui/models/recent_files.h"
#include "gui/models/sample_list.h"
#include "gui/views/notice_bar.h"

namespace tocsin::gui {

// What a window shows while it has no trace: how to open one, those that were opened last, and the
// recorded races that come with the program.
class FirstRunPage : public QWidget {
    Q_OBJECT

  public:
    FirstRunPage(RecentFiles& recent, const std::vector<Sample>& samples,
                 QWidget* parent = nullptr);

    // Why a trace could not be opened; empty: nothing is wrong.
    void show_failure(const QString& sentence);
    // A file is held over the window.
    void show_drop(bool is_over);

  signals:
    void openAsked();
    void traceChosen(const QString& path);

  private:
    QWidget* make_open_part();
    QWidget* make_no_recent();
    QWidget* make_samples_part(const std::vector<Sample>& samples);
    void list_recent();

    RecentFiles& recent_;
    NoticeBar* failure_;
    QWidget* drop_;
    QListWidget *recent_list_, *samples_list_;
    QWidget* no_recent_;
};

}  // namespace tocsin::gui
