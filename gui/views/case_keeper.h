// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QWidget>
#include <vector>

#include "gui/models/trace_notices.h"
#include "gui/session/view_state.h"

namespace tocsin::gui {

// How the case of a window's trace is looked at first.
enum class CaseLook : uint8_t { kAsKept, kAsAsked };

// Takes a case up with its trace and saves it; asks in the window where that cannot be beside the
// trace.
class CaseKeeper : public QObject {
    Q_OBJECT

  public:
    // Both must outlive this. kAsAsked: what the window shows at first is somebody else's choice.
    CaseKeeper(QWidget& window, ViewState& state, CaseLook look);

    // Where it was, else beside the trace. False: it was not, as the window has said.
    bool save();
    // What hinders the case of this trace from being used.
    const std::vector<Notice>& notices() const { return notices_; }

  signals:
    void said(const QString& sentence);
    void noticesChanged();

  private:
    void take_up();
    void show_as_kept();

    QWidget& window_;
    ViewState& state_;
    const CaseLook look_;
    std::vector<Notice> notices_;
};

}  // namespace tocsin::gui
