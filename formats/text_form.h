// SPDX-License-Identifier: Apache-2.0
//
// A trace as text that people read and write: what `tocsin dump` prints, and what tests have for
// fixtures. One line says one thing:
//
//   tocsin-text 1
//   header host="debian" kernel="6.1.0" cpus=4
//   option "--buffer"
//   hook "sched_process_exec" source="tracepoint"
//   sysctl "fs.protected_symlinks" "1"
//   clock 5.000000000 uncertainty=0.000000100 realtime=1700000000.0 monotonic=4.9 status=64
//   task t1 tgid=100 comm="victim" uid=1000
//   object o1 8:1/2 mode=040755 name="/"
//   object o2 8:1/42 gen=7 mode=0104755 owner=0:0 links=1 mount=29 name="sh" in=o1
//   5.000000000 cpu0 t1 found exe=o2 cwd=o1
//   5.000100000 cpu0 t1 > execve path=0x7ffd10:"/bin/ls" argv=0x7ffd20:["ls" "-l"]
//   5.000110000 cpu0 t1 @ sched_process_exec path="/bin/sh" exe=o2 detail=100
//   5.000120000 cpu0 t1 < execve 0
//   5.000130000 cpu1 #7 t1 [cpu0#1] < execve -ENOENT path=0x7ffd10:"/bi"(error=EFAULT)
//   5.000200000 cpu0 t1 fork t2 shares-files shares-place shares-memory
//   5.000300000 cpu0 t2 exit code=256 last
//   lost 6.000000000 events=5 ring-full=3
//   seal "stopped"
//
// A `#` before a blank or the end of the line begins a comment. Times are seconds since boot. A
// line may leave out:
//   header, clock, lost   every field: empty, 0; format is this version's
//   task     tid: tgid; started: 1 second; comm: the label; euid, suid and fsuid: uid; the same
//            for gid; effective: permitted; userns, mountns, pidns and all other numbers: 0;
//            abi: x86-64
//   object   gen: 0; mode: 0100755; owner: 0:0; links, mount: 1; name: empty; in: none
//   #N       the next number of that CPU; `found` lines count apart, as the start-up snapshot
//   [cpuC#N] the call: of `>` the next of that CPU; of `@` and `<` the one that this thread entered
//            last and has not returned from; else none, which is also written [-]
//   exit, detail, lists of operands and objects   0 and none
//
// An operand of `>` and `<` is KIND=REGISTER:BYTES; without BYTES nothing was read from memory,
// without REGISTER: it is 0. An operand of `@` is KIND=BYTES. BYTES are a "string" with \" \\ \n
// \t \r and \xNN, or [a list] of strings that each end in a NUL, the last not where a ~ follows
// it; then (full=N error=ERRNO cut from-descriptor), as far as it applies. full is left out where
// it is the length of what was read whole, or 0 for what was not. KIND is a word of hooks.h, with
// #N for the argument where the call's row in hooks.def has not exactly one operand of that kind;
// none at all, or an unknown call, means that the argument is not known: #?.
//
// Names of tasks and objects and an operand's bytes are as long as a trace takes them at the most:
// 64 bytes, 255 and 64 KiB.
//
// Calls, hooks and object roles without a name here are syscall:N, hook:N and role:N.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/codec.h"
#include "formats/event.h"
#include "formats/result.h"
#include "formats/trace_writer.h"

namespace tocsin {

// A trace read from its text form. The events point into the storage below them.
struct ParsedTrace {
    ParsedTrace() = default;
    ParsedTrace(ParsedTrace&&) = default;
    ParsedTrace& operator=(ParsedTrace&&) = default;
    ParsedTrace(const ParsedTrace&) = delete;
    ParsedTrace& operator=(const ParsedTrace&) = delete;

    TraceHeader header;
    std::vector<ClockSample> clocks;
    std::vector<Event> found;   // the start-up snapshot
    std::vector<Event> events;  // in the order of the lines
    std::vector<RecordsLost> losses;
    std::optional<std::string> seal_reason;  // nullopt: the recording was cut short

    std::deque<std::string> strings;
    std::deque<Task> tasks;
    std::deque<ObjectNode> nodes;
    std::deque<std::vector<Claim>> claims;
    std::deque<std::vector<KernelCopy>> copies;
    std::deque<std::vector<KernelObject>> objects;
};

// Errors name the line, what was found there and what was expected. Any input is safe to pass.
Result<ParsedTrace> parse_text(std::string_view text);

// The text of a trace in canonical form: parse_text() of it gives the same trace again, and
// text_of() of that the same text.
std::string text_of(const ParsedTrace& trace);

// Writes the trace, sealed where it has a seal's reason. Each CPU's events keep their order.
Result<> write_trace(const ParsedTrace& trace, ByteSink& sink);

// Prints the lines of a trace one by one, in canonical form; each call appends to `out`. The
// canonical order is: header, clock samples, found tasks, events by (time, cpu, sequence), losses,
// seal. Tasks and objects are declared right before the line that first needs them, so memory
// grows with the number of different ones.
class TextFormWriter {
  public:
    TextFormWriter();
    ~TextFormWriter();
    TextFormWriter(TextFormWriter&&) noexcept;
    TextFormWriter& operator=(TextFormWriter&&) noexcept;

    // Must come first: it prints the form's version, too.
    void print(const TraceHeader& header, std::string& out);
    void print(const ClockSample& sample, std::string& out);
    // The event must have a task (CHECK).
    void print(const Event& event, std::string& out);
    void print(const RecordsLost& loss, std::string& out);
    void print_seal(std::string_view reason, std::string& out);

  private:
    class Lines;
    std::unique_ptr<Lines> lines_;
};

}  // namespace tocsin
