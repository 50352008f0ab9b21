// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTimer>
#include <QWidget>

#include "gui/models/world_models.h"
#include "gui/session/view_state.h"

class QLabel;
class QTreeView;

namespace tocsin::gui {

// What the recorded machine was like at the playhead: its processes, and what is known of one of
// them, the selected event's until another is chosen here.
class WorldView : public QWidget {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit WorldView(ViewState& state, QWidget* parent = nullptr);

    const WorldAt& world() const { return world_; }

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    void ask();
    void follow_event();
    void show_world();
    void show_state();
    void choose(const QModelIndex& index);

    ViewState& state_;
    WorldAt world_;
    ProcessTree processes_;
    ProcessFields fields_;
    std::optional<int32_t> process_;
    QTreeView* process_tree_;
    QTreeView* field_tree_;
    QLabel* title_;
    QTimer asking_;   // not for every step of a playhead that moves
    QTimer telling_;  // how far it is, while it is behind
    bool is_showing_ = false;
};

}  // namespace tocsin::gui
