// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>

#include "gui/models/field_tree.h"
#include "gui/session/view_state.h"

namespace tocsin::gui {

// Everything that is recorded of the selected event: label and value, in groups. What was not
// recorded says so. A row of the call that the event belongs to has that record's EventIndex for
// key.
class EventDetailsModel : public FieldTree {
    Q_OBJECT

  public:
    // Beyond so many events behind an entry its call's records are not looked for.
    static constexpr size_t kFarthest = size_t{1} << 18U;
    static constexpr size_t kMostOfCall = 500;

    // The state must outlive this.
    explicit EventDetailsModel(ViewState& state, QObject* parent = nullptr);

    // "> openat"; empty: no event is selected.
    const QString& title() const { return title_; }

  private:
    void fill();
    void add_event(const Event& event, const EventLine& line);
    void add_times(FieldNode& group, BootTime time);
    void add_task(const Task& task);
    void add_body(const Event& event);
    void add_claims(std::span<const Claim> claims, const SyscallInfo* call, const char* view);
    void add_copies(std::span<const KernelCopy> copies);
    void add_objects(std::span<const KernelObject> objects);
    void add_call(EventIndex event, const EventLine& line);
    void add_provenance(const EventInFull& full);

    ViewState& state_;
    std::unique_ptr<FieldNode> root_;  // while it is being made
    QString title_;
};

}  // namespace tocsin::gui
