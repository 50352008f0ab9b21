// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gui/models/field_tree.h"
#include "gui/session/world_at.h"

namespace tocsin::gui {

// The living processes below their parents: name and id, executable. Rows have the process's id for
// key.
class ProcessTree : public FieldTree {
    Q_OBJECT

  public:
    using FieldTree::FieldTree;
    // Rows stay where no process has begun or ended.
    void show(const WorldSnapshot& snapshot);
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    std::vector<ProcessAt> shown_;
};

// What is known of one process. What is not says so.
class ProcessFields : public FieldTree {
    Q_OBJECT

  public:
    using FieldTree::FieldTree;
    // nullptr: of none.
    void show(const ProcessInFull* process);
};

}  // namespace tocsin::gui
