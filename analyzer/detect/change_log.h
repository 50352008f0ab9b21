// SPDX-License-Identifier: Apache-2.0
//
// What calls changed, found again by what they changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analyzer/replay/binding_changes.h"
#include "analyzer/replay/name_lookup.h"
#include "analyzer/replay/object_changes.h"

namespace tocsin {

// The key of a BindingChange: an entry of a directory.
struct CellKey {
    ObjectId directory;
    std::string name;
};
struct CellView {
    ObjectId directory;
    std::string_view name;

    CellView(const ObjectId& id, std::string_view text) : directory(id), name(text) {}
    explicit CellView(const Cell& cell) : directory(cell.directory), name(cell.name) {}
    CellView(const CellKey& key)  // NOLINT(google-explicit-constructor)
        : directory(key.directory), name(key.name) {}
    explicit operator CellKey() const { return {directory, std::string(name)}; }
    bool operator==(const CellView&) const = default;
};

struct ChangeKeyHash {
    using is_transparent = void;
    size_t operator()(const ObjectId& id) const {
        return std::hash<uint64_t>{}(id.inode * 0x9e3779b97f4a7c15U + id.device + id.generation);
    }
    size_t operator()(const CellView& cell) const {
        return (*this)(cell.directory) * 31 + std::hash<std::string_view>{}(cell.name);
    }
};
struct ChangeKeyEqual {
    using is_transparent = void;
    bool operator()(const ObjectId& a, const ObjectId& b) const { return a == b; }
    bool operator()(const CellView& a, const CellView& b) const { return a == b; }
};

inline CellView key_of(const BindingChange& change) {
    return {change.directory, change.name};
}
inline const ObjectId& key_of(const ObjectChange& change) {
    return change.object->link.id;
}

// Keeps at most `most` changes, kMostOfKey of one thing; the oldest are forgotten first, and
// counted. Key is CellKey with BindingChange, ObjectId with ObjectChange.
template <typename Key, typename What>
class ChangeLog {
  public:
    struct Change {
        std::shared_ptr<const Operation> operation;
        What what;
    };
    using Changes =
        std::vector<std::shared_ptr<const Change>>;  // in the order of their calls' ends

    static constexpr size_t kMostOfKey = 256;

    explicit ChangeLog(size_t most) : most_(most) {}

    // Good while the log keeps it.
    const Change& note(std::shared_ptr<const Operation> operation, What what) {
        in_order_.push_back(
            std::make_shared<const Change>(Change{std::move(operation), std::move(what)}));
        const std::shared_ptr<const Change> noted = in_order_.back();
        Changes& alike = by_key_[static_cast<Key>(key_of(noted->what))];
        alike.push_back(noted);
        if (alike.size() > kMostOfKey) {
            ++forgotten_;
            alike.erase(alike.begin());
        }
        if (in_order_.size() > most_) forget_oldest();
        return *noted;
    }

    // nullptr: none is known.
    template <typename View>
    const Changes* find(const View& key) const {
        const auto at = by_key_.find(key);
        return at == by_key_.end() ? nullptr : &at->second;
    }

    uint64_t forgotten() const { return forgotten_; }

  private:
    void forget_oldest() {
        const auto oldest = std::move(in_order_.front());
        in_order_.pop_front();
        const auto at = by_key_.find(key_of(oldest->what));
        if (at == by_key_.end() || at->second.front() != oldest) return;  // forgotten before
        ++forgotten_;
        at->second.erase(at->second.begin());
        if (at->second.empty()) by_key_.erase(at);
    }

    const size_t most_;
    std::unordered_map<Key, Changes, ChangeKeyHash, ChangeKeyEqual> by_key_;
    std::deque<std::shared_ptr<const Change>> in_order_;
    uint64_t forgotten_ = 0;
};

using CellChanges = ChangeLog<CellKey, BindingChange>;
using FileChanges = ChangeLog<ObjectId, ObjectChange>;

}  // namespace tocsin
