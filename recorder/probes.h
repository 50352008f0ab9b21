// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "formats/codec.h"
#include "formats/result.h"
#include "recorder/options.h"

namespace tocsin {

// What one rung of the ladder says on this kernel.
struct RungStatus {
    std::string source;
    std::string hook;
    std::string refusal;  // the kernel's reason; empty: loads, attaches and fires
    bool is_used = true;  // recorded from, where the kernel allows it
};

// Loads, attaches and reads the BPF programs.
class Probes {
  public:
    struct Options {
        size_t ring_bytes;
        bool follow_only;
        bool verbose;  // libbpf's own messages go to stderr
        SourceChoice source;
    };
    using RecordHandler = std::function<void(std::span<const uint8_t>)>;

    // Loads and attaches the programs, which record nothing yet. A program of an LSM hook that the
    // kernel refuses, or never lets fire, is left out, and hooks() says why. Errors say what the
    // kernel refused and what to do: no privilege, no BTF, no memory for the ring, no LSM hooks
    // where nothing else was asked for.
    static Result<std::unique_ptr<Probes>> load(const Options& options);
    virtual ~Probes() = default;

    // Records flow from here on.
    virtual void start() = 0;
    // Checks and uses of this process, and of the children it will have, are recorded. False: they
    // already were.
    virtual Result<bool> follow(int tgid) = 0;
    // Every task that exists, one record each; to be called after start(), so that no birth is
    // missed. Records live during the call of the handler.
    virtual Result<> snapshot(const RecordHandler& handler) = 0;
    // Hands over what has come in, after waiting for it at most that long; but not more than some
    // ten thousand records, so that the caller goes on where they come in faster than they go.
    virtual Result<> poll(std::chrono::milliseconds wait, const RecordHandler& handler) = 0;
    // The programs have done their last when this returns; what they sent can still be polled.
    virtual void stop() = 0;
    // Losses by cause since the start, over all CPUs.
    virtual LossCounts losses() const = 0;
    // For the trace's header: every row of hooks.def.
    virtual std::vector<HookStatus> hooks() const = 0;
    // Detaching takes seconds where there are LSM hooks: a child process that holds the programs,
    // too, and ends by itself takes that time, so that this process need not. To be called last.
    virtual void leave_detaching_to_a_child() = 0;
};

// What this kernel allows: each hook that is recorded from, then the rungs that are not used yet,
// by a program at the check of an exec. Takes seconds on some kernels.
std::vector<RungStatus> probe_ladder();

}  // namespace tocsin
