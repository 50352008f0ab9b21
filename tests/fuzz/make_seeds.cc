// SPDX-License-Identifier: Apache-2.0
//
// make-fuzz-seeds OUT TRACE...: the first inputs of each fuzzer, in OUT/NAME/, from these traces
// and from those that the unit tests use. Exit status 0, or 2 with the reason.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "analyzer/query/fields.h"
#include "tests/bench/wire_records.h"
#include "tests/fuzz/trace_surgery.h"
#include "tests/support/trace_builder.h"

namespace tocsin::fuzz {
namespace {

constexpr size_t kRecordsPerSeed = 4;
constexpr size_t kMostSeeds = 40;  // of one kind and trace
constexpr uint32_t kRandomTraces = 32;
constexpr size_t kMostEvents = 6;  // of a random trace: small inputs are fast

class Seeds {
  public:
    explicit Seeds(std::filesystem::path folder) : folder_(std::move(folder)) {}

    // Of one whose text or records would be too large for an input.
    void add_amplified(const std::string& name, const Bytes& bytes) {
        write("trace", name, bytes);
        if (const auto parts = take_apart(bytes))
            write("chunk", name, as_bytes(parts->chunks[0].contents));
    }
    void add_trace(const std::string& name, const Bytes& bytes) {
        write("trace", name, bytes);
        const auto parts = take_apart(bytes);
        for (size_t i = 0; parts && i < std::min(parts->chunks.size(), kMostSeeds); ++i)
            write("chunk", name + '.' + std::to_string(i), as_bytes(parts->chunks[i].contents));
        const auto trace = TraceReader::open(ByteSource::from_memory(bytes));
        if (!trace) return;
        const test::ReadTrace read = test::read_all(*trace);
        const std::string text = text_of(read.trace);
        write("text", name, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
        add_records(name + ".found", read.trace.found);
        add_records(name, read.trace.events);
    }
    // One filter of each field, and some that join tests; each for all kinds of rows.
    void add_filters() {
        for (const Field& field : fields())
            add_filter(std::string(field.name), std::string(field.name) + " == 5ms || " +
                                                    std::string(field.name) + " in {1..2, a}");
        add_filter("joined", "!(proc.pid == 100 && call in {open, rename}) || time < 5ms");
        add_filter("patterns", "path glob \"/tmp/**/[a-z]?*\" && path matches \"^/(a|b)+\\x2e\"");
        add_filter("network", "address in {10.0.0.0/8, fe80::/10} && severity >= high");
    }
    bool ok() const { return ok_; }

  private:
    void add_records(const std::string& name, const std::vector<Event>& events) {
        const bench::WireRecords records(events);
        for (size_t i = 0; i < records.size() && i / kRecordsPerSeed < kMostSeeds;
             i += kRecordsPerSeed) {
            Bytes bytes;
            for (size_t j = i; j < std::min(i + kRecordsPerSeed, records.size()); ++j) {
                const auto record = records.record(j);
                bytes.insert(bytes.end(), record.begin(), record.end());
            }
            write("wire", name + '.' + std::to_string(i), bytes);
        }
    }
    void add_filter(const std::string& name, const std::string& text) {
        for (const char kind : {'\0', '\1', '\2'}) {
            const std::string input = kind + text;
            write("filter", name + static_cast<char>('0' + kind),
                  {reinterpret_cast<const uint8_t*>(input.data()), input.size()});
        }
    }
    void write(const char* fuzzer, const std::string& name, std::span<const uint8_t> bytes) {
        std::filesystem::create_directories(folder_ / fuzzer);
        std::ofstream file(folder_ / fuzzer / name, std::ios::binary);
        file.write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
        file.close();
        ok_ = ok_ && file.good();
    }

    std::filesystem::path folder_;
    bool ok_ = true;
};

// A trace that says far more than it holds: threads in calls that do not end, each of one long path
// and of a file deep in one tree.
std::string amplified_text() {
    constexpr int kThreads = 120, kDepth = 150;
    std::string text = "tocsin-text 1\nobject o0 8:1/1\n";
    for (int i = 1; i <= kDepth; ++i)
        text += "object o" + std::to_string(i) + " 8:1/1 name=\"" + std::string(200, 'd') +
                "\" in=o" + std::to_string(i - 1) + '\n';
    const std::string path(30000, 'A');
    for (int i = 1; i <= kThreads; ++i) {
        const std::string task = 't' + std::to_string(i);
        text += "task " + task + " tgid=" + std::to_string(i) + "\n1 cpu0 " + task +
                " > execve path=1:\"" + path + "\"\n2 cpu0 " + task +
                " @ sched_process_exec path=\"" + path + "\" exe=o" + std::to_string(kDepth) + '\n';
    }
    return text + "seal \"stopped\"\n";
}

int run(const std::string& out, const std::vector<std::string>& traces) {
    Seeds seeds(out);
    seeds.add_trace("small", test::bytes_of(test::parsed(test::kSmallTrace)));
    seeds.add_filters();
    seeds.add_amplified("amplified", test::bytes_of(test::parsed(amplified_text())));
    for (uint32_t i = 0; i < kRandomTraces; ++i) {
        ParsedTrace trace = test::random_trace(i);
        trace.found.resize(std::min(trace.found.size(), kMostEvents));
        trace.events.resize(std::min(trace.events.size(), kMostEvents));
        seeds.add_trace("random" + std::to_string(i), test::bytes_of(trace));
    }
    for (const std::string& trace : traces) {
        std::ifstream file(trace, std::ios::binary);
        const Bytes bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
        if (bytes.empty()) {
            std::fprintf(stderr, "make-fuzz-seeds: cannot read %s\n", trace.c_str());
            return 2;
        }
        const std::filesystem::path path(trace);
        seeds.add_trace(path.parent_path().filename().string() + '.' + path.stem().string(), bytes);
    }
    if (!seeds.ok()) std::fprintf(stderr, "make-fuzz-seeds: cannot write to %s\n", out.c_str());
    return seeds.ok() ? 0 : 2;
}

}  // namespace
}  // namespace tocsin::fuzz

int main(int argc, char** argv) {
    if (argc >= 2) return tocsin::fuzz::run(argv[1], {argv + 2, argv + argc});
    std::fprintf(stderr, "usage: make-fuzz-seeds OUT TRACE...\n");
    return 2;
}
