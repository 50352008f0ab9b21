// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>

#include "analyzer/replay/owned_views.h"

namespace tocsin {

// What a process's descriptors stand for. A descriptor that was not seen to be opened, such as a
// socket's, is not known rather than closed.
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

    // At most so many slots have been given a meaning at a time; more are left unknown, and
    // counted.
    static constexpr size_t kMostSlots = size_t{1} << 16U;

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

    // nullptr: never given a meaning.
    const Slot* find(int fd) const;
    uint64_t left_out() const { return left_out_; }

  private:
    std::map<int, Slot> slots_;
    uint64_t left_out_ = 0;
};

}  // namespace tocsin
