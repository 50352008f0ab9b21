// SPDX-License-Identifier: Apache-2.0
#include "gui/views/actions.h"

#include <QActionGroup>
#include <map>

namespace tocsin::gui {

Actions::Actions(QWidget& window) : QObject(&window) {
    std::map<Choice, QActionGroup*> groups;
    for (const ActionRow& row : action_table()) {
        auto* action = new QAction(QString::fromUtf8(row.name), this);
        action->setShortcuts(shortcuts_of(row));
        action->setShortcutContext(Qt::WindowShortcut);
        action->setToolTip(QString::fromUtf8(row.what));
        action->setStatusTip(QString::fromUtf8(row.what));
        action->setMenuRole(QAction::NoRole);
        if (row.choice != Choice::kNone) {
            action->setCheckable(true);
            QActionGroup*& group = groups[row.choice];
            if (group == nullptr) {
                group = new QActionGroup(this);
                group->setExclusionPolicy(QActionGroup::ExclusionPolicy::ExclusiveOptional);
            }
            group->addAction(action);
        }
        window.addAction(action);
        actions_[static_cast<size_t>(row.id)] = action;
    }
}

void Actions::on(ActionId id, const std::function<void()>& run) {
    connect(&at(id), &QAction::triggered, this, run);
    runs_[static_cast<size_t>(id)] = true;
}

void Actions::enable_up_to(Needs what) {
    for (const ActionRow& row : action_table()) at(row.id).setEnabled(row.needs <= what);
}

void Actions::check(ActionId id) {
    at(id).setChecked(true);
}

void Actions::check_none(Choice group) {
    for (const ActionRow& row : action_table())
        if (row.choice == group) at(row.id).setChecked(false);
}

QMenu* Actions::make_menu(Menu menu, QWidget* parent) const {
    auto* made = new QMenu(name_of(menu), parent);
    made->setToolTipsVisible(true);
    for (const ActionRow& row : action_table()) {
        if (row.menu != menu) continue;
        if (row.begins_section) made->addSeparator();
        made->addAction(&at(row.id));
    }
    return made;
}

}  // namespace tocsin::gui
