// SPDX-License-Identifier: Apache-2.0
//
// trace-format-bench: the trace format against raw C structs and JSON lines, on the same events,
// in one run; and the way of a record through the recorder. README.md says what is compared.
#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <optional>
#include <string>

#include "formats/sha256.h"
#include "formats/trace_reader.h"
#include "formats/trace_writer.h"
#include "recorder/wire_decoder.h"
#include "tests/bench/event_digest.h"
#include "tests/bench/json_lines_format.h"
#include "tests/bench/measurement.h"
#include "tests/bench/raw_struct_format.h"
#include "tests/bench/synthetic_machine.h"
#include "tests/bench/wire_records.h"
#include "tests/bench/workload.h"
#include "tests/bench/zstd_blocks.h"

namespace tocsin::bench {
namespace {

constexpr int kTrouble = 2;
// The JSON library takes tens of microseconds an event: fewer will do.
constexpr size_t kMostJsonEvents = 5 * kEventsPerBlock;
constexpr size_t kMostWireEvents = 25 * kEventsPerBlock;

struct Options {
    size_t events = 1'000'000;
    size_t rounds = 5;
    uint64_t seed = 1;
    std::string trace;
    bool check_only = false;
};

class MemorySink : public ByteSink {
  public:
    Result<> write(std::span<const uint8_t> bytes) override {
        file.insert(file.end(), bytes.begin(), bytes.end());
        return {};
    }
    Bytes file;
};

class CountingSink : public ByteSink {
  public:
    Result<> write(std::span<const uint8_t>) override { return {}; }
};

// An error of our own code on events of our own making.
template <typename T>
T must(Result<T> result) {
    if (!result) fmt::print(stderr, "trace-format-bench: {}\n", result.error().message);
    CHECK(result.ok());
    return std::move(*result);
}

void append(TraceWriter& writer, const Event& event) {
    must(std::holds_alternative<TaskFound>(event.body) ? writer.append_found(event)
                                                       : writer.append(event));
}

void encode_trace(std::span<const Event> events, ByteSink& sink) {
    TraceHeader header;
    header.recorder_version = TOCSIN_VERSION;
    const auto writer = must(TraceWriter::create(sink, header));
    for (const Event& event : events) append(*writer, event);
    must(writer->seal("stopped"));
}

template <typename Consume>
void decode_trace(std::unique_ptr<ByteSource> source, Consume&& consume) {
    const TraceReader reader = must(TraceReader::open(std::move(source)));
    CHECK(reader.end() == TraceEnd::kSealed);
    for (size_t i = 0; i < reader.chunks().size(); ++i) {
        const Chunk chunk = must(reader.read(i));
        for (const Event& event : std::get<std::shared_ptr<const EventBatch>>(chunk)->events())
            consume(event);
    }
}

void record(const WireRecords& records, ByteSink& sink) {
    WireDecoder decoder;
    const auto writer = must(TraceWriter::create(sink, TraceHeader{}));
    uint64_t found = 0;
    for (size_t i = 0; i < records.size(); ++i) {
        const Event& event = *must(decoder.decode(records.record(i)));
        if (event.sequence != 0) {
            must(writer->append(event));
            continue;
        }
        Event numbered = event;  // of the start-up snapshot: its reader numbers it
        numbered.sequence = ++found;
        must(writer->append_found(numbered));
    }
    must(writer->seal("stopped"));
}

// The formats' results must be equal before their speeds are compared.
class Correctness {
  public:
    void expect(bool holds, const std::string& what) {
        if (holds) return;
        fmt::print("WRONG: {}\n", what);
        ok_ = false;
    }
    bool ok() const { return ok_; }

  private:
    bool ok_ = true;
};

Tally tally_of(std::span<const Event> events) {
    Tally tally;
    for (const Event& event : events) tally.add(event);
    return tally;
}

uint64_t touch_all(std::span<const Event> events) {
    uint64_t sum = 0;
    for (const Event& event : events) sum += touch(event);
    return sum;
}

double hash_bytes_per_second(size_t rounds) {
    std::vector<uint8_t> buffer(size_t{64} << 20);
    for (size_t i = 0; i < buffer.size(); ++i) buffer[i] = static_cast<uint8_t>(i * 31 >> 5U);
    Digest digest{};
    Contest contest;
    contest.add("hash", [&] { digest = sha256({buffer}); });
    contest.run(rounds);
    CHECK(digest != Digest{});
    return static_cast<double>(buffer.size()) / contest.seconds("hash");
}

// One workload in every format.
class Comparison {
  public:
    explicit Comparison(const Workload& workload)
        : workload_(workload),
          events_(workload.events),
          json_events_(events_.first(std::min(events_.size(), kMostJsonEvents))),
          wire_events_(events_.first(std::min(events_.size(), kMostWireEvents))),
          records_(wire_events_) {}

    bool check() {
        Correctness correctness;
        const auto adding_to = [](Tally& tally) {
            return [&tally](const Event& event) { tally.add(event); };
        };
        Tally decoded;
        encode_trace(events_, trace_);
        decode_trace(ByteSource::from_memory(trace_.file), adding_to(decoded));
        const Tally expected = tally_of(events_);
        correctness.expect(decoded == expected, "the trace gives other events than went in");

        encode_raw_structs(events_, raw_);
        decoded = {};
        decode_raw_structs(raw_, adding_to(decoded));
        correctness.expect(decoded == expected, "raw structs give other events than went in");
        correctness.expect(touch_raw_structs(raw_) == touch_all(events_),
                           "raw structs read in place say something else than their events");
        encode_short_structs(events_, short_);
        correctness.expect(touch_short_structs(short_) == touch_short(events_),
                           "short structs give another sum than went in");

        encode_json_lines(json_events_, json_);
        decoded = {};
        decode_json_lines(json_, adding_to(decoded));
        correctness.expect(decoded == tally_of(json_events_),
                           "JSON lines give other events than went in");

        MemorySink recorded;
        record(records_, recorded);
        decoded = {};
        decode_trace(ByteSource::from_memory(recorded.file), adding_to(decoded));
        correctness.expect(decoded == tally_of(wire_events_),
                           "the recorder's path gives other events than the wire records hold");
        if (correctness.ok())
            fmt::print("{}: {} events come back equal in every format\n", workload_.name,
                       events_.size());
        return correctness.ok();
    }

    void measure(size_t rounds) {
        Contest contest;
        contest.add(
            "encode trace", [&] { encode_trace(events_, trace_); }, [&] { trace_.file.clear(); });
        contest.add("encode raw", [&] { encode_raw_structs(events_, raw_); });
        contest.add("encode short", [&] { encode_short_structs(events_, short_); });
        contest.add("encode json", [&] { encode_json_lines(json_events_, json_); });
        std::unique_ptr<ByteSource> source;
        contest.add(
            "decode trace",
            [&] { decode_trace(std::move(source), [&](const Event& e) { see(e); }); },
            [&] { source = ByteSource::from_memory(trace_.file); });
        contest.add("decode raw", [&] { seen_ += touch_raw_structs(raw_); });
        contest.add("decode short", [&] { seen_ += touch_short_structs(short_); });
        contest.add("decode json",
                    [&] { decode_json_lines(json_, [&](const Event& e) { see(e); }); });
        contest.add("record", [&] { record(records_, counted_); });
        contest.add("wire", [&] {
            WireDecoder decoder;
            for (size_t i = 0; i < records_.size(); ++i)
                see(*must(decoder.decode(records_.record(i))));
        });
        contest.run(rounds);
        CHECK(seen_ != 0);  // used, so that the compiler leaves no work out
        const auto line = [&](const char* format, const std::string& id, size_t bytes,
                              size_t count) {
            const auto n = static_cast<double>(count);
            return Line{format, static_cast<double>(bytes) / n,
                        contest.seconds("encode " + id) / n * 1e9,
                        contest.seconds("decode " + id) / n * 1e9};
        };
        trace = line("Tocsin trace", "trace", trace_.file.size(), events_.size());
        raw = line("raw C structs, the same", "raw", raw_.bytes(), events_.size());
        less = line("raw C structs, less in them", "short", short_.bytes(), events_.size());
        json = line("JSON lines, the same", "json", json_.bytes(), json_events_.size());
        const auto n = static_cast<double>(records_.size());
        record_ns = contest.seconds("record") / n * 1e9;
        wire_ns = contest.seconds("wire") / n * 1e9;
    }

    struct Line {
        const char* format = "";
        double bytes = 0, encode_ns = 0, decode_ns = 0;
    };

    void print() const {
        if (workload_.file_bytes != 0)
            fmt::print(
                "({:.2f} bytes an event in the file itself)\n",
                static_cast<double>(workload_.file_bytes) / static_cast<double>(events_.size()));
        fmt::print("{:<28} {:>11} {:>11} {:>6} {:>11} {:>6}\n", "format (zstd level 1)",
                   "bytes/event", "encode ns", "M/s", "decode ns", "M/s");
        for (const Line& line : {trace, raw, less, json})
            fmt::print("{:<28} {:>11.2f} {:>11.0f} {:>6.2f} {:>11.0f} {:>6.2f}\n", line.format,
                       line.bytes, line.encode_ns, 1e3 / line.encode_ns, line.decode_ns,
                       1e3 / line.decode_ns);
        fmt::print("recorder: wire record to Event {:.0f} ns, to trace {:.0f} ns\n", wire_ns,
                   record_ns);
    }

    Line trace, raw, less, json;
    double record_ns = 0, wire_ns = 0;

  private:
    void see(const Event& event) { seen_ += touch(event); }

    const Workload& workload_;
    std::span<const Event> events_, json_events_, wire_events_;
    WireRecords records_;
    MemorySink trace_;
    CountingSink counted_;
    ZstdBlocks raw_, short_, json_;
    uint64_t seen_ = 0;
};

struct Memory {
    std::optional<size_t> encoder, encoder_of_all, decoder;
};

// Of one CPU's stream, of all CPUs' together, and of a reader that holds one chunk at a time.
Memory measure_memory(const Workload& workload) {
    Memory memory;
    std::vector<Event> of_one;
    for (const Event& event : workload.events)
        if (event.cpu == workload.events.back().cpu) of_one.push_back(event);
    CountingSink sink;
    memory.encoder = peak_growth([&] { encode_trace(of_one, sink); });
    memory.encoder_of_all = peak_growth([&] { encode_trace(workload.events, sink); });
    MemorySink trace;
    encode_trace(workload.events, trace);
    auto source = ByteSource::from_memory(std::move(trace.file));
    memory.decoder = peak_growth([&] {
        uint64_t sum = 0;
        decode_trace(std::move(source), [&](const Event& event) { sum += touch(event); });
    });
    return memory;
}

std::string megabytes(std::optional<size_t> bytes) {
    return bytes ? fmt::format("{:.1f} MB", static_cast<double>(*bytes) / 1e6) : "not known";
}

void print_target(const std::string& target, const std::string& measured, bool met) {
    fmt::print("{:<48} {:>20}  {}\n", target, measured, met ? "met" : "MISSED");
}

void print_targets(const Comparison& c, const Memory& memory, double most_bytes) {
    print_target("recorder user space <= 300 ns an event", fmt::format("{:.0f} ns", c.record_ns),
                 c.record_ns <= 300);
    print_target(fmt::format("<= {:.0f} bytes/event", most_bytes),
                 fmt::format("{:.2f}", c.trace.bytes), c.trace.bytes <= most_bytes);
    const double decode = c.raw.decode_ns / c.trace.decode_ns;
    print_target("decode >= 1.4 x raw C structs", fmt::format("{:.2f} x", decode), decode >= 1.4);
    print_target("  stretch: 1.8 x", fmt::format("{:.2f} x", decode), decode >= 1.8);
    const double encode_json = c.json.encode_ns / c.trace.encode_ns;
    const double decode_json = c.json.decode_ns / c.trace.decode_ns;
    print_target("encode, decode >= 4 x JSON lines",
                 fmt::format("{:.0f} x, {:.0f} x", encode_json, decode_json),
                 encode_json >= 4 && decode_json >= 4);
    const double of_json = c.trace.bytes / c.json.bytes;
    print_target("<= 0.5 of the bytes of JSON lines", fmt::format("{:.2f}", of_json),
                 of_json <= 0.5);
    print_target("encoder <= 16 MB a stream", megabytes(memory.encoder),
                 memory.encoder.value_or(SIZE_MAX) <= 16'000'000);
    print_target("decoder <= 8 MB", megabytes(memory.decoder),
                 memory.decoder.value_or(SIZE_MAX) <= 8'000'000);
    fmt::print(
        "(encoder of all CPUs at once: {}; against structs with less in them:\n"
        " {:.2f} of the bytes, encode {:.2f} x, decode {:.2f} x)\n\n",
        megabytes(memory.encoder_of_all), c.trace.bytes / c.less.bytes,
        c.less.encode_ns / c.trace.encode_ns, c.less.decode_ns / c.trace.decode_ns);
}

bool run_workload(const Workload& workload, const Options& options, double most_bytes) {
    Comparison comparison(workload);
    if (!comparison.check()) return false;
    if (options.check_only) return true;
    comparison.measure(options.rounds);
    comparison.print();
    print_targets(comparison, measure_memory(workload), most_bytes);
    return true;
}

void print_hash(double bytes_per_second) {
    print_target("hash check >= 1 GB/s", fmt::format("{:.2f} GB/s", bytes_per_second / 1e9),
                 bytes_per_second >= 1e9);
    fmt::print("\n");
}

template <typename T>
bool parse_number(const std::string& text, T& number) {
    const auto end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && at == end;
}

std::optional<Options> parse_options(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string name = argv[i];
        if (name == "--check-only") {
            options.check_only = true;
            continue;
        }
        if (i + 1 == argc) return std::nullopt;
        const std::string value = argv[++i];
        if (name == "--trace")
            options.trace = value;
        else if (!(name == "--events" && parse_number(value, options.events)) &&
                 !(name == "--seed" && parse_number(value, options.seed)) &&
                 !(name == "--rounds" && parse_number(value, options.rounds) &&
                   options.rounds != 0))
            return std::nullopt;
    }
    return options;
}

int run(int argc, char** argv) {
    const auto options = parse_options(argc, argv);
    if (!options) {
        fmt::print(stderr,
                   "usage: trace-format-bench [--events N] [--seed N] [--rounds N] "
                   "[--trace FILE] [--check-only]\n"
                   "--events 0 leaves the synthetic events out\n");
        return kTrouble;
    }
    bool ok = true;
    if (!options->check_only) {
        fmt::print("Medians of {} rounds, CPU time of one thread.\n", options->rounds);
        print_hash(hash_bytes_per_second(options->rounds));
    }
    if (options->events != 0)
        ok = run_workload(synthetic_machine(options->events, options->seed), *options, 17);
    if (!options->trace.empty()) {
        const auto workload = load_trace(options->trace);
        if (!workload) {
            fmt::print(stderr, "trace-format-bench: {}\n", workload.error().message);
            return kTrouble;
        }
        ok = run_workload(*workload, *options, 9) && ok;
    }
    return ok ? 0 : 1;
}

}  // namespace
}  // namespace tocsin::bench

int main(int argc, char** argv) {
    return tocsin::bench::run(argc, argv);
}
