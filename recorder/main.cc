// SPDX-License-Identifier: Apache-2.0
//
// tocsin-record: records system calls and the kernel's view of them into a trace.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <numeric>
#include <optional>

#include "recorder/machine.h"
#include "recorder/options.h"
#include "recorder/probes.h"
#include "recorder/recording.h"

namespace tocsin {
namespace {

constexpr int kTrouble = 2;

// Not fmt::print(), which throws where stderr has gone: a trace is to be sealed all the same.
void say(const std::string& line) {
    std::fprintf(stderr, "tocsin-record: %s\n", line.c_str());
}

int complain(const Error& error) {
    say(error.message);
    return kTrouble;
}

int print_answer(const std::string& text) {
    if (std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0) return 0;
    return complain(Error{std::string("cannot write to standard output: ") + std::strerror(errno)});
}

// Of 0, 1 and 2, one that is closed would be given to the next file opened, and so a message be
// written into a trace. They are opened the wrong way round: using them remains an error.
void reserve_standard_descriptors() {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
            return;
}

int list_sources() {
    bool any = false;
    std::string table = fmt::format("{:<12} {:<22} {}\n", "source", "hook", "on this kernel");
    std::string last_refusal;
    for (const RungStatus& rung : probe_ladder()) {
        any = any || (rung.is_used && rung.refusal.empty());
        std::string status = rung.is_used ? "works" : "works; this version does not record from it";
        if (!rung.refusal.empty())
            status = rung.refusal == last_refusal ? "the same" : rung.refusal;
        last_refusal = rung.refusal;
        table += fmt::format("{:<12} {:<22} {}\n", rung.source, rung.hook, status);
    }
    const int printed = print_answer(table);
    return any ? printed : kTrouble;
}

void print_summary(const std::string& output, const Recording::Summary& summary) {
    const uint64_t lost = std::accumulate(summary.lost.begin(), summary.lost.end(), uint64_t{0});
    say(fmt::format("{}: {} events, {} bytes, {} lost, {}",
                    output == "-" ? "standard output" : output, summary.events, summary.bytes, lost,
                    summary.reason));
    for (size_t i = 0; i < summary.lost.size(); ++i)
        if (summary.lost[i] != 0) {
            const auto cause = static_cast<LossCause>(i);
            say(fmt::format("lost {} ({}): {}", summary.lost[i], name_of(cause),
                            advice_for(cause)));
        }
    std::string hash;
    for (const uint8_t byte : summary.chain_hash) hash += fmt::format("{:02x}", byte);
    say("hash " + hash);
}

int record(const RecorderOptions& options, TraceHeader header) {
    for (const int pid : options.pids)
        if (auto checked = check_process(pid); !checked) return complain(checked.error());
    const bool follow_only = !options.pids.empty() || !options.command.empty();
    auto probes = Probes::load({options.ring_bytes, follow_only,
                                options.verbosity == Verbosity::kVerbose, options.source});
    if (!probes) return complain(probes.error());
    header.hooks = (*probes)->hooks();
    const std::string output =
        options.output.empty() ? default_output_name(header) : options.output;
    auto file = TraceFile::create(output);
    if (!file) return complain(file.error());

    std::optional<HeldCommand> command;
    if (!options.command.empty()) {
        auto held =
            HeldCommand::start(options.command, (*file)->is_stream() ? CommandOutput::kToStderr
                                                                     : CommandOutput::kInherited);
        if (!held) {
            (*file)->discard();
            return complain(held.error());
        }
        command = std::move(*held);
    }
    stop_on_signals();
    Recording recording(**probes, **file, options, command ? &*command : nullptr);
    Result<> begun = recording.begin(header);
    if (begun.ok() && command) begun = command->release();
    if (!begun) {
        (*file)->discard();
        return complain(begun.error());
    }
    const auto summary = recording.run();
    if (!summary) {
        const int status = complain(summary.error());
        if (command) command->wait_exit();
        return status;
    }
    if (options.verbosity != Verbosity::kQuiet) print_summary(output, *summary);
    (*probes)->leave_detaching_to_a_child();
    if (!command) return 0;
    const std::optional<int> exit = command->poll_exit();
    if (!exit)
        say(fmt::format("{} goes on, unrecorded, as process {}", options.command.front(),
                        command->pid()));
    return exit.value_or(0);
}

int run(int argc, char** argv) {
    auto parsed = parse_options(argc, argv);
    if (!parsed) return complain(parsed.error());
    if (const auto* text = std::get_if<std::string>(&*parsed)) return print_answer(*text);
    const auto& options = std::get<RecorderOptions>(*parsed);
    if (options.list_sources) return list_sources();
    TraceHeader header = describe_machine();
    for (int i = 1; i < argc; ++i) header.options.emplace_back(argv[i]);
    return record(options, std::move(header));
}

}  // namespace
}  // namespace tocsin

int main(int argc, char** argv) {
    tocsin::reserve_standard_descriptors();
    return tocsin::run(argc, argv);
}
