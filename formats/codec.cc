// SPDX-License-Identifier: Apache-2.0
#include "formats/codec.h"

#include <capnp/any.h>
#include <capnp/message.h>
#include <capnp/serialize.h>
#include <kj/debug.h>
#include <kj/exception.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "formats/check.h"
#include "formats/event_chunk_decoder.h"
#include "formats/trace.capnp.h"

namespace tocsin {
namespace {

// Cap'n Proto caps what a reader may visit, against messages whose pointers overlap. Every list
// here is fetched once, so twice the message's size is ample; see also decode_message().
constexpr int kNestingLimit = 8;

Words take(capnp::MallocMessageBuilder& message) {
    const kj::Array<capnp::word> flat = capnp::messageToFlatArray(message);
    Words words(flat.size());
    std::memcpy(words.data(), flat.begin(), flat.size() * sizeof(uint64_t));
    return words;
}

// A list of numbers lies in the message as it does in the column. Cap'n Proto offers its bytes for
// reading only; they are in memory of ours.
template <typename T>
void fill(typename capnp::List<T>::Builder list, const std::vector<T>& column) {
    if (column.empty()) return;
    const auto bytes = capnp::AnyList::Reader(list.asReader()).getRawBytes();
    CHECK(bytes.size() == column.size() * sizeof(T));
    std::memcpy(const_cast<capnp::byte*>(bytes.begin()), column.data(), bytes.size());
}

uint32_t count_of(const auto& column) {
    return static_cast<uint32_t>(column.size());
}

void put_task(schema::Task::Builder out, const EventColumns::TaskRow& row) {
    const Task& task = row.task;
    out.setTgid(task.id.tgid);
    out.setTid(task.id.tid);
    out.setStarted(task.id.started.ns);
    const Credentials& ids = task.credentials;
    out.setUid(ids.uid);
    out.setEuid(ids.euid);
    out.setSuid(ids.suid);
    out.setFsuid(ids.fsuid);
    out.setGid(ids.gid);
    out.setEgid(ids.egid);
    out.setSgid(ids.sgid);
    out.setFsgid(ids.fsgid);
    out.setPermitted(ids.permitted);
    out.setEffective(ids.effective);
    out.setUserNamespace(task.namespaces.user);
    out.setMountNamespace(task.namespaces.mount);
    out.setPidNamespace(task.namespaces.pid);
    out.setAbi(static_cast<uint8_t>(task.abi));
    out.setComm(row.comm);
}

void put_node(schema::Node::Builder out, const EventColumns::NodeRow& row) {
    out.setDevice(row.id.device);
    out.setInode(row.id.inode);
    out.setGeneration(row.id.generation);
    out.setMode(row.mode);
    out.setUid(row.uid);
    out.setGid(row.gid);
    out.setLinks(row.links);
    out.setMount(row.mount);
    out.setName(row.name);
    out.setParent(row.parent);
    out.setCut(row.cut);
}

void put_tables(schema::EventChunk::Builder out, const EventColumns& c) {
    auto tasks = out.initTasks(count_of(c.tasks));
    for (uint32_t i = 0; i < tasks.size(); ++i) put_task(tasks[i], c.tasks[i]);
    auto nodes = out.initNodes(count_of(c.nodes));
    for (uint32_t i = 0; i < nodes.size(); ++i) put_node(nodes[i], c.nodes[i]);
    auto lengths = out.initStringLengths(count_of(c.string_offsets) - 1);
    for (uint32_t i = 0; i < lengths.size(); ++i)
        lengths.set(i, c.string_offsets[i + 1] - c.string_offsets[i]);
    out.setStringBytes(
        {reinterpret_cast<const capnp::byte*>(c.string_bytes.data()), c.string_bytes.size()});
}

void put_columns(schema::EventChunk::Builder out, const EventColumns& c) {
    out.setCpu(c.cpu);
    out.setFirstTime(c.first_time.ns);
    out.setFirstSequence(c.first_sequence);
    out.setFirstCall(c.first_call);
    fill(out.initDeltaTime(count_of(c.delta_time)), c.delta_time);
    fill(out.initSequenceGap(count_of(c.sequence_gap)), c.sequence_gap);
    fill(out.initKind(count_of(c.kind)), c.kind);
    fill(out.initCode(count_of(c.code)), c.code);
    fill(out.initTask(count_of(c.task)), c.task);
    fill(out.initCallDelta(count_of(c.call_delta)), c.call_delta);
    fill(out.initViewCount(count_of(c.view_count)), c.view_count);
    fill(out.initObjectCount(count_of(c.object_count)), c.object_count);
    fill(out.initValue(count_of(c.value)), c.value);
    auto far_cpu = out.initFarCallCpu(count_of(c.far_calls));
    auto far_number = out.initFarCallNumber(count_of(c.far_calls));
    for (uint32_t i = 0; i < c.far_calls.size(); ++i) {
        far_cpu.set(i, c.far_calls[i].cpu);
        far_number.set(i, c.far_calls[i].number);
    }
    fill(out.initOtherTask(count_of(c.other_task)), c.other_task);
    fill(out.initViewOperand(count_of(c.view_operand)), c.view_operand);
    fill(out.initViewFlags(count_of(c.view_flags)), c.view_flags);
    fill(out.initClaimRegister(count_of(c.claim_register)), c.claim_register);
    fill(out.initViewBytes(count_of(c.view_bytes)), c.view_bytes);
    fill(out.initOddError(count_of(c.odd_error)), c.odd_error);
    fill(out.initOddLength(count_of(c.odd_length)), c.odd_length);
    fill(out.initObjectRole(count_of(c.object_role)), c.object_role);
    fill(out.initObjectNode(count_of(c.object_node)), c.object_node);
    put_tables(out, c);
}

void put_lost(capnp::List<uint64_t>::Builder list, const LossCounts& counts) {
    for (uint32_t i = 0; i < counts.size(); ++i) list.set(i, counts[i]);
}

// Causes that a later version added are not known here; their sum goes to the last one, so that
// no loss disappears.
LossCounts get_lost(capnp::List<uint64_t>::Reader list) {
    LossCounts counts{};
    for (uint32_t i = 0; i < list.size(); ++i)
        counts[std::min<size_t>(i, kLossCauses - 1)] += list[i];
    return counts;
}

capnp::Data::Reader as_data(const Digest& digest) {
    return {digest.data(), digest.size()};
}

Digest get_digest(capnp::Data::Reader data) {
    Digest digest{};
    std::copy_n(data.begin(), std::min(data.size(), digest.size()), digest.begin());
    return digest;
}

// No recorder writes a NUL inside one, and other tools would not show what is behind it.
std::string get_text(capnp::Text::Reader text) {
    if (std::memchr(text.begin(), 0, text.size()) != nullptr) KJ_FAIL_REQUIRE("a text holds a NUL");
    return {text.cStr(), text.size()};
}

// Runs `decode` on the message's root. Cap'n Proto reports what is malformed by throwing, lazily.
template <typename Root, typename Decode>
auto decode_message(const Words& words, Decode&& decode)
    -> decltype(decode(std::declval<typename Root::Reader>())) {
    try {
        capnp::ReaderOptions options;
        options.traversalLimitInWords = 2 * words.size() + 1024;
        options.nestingLimit = kNestingLimit;
        const auto* begin = reinterpret_cast<const capnp::word*>(words.data());
        capnp::FlatArrayMessageReader message({begin, words.size()}, options);
        return decode(message.getRoot<Root>());
    } catch (const kj::Exception& e) {
        return Error{std::string("the message is malformed: ") + e.getDescription().cStr()};
    }
}

}  // namespace

Words encode(const EventColumns& columns, ChunkKind kind) {
    // One segment, built where it stays: stock tools, and the decoder here, read it in place.
    Words words(1 + columns.plain_bytes() / sizeof(uint64_t));
    auto* const segment = reinterpret_cast<capnp::word*>(words.data() + 1);
    capnp::FlatMessageBuilder message({segment, words.size() - 1});
    auto chunk = message.initRoot<schema::Chunk>();
    put_columns(kind == ChunkKind::kSnapshot ? chunk.initSnapshot() : chunk.initEvents(), columns);
    const size_t used = message.getSegmentsForOutput()[0].size();
    words[0] = uint64_t{used} << 32U;  // the table of segments: one, of that many words
    words.resize(1 + used);
    return words;
}

Words encode(const RecordsLost& loss) {
    capnp::MallocMessageBuilder message;
    auto out = message.initRoot<schema::Chunk>().initLoss();
    out.setTime(loss.time.ns);
    out.setEvents(loss.events);
    put_lost(out.initCounts(kLossCauses), loss.counts);
    return take(message);
}

Words encode(const ClockSample& sample) {
    capnp::MallocMessageBuilder message;
    auto out = message.initRoot<schema::Chunk>().initClock();
    out.setTime(sample.time.ns);
    out.setUncertainty(sample.uncertainty_ns);
    out.setRealtime(sample.realtime_ns);
    out.setMonotonic(sample.monotonic_ns);
    out.setTai(sample.tai_ns);
    out.setAdjtimexStatus(sample.adjtimex_status);
    return take(message);
}

Words encode(const TraceHeader& header) {
    capnp::MallocMessageBuilder message;
    auto out = message.initRoot<schema::Header>();
    out.setFormatVersion(header.format_version);
    out.setRecorderVersion(header.recorder_version);
    out.setHost(header.host);
    out.setKernelRelease(header.kernel_release);
    out.setKernelVersion(header.kernel_version);
    out.setMachine(header.machine);
    out.setBootId(header.boot_id);
    out.setCpus(header.cpus);
    auto options = out.initOptions(count_of(header.options));
    for (uint32_t i = 0; i < options.size(); ++i) options.set(i, header.options[i]);
    auto hooks = out.initHooks(count_of(header.hooks));
    for (uint32_t i = 0; i < hooks.size(); ++i) {
        hooks[i].setName(header.hooks[i].name);
        hooks[i].setSource(header.hooks[i].source);
        hooks[i].setRefusal(header.hooks[i].refusal);
    }
    auto sysctls = out.initSysctls(count_of(header.sysctls));
    for (uint32_t i = 0; i < sysctls.size(); ++i) {
        sysctls[i].setName(header.sysctls[i].name);
        sysctls[i].setValue(header.sysctls[i].value);
    }
    return take(message);
}

Words encode(const ChunkHeader& header) {
    capnp::MallocMessageBuilder message;
    auto out = message.initRoot<schema::ChunkHeader>();
    out.setNumber(header.number);
    out.setKind(static_cast<uint16_t>(header.kind));
    out.setCpu(header.cpu);
    out.setFirstTime(header.first_time.ns);
    out.setLastTime(header.last_time.ns);
    out.setEvents(header.events);
    out.setCompressedBytes(header.compressed_bytes);
    out.setPlainBytes(header.plain_bytes);
    out.setPreviousHash(as_data(header.previous_hash));
    put_lost(out.initLost(kLossCauses), header.lost);
    fill(out.initProcesses(count_of(header.processes)), header.processes);
    return take(message);
}

Words encode(const Seal& seal) {
    capnp::MallocMessageBuilder message;
    auto out = message.initRoot<schema::Seal>();
    out.setReason(seal.reason);
    out.setChunks(seal.chunks);
    out.setEvents(seal.events);
    out.setFinalHash(as_data(seal.final_hash));
    put_lost(out.initLost(kLossCauses), seal.lost);
    return take(message);
}

Result<Chunk> decode_chunk(Words words) {
    const auto batch = [&words](schema::EventChunk::Reader in, bool is_snapshot) -> Result<Chunk> {
        auto decoded = decode_event_chunk(in, is_snapshot, words);
        if (!decoded) return decoded.error();
        return Chunk{std::move(*decoded)};
    };
    return decode_message<schema::Chunk>(words, [&](schema::Chunk::Reader in) -> Result<Chunk> {
        switch (in.which()) {
            case schema::Chunk::EVENTS:
                return batch(in.getEvents(), false);
            case schema::Chunk::SNAPSHOT:
                return batch(in.getSnapshot(), true);
            case schema::Chunk::LOSS: {
                const auto loss = in.getLoss();
                return Chunk{
                    RecordsLost{{loss.getTime()}, loss.getEvents(), get_lost(loss.getCounts())}};
            }
            case schema::Chunk::CLOCK: {
                const auto clock = in.getClock();
                return Chunk{ClockSample{{clock.getTime()},
                                         clock.getUncertainty(),
                                         clock.getRealtime(),
                                         clock.getMonotonic(),
                                         clock.getTai(),
                                         clock.getAdjtimexStatus()}};
            }
        }
        return Error{"the chunk's kind is unknown to this version"};
    });
}

Result<TraceHeader> decode_trace_header(const Words& words) {
    return decode_message<
        schema::Header>(words, [](schema::Header::Reader in) -> Result<TraceHeader> {
        TraceHeader header;
        header.format_version = in.getFormatVersion();
        header.recorder_version = get_text(in.getRecorderVersion());
        header.host = get_text(in.getHost());
        header.kernel_release = get_text(in.getKernelRelease());
        header.kernel_version = get_text(in.getKernelVersion());
        header.machine = get_text(in.getMachine());
        header.boot_id = get_text(in.getBootId());
        header.cpus = in.getCpus();
        for (const auto option : in.getOptions()) header.options.push_back(get_text(option));
        for (const auto hook : in.getHooks())
            header.hooks.push_back({get_text(hook.getName()), get_text(hook.getSource()),
                                    get_text(hook.getRefusal())});
        for (const auto setting : in.getSysctls())
            header.sysctls.push_back({get_text(setting.getName()), get_text(setting.getValue())});
        return header;
    });
}

Result<ChunkHeader> decode_chunk_header(const Words& words) {
    return decode_message<schema::ChunkHeader>(
        words, [](schema::ChunkHeader::Reader in) -> Result<ChunkHeader> {
            std::vector<int32_t> processes;
            for (const int32_t process : in.getProcesses()) processes.push_back(process);
            return ChunkHeader{in.getNumber(),
                               static_cast<ChunkKind>(in.getKind()),
                               in.getCpu(),
                               {in.getFirstTime()},
                               {in.getLastTime()},
                               in.getEvents(),
                               in.getCompressedBytes(),
                               in.getPlainBytes(),
                               get_digest(in.getPreviousHash()),
                               get_lost(in.getLost()),
                               std::move(processes)};
        });
}

Result<Seal> decode_seal(const Words& words) {
    return decode_message<schema::Seal>(words, [](schema::Seal::Reader in) -> Result<Seal> {
        return Seal{get_text(in.getReason()), in.getChunks(), in.getEvents(),
                    get_digest(in.getFinalHash()), get_lost(in.getLost())};
    });
}

}  // namespace tocsin
