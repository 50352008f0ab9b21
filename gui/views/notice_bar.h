// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <vector>

#include "gui/models/trace_notices.h"

class QVBoxLayout;

namespace tocsin::gui {

// Sentences above a view, each with a button that puts it away; no taller than what it says.
class NoticeBar : public QWidget {
    Q_OBJECT

  public:
    explicit NoticeBar(QWidget* parent = nullptr);

    // What was put away stays so until it says something else.
    void show_notices(const std::vector<Notice>& notices);

  private:
    QWidget* make_row(const Notice& notice);
    QVBoxLayout* rows_;
    std::vector<QString> shown_, put_away_;
};

}  // namespace tocsin::gui
