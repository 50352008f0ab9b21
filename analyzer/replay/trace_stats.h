// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/replay/operation.h"

namespace tocsin {

// How long calls took: four buckets for each doubling, so that a quantile is too large by less than
// a fifth.
class Latencies {
  public:
    void add(uint64_t ns);
    uint64_t count() const { return count_; }
    uint64_t most_ns() const { return most_; }
    // Of so many in a hundred none took longer; nullopt: there are none.
    std::optional<uint64_t> quantile_ns(unsigned percent) const;

  private:
    static constexpr size_t kParts = 4;
    std::array<uint64_t, 64 * kParts> buckets_{};
    uint64_t count_ = 0, most_ = 0;
};

struct CallStats {
    uint64_t calls = 0, failed = 0, unfinished = 0;
    Latencies latencies;  // of those whose entry and return are recorded
};
struct ProcessStats {
    TaskId id;
    Credentials credentials;                    // at its last call
    std::string comm;                           // the same
    std::shared_ptr<const ProcessImage> image;  // the same; nullptr: not known
    uint64_t calls = 0, failed = 0;
    uint64_t changes = 0;  // of names, files' contents and rights; opens that may write
};
struct FileStats {
    std::shared_ptr<const FileObject> file;  // as the last call found it
    uint64_t calls = 0, changes = 0;
};

// What a trace's calls come to.
//
// Memory grows with processes, and with files up to kMostFiles: calls on more are counted together.
class TraceStats {
  public:
    static constexpr size_t kMostFiles = size_t{1} << 18U;
    static constexpr size_t kIntervals = 60;

    // The time from the first to the last record is cut into kIntervals of the same length.
    TraceStats(BootTime first, BootTime last) : first_(first), last_(last) {}

    // Calls in any order; what is an orphan is no call.
    void observe(const Operation& operation);

    const std::map<std::string_view, CallStats>& calls() const { return calls_; }
    const std::map<int32_t, uint64_t>& errors() const { return errors_; }  // by errno, from 1
    std::vector<ProcessStats> processes() const;                           // in no order of use
    std::vector<FileStats> files() const;                                  // the same
    uint64_t calls_on_other_files() const { return on_other_files_; }
    // Calls that began in each.
    const std::array<uint64_t, kIntervals>& rate() const { return rate_; }
    uint64_t interval_ns() const;
    uint64_t all_calls() const { return all_calls_; }

  private:
    size_t interval_of(BootTime time) const;

    const BootTime first_, last_;
    std::map<std::string_view, CallStats> calls_;
    std::map<int32_t, uint64_t> errors_;
    // By pid and start: pids are used again.
    std::map<std::pair<int32_t, uint64_t>, ProcessStats> processes_;
    std::map<ObjectId, FileStats> files_;
    std::array<uint64_t, kIntervals> rate_{};
    uint64_t all_calls_ = 0, on_other_files_ = 0;
};

}  // namespace tocsin
