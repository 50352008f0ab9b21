// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "formats/file_descriptor.h"
#include "formats/result.h"

namespace tocsin {

// Where the command's standard output goes: a trace on the recorder's must not be mixed with it.
enum class CommandOutput { kInherited, kToStderr };

// A command that exists as a process, and so can be followed, before it runs.
class HeldCommand {
  public:
    // Forks; the child waits. Errors: no process to be had.
    static Result<HeldCommand> start(const std::vector<std::string>& command,
                                     CommandOutput output = CommandOutput::kInherited);

    int pid() const { return pid_; }
    // Lets it execute the command. SIGPIPE must be ignored: the process may have been killed.
    // Errors: it was; the command cannot be executed, with exec's reason.
    Result<> release();
    // The shell's exit status (128 + signal where one ended it) once it has ended.
    std::optional<int> poll_exit();
    // Waits for the end; nullopt where a signal's handler ran before it.
    std::optional<int> wait_exit();

  private:
    explicit HeldCommand(std::string name) : name_(std::move(name)) {}
    [[noreturn]] static void run_child(const std::vector<std::string>& command,
                                       CommandOutput output, int gate, int report);

    std::string name_;
    int pid_ = 0;
    FileDescriptor gate_;    // a byte here lets the child go
    FileDescriptor report_;  // exec's errno comes back here; nothing comes where it succeeds
    std::optional<int> exit_;
};

}  // namespace tocsin
