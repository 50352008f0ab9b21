// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "analyzer/replay/operation.h"

namespace tocsin {

// Mounts as far as recorded files showed them: a file whose directory is on another mount is the
// root of its own.
//
// Good for telling that two names go through the same mount, and where that is. Not a list of all
// mounts, nor of one namespace's: a mount that no recorded file is on is not known. The kernel uses
// ids again: what was learned before last_change() may be another mount by now, and mounts that go
// with their namespace are never seen to. Not thread-safe.
class MountTable {
  public:
    struct Mount {
        ObjectId root;        // device and inode of what is mounted
        uint32_t parent = 0;  // the mount that it is on
        ObjectId directory;   // where there
        SharedBytes name;
        BootTime learned;
        EventRef shown_by;
    };
    // More are left out, and counted.
    static constexpr size_t kMostMounts = size_t{1} << 14U;

    void observe(const Operation& operation);

    // By mount id; nullptr: not known.
    const Mount* find(uint32_t id) const;
    // The last mount, umount or move that succeeded or may have; nullopt: none was recorded.
    std::optional<BootTime> last_change() const { return last_change_; }

    size_t size() const { return mounts_.size(); }
    uint64_t left_out() const { return left_out_; }

  private:
    void learn(const Operation& operation, const FileObject& file);

    std::map<uint32_t, Mount> mounts_;
    std::optional<BootTime> last_change_;
    uint64_t left_out_ = 0;
};

}  // namespace tocsin
