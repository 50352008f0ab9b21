// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "analyzer/replay/name_lookup.h"
#include "analyzer/replay/operation.h"

namespace tocsin {

// What the entries of directories lead to, as far as finished calls have shown it: by looking names
// up, and by changing what they are bound to.
//
// Calls are handed on in the order of their ends, and what they show lies somewhere within them. Of
// two that overlap the order is taken from what they show: who saw what a change did away with came
// before it. Where that tells nothing the entry is not known until a later call shows it. So it is
// where a change may have failed: what a call without a return did may be seen for a second.
//
// Entries are the same through every mount of a directory; what mounts cover is in MountTable. Not
// learned from: files behind descriptors, working directories and the start-up snapshot, whose
// names may be gone. Not known of: remote file systems' changes from elsewhere; entries of a
// directory that were removed with it. Not thread-safe.
class Bindings {
  public:
    struct Entry {
        std::optional<ObjectId> child;      // all zeros: nothing; nullopt: not known any more
        std::optional<SharedBytes> target;  // where a symbolic link leads
        BootTime from, to;                  // it led there at some time between
        EventRef shown_by;
        std::optional<ObjectId> before;  // of a change: what it did away with
    };
    // Of more the first ones that were learned are forgotten, and counted.
    static constexpr size_t kMostEntries = size_t{1} << 16U;

    void observe(const Operation& operation);

    // nullptr: never seen, or forgotten. Both that and an entry without a child count as unknown.
    const Entry* find(const ObjectId& directory, std::string_view name) const;

    size_t size() const { return entries_.size(); }
    uint64_t unknown_lookups() const { return unknown_lookups_; }
    uint64_t forgotten() const { return forgotten_; }

  private:
    using Key = std::pair<ObjectId, std::string>;

    void observe_changes(const Operation& operation);
    void observe_lookup(const Operation& operation, const NameLookup& lookup);
    void put(Key key, Entry fact);

    std::map<Key, Entry> entries_;
    std::deque<Key> in_order_;
    mutable uint64_t unknown_lookups_ = 0;
    uint64_t forgotten_ = 0;
};

}  // namespace tocsin
