// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/analyzer/name_story.h"

#include <fmt/format.h>

#include "analyzer/replay/operation_assembler.h"
#include "tests/support/trace_builder.h"

namespace tocsin::test {

const std::string_view kCast =
    "tocsin-text 1\n"
    "task v tgid=100 comm=\"victim\" uid=0 permitted=0x1ffffffffff\n"
    "task v5 tgid=100 tid=105 comm=\"victim\" uid=0 permitted=0x1ffffffffff\n"
    "task ve tgid=100 comm=\"victim\" uid=0 euid=1000 fsuid=1000\n"
    "task u tgid=200 comm=\"user\" uid=1000 gid=1000\n"
    "task u2 tgid=201 comm=\"user\" uid=1000 gid=1000\n"
    "task w tgid=202 comm=\"peer\" uid=1001 gid=1001\n"
    "task r tgid=300 comm=\"root\" uid=0 permitted=0x1ffffffffff\n"
    "object root 8:1/2 mode=040755 name=\"/\"\n"
    "object etc 8:1/3 mode=040755 name=\"etc\" in=root\n"
    "object passwd 8:1/4 gen=1 mode=0100644 name=\"passwd\" in=etc\n"
    "object shadow 8:1/5 gen=1 mode=0100600 name=\"shadow\" in=etc\n"
    "object cron 8:1/6 gen=1 mode=0100644 name=\"f\" in=etc\n"
    "object home 8:1/10 mode=040755 owner=1000:1000 name=\"home\" in=root\n"
    "object x 8:1/11 gen=1 mode=0100644 owner=1000:1000 name=\"x\" in=home\n"
    "object x0 0:0/0 mode=0 links=0 name=\"x\" in=home\n"
    "object nothing0 0:0/0 mode=0 links=0 in=home\n"
    "object x2 8:1/13 gen=1 mode=0100644 owner=1000:1000 name=\"x\" in=home\n"
    "object x3 8:1/11 gen=2 mode=0100644 owner=1000:1000 name=\"x\" in=home\n"
    "object xp 8:1/4 gen=1 mode=0100644 links=2 name=\"x\" in=home\n"
    "object y 8:1/13 gen=1 mode=0100644 owner=1000:1000 name=\"y\" in=home\n"
    "object y0 0:0/0 mode=0 links=0 name=\"y\" in=home\n"
    "object l 8:1/12 gen=1 mode=0120777 owner=1000:1000 name=\"l\" in=home\n"
    "object l0 0:0/0 mode=0 links=0 name=\"l\" in=home\n"
    "object xl 8:1/12 gen=1 mode=0120777 owner=1000:1000 name=\"x\" in=home\n"
    "object d 8:1/20 gen=1 mode=040755 owner=1000:1000 name=\"d\" in=home\n"
    "object df 8:1/21 gen=1 mode=0100644 owner=1000:1000 name=\"f\" in=d\n"
    "object d0 0:0/0 mode=0 links=0 name=\"d\" in=home\n"
    "object dl 8:1/22 gen=1 mode=0120777 owner=1000:1000 name=\"d\" in=home\n"
    "object dold 8:1/20 gen=1 mode=040755 owner=1000:1000 name=\"d.old\" in=home\n"
    "object dold0 0:0/0 mode=0 links=0 name=\"d.old\" in=home\n"
    "object doldf 8:1/21 gen=1 mode=0100644 owner=1000:1000 name=\"f\" in=dold\n";

std::string stamp(int time) {
    return fmt::format("5.{:04}00", time);
}

std::string line(int time, std::string_view task, std::string_view rest) {
    return fmt::format("{} cpu{} {} {}\n", stamp(time), task.starts_with('v') ? 0 : 1, task, rest);
}

std::string call(int time, std::string_view task, std::string_view entry, std::string_view result,
                 const std::vector<std::string>& hooks) {
    std::string lines = line(time, task, fmt::format("> {}", entry));
    for (const std::string& hook : hooks) lines += line(++time, task, "@ " + hook);
    const std::string_view name = entry.substr(0, entry.find(' '));
    if (!result.empty()) lines += line(++time, task, fmt::format("< {} {}", name, result));
    return lines;
}

std::string story(std::string_view lines) {
    return std::string(kCast) + std::string(lines) + "seal \"stopped\"\n";
}

std::vector<std::shared_ptr<const Operation>> calls_of(std::string_view lines) {
    const ParsedTrace trace = parsed(story(lines));
    std::vector<std::shared_ptr<const Operation>> calls;
    WorldState world;
    OperationAssembler assembler(world, [&](std::shared_ptr<const Operation> finished) {
        calls.push_back(std::move(finished));
    });
    for (const Event& event : trace.events) {
        world.observe(event);
        assembler.observe(event);
    }
    assembler.finish();
    return calls;
}

}  // namespace tocsin::test
