// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAction>
#include <QMenu>
#include <array>
#include <functional>

#include "gui/models/action_table.h"

namespace tocsin::gui {

// The actions of one window, as the table has them.
class Actions : public QObject {
    Q_OBJECT

  public:
    // Adds them to the window, so that their shortcuts work in all of it.
    explicit Actions(QWidget& window);

    QAction& at(ActionId id) const { return *actions_[static_cast<size_t>(id)]; }
    void on(ActionId id, const std::function<void()>& run);
    bool does_something(ActionId id) const { return runs_[static_cast<size_t>(id)]; }
    // Those that need no more than this are enabled, all others are not.
    void enable_up_to(Needs what);
    void check(ActionId id);  // of a group
    void check_none(Choice group);

    // With its rows, in their order.
    QMenu* make_menu(Menu menu, QWidget* parent) const;

  private:
    std::array<QAction*, kActions> actions_{};
    std::array<bool, kActions> runs_{};
};

}  // namespace tocsin::gui
