// SPDX-License-Identifier: Apache-2.0
//
// analysis-bench TRACE...: what an analysis costs above the decoding of the same trace, and what
// memory it takes. README.md says how to read it.
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/judge/analysis.h"
#include "analyzer/replay/event_order.h"
#include "analyzer/replay/operation_assembler.h"
#include "analyzer/replay/world_state.h"
#include "formats/trace_reader.h"
#include "tests/bench/measurement.h"

namespace tocsin::bench {
namespace {

constexpr size_t kRounds = 3;
constexpr size_t kMegabyte = 1'000'000;

struct Cost {
    uint64_t events = 0;
    double decoding = 0, order = 0, replay = 0, analysis = 0;  // seconds of CPU
};

TraceReader open(const std::string& path) {
    auto trace = TraceReader::open(path);
    if (!trace) {
        fmt::print(stderr, "analysis-bench: {}: {}\n", path, trace.error().message);
        std::exit(2);
    }
    return std::move(*trace);
}

// Every chunk, one after the other, and every event of it looked at.
uint64_t decode(const std::string& path) {
    const TraceReader trace = open(path);
    uint64_t events = 0, latest = 0;
    for (size_t i = 0; i < trace.chunks().size(); ++i) {
        const auto chunk = trace.read(i);
        if (!chunk) continue;
        const auto* batch = std::get_if<std::shared_ptr<const EventBatch>>(&*chunk);
        if (batch == nullptr) continue;
        for (const Event& event : (*batch)->events()) latest = std::max(latest, event.time.ns);
        events += (*batch)->events().size();
    }
    return latest != 0 ? events : 0;
}

template <typename Take>
void each_event(const std::string& path, const Take& take) {
    const TraceReader trace = open(path);
    EventOrder order(trace);
    while (const auto item = order.next())
        if (const auto* event = std::get_if<const Event*>(&*item)) take(**event);
}

void replay(const std::string& path) {
    WorldState world;
    OperationAssembler assembler(world, [&](const std::shared_ptr<const Operation>& operation) {
        world.observe(*operation);
    });
    each_event(path, [&](const Event& event) {
        world.observe(event);
        assembler.observe(event);
    });
}

Cost cost_of(const std::string& path) {
    Cost cost;
    uint64_t seen = 0;
    Contest contest;
    contest.add("decoding", [&] { cost.events = decode(path); });
    contest.add("order", [&] { each_event(path, [&](const Event&) { ++seen; }); });
    contest.add("replay", [&] { replay(path); });
    contest.add("analysis", [&] { analyze(open(path), path, {}); });
    contest.run(kRounds);
    cost.decoding = contest.seconds("decoding");
    cost.order = contest.seconds("order");
    cost.replay = contest.seconds("replay");
    cost.analysis = contest.seconds("analysis");
    return cost;
}

int run(const std::vector<std::string>& paths) {
    if (paths.empty()) {
        fmt::print(stderr, "usage: analysis-bench TRACE...\n");
        return 2;
    }
    fmt::print("    events   decoding      order     replay   analysis   of decoding   memory\n");
    for (const std::string& path : paths) {
        const auto peak = peak_growth([&] { analyze(open(path), path, {}); });
        const Cost cost = cost_of(path);
        const auto rate = [&](double seconds) {
            return fmt::format("{:.2f} M/s", static_cast<double>(cost.events) / seconds / 1e6);
        };
        fmt::print("{:>10} {:>10} {:>10} {:>10} {:>10} {:>13} {:>8}\n", cost.events,
                   rate(cost.decoding), rate(cost.order), rate(cost.replay), rate(cost.analysis),
                   fmt::format("{:.2f}", cost.decoding / cost.analysis),
                   peak ? fmt::format("{} MB", *peak / kMegabyte) : "?");
    }
    return 0;
}

}  // namespace
}  // namespace tocsin::bench

int main(int argc, char** argv) {
    return tocsin::bench::run({argv + 1, argv + argc});
}
