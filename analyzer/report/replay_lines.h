// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/report/report_writer.h"
#include "formats/event.h"

namespace tocsin {

// Escaped text that lines may be broken between, never inside: a name stays whole however long.
using Pieces = std::vector<std::string>;

// Lays out the lines of a replay for 80 columns:
//
//    0.072269 100 exec_swap     execve("/tmp/exec_swap.bkOzfW/ls", ["ls", "-l"],
//                  ["EXEC_SWAP"])
//    0.073877 100 sh            @ sched_process_exec != path +1608.6 µs
//             != path    "/tmp/exec_swap.bkOzfW/sh"
//             == argv, environ
//                exe     "/tmp/exec_swap.bkOzfW/sh" 0:22/6 -rwxr-xr-x owner 0:0
//    0.074047 100 sh            = 0 +1778.3 µs
//
// All text given must be escaped already.
class ReplayLines {
  public:
    enum class Emphasis { kNone, kDifference, kLoss };

    // Times are counted from `first`.
    ReplayLines(BootTime first, Colour colour) : first_(first), colour_(colour) {}

    // A record of the thread.
    void record(BootTime time, const TaskId& id, std::string_view comm, const Pieces& pieces,
                Emphasis emphasis = Emphasis::kNone);
    // What is said of the trace itself.
    void note(BootTime time, const Pieces& pieces, Emphasis emphasis = Emphasis::kNone);
    // Below a record: "!=", "==" or another mark of two columns at most, a label, a value.
    void detail(std::string_view mark, std::string_view label, const Pieces& value,
                Emphasis emphasis = Emphasis::kNone);

    // The lines since the last call.
    std::string take() { return std::exchange(text_, {}); }
    bool empty() const { return text_.empty(); }

  private:
    std::string time_column(BootTime time) const;
    // `start` and then the pieces, in as many lines as it takes; later ones begin at `indent`.
    void fill(std::string_view start, const Pieces& pieces, size_t indent, Emphasis emphasis);

    BootTime first_;
    Colour colour_;
    std::string text_;
};

}  // namespace tocsin
