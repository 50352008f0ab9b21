// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>

#include "analyzer/replay/owned_views.h"

namespace tocsin {

// What many tables may hold together.
struct SlotBudget {
    size_t used = 0;
    uint64_t left_out = 0;  // slots that were not given a meaning for want of room
};

// What a process's descriptors stand for. A descriptor that was not seen to be opened, such as a
// socket's, is not known rather than closed.
//
// A copy shares its slots with the original until one of the two changes. Not thread-safe.
class FdTable {
  public:
    struct Slot {
        // How often this table has given the slot a meaning: what a number stands for is told apart
        // from what it stood for before.
        uint64_t generation = 0;
        std::shared_ptr<const FileObject> object;  // nullptr: not known, or closed
        bool is_open = false;
        bool closes_on_exec = false;
    };

    // At most so many slots of a table, and of all that share a budget, have been given a meaning
    // at a time; more are left unknown, and counted.
    static constexpr size_t kMostSlots = size_t{1} << 16U;
    static constexpr size_t kMostSlotsInAll = size_t{1} << 20U;

    explicit FdTable(std::shared_ptr<SlotBudget> budget = std::make_shared<SlotBudget>());

    // The slot is `object` from now on; nullptr: something that is not known.
    void open(int fd, std::shared_ptr<const FileObject> object, bool closes_on_exec);
    void close(int fd);
    // `to` stands for what `from` does, after being closed; nothing changes where they are the
    // same.
    void duplicate(int from, int to, bool closes_on_exec);
    void set_close_on_exec(int fd, bool closes_on_exec);
    // Every known slot from `first` to `last`, both included.
    void close_range(uint32_t first, uint32_t last);
    void set_close_on_exec_range(uint32_t first, uint32_t last);
    void exec();

    // What the slots stand for may have changed; how is not known.
    void forget(int fd);
    void forget_range(uint32_t first, uint32_t last);
    void forget_all();
    void forget_close_on_exec();

    // nullptr: never given a meaning.
    const Slot* find(int fd) const;
    // Of all tables that share the budget.
    uint64_t left_out() const { return budget_->left_out; }

  private:
    // Gives back to the budget what it took.
    class Slots {
      public:
        explicit Slots(std::shared_ptr<SlotBudget> budget) : budget_(std::move(budget)) {}
        Slots(const Slots& other) : by_fd(other.by_fd), budget_(other.budget_) {
            budget_->used += by_fd.size();
        }
        Slots& operator=(const Slots&) = delete;
        ~Slots() { budget_->used -= by_fd.size(); }

        std::map<int, Slot> by_fd;

      private:
        std::shared_ptr<SlotBudget> budget_;
    };

    // To be changed: no other table's any more.
    std::map<int, Slot>& own();
    template <typename Change>
    void change_range(uint32_t first, uint32_t last, Change change);

    std::shared_ptr<SlotBudget> budget_;
    std::shared_ptr<Slots> slots_;
};

}  // namespace tocsin
