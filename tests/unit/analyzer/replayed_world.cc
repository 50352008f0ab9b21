// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/analyzer/replayed_world.h"

#include <fmt/format.h>

#include <string>

#include "formats/check.h"
#include "tests/support/trace_builder.h"

namespace tocsin::test {
namespace {

std::string path_or_unknown(const std::shared_ptr<const FileObject>& file) {
    return file != nullptr ? file->path() : "?";
}

}  // namespace

const std::string_view kPlaces =
    "tocsin-text 1\n"
    "task u tgid=100 comm=\"user\" uid=1000\n"
    "task c tgid=101 comm=\"child\" uid=1000\n"
    "task s tgid=300 comm=\"stray\" uid=1000\n"
    "object root 8:1/2 mode=040755 name=\"/\"\n"
    "object home 8:1/10 mode=040755 name=\"home\" in=root\n"
    "object x 8:1/11 gen=1 name=\"x\" in=home\n"
    "object x0 0:0/0 mode=0 links=0 name=\"x\" in=home\n"
    "object h 8:1/11 gen=1 name=\"h\" in=home\n"
    "object y 8:1/12 gen=1 name=\"y\" in=home\n"
    "object y0 0:0/0 mode=0 links=0 name=\"y\" in=home\n"
    "object etc 8:1/3 mode=040755 name=\"etc\" in=root\n"
    "object passwd 8:1/4 gen=1 name=\"passwd\" in=etc\n"
    "5.0 cpu0 u found cwd=home root=root\n";

ReplayedWorld replayed(std::string_view lines) {
    const ParsedTrace trace = parsed(std::string(kPlaces) + std::string(lines));
    ReplayedWorld replayed;
    OperationAssembler assembler(replayed.world, [&](std::shared_ptr<const Operation> finished) {
        replayed.operations.push_back(std::move(finished));
        replayed.world.observe(*replayed.operations.back());
    });
    for (const auto* events : {&trace.found, &trace.events}) {
        for (const Event& event : *events) {
            replayed.world.observe(event);
            assembler.observe(event);
        }
    }
    assembler.finish();
    replayed.gaps = assembler.gaps();
    return replayed;
}

const Process& ReplayedWorld::process(int32_t tgid) const {
    const Process* process = world.find({tgid, tgid, {1000000000}});
    CHECK(process != nullptr);
    return *process;
}

std::string ReplayedWorld::at_descriptor(int32_t tgid, int fd) const {
    const FdTable::Slot* slot = process(tgid).fds->find(fd);
    if (slot != nullptr && !slot->is_open) return "closed";
    return path_or_unknown(slot != nullptr ? slot->object : nullptr);
}

std::string ReplayedWorld::cwd(int32_t tgid) const {
    return path_or_unknown(process(tgid).place->cwd);
}

std::string ReplayedWorld::root(int32_t tgid) const {
    return path_or_unknown(process(tgid).place->root);
}

Script& Script::call(std::string_view task, std::string_view entry, std::string_view result,
                     const std::vector<std::string>& hooks) {
    line(task, fmt::format("> {}", entry));
    for (const std::string& hook : hooks) line(task, fmt::format("@ {}", hook));
    const std::string_view name = entry.substr(0, entry.find(' '));
    return result.empty() ? *this : line(task, fmt::format("< {} {}", name, result));
}

Script& Script::line(std::string_view task, std::string_view rest) {
    text_ += fmt::format("5.{:03} cpu0 {} {}\n", time_++, task, rest);
    return *this;
}

}  // namespace tocsin::test
