// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>

#include "analyzer/detect/change_log.h"
#include "analyzer/detect/exposure.h"
#include "analyzer/detect/mutations.h"
#include "analyzer/replay/mount_namespaces.h"
#include "analyzer/replay/name_lookup.h"

namespace tocsin {

// Names that led to one file at check and use, and uses that failed before a hook could tell what
// they found: F3 where the name was changed between, F5 where the file was, else F4.
//
// A pair is judged when the trace has gone on for kSettledAfterNs, so that changes which took
// effect before the use have returned. One whose call is stuck for longer is missed.
class HeldNames {
  public:
    static constexpr uint64_t kSettledAfterNs = 1'000'000;

    HeldNames(const CellChanges& cells, const FileChanges& files) : cells_(cells), files_(files) {}

    void sees(const TaskState& task) { exposures_.sees(task); }
    // `walked`: what the use's name was looked up in, with the file at its end; nullopt: the use
    // failed, and no hook tells.
    void add(CheckedUse pair, std::optional<NameLookup> walked,
             std::shared_ptr<const MountNamespaces> namespaces);
    // Judges what ended long enough before `now`.
    void settle(BootTime now, CandidateSink& sink);
    void finish(CandidateSink& sink);
    // Uses whose name something was mounted on meanwhile in another mount namespace: not known
    // whether it showed in the user's.
    uint64_t of_unknown_mounts() const { return of_unknown_mounts_; }
    uint64_t exposures_left_out() const { return exposures_.left_out(); }

  private:
    struct Held {
        CheckedUse pair;
        std::optional<NameLookup> walked;
        std::shared_ptr<const MountNamespaces> namespaces;
    };
    void judge(const Held& held, CandidateSink& sink);
    void look_for_races(const Held& held, CandidateSink& sink);
    bool counts_between(const Operation& change, const Held& held);
    bool was_elsewhere_meanwhile(const Held& held, CandidateSink& sink);
    bool was_defended(const Held& held, CandidateSink& sink);
    bool was_changed(const Held& held, CandidateSink& sink);

    const CellChanges& cells_;
    const FileChanges& files_;
    Exposures exposures_;
    uint64_t of_unknown_mounts_ = 0;
    bool meets_unknown_mount_ = false;  // the one that is being judged
    std::deque<Held> held_;             // in the order of the uses' ends
};

}  // namespace tocsin
