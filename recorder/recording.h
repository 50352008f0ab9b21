// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "formats/result.h"
#include "formats/trace_writer.h"
#include "recorder/held_command.h"
#include "recorder/options.h"
#include "recorder/probes.h"
#include "recorder/trace_file.h"
#include "recorder/wire_decoder.h"

namespace tocsin {

// SIGINT, SIGTERM and, unless it is ignored, SIGHUP: the recording ends in order. To be called
// after HeldCommand::start(), whose child keeps the dispositions that it found.
void stop_on_signals();
bool stop_was_asked();

// One recording from attach to seal.
class Recording {
  public:
    struct Summary {
        uint64_t events;
        uint64_t bytes;
        LossCounts lost;
        std::string reason;
        Digest chain_hash;
    };

    // All of them outlive the recording; the probes are loaded, the file is empty. `command` may
    // be nullptr.
    Recording(Probes& probes, TraceFile& file, const RecorderOptions& options, HeldCommand* command)
        : probes_(probes), file_(file), options_(options), command_(command) {}

    // Writes the header and the snapshot; from its return on everything is recorded.
    Result<> begin(const TraceHeader& header);
    // Records until the duration is over, the command has ended or a signal came, and seals the
    // trace. On an error the trace is sealed with its reason where the file still takes a seal.
    Result<Summary> run();

  private:
    using Clock = std::chrono::steady_clock;
    void take(std::span<const uint8_t> record);
    Result<> take_snapshot();
    Result<> follow_descendants();
    Result<> poll(std::chrono::milliseconds wait);
    Result<> checkpoint();
    Result<> drain();
    Error cut_short(const Error& reason);
    std::string reason_to_stop(Clock::time_point began);
    LossCounts losses() const;
    void show_progress(bool last);

    Probes& probes_;
    TraceFile& file_;
    const RecorderOptions& options_;
    HeldCommand* command_;
    std::unique_ptr<TraceWriter> writer_;
    WireDecoder decoder_;
    uint64_t undecodable_ = 0;
    Result<> write_state_;  // of the first append that failed
};

}  // namespace tocsin
