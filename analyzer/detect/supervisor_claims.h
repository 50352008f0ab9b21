// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "analyzer/detect/candidate.h"
#include "analyzer/detect/detector.h"

namespace tocsin {

// What supervisors read of the memory of threads whose calls they hold back, from the notification
// (ioctl(2) SECCOMP_IOCTL_NOTIF_RECV) on. A call comes to its entry only when it was let go on, so
// a thread's next call is the one that the notification was of; one that the supervisor answered
// itself never comes there.
//
// Supervisors that see other process ids than the kernel's own, those that read by other means
// than process_vm_readv and tracers (ptrace(2)) have no claim here.
class SupervisorClaims {
  public:
    // Calls in the order of their ends.
    void observe(const std::shared_ptr<const Operation>& operation);

    // What the supervisor that held this call back had last read of the operand. nullopt: nobody
    // did, or not of it.
    std::optional<SupervisorClaim> claim_on(const Operation& operation,
                                            const Operand& operand) const;

    // The call is over: what was read for it says nothing of the thread's next one.
    void forget(const Operation& operation);

    const SupervisorCoverage& coverage() const { return coverage_; }

  private:
    // The most calls that are held back at a time: more are threads that have died meanwhile.
    static constexpr size_t kMostHeld = 4096;
    static constexpr size_t kMostReads = 64;  // for one call, the newest

    struct Held {
        std::shared_ptr<const Operation> notification;
        uint64_t id = 0;       // of the notification
        uint32_t syscall = 0;  // number
        uint64_t number = 0;   // in the order of the notifications
        std::vector<std::shared_ptr<const Operation>> reads;
    };
    void receive(const std::shared_ptr<const Operation>& notification);
    void answer(const Operation& operation);
    void read(const std::shared_ptr<const Operation>& operation);

    std::unordered_map<int32_t, Held> held_;  // by thread id
    SupervisorCoverage coverage_;
};

}  // namespace tocsin
