// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/replay/name_lookup.h"
#include "analyzer/replay/operation.h"
#include "analyzer/replay/principal.h"
#include "analyzer/window/lifetime.h"

namespace tocsin {

// The classes of race that this version finds.
enum class Rule : uint8_t {
    kA0,      // changed during the call, no kernel copy
    kA1,      // argument swapped before the kernel's copy
    kA2,      // claim could not be read at entry
    kA3,      // argument rewritten after the kernel's copy
    kA4,      // structured argument swapped before the kernel's copy
    kA5,      // claim does not lead to the object, no kernel copy
    kOrphan,  // the kernel acted, and there is no claim
    kF1,      // a name led elsewhere at its use than at its check, and a change explains it
    kF2,      // the same, and no change is seen that explains it
    kF3,      // the name led elsewhere meanwhile, or its use failed for it
    kF4,      // another user could have led it elsewhere, and nobody did
    kF5,      // it led to one file, whose content or rights were changed between
    kP1,      // a pid stood for another process, or for one of other rights, than when checked
    kD1,      // a descriptor stood for another file than when the thread last used it
};
inline constexpr size_t kRules = 14;

std::string_view name_of(Rule rule);     // "A1"
std::string_view meaning_of(Rule rule);  // in a few words
std::optional<Rule> rule_named(std::string_view name);

// Whether something that a verdict rests on holds.
enum class Truth : uint8_t { kYes, kNo, kUnknown };

// One step of the reasoning; kYes speaks for the finding.
struct Predicate {
    Truth truth = Truth::kUnknown;
    std::string statement;
};

// The kinds of program that watch system calls, by when they read the arguments.
enum class Monitor : uint8_t {
    kEntryReader,  // tracepoints and probes at the call's entry
    kStopReader,   // ptrace and seccomp notification: they stop the call before its entry
    kExitReader,   // tracepoints and probes at its return
};

struct Deception {
    Monitor monitor = Monitor::kEntryReader;
    Truth deceived = Truth::kUnknown;
    std::string why;
};

// Another process that wrote into the caller's memory while the call was under way.
struct MemoryWriter {
    SharedTask task;
    Caller caller;
    std::string how;  // the call, or the file it wrote through
    EventRef event;
    Truth truth = Truth::kUnknown;  // kYes: it wrote those bytes; kUnknown: it could have
};

// What a supervisor read of an argument while it held the call back (seccomp_unotify(2)): a claim
// beside E and X.
struct SupervisorClaim {
    SharedTask task;
    Caller caller;
    std::string how;  // the call that it read by
    EventRef event;
    BootTime time;    // of that call's return
    ClaimView bytes;  // as far as the recorder kept them
};

// A change of what a name is bound to, between its check and its use.
struct Mutation {
    std::shared_ptr<const Operation> operation;
    Standing standing = Standing::kSamePrincipal;  // of who made it, to who uses the name
    bool explains = false;                         // it bound the name to what the use found
    bool is_order_certain = false;  // after the check and before the use, by the clock
    Binding place;  // of what explains: the cell that it changed, as the check found it
};

// A name that was checked, and was not sure to lead to the same file, as it was, at its use.
struct NameRace {
    static constexpr size_t kMostMutations = 32;
    std::shared_ptr<const Operation> check;
    size_t check_operand = 0;  // index into check->operands
    std::string name;          // absolute, as the caller spelled it
    // What the name led to, each in its directory; all zeros: nothing had the name. The check's own
    // change, if it was one, is in the id and not in the file. `found` is nullptr where the use
    // failed and no hook tells what it found.
    std::shared_ptr<const FileObject> expected, found;
    ObjectId expected_id, found_id;
    // The place on the way that it is about, in the check's terms: the first one where check and
    // use went different ways; of F3 the one that was changed, of F4 one that could have been.
    Binding place;
    std::vector<Mutation> mutations;    // in the order of their times, at most kMostMutations
    uint64_t mutations_left_out = 0;    // more of the same entries, which tell less
    std::optional<size_t> explanation;  // index into mutations: the one that tells the most
    // Of F4: a task that could have changed the place; nullopt: none is in the trace.
    std::optional<TaskState> exposed_to;

    const Mutation* explained_by() const {
        return explanation ? &mutations[*explanation] : nullptr;
    }
};

// A process at the moment when it was named.
struct ProcessSeen {
    TaskState state;                            // `id` is its leader's
    std::shared_ptr<const ProcessImage> image;  // never nullptr
};

// A pid that did not stand for the same process with the same rights throughout.
struct ProcessRace {
    // The last call before the use that named the pid, or the exec of the set-uid program whose
    // parent it is.
    std::shared_ptr<const Operation> check;
    ProcessSeen expected, found;
    std::shared_ptr<const Operation> change;  // of its rights; nullptr: none, or not recorded

    bool is_another_process() const;  // rather than the same one with other rights
};

// When the kernel decided about the call, for all that is recorded: at the hook that names the
// object, else at its return.
BootTime decision_of(const Operation& operation);
// From when on a change can be seen: its hook comes before it, its return after it.
BootTime effect_of(const Operation& operation);

// Who did something.
struct Actor {
    const TaskState* task = nullptr;  // nullptr: not known
    const Caller* caller = nullptr;
};

// A race that a detector found, before it is judged.
struct Candidate {
    Rule rule = Rule::kA0;
    std::shared_ptr<const Operation> operation;       // of a race on a name: its use
    size_t operand = 0;                               // index into operation->operands
    std::shared_ptr<const NameRace> race;             // nullptr: the race is on something else
    std::shared_ptr<const ProcessRace> process_race;  // the same
    Lifetime lifetime;         // by default in every window: what one call's records show
    uint64_t occurrences = 1;  // of F4: uses that this one stands for

    // The two that differ, without what the kernel added of its own accord. For A0 and A5 `truth`
    // is the exit claim. They point into the operation's views.
    std::string_view claim;
    std::string_view truth;
    std::optional<size_t> difference;  // offset of the first byte that differs
    bool whole = false;                // both were seen to their ends

    std::vector<Predicate> predicates;
    std::vector<Deception> deceptions;
    std::string counter_hypothesis;
    // What makes an accident unlikely; empty: nothing does.
    std::string amplifier;
    bool is_hidden = false;  // of A2: the amplifier says that somebody can hide the memory
    std::optional<MemoryWriter> writer;  // nullopt: none is recorded
    // Whose claim differs from what the kernel used; nullopt: nobody's. Where nothing else differs
    // `claim` is this one, and without a copy of the kernel `truth` is the entry claim.
    std::optional<SupervisorClaim> supervisor;
    bool only_supervisor = false;  // nothing else differs

    const Operand& subject() const { return operation->operands[operand]; }
    // nullptr: the race is within one call, on an argument of it.
    const Operation* check() const {
        return race != nullptr           ? race->check.get()
               : process_race != nullptr ? process_race->check.get()
                                         : nullptr;
    }
    // The call that changed the name, the descriptor or the process; nullptr: none, or not
    // recorded.
    const Operation* change() const;
    // Who made it, or wrote to the memory.
    Actor mutator() const;
};

}  // namespace tocsin
