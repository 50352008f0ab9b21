// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include "formats/text_form.h"
#include "formats/trace_reader.h"
#include "formats/trace_writer.h"
#include "tests/support/trace_builder.h"

namespace tocsin {
namespace {

using test::bytes_of;
using test::kSmallTrace;
using test::MemorySink;
using test::parsed;

Result<TraceReader> open_bytes(Bytes bytes) {
    return TraceReader::open(ByteSource::from_memory(std::move(bytes)));
}

Bytes small_trace() {
    return bytes_of(parsed(kSmallTrace));
}

// Where the frames of a sound trace lie: its header, each chunk with its own header, its seal.
struct Layout {
    explicit Layout(const Bytes& trace) {
        const auto reader = open_bytes(trace);
        for (const auto& entry : reader->chunks())
            chunk_ends.push_back(entry.offset + entry.header.compressed_bytes);
        Bytes prefix(trace.begin(), trace.begin() + kFramePrefixBytes);
        header_end = kFramePrefixBytes + parse_frame_prefix(prefix)->message_bytes;
    }
    size_t chunk_begin(size_t chunk) const {
        return chunk == 0 ? header_end : chunk_ends[chunk - 1];
    }
    size_t header_end = 0;
    std::vector<size_t> chunk_ends;
};

Bytes slice(const Bytes& bytes, size_t begin, size_t end) {
    return {bytes.begin() + static_cast<ptrdiff_t>(begin),
            bytes.begin() + static_cast<ptrdiff_t>(end)};
}

Bytes joined(const std::vector<Bytes>& parts) {
    Bytes all;
    for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

// Why the trace is damaged; empty where it is not.
std::string damage_of(Bytes bytes) {
    const auto reader = open_bytes(std::move(bytes));
    if (!reader) return reader.error().message;
    return reader->end() == TraceEnd::kDamaged ? reader->end_reason() : "";
}

void expect_damage(Bytes bytes, const std::string& why) {
    const std::string damage = damage_of(std::move(bytes));
    EXPECT_EQ(damage.rfind(why, 0), 0U) << "is: " << damage << "\nand should be: " << why;
}

// Numbered events of one task, without views.
class EventSource {
  public:
    Event next() {
        Event event;
        event.sequence = ++sequence_;
        event.time.ns = 1'000'000'000 + sequence_;
        event.task = &task_;
        event.body = TaskExited{};
        return event;
    }
    // An execve whose argv repeats itself, and no other.
    Event next_execve() {
        Event event = next();
        std::string& argv = strings_.emplace_back(8000, 'A');
        argv += std::to_string(sequence_);
        event.body = SyscallEntered{
            59, claims_.emplace_back(
                    1, Claim{1, OperandKind::kArgv, 0x1000, ClaimedBytes{{argv, 0, 0, false}}})};
        return event;
    }

  private:
    Task task_;
    uint64_t sequence_ = 0;
    std::deque<std::string> strings_;
    std::deque<std::vector<Claim>> claims_;
};

TEST(TraceReader, ReadsWhatTheWriterWrote) {
    const auto reader = open_bytes(small_trace());
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_EQ(reader->end(), TraceEnd::kSealed);
    EXPECT_EQ(reader->end_reason(), "");
    EXPECT_EQ(reader->seal()->reason, "stopped");
    EXPECT_EQ(reader->seal()->events, 8U);
    EXPECT_EQ(reader->seal()->chunks, reader->chunks().size());
    EXPECT_EQ(reader->lost()[0], 3U);
    EXPECT_EQ(*test::text_of(*reader), kSmallTrace);
}

TEST(TraceReader, ReadsToTheLastWholeChunkOfACutFile) {
    const Bytes whole = small_trace();
    const Layout layout(whole);
    const ParsedTrace trace = parsed(kSmallTrace);
    for (size_t size = 0; size < whole.size(); ++size) {
        SCOPED_TRACE("cut at byte " + std::to_string(size));
        const auto reader = open_bytes(slice(whole, 0, size));
        ASSERT_EQ(reader.ok(), size >= layout.header_end);
        if (!reader) {
            EXPECT_FALSE(reader.error().message.empty());
            continue;
        }
        EXPECT_EQ(reader->end(), TraceEnd::kCut);
        EXPECT_FALSE(reader->end_reason().empty());
        size_t whole_chunks = 0;
        for (const size_t end : layout.chunk_ends) whole_chunks += end <= size ? 1 : 0;
        EXPECT_EQ(reader->chunks().size(), whole_chunks);
        const test::ReadTrace read = test::read_all(*reader);
        EXPECT_EQ(read.error, "");
        EXPECT_TRUE(test::is_prefix(read.trace, trace));
    }
}

TEST(TraceReader, NeverAcceptsAChangedByteAsSealed) {
    const Bytes good = small_trace();
    const ParsedTrace trace = parsed(kSmallTrace);
    for (size_t at = 0; at < good.size(); ++at) {
        for (const uint8_t flip : {uint8_t{0x01}, uint8_t{0x80}, uint8_t{0xff}}) {
            SCOPED_TRACE("byte " + std::to_string(at));
            Bytes bytes = good;
            bytes[at] ^= flip;
            const auto reader = open_bytes(std::move(bytes));
            if (!reader) {
                EXPECT_FALSE(reader.error().message.empty());
                continue;
            }
            EXPECT_NE(reader->end(), TraceEnd::kSealed);
            EXPECT_TRUE(test::is_prefix(test::read_all(*reader).trace, trace));
        }
    }
}

TEST(TraceReader, NamesTheOffsetWhereDamageBegins) {
    Bytes bytes = small_trace();
    const Layout layout(bytes);
    bytes[layout.chunk_ends[1]] ^= 1U;
    EXPECT_EQ(damage_of(bytes), "there is no Tocsin frame here (at byte " +
                                    std::to_string(layout.chunk_ends[1]) + " of " +
                                    std::to_string(bytes.size()) + ")");
}

TEST(TraceReader, RefusesWhatIsNoTrace) {
    EXPECT_EQ(open_bytes({}).error().message,
              "it is empty; the recorder writes a header before anything else, so look for its own "
              "error message");
    EXPECT_EQ(open_bytes({'x'}).error().message,
              "it is no Tocsin trace, or it was cut short inside its header");
    EXPECT_EQ(open_bytes(Bytes(100, 'x')).error().message,
              "it is no Tocsin trace: there is no Tocsin frame here");
    EXPECT_EQ(open_bytes(metadata_frame(FrameKind::kSeal, encode(Seal{}))).error().message,
              "it does not begin with a trace's header");
}

TEST(TraceReader, RefusesANewerVersionAndSaysWhatReadsIt) {
    TraceHeader header;
    header.format_version = kFormatVersion + 1;
    EXPECT_EQ(open_bytes(metadata_frame(FrameKind::kHeader, encode(header))).error().message,
              "it is of format version 2 and this version reads up to 1; analyze it with a newer "
              "Tocsin");
}

TEST(TraceReader, ASecondHeaderIsDamage) {
    const Bytes good = small_trace();
    const Layout layout(good);
    const Bytes header = slice(good, 0, layout.header_end);
    expect_damage(joined({header, good}), "a second trace header follows");
    expect_damage(joined({slice(good, 0, layout.chunk_ends[0]), header}),
                  "a second trace header follows");
}

TEST(TraceReader, BytesAfterTheSealAreDamage) {
    const Bytes good = small_trace();
    expect_damage(joined({good, {0}}), "there are bytes after the seal");
    expect_damage(joined({good, good}), "there are bytes after the seal");
}

TEST(TraceReader, ChunksThatWereMovedAreDamage) {
    const Bytes good = small_trace();
    const Layout layout(good);
    const auto chunk = [&](size_t i) {
        return slice(good, layout.chunk_begin(i), layout.chunk_ends[i]);
    };
    const Bytes head = slice(good, 0, layout.chunk_ends[0]);
    const Bytes rest = slice(good, layout.chunk_ends[2], good.size());
    ASSERT_EQ(joined({head, chunk(1), chunk(2), rest}), good);
    expect_damage(joined({head, chunk(2), chunk(1), rest}),
                  "chunk 2 stands where chunk 1 was expected");
    expect_damage(joined({head, chunk(2), rest}), "chunk 2 stands where chunk 1 was expected");
    expect_damage(joined({head, chunk(1), chunk(1), chunk(2), rest}),
                  "chunk 1 stands where chunk 2 was expected");
    const Bytes seal = slice(good, layout.chunk_ends.back(), good.size());
    expect_damage(joined({head, seal}), "the seal states 5 chunks or another content");
}

TEST(TraceReader, AChunkOfAnotherTraceIsDamage) {
    const Bytes good = small_trace();
    const Layout layout(good);
    std::string text(kSmallTrace);
    text.replace(text.find("debian"), 6, "fedora");
    const Bytes other = bytes_of(parsed(text));
    ASSERT_EQ(other.size(), good.size());
    expect_damage(joined({slice(good, 0, layout.chunk_ends[0]),
                          slice(other, layout.chunk_ends[0], other.size())}),
                  "chunk 1 does not continue the hash chain of what is before it");
}

// Traces that are sound but for one chunk, as only somebody who forges one makes them.
class ForgedTrace {
  public:
    ForgedTrace() {
        const Words header = encode(TraceHeader{});
        bytes_ = metadata_frame(FrameKind::kHeader, header);
        hash_ = first_hash(as_bytes(header));
    }
    void add(ChunkHeader header, const Bytes& compressed) {
        header.number = chunks_++;
        header.previous_hash = hash_;
        header.compressed_bytes = static_cast<uint32_t>(compressed.size());
        const Words message = encode(header);
        hash_ = next_hash(hash_, as_bytes(message), compressed);
        bytes_ = joined({bytes_, metadata_frame(FrameKind::kChunkHeader, message), compressed});
    }
    void add(ChunkHeader header, const Words& contents) {
        header.plain_bytes = static_cast<uint32_t>(contents.size() * sizeof(uint64_t));
        add(header, compressor_.compress(contents));
    }
    TraceReader seal() {
        const Seal seal{"forged", chunks_, 0, hash_, {}};
        auto reader = open_bytes(joined({bytes_, metadata_frame(FrameKind::kSeal, encode(seal))}));
        EXPECT_TRUE(reader) << reader.error().message;
        return std::move(*reader);
    }

  private:
    Bytes bytes_;
    Digest hash_{};
    uint64_t chunks_ = 0;
    Compressor compressor_;
};

std::string error_of_chunk(const ChunkHeader& header, const auto& contents) {
    ForgedTrace trace;
    trace.add(header, contents);
    const TraceReader reader = trace.seal();
    if (reader.chunks().empty()) return reader.end_reason();
    const auto chunk = reader.read(0);
    return chunk ? "" : chunk.error().message;
}

TEST(TraceReader, RefusesAZstdBomb) {
    Compressor compressor;
    const Bytes bomb = compressor.compress(Words(size_t{1} << 21U));  // 16 MiB
    ChunkHeader header;
    header.plain_bytes = 4096;
    EXPECT_NE(error_of_chunk(header, bomb)
                  .find("the zstd frame does not hold the 4096 bytes that its header states"),
              std::string::npos);
    header.plain_bytes = uint32_t{16} << 20U;
    EXPECT_NE(error_of_chunk(header, bomb).find("a chunk states impossible sizes"),
              std::string::npos);
}

TEST(TraceReader, ManyChunksOfNothingAreRefusedAsAWhole) {
    ForgedTrace trace;
    for (int i = 0; i < 10; ++i) trace.add(ChunkHeader{}, Words(size_t{1} << 20U));
    const TraceReader reader = trace.seal();
    EXPECT_EQ(reader.end(), TraceEnd::kDamaged);
    EXPECT_EQ(reader.chunks().size(), 4U);
    EXPECT_EQ(reader.end_reason().rfind("the chunks so far state 41943040 bytes from ", 0), 0U);
}

TEST(TraceReader, AChunkMustBeWhatItsHeaderSays) {
    EventColumns columns;
    EventSource source;
    for (int i = 0; i < 3; ++i) columns.append(source.next());
    const Words contents = encode(columns, ChunkKind::kEvents);
    ChunkHeader good;
    good.events = 3;
    good.first_time = columns.earliest;
    good.last_time = columns.latest;
    EXPECT_EQ(error_of_chunk(good, contents), "");
    const auto refused = [&](auto change) {
        ChunkHeader header = good;
        change(header);
        EXPECT_NE(error_of_chunk(header, contents)
                      .find("its header states another kind, CPU, time, count or processes"),
                  std::string::npos);
    };
    refused([](ChunkHeader& header) { header.kind = ChunkKind::kSnapshot; });
    refused([](ChunkHeader& header) { header.kind = ChunkKind::kLoss; });
    refused([](ChunkHeader& header) { header.kind = static_cast<ChunkKind>(77); });
    refused([](ChunkHeader& header) { header.cpu = 1; });
    refused([](ChunkHeader& header) { header.events = 2; });
    refused([](ChunkHeader& header) { ++header.first_time.ns; });
    refused([](ChunkHeader& header) { --header.last_time.ns; });
    refused([](ChunkHeader& header) { header.processes = {INT32_MAX}; });
    good.processes = columns.processes();
    EXPECT_FALSE(good.processes.empty());
    EXPECT_EQ(error_of_chunk(good, contents), "") << "older traces do not state them";
}

TEST(TraceReader, FoundTasksAreOfTheSnapshotAndNothingElseIs) {
    EventSource source;
    Event found = source.next();
    found.body = TaskFound{};
    for (const ChunkKind kind : {ChunkKind::kEvents, ChunkKind::kSnapshot}) {
        EventColumns columns;
        columns.append(kind == ChunkKind::kEvents ? found : source.next());
        ChunkHeader header;
        header.kind = kind;
        header.events = 1;
        header.first_time = header.last_time = columns.earliest;
        EXPECT_NE(error_of_chunk(header, encode(columns, kind))
                      .find("its header states another kind, CPU, time, count or processes"),
                  std::string::npos);
    }
}

// Its header's times would delay every chunk behind it.
TEST(TraceReader, AChunkOfNoEventsIsRefused) {
    EXPECT_NE(error_of_chunk(ChunkHeader{}, encode(EventColumns(), ChunkKind::kEvents)), "");
}

TEST(TraceReader, AnEmptyChunkMessageIsNoCrash) {
    (void)error_of_chunk(ChunkHeader{}, Words{});
    (void)error_of_chunk(ChunkHeader{}, Words(1));
}

TEST(TraceReader, AMissingFileOrADirectoryIsAnError) {
    EXPECT_EQ(TraceReader::open("/nonexistent/trace").error().message,
              "cannot open it: No such file or directory");
    EXPECT_EQ(TraceReader::open("/").error().message, "it is a directory, not a file");
}

TEST(TraceWriter, TheMostCompressibleTraceIsReadable) {
    MemorySink sink;
    auto writer = TraceWriter::create(sink, {});
    EventSource source;
    constexpr size_t kChunks = 90;  // 40 MB, of which SizeLimits gives away 32
    for (size_t i = 0; i < kChunks * EventColumns::kMaxEvents; ++i) {
        const auto appended = (*writer)->append(source.next());
        ASSERT_TRUE(appended) << appended.error().message;
    }
    ASSERT_TRUE((*writer)->seal("stopped"));
    const auto reader = open_bytes(std::move(sink.bytes));
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader->end(), TraceEnd::kSealed) << reader->end_reason();
    ASSERT_EQ(reader->chunks().size(), kChunks);
    const auto last = reader->read(kChunks - 1);
    ASSERT_TRUE(last) << last.error().message;
    EXPECT_EQ(std::get<std::shared_ptr<const EventBatch>>(*last)->events().back().sequence,
              kChunks * EventColumns::kMaxEvents);
}

TEST(TraceWriter, WhoeverIsRecordedCannotEndTheTraceByRepetition) {
    MemorySink sink;
    auto writer = TraceWriter::create(sink, {});
    EventSource source;
    constexpr uint64_t kEvents = 6000;  // 48 MB, in a few hundred kB
    for (uint64_t i = 0; i < kEvents; ++i) {
        const auto appended = (*writer)->append(source.next_execve());
        ASSERT_TRUE(appended) << "event " << i << ": " << appended.error().message;
    }
    ASSERT_TRUE((*writer)->seal("stopped"));
    const auto reader = open_bytes(std::move(sink.bytes));
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader->end(), TraceEnd::kSealed) << reader->end_reason();
    EXPECT_EQ(test::read_all(*reader).trace.events.size(), kEvents);
}

TEST(TraceWriter, MoreEventsThanAChunkHoldsGoToTheNext) {
    MemorySink sink;
    auto writer = TraceWriter::create(sink, {});
    EventSource source;
    for (size_t i = 0; i <= EventColumns::kMaxEvents; ++i)
        ASSERT_TRUE((*writer)->append(source.next()));
    ASSERT_TRUE((*writer)->flush());
    const auto reader = open_bytes(sink.bytes);
    ASSERT_EQ(reader->chunks().size(), 2U);
    EXPECT_EQ(reader->chunks()[0].header.events, EventColumns::kMaxEvents);
    EXPECT_EQ(reader->chunks()[1].header.events, 1U);
    EXPECT_EQ(test::read_all(*reader).trace.events.back().sequence, EventColumns::kMaxEvents + 1);
}

TEST(TraceWriter, JumpsInTimeAndNumberGoToAChunkOfTheirOwn) {
    const std::string text =
        "tocsin-text 1\n"
        "task t1 tgid=100 comm=\"x\"\n"
        "5.000000000 cpu0 t1 exit\n"
        "10.000000000 cpu0 t1 exit\n"             // beyond 2^31 ns
        "1.000000000 cpu0 t1 exit\n"              // and back
        "1.000000001 cpu0 #9000000000 t1 exit\n"  // beyond 2^32 records
        "1.000000002 cpu0 #9000000009 t1 [cpu0#1] exit\n"
        "1.000000003 cpu0 t1 [cpu7#12345678901] exit\n";
    const auto reader = open_bytes(bytes_of(parsed(text)));
    EXPECT_EQ(reader->chunks().size(), 4U);
    EXPECT_EQ(*test::text_of(*reader), text);
}

TEST(TraceWriter, FoundTasksOfSeveralCpusAreWrittenToo) {
    const std::string text =
        "tocsin-text 1\n"
        "task t1 tgid=100 comm=\"x\"\n"
        "1.000000000 cpu0 t1 found\n"
        "2.000000000 cpu1 t1 found\n"
        "3.000000000 cpu0 t1 found\n";
    EXPECT_EQ(*test::text_of(*open_bytes(bytes_of(parsed(text)))), text);
}

TEST(TraceWriter, LossesAreStatedInEveryLaterHeaderAndTheSeal) {
    const std::string text =
        "tocsin-text 1\n"
        "lost 1.000000000 events=1 ring-full=5 undecodable=1\n"
        "lost 2.000000000 events=2 ring-full=9 undecodable=1\n"
        "seal \"stopped\"\n";
    const auto reader = open_bytes(bytes_of(parsed(text)));
    EXPECT_EQ(reader->chunks()[0].header.lost[0], 5U);
    EXPECT_EQ(reader->chunks()[1].header.lost[0], 9U);
    EXPECT_EQ(reader->seal()->lost[0], 9U);
    EXPECT_EQ(reader->seal()->lost[kLossCauses - 1], 1U);
    EXPECT_EQ(reader->lost()[0], 9U);
}

TEST(TraceWriter, AnEventLargerThanAChunkIsAnError) {
    MemorySink sink;
    auto writer = TraceWriter::create(sink, {});
    EventSource source;
    const std::string huge(5U << 20U, 'A');
    const std::vector<Claim> claims = {
        {0, OperandKind::kPath, 0, ClaimedBytes{{huge, 0, 0, false}}}};
    Event event = source.next();
    event.body = SyscallEntered{59, claims};
    const auto appended = (*writer)->append(event);
    ASSERT_FALSE(appended);
    EXPECT_EQ(appended.error().message, "event 1 of CPU 0 is too large for a chunk");
    EXPECT_TRUE((*writer)->append(source.next()));
    EXPECT_TRUE((*writer)->seal("stopped"));
}

TEST(TraceWriter, AHeaderThatNoReaderAcceptsIsRefused) {
    MemorySink sink;
    TraceHeader header;
    header.options.assign(10, std::string(30000, 'x'));
    const auto writer = TraceWriter::create(sink, header);
    ASSERT_FALSE(writer);
    EXPECT_TRUE(sink.bytes.empty());
}

TEST(TraceWriter, ASealThatNoReaderAcceptsIsRefused) {
    MemorySink sink;
    const auto writer = TraceWriter::create(sink, {});
    EXPECT_FALSE((*writer)->seal(std::string(kMaxMetadataBytes, 'x')));
    EXPECT_TRUE((*writer)->seal("stopped"));
    EXPECT_EQ(open_bytes(sink.bytes)->end(), TraceEnd::kSealed);
}

TEST(TraceWriter, AnEventWithAStringThatNoReaderAcceptsIsRefused) {
    MemorySink sink;
    auto writer = TraceWriter::create(sink, {});
    EventSource source;
    const std::string longest(EventColumns::kMaxStringBytes, 'A');
    for (const std::string& bytes : {longest, longest + 'A'}) {
        const std::vector<Claim> claims = {
            {0, OperandKind::kPath, 0, ClaimedBytes{{bytes, 0, 0, false}}}};
        Event event = source.next();
        event.body = SyscallEntered{59, claims};
        EXPECT_EQ((*writer)->append(event).ok(), bytes == longest);
    }
    ASSERT_TRUE((*writer)->seal("stopped"));
    EXPECT_TRUE(test::text_of(*open_bytes(sink.bytes)));
}

class FullDisk : public ByteSink {
  public:
    explicit FullDisk(size_t frames) : left_(frames) {}
    Result<> write(std::span<const uint8_t> bytes) override {
        if (left_ == 0) return Error{"No space left on device"};
        --left_;
        return sink.write(bytes);
    }
    void free(size_t frames) { left_ = frames; }
    MemorySink sink;

  private:
    size_t left_;
};

TEST(TraceWriter, ATraceCanBeSealedAfterTheDiskWasFull) {
    FullDisk disk(2);
    auto writer = TraceWriter::create(disk, {});
    EventSource source;
    ASSERT_TRUE((*writer)->append(source.next()));
    ASSERT_TRUE((*writer)->flush());
    ASSERT_TRUE((*writer)->append(source.next()));
    EXPECT_EQ((*writer)->flush().error().message, "No space left on device");
    disk.free(1);
    ASSERT_TRUE((*writer)->seal_without_flush("disk-full"));
    const auto reader = open_bytes(disk.sink.bytes);
    EXPECT_EQ(reader->end(), TraceEnd::kSealed) << reader->end_reason();
    EXPECT_EQ(reader->chunks().size(), 1U);
    EXPECT_EQ(reader->seal()->reason, "disk-full");
}

// A directory that goes with its contents.
class TemporaryDirectory {
  public:
    TemporaryDirectory() {
        std::string path = (std::filesystem::temp_directory_path() / "tocsin-XXXXXX").string();
        path_ = mkdtemp(path.data());
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

// What the shell command prints, and whether it succeeded.
std::pair<std::string, bool> output_of(const std::string& command) {
    FILE* pipe = popen((command + " 2>&1").c_str(), "r");
    std::string output;
    std::array<char, 4096> part;
    while (const size_t n = fread(part.data(), 1, part.size(), pipe)) output.append(part.data(), n);
    return {output, pclose(pipe) == 0};
}

bool has_tool(const std::string& name) {
    return output_of("command -v " + name).second;
}

TEST(TraceFile, StockZstdAndCapnpReadIt) {
    for (const char* tool : {"zstd", "capnp"})
        if (!has_tool(tool)) GTEST_SKIP() << tool << " is not installed";
    const TemporaryDirectory directory;
    const std::string file = (directory.path() / "trace.tocsin").string();
    const Bytes bytes = small_trace();
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));

    const auto [tested, is_sound] = output_of("zstd -t '" + file + "'");
    EXPECT_TRUE(is_sound) << tested;
    const auto [decoded, is_decoded] = output_of(
        "zstd -dc '" + file + "' | capnp decode '" TOCSIN_SOURCE_DIR "/formats/trace.capnp' Chunk");
    EXPECT_TRUE(is_decoded) << decoded;
    for (const char* expected : {"clock = ", "snapshot = ", "events = ", "loss = ", "/bin/ls"})
        EXPECT_NE(decoded.find(expected), std::string::npos) << expected << " in\n" << decoded;
}

TEST(TraceFile, AFileIsReadAsTheBytesAre) {
    const TemporaryDirectory directory;
    const std::string file = (directory.path() / "trace.tocsin").string();
    const Bytes bytes = small_trace();
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    const auto reader = TraceReader::open(file);
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_EQ(reader->file_bytes(), bytes.size());
    EXPECT_EQ(*test::text_of(*reader), kSmallTrace);
    ASSERT_EQ(truncate(file.c_str(), 10), 0);
    const auto chunk = reader->read(0);
    ASSERT_FALSE(chunk);
    EXPECT_NE(chunk.error().message.find("is it still being written?"), std::string::npos);
}

}  // namespace
}  // namespace tocsin
