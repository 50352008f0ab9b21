// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "analyzer/replay/world_state.h"

namespace tocsin {

// The last checks of names, by who made them: a process and its credentials.
//
// What a parent with the same credentials checked shortly before counts for its child, too: a
// script's commands are processes of their own.
class NameChecks {
  public:
    // Without the lookup itself, which is larger than what it is made from.
    struct Check {
        std::shared_ptr<const Operation> operation;
        size_t operand = 0;
        ObjectId after;
        uint64_t number = 0;                   // of all checks, in their order
        std::shared_ptr<const Check> earlier;  // the last one before it of another thread
    };
    // From a parent's check to its child's use.
    static constexpr uint64_t kInheritedForNs = 10'000'000'000;

    // Of more the oldest are forgotten, and counted; those of processes that have ended before.
    explicit NameChecks(size_t most) : most_(most) {}

    // The check that the operation relies on where it looks this name up; nullptr: none. Good until
    // the next note().
    const Check* before(const Operation& operation, const std::string& name,
                        const WorldState& world) const;
    // The operation is the check of the name for the next one, unless it has been overtaken by one
    // of another thread. `after` is what it led to; where that is not known there is none.
    void note(const std::shared_ptr<const Operation>& operation, size_t operand,
              const std::optional<ObjectId>& after, std::string name, const WorldState& world);

    uint64_t forgotten() const { return forgotten_; }

  private:
    // A process, its credentials and its namespaces.
    struct Subject {
        int32_t tgid = 0;
        BootTime started;
        Credentials credentials;
        Namespaces namespaces;
        bool operator==(const Subject&) const = default;
    };
    struct Hash {
        size_t operator()(const Subject& subject) const;
    };
    struct Checks {
        std::unordered_map<std::string, Check> by_name;
        TaskId last;  // who made the last one
    };
    static Subject subject_of(const Operation& operation, const WorldState& world);
    void forget_some(const WorldState& world);

    const size_t most_;
    std::unordered_map<Subject, Checks, Hash> by_subject_;
    size_t size_ = 0;  // names of all subjects
    uint64_t seen_ = 0, forgotten_ = 0;
};

}  // namespace tocsin
