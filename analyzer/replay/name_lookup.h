// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/replay/operation.h"

namespace tocsin {

// The place of a name: an entry of a directory. The same through every mount of that directory.
struct Cell {
    ObjectId directory;
    SharedBytes name;
    friend bool operator==(const Cell& a, const Cell& b) {
        return a.directory == b.directory && a.name == b.name;
    }
};

// What a cell held. A child of all zeros: nothing.
struct Binding {
    Cell cell;
    ObjectId child;
    std::shared_ptr<const FileObject> file;  // the child in its directory, as the kernel had it
};

// What one name of a call led to.
struct NameEnd {
    size_t operand = 0;                      // index into the operation's
    std::shared_ptr<const FileObject> file;  // in its directory, as the kernel had it
    // Of the cell: before the call changed it (all zeros: nothing), and once the call was over.
    ObjectId child;
    std::optional<ObjectId> after;

    bool found_nothing() const { return child == ObjectId{}; }
};

// How the kernel resolved one name of a call: every cell that it went through.
struct NameLookup {
    size_t operand = 0;  // index into the operation's
    // For each symbolic link in the order in which they were followed, and then for the file, those
    // from the root down. The last one is of the file itself; `child` is as it was before the call
    // changed it.
    std::vector<Binding> bindings;
    std::optional<ObjectId> after;  // of the last one's cell, once the call was over

    const Binding& leaf() const { return bindings.back(); }
    bool found_nothing() const { return leaf().child == ObjectId{}; }
};

// What the operand led to, as far as hooks recorded it; nullopt: it is no name, or that is not
// known. Names below /proc and /sys are left out, as what they are bound to changes by itself, and
// with them names that lead to what a descriptor stands for; names without a component, too.
std::optional<NameEnd> end_of_name(const Operation& operation, size_t operand);
// The whole way there, which costs an allocation and more: for what is compared only.
NameLookup lookup_of(const Operation& operation, NameEnd end);
std::optional<NameLookup> lookup_of(const Operation& operation, size_t operand);
// Those of all names of the call that have an end.
std::vector<NameLookup> lookups_of(const Operation& operation);

}  // namespace tocsin
