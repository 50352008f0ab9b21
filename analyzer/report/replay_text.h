// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analyzer/replay/event_order.h"
#include "analyzer/replay/operation_assembler.h"
#include "analyzer/replay/world_state.h"
#include "analyzer/report/replay_lines.h"

namespace tocsin {

struct ReplayTextOptions {
    Colour colour = Colour::kNo;
    // What is shown, both ends included; nanoseconds since the trace's first event.
    uint64_t from_ns = 0;
    uint64_t to_ns = std::numeric_limits<uint64_t>::max();
    // Ids of processes or threads; empty: all of them.
    std::vector<int32_t> pids;
    // Records of calls, in ascending order; nullopt: all, and births and deaths.
    std::optional<std::vector<EventRef>> records = std::nullopt;
    // What is said above a record that is shown.
    std::map<EventRef, std::string> headings = {};
};

// A trace as lines for people, in time order: each call's claim at entry, the kernel's view below
// it as it came, its return; births, deaths, and where records are missing.
//
// A mark stands before each copy that the kernel took: == as claimed at entry, != other bytes,
// ~ changed by the kernel itself for an interpreter, ? no claim to compare with. A return that
// does not follow its call's own lines names the call.
//
// An environment is spelled out once; where it comes again, the line says where that was.
//
// What is not shown is still followed, so that a return inside the range tells of an entry before
// it. One pass; memory is that of open calls and living processes. `order` must be fresh and
// outlive this.
class ReplayText {
  public:
    struct Step {
        BootTime time;
        std::string text;  // whole lines
    };

    ReplayText(EventOrder& order, ReplayTextOptions options);
    ReplayText(const ReplayText&) = delete;
    ReplayText& operator=(const ReplayText&) = delete;

    // The next lines to show; nullopt at the end.
    std::optional<Step> next();

    // Those of the options' pids that no record read so far is of, in ascending order.
    const std::set<int32_t>& pids_missing() const { return pids_missing_; }

  private:
    struct ComparedCopy;  // a copy of the kernel's and how it stands to the claim

    static ComparedCopy compared(const Operation* call, const KernelCopy& copy);
    void add_copies(const std::vector<ComparedCopy>& copies, bool is_claim_shown, BootTime time);
    // Where to look for an environment of more than a few names that was shown in full already;
    // nullopt: show it now.
    std::optional<Pieces> environ_shown_before(OperandKind kind, const CapturedBytes& memory,
                                               BootTime time);
    void add(const EventOrder::Item& item, BootTime time);
    void add(const Event& event);
    void add_heading(const Event& event);
    void add_entry(const Event& event, const SyscallEntered& body);
    void add_hook(const Event& event, const HookFired& body);
    void add_return(const Event& event, const SyscallReturned& body,
                    const std::shared_ptr<const Operation>& call);
    void add_fork(const Event& event, const Task& child);
    void add_exit(const Event& event, const TaskExited& body);
    void add_found();
    void add_missing();
    void add_loss(const RecordsLost& loss);
    void add_ends_of_open_calls(BootTime time);
    void finish();

    void record(const Event& event, Pieces pieces, ReplayLines::Emphasis emphasis);
    // "<... execve resumed> " where other lines came between; else nothing.
    Pieces resumed(const Event& event, std::string_view name) const;
    bool is_in_range(BootTime from, BootTime to) const;
    bool is_wanted(const TaskId& id) const;
    bool is_wanted(const EventRef& record) const;

    EventOrder& order_;
    ReplayTextOptions options_;
    BootTime first_, last_;
    ReplayLines lines_;
    WorldState world_;
    OperationAssembler assembler_;
    std::vector<std::shared_ptr<const Operation>> closed_;  // by the event being added
    std::set<CallId> shown_entries_;                        // of open calls
    std::optional<CallId> last_shown_;                      // what the last record shown belongs to
    std::map<std::string, BootTime> environs_;              // shown in full, and when; the last few
    LossCounts lost_{};                                     // as last counted
    size_t losses_seen_ = 0, damage_seen_ = 0;
    BootTime found_time_;  // of the last one found
    uint64_t found_threads_ = 0, found_processes_ = 0;
    std::set<int32_t> pids_missing_;
    bool is_finished_ = false;
};

}  // namespace tocsin
