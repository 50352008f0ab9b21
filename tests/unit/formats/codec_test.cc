// SPDX-License-Identifier: Apache-2.0
#include "formats/codec.h"

#include <capnp/dynamic.h>
#include <capnp/message.h>
#include <capnp/serialize.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <set>
#include <string>

#include "formats/trace.capnp.h"
#include "tests/support/trace_builder.h"

namespace tocsin {
namespace {

using ChunkBuilder = schema::EventChunk::Builder;
using BatchPtr = std::shared_ptr<const EventBatch>;

Words words_of(capnp::MessageBuilder& message) {
    const auto flat = capnp::messageToFlatArray(message);
    Words words(flat.size());
    std::memcpy(words.data(), flat.begin(), flat.size() * sizeof(uint64_t));
    return words;
}

// Two events of every kind, with a far call and every list in use.
Words good_chunk() {
    static const Words kWords = [] {
        const ParsedTrace trace = test::parsed(R"(tocsin-text 1
task t1 tgid=100 comm="victim"
task t2 tgid=101 comm="child"
object o1 8:1/2 mode=040755 name="/"
object o2 8:1/42 name="sh" in=o1
1 cpu0 t1 > execve path=0x10:"/bin/ls" argv=0x20:["ls"]
1 cpu0 t1 @ sched_process_exec path="/bin/sh" exe=o2 cwd=o1
1 cpu0 t1 < execve -EFAULT path=0x10 argv=0x20:["l"~](error=EFAULT)
1 cpu0 t1 [cpu7#9] fork t2
1 cpu0 t2 exit code=1 last
1 cpu0 t2 found parent=t1 root=o1
)");
        EventColumns columns;
        uint64_t sequence = 0;
        for (const auto* list : {&trace.events, &trace.found})
            for (Event event : *list) {
                event.sequence = ++sequence;
                columns.append(event);
            }
        return encode(columns, ChunkKind::kEvents);
    }();
    return kWords;
}

// The good chunk after a change.
Words changed(const std::function<void(ChunkBuilder)>& change) {
    const Words good = good_chunk();
    capnp::FlatArrayMessageReader reader(
        {reinterpret_cast<const capnp::word*>(good.data()), good.size()});
    capnp::MallocMessageBuilder message;
    message.setRoot(reader.getRoot<schema::Chunk>());
    change(message.getRoot<schema::Chunk>().getEvents());
    return words_of(message);
}

// Reads everything that the events point to, so that a sanitizer sees every bad pointer.
void touch(const Chunk& chunk) {
    const auto* batch = std::get_if<BatchPtr>(&chunk);
    if (batch == nullptr) return;
    TextFormWriter writer;
    std::string text;
    for (const Event& event : (*batch)->events()) writer.print(event, text);
}

std::string error_of(Words words) {
    const auto chunk = decode_chunk(std::move(words));
    if (chunk) touch(*chunk);
    return chunk ? "" : chunk.error().message;
}

std::string error_after(const std::function<void(ChunkBuilder)>& change) {
    return error_of(changed(change));
}

TEST(Codec, WhatIsEncodedIsDecoded) {
    EXPECT_EQ(error_of(good_chunk()), "");
    const auto chunk = decode_chunk(good_chunk());
    const BatchPtr& batch = std::get<BatchPtr>(*chunk);
    EXPECT_EQ(batch->events().size(), 6U);
    EXPECT_FALSE(batch->is_snapshot());
    EXPECT_EQ(batch->events()[3].call, (CallId{7, 9}));
}

TEST(Codec, AListOfAnotherLengthIsRefused) {
    const auto schema = capnp::Schema::from<schema::EventChunk>();
    // A longer table holds entries that nothing names, which is no harm.
    const std::set<std::string> tables = {"tasks", "nodes", "stringLengths"};
    size_t lists = 0;
    for (const auto field : schema.getFields()) {
        if (!field.getType().isList()) continue;
        ++lists;
        const std::string name = field.getProto().getName().cStr();
        for (const int change : {-1, 1}) {
            const auto resize = [&](ChunkBuilder chunk) {
                capnp::DynamicStruct::Builder in = chunk;
                const auto old = in.get(field).as<capnp::DynamicList>().asReader();
                ASSERT_GT(old.size(), 0U) << name;
                capnp::MallocMessageBuilder scratch;
                auto copy = scratch.initRoot<schema::EventChunk>();
                capnp::DynamicStruct::Builder out = copy;
                out.set(field, old);
                const auto kept = out.get(field).as<capnp::DynamicList>().asReader();
                const auto size = static_cast<unsigned>(static_cast<int>(old.size()) + change);
                auto list = in.init(field, size).as<capnp::DynamicList>();
                for (unsigned i = 0; i < std::min(size, kept.size()); ++i) {
                    // Structs are left empty: all that counts is that there are fewer or more.
                    if (!field.getType().asList().getElementType().isStruct()) list.set(i, kept[i]);
                }
            };
            const std::string error = error_after(resize);
            if (change < 0 || !tables.contains(name)) {
                EXPECT_NE(error, "") << name << " by " << change;
            }
        }
    }
    EXPECT_EQ(lists, 23U) << "a new list needs a check in codec.cc, and this number";
}

TEST(Codec, StringBytesMustBeWhatTheLengthsSay) {
    EXPECT_NE(error_after([](ChunkBuilder chunk) { chunk.initStringBytes(0); }), "");
    EXPECT_NE(error_after([](ChunkBuilder chunk) { chunk.initStringBytes(1000); }), "");
    EXPECT_NE(error_after([](ChunkBuilder chunk) { chunk.getStringLengths().set(0, UINT32_MAX); }),
              "");
}

TEST(Codec, AnIndexOutOfItsTableIsRefused) {
    const struct {
        const char* column;
        std::function<void(ChunkBuilder)> change;
    } cases[] = {
        {"task", [](ChunkBuilder c) { c.getTask().set(0, 2); }},
        {"task", [](ChunkBuilder c) { c.getTask().set(0, EventColumns::kNone16); }},
        {"otherTask", [](ChunkBuilder c) { c.getOtherTask().set(0, 2); }},
        {"otherTask", [](ChunkBuilder c) { c.getOtherTask().set(0, EventColumns::kNone16); }},
        {"viewBytes", [](ChunkBuilder c) { c.getViewBytes().set(0, 1000); }},
        {"objectNode", [](ChunkBuilder c) { c.getObjectNode().set(0, 2); }},
        {"tasks.comm", [](ChunkBuilder c) { c.getTasks()[0].setComm(1000); }},
        {"tasks.abi", [](ChunkBuilder c) { c.getTasks()[0].setAbi(3); }},
        {"nodes.name", [](ChunkBuilder c) { c.getNodes()[0].setName(1000); }},
        {"nodes.parent", [](ChunkBuilder c) { c.getNodes()[1].setParent(1); }},
        {"nodes.parent", [](ChunkBuilder c) { c.getNodes()[0].setParent(1); }},
        {"viewOperand",
         [](ChunkBuilder c) {
             c.getViewFlags().set(0, c.getViewFlags()[0] | EventColumns::kKindPlus16);
             c.getViewOperand().set(0, 0xf0);
         }},
        {"viewFlags",
         [](ChunkBuilder c) { c.getViewFlags().set(0, EventColumns::kKnownViewFlags + 1); }},
        {"claimRegister", [](ChunkBuilder c) { c.getKind().set(0, EventColumns::kHook); }},
        {"viewCount", [](ChunkBuilder c) { c.getViewCount().set(0, 255); }},
        {"viewCount", [](ChunkBuilder c) { c.getViewCount().set(4, 1); }},
        {"objectCount", [](ChunkBuilder c) { c.getObjectCount().set(1, 255); }},
        {"objectCount", [](ChunkBuilder c) { c.getObjectCount().set(0, 1); }},
        {"kind", [](ChunkBuilder c) { c.getKind().set(0, 0); }},
        {"kind", [](ChunkBuilder c) { c.getKind().set(0, 7); }},
        {"callDelta", [](ChunkBuilder c) { c.getCallDelta().set(0, -2); }},
        {"callDelta",
         [](ChunkBuilder c) { c.setFirstCall(UINT64_MAX), c.getCallDelta().set(0, 1); }},
        {"farCallCpu", [](ChunkBuilder c) { c.getCallDelta().set(0, EventColumns::kFarCall); }},
        {"sequenceGap", [](ChunkBuilder c) { c.setFirstSequence(UINT64_MAX - 4); }},
    };
    for (const auto& each : cases) {
        const std::string error = error_after(each.change);
        EXPECT_EQ(error.rfind(std::string("column ") + each.column + ' ', 0), 0U)
            << each.column << ": " << error;
    }
}

TEST(Codec, ATableLargerThanItsIndexesIsRefusedBeforeItIsKept) {
    const auto error = [](const char* table, const std::function<void(ChunkBuilder)>& change) {
        EXPECT_EQ(error_after(change), std::string("column ") + table +
                                           " has 65536 where 65535 was the most or the expected");
    };
    error("tasks", [](ChunkBuilder chunk) { chunk.initTasks(65536); });
    error("nodes", [](ChunkBuilder chunk) { chunk.initNodes(65536); });
    error("stringLengths", [](ChunkBuilder chunk) { chunk.initStringLengths(65536); });
}

TEST(Codec, MoreEventsThanAChunkHoldsAreRefused) {
    EventColumns columns;
    Event event;
    const Task task;
    event.task = &task;
    event.body = TaskExited{};
    for (uint64_t i = 1; i <= EventColumns::kMaxEvents; ++i) {
        event.sequence = i;
        columns.append(event);
    }
    EXPECT_EQ(error_of(encode(columns, ChunkKind::kEvents)), "");
    columns.delta_time.push_back(0);
    columns.sequence_gap.push_back(0);
    columns.kind.push_back(EventColumns::kExited);
    columns.code.push_back(0);
    columns.value.push_back(0);
    columns.task.push_back(0);
    columns.call_delta.push_back(EventColumns::kNoCall);
    columns.view_count.push_back(0);
    columns.object_count.push_back(0);
    EXPECT_EQ(error_of(encode(columns, ChunkKind::kEvents)),
              "column kind has 16385 where 16384 was the most or the expected");
}

TEST(Codec, AStringLongerThanAViewMayBeIsRefused) {
    for (const uint32_t length :
         {EventColumns::kMaxStringBytes, EventColumns::kMaxStringBytes + 1}) {
        const std::string error = error_after([&](ChunkBuilder chunk) {
            const size_t size = chunk.getStringBytes().size() + length;
            chunk.initStringBytes(static_cast<unsigned>(size));
            std::vector<uint32_t> lengths;
            for (const uint32_t old : chunk.getStringLengths().asReader()) lengths.push_back(old);
            lengths.push_back(length);
            auto list = chunk.initStringLengths(static_cast<unsigned>(lengths.size()));
            for (unsigned i = 0; i < list.size(); ++i) list.set(i, lengths[i]);
        });
        EXPECT_EQ(error, length == EventColumns::kMaxStringBytes
                             ? ""
                             : "column stringLengths has 65537 where 65536 was the most or the "
                               "expected");
    }
}

TEST(Codec, ATaskOrFileOfALongerNameThanTheKernelGivesIsRefused) {
    // The good chunk's strings, and one more of that length.
    const auto with_string = [](uint32_t size, const auto& use) {
        return error_after([&](ChunkBuilder chunk) {
            std::vector<uint32_t> lengths;
            for (const uint32_t old : chunk.getStringLengths().asReader()) lengths.push_back(old);
            lengths.push_back(size);
            auto list = chunk.initStringLengths(static_cast<unsigned>(lengths.size()));
            for (unsigned i = 0; i < list.size(); ++i) list.set(i, lengths[i]);
            chunk.initStringBytes(static_cast<unsigned>(chunk.getStringBytes().size() + size));
            use(chunk, static_cast<uint16_t>(lengths.size() - 1));
        });
    };
    const auto comm = [](ChunkBuilder c, uint16_t string) { c.getTasks()[0].setComm(string); };
    const auto name = [](ChunkBuilder c, uint16_t string) { c.getNodes()[0].setName(string); };
    EXPECT_EQ(with_string(64, comm), "");
    EXPECT_EQ(with_string(65, comm),
              "column tasks.comm names a string of 65 where 64 was the most or the expected");
    EXPECT_EQ(with_string(255, name), "");
    EXPECT_EQ(with_string(256, name),
              "column nodes.name names a string of 256 where 255 was the most or the expected");
}

TEST(Codec, MoreViewsOrObjectsThanAnyWriterPutsAreRefusedBeforeTheyAreKept) {
    EXPECT_EQ(error_after([](ChunkBuilder chunk) {
                  chunk.initViewOperand(1000000);
                  auto flags = chunk.initViewFlags(1000000);
                  for (unsigned i = 0; i < flags.size(); ++i) flags.set(i, EventColumns::kNoBytes);
              }),
              "column viewOperand has 1000000 where 233016 was the most or the expected");
    EXPECT_EQ(error_after([](ChunkBuilder chunk) {
                  chunk.initObjectRole(2000000);
                  chunk.initObjectNode(2000000);
              }),
              "column objectRole has 2000000 where 1398101 was the most or the expected");
}

TEST(Codec, NodesAreAtMost200Deep) {
    const auto chain_of = [](uint16_t nodes) {
        return [nodes](ChunkBuilder chunk) {
            auto list = chunk.initNodes(nodes);
            for (uint16_t i = 0; i < nodes; ++i)
                list[i].setParent(i == 0 ? EventColumns::kNone16 : static_cast<uint16_t>(i - 1));
        };
    };
    EXPECT_EQ(error_after(chain_of(201)), "");
    EXPECT_EQ(error_after(chain_of(202)),
              "column nodes.parent is as deep as 201 where 200 was the most or the expected");
}

TEST(Codec, ChangedBytesAreAnErrorOrOtherValuesButNeverACrash) {
    const Words good = good_chunk();
    std::mt19937 engine(1);
    for (size_t at = 0; at < good.size() * sizeof(uint64_t); ++at) {
        for (const uint8_t flip : {uint8_t{0x01}, uint8_t{0x80}, uint8_t{0xff}}) {
            Words words = good;
            reinterpret_cast<uint8_t*>(words.data())[at] ^= flip;
            error_of(std::move(words));
        }
    }
    for (int round = 0; round < 5000; ++round) {
        Words words = good;
        for (int i = 0; i < 4; ++i)
            words[engine() % words.size()] ^= uint64_t{1} << (engine() % 64);
        error_of(std::move(words));
    }
}

TEST(Codec, AMessageCutAnywhereIsAnErrorOrLess) {
    const Words good = good_chunk();
    for (size_t size = 0; size < good.size(); ++size)
        error_of(Words(good.begin(), good.begin() + static_cast<ptrdiff_t>(size)));
}

TEST(Codec, AFewBytesCannotClaimMillionsOfEntries) {
    // A list of 2^29-1 structs of no size needs no bytes at all.
    Words words = good_chunk();
    const uint64_t huge_list = 7U | uint64_t{(uint32_t{1} << 29U) - 1} << 35U;
    capnp::MallocMessageBuilder message;
    auto chunk = message.initRoot<schema::Chunk>().initEvents();
    chunk.initTasks(1);
    words = words_of(message);
    for (size_t i = 1; i < words.size(); ++i) {
        Words bomb = words;
        // Keep the pointer's offset, state another size.
        bomb[i] = (bomb[i] & 0xfffffffcU) | 1U | (huge_list & ~uint64_t{0xffffffffU});
        error_of(std::move(bomb));
        Words tag = words;
        tag[i] = (uint64_t{(uint32_t{1} << 29U) - 1} << 2U);
        error_of(std::move(tag));
    }
}

TEST(Codec, LossesAndClockSamplesSurvive) {
    const RecordsLost loss{{5}, 6, {1, 2, 3, 4, 5, 6, UINT64_MAX}};
    const auto read_loss = std::get<RecordsLost>(*decode_chunk(encode(loss)));
    EXPECT_EQ(read_loss.time, loss.time);
    EXPECT_EQ(read_loss.events, loss.events);
    EXPECT_EQ(read_loss.counts, loss.counts);
    const ClockSample clock{{1}, 2, std::numeric_limits<int64_t>::min(), 4, -5, -6};
    const auto read_clock = std::get<ClockSample>(*decode_chunk(encode(clock)));
    EXPECT_EQ(read_clock.time, clock.time);
    EXPECT_EQ(read_clock.uncertainty_ns, clock.uncertainty_ns);
    EXPECT_EQ(read_clock.realtime_ns, clock.realtime_ns);
    EXPECT_EQ(read_clock.monotonic_ns, clock.monotonic_ns);
    EXPECT_EQ(read_clock.tai_ns, clock.tai_ns);
    EXPECT_EQ(read_clock.adjtimex_status, clock.adjtimex_status);
}

TEST(Codec, LossCausesOfALaterVersionCountAsTheLastOne) {
    capnp::MallocMessageBuilder message;
    auto counts = message.initRoot<schema::Chunk>().initLoss().initCounts(kLossCauses + 2);
    for (unsigned i = 0; i < counts.size(); ++i) counts.set(i, i + 1);
    const auto loss = std::get<RecordsLost>(*decode_chunk(words_of(message)));
    EXPECT_EQ(loss.counts, (LossCounts{1, 2, 3, 4, 5, 6, 7 + 8 + 9}));
}

TEST(Codec, MetadataSurvives) {
    TraceHeader header = test::parsed(test::kSmallTrace).header;
    header.hooks.push_back({"file_open", "lsm", "Operation not permitted"});
    EXPECT_EQ(*decode_trace_header(encode(header)), header);

    ChunkHeader chunk{7, ChunkKind::kLoss, 3, {4}, {5}, 6, 8, 16, {}, {1, 2, 3, 4, 5, 6, 7}};
    chunk.previous_hash.fill(0xab);
    const auto read = decode_chunk_header(encode(chunk));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->number, chunk.number);
    EXPECT_EQ(read->kind, chunk.kind);
    EXPECT_EQ(read->cpu, chunk.cpu);
    EXPECT_EQ(read->first_time, chunk.first_time);
    EXPECT_EQ(read->last_time, chunk.last_time);
    EXPECT_EQ(read->events, chunk.events);
    EXPECT_EQ(read->compressed_bytes, chunk.compressed_bytes);
    EXPECT_EQ(read->plain_bytes, chunk.plain_bytes);
    EXPECT_EQ(read->previous_hash, chunk.previous_hash);
    EXPECT_EQ(read->lost, chunk.lost);

    Seal seal{"stopped", 1, 2, {}, {7, 6, 5, 4, 3, 2, 1}};
    seal.final_hash.fill(0xcd);
    const auto read_seal = decode_seal(encode(seal));
    ASSERT_TRUE(read_seal);
    EXPECT_EQ(read_seal->reason, seal.reason);
    EXPECT_EQ(read_seal->chunks, seal.chunks);
    EXPECT_EQ(read_seal->events, seal.events);
    EXPECT_EQ(read_seal->final_hash, seal.final_hash);
    EXPECT_EQ(read_seal->lost, seal.lost);
}

TEST(Codec, ATextWithANulIsRefused) {
    capnp::MallocMessageBuilder message;
    auto header = message.initRoot<schema::Header>();
    header.setHost(capnp::Text::Reader("a\0b", 3));
    const auto decoded = decode_trace_header(words_of(message));
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().message, "the message is malformed: a text holds a NUL");
}

TEST(Codec, MalformedMetadataIsAnErrorNotACrash) {
    const Words messages[] = {encode(test::parsed(test::kSmallTrace).header), encode(ChunkHeader{}),
                              encode(Seal{"stopped", 1, 2, {}, {}})};
    for (const Words& good : messages)
        for (size_t at = 0; at < good.size() * sizeof(uint64_t); ++at)
            for (const uint8_t flip : {uint8_t{0x01}, uint8_t{0x80}, uint8_t{0xff}}) {
                Words words = good;
                reinterpret_cast<uint8_t*>(words.data())[at] ^= flip;
                (void)decode_trace_header(words).ok();
                (void)decode_chunk_header(words).ok();
                (void)decode_seal(words).ok();
            }
}

}  // namespace
}  // namespace tocsin
