// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "analyzer/replay/operation.h"

namespace tocsin {

enum class Propagation : uint8_t { kNo, kUnknown, kYes };

// Whether what is mounted in one mount namespace shows in another, too (mount_namespaces(7)).
//
// A new namespace has copies of its maker's mounts. Where those are shared the copies are their
// peers, and each shows what is mounted in any; with another user namespace the copies receive
// only. mount(2) of "/" and all below as private or slave ends what a namespace sends to those that
// are there already; as shared it makes peers of what is copied from then on.
//
// That is followed for whole namespaces, by recorded calls: what was shared before the recording is
// not in a trace, and a change of some of a namespace's mounts ends what was certain of all of
// them, as does mount_setattr(2), whose attributes are not recorded. Not thread-safe.
class MountNamespaces {
  public:
    static constexpr size_t kMost = size_t{1} << 14U;
    // Of one namespace; of the time before the last ones nothing is known.
    static constexpr size_t kMostStates = 64;

    // Who makes a record shows that their namespace is there.
    void observe(const Namespaces& namespaces, BootTime time) {
        if (namespaces.mount == last_seen_) return;  // as of most records
        ensure(namespaces.mount, time);
        last_seen_ = namespaces.mount;
    }
    void observe_fork(const Namespaces& parent, const Namespaces& child, BootTime time);
    void observe(const Operation& operation);

    // By their numbers, as in /proc/PID/ns.
    Propagation between(uint32_t from, uint32_t to, BootTime at) const;

  private:
    struct State {
        BootTime since;
        uint64_t group = 0;  // namespaces of one group are peers in all their mounts; 0: not known
        // From then on, to and from the namespaces that were there.
        std::optional<BootTime> sends_nothing, receives_nothing;
    };
    struct Namespace {
        BootTime first_seen;
        std::optional<uint32_t> maker;  // nullopt: its making is not recorded
        std::optional<uint32_t> owner;  // user namespace
        std::vector<State> states;      // in the order of their times, never empty
    };
    static void add(Namespace& space, State state);
    // nullptr where there are too many.
    Namespace* ensure(uint32_t id, BootTime time);
    void make(const Namespaces& maker, const Namespaces& made, BootTime time);
    void change_propagation(const Operation& operation, Namespace& space);
    const State* state_of(uint32_t id, BootTime at) const;
    bool may_come_from(uint32_t id, uint32_t ancestor, BootTime after) const;

    std::map<uint32_t, Namespace> spaces_;
    std::optional<uint32_t> last_seen_;
    uint64_t groups_ = 0;
};

}  // namespace tocsin
