// SPDX-License-Identifier: Apache-2.0
//
// Short text traces, replayed and not judged.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "analyzer/replay/operation_assembler.h"
#include "analyzer/replay/world_state.h"

namespace tocsin::test {

// A machine with a user's process `u` (tgid 100, found running in /home, root /), its child-to-be
// `c` (tgid 101), a stranger `s` (tgid 300, in no snapshot) and files: /, /home, /home/x, /home/y,
// /etc, /etc/passwd; x0 is a missing /home/x.
extern const std::string_view kPlaces;

struct ReplayedWorld {
    WorldState world;
    std::vector<std::shared_ptr<const Operation>> operations;  // in the order of their ends
    AssemblyGaps gaps;

    const Process& process(int32_t tgid) const;
    // "/home/x"; "?" where it is not known.
    std::string at_descriptor(int32_t tgid, int fd) const;
    std::string cwd(int32_t tgid) const;
    std::string root(int32_t tgid) const;
};

// Replays kPlaces and these lines, whose times are in their order, as analyze() would. Ends the
// process where the text is refused.
ReplayedWorld replayed(std::string_view lines);

// The lines of one whole call: entry, hooks (each behind an `@`) and return, a millisecond apart.
class Script {
  public:
    Script& call(std::string_view task, std::string_view entry, std::string_view result,
                 const std::vector<std::string>& hooks = {});
    Script& line(std::string_view task, std::string_view rest);
    operator std::string_view() const { return text_; }  // NOLINT(google-explicit-constructor)

  private:
    std::string text_;
    int time_ = 100;
};

}  // namespace tocsin::test
