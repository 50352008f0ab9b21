// SPDX-License-Identifier: Apache-2.0
#include "recorder/wire_decoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <numeric>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "formats/event_columns.h"
#include "tests/support/wire_builder.h"

namespace tocsin {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr uint16_t kExecve = 59;
constexpr uint16_t kExecHook = 1;

const std::vector<WireNode> kShell = {{42, "sh"}, {7, "bin"}, {2, "/"}};
const std::vector<WireNode> kHome = {{50, "work"}, {49, "home"}, {2, "/"}};

WireBuilder entered() {
    WireBuilder record(WIRE_SYSCALL_ENTERED, kExecve);
    record.head().call_number = 11;
    record.claim(OPERAND_PATH, 0, "/bin/sh", {.full_length = 7})
        .claim(OPERAND_ARGV, 1, "sh\0-c\0"sv)
        .claim(OPERAND_ENVIRON, 2, "HOME=/root\0LANG=C\0"sv)
        .register_claim(OPERAND_FLAGS, 4, 0x1000);
    return record;
}

WireBuilder hook_fired() {
    WireBuilder record(WIRE_HOOK_FIRED, kExecHook, 100);
    record.copy(OPERAND_PATH, 0, "/bin/script")
        .copy(OPERAND_INTERPRETER, TOCSIN_NO_OPERAND, "/bin/sh")
        .copy(OPERAND_ARGV, 1, "/bin/sh\0/bin/script\0"sv)
        .object(OBJECT_EXECUTABLE, kShell);
    return record;
}

WireBuilder returned() {
    WireBuilder record(WIRE_SYSCALL_RETURNED, kExecve, -ENOENT);
    record.head().call_number = 11;
    record.claim(OPERAND_PATH, 0, "/bin/sh");
    return record;
}

WireBuilder forked() {
    WireBuilder record(WIRE_TASK_FORKED);
    record.head().has_other = 1;
    record.head().other.tgid = record.head().other.tid = 101;
    return record;
}

WireBuilder exited() {
    return WireBuilder(WIRE_TASK_EXITED, 1, 139);
}

WireBuilder found() {
    WireBuilder record(WIRE_TASK_FOUND);
    record.head().has_other = 1;
    record.head().other.tgid = 1;
    record.object(OBJECT_EXECUTABLE, kShell)
        .object(OBJECT_CWD, kHome)
        .object(OBJECT_ROOT, std::vector<WireNode>{{2, "/"}});
    return record;
}

std::vector<WireBuilder> one_of_each_kind() {
    return {entered(), hook_fired(), returned(), forked(), exited(), found()};
}

template <typename Body>
const Body& body_of(const Result<const Event*>& event) {
    return std::get<Body>((*event)->body);
}

std::string error_of(WireBuilder& record) {
    WireDecoder decoder;
    const auto event = decoder.decode(record.bytes());
    return event ? "no error" : event.error().message;
}

TEST(WireDecoder, EveryRecordSaysWhenWhereAndWho) {
    WireBuilder record = exited();
    wire_record& head = record.head();
    head.time_ns = 5'000'000'001;
    head.cpu = 3;
    head.lost = 76;
    head.task.tgid = 100;
    head.task.tid = 102;
    head.task.started_ns = 4'000'000'000;
    head.task.uid = 1000;
    head.task.euid = 0;
    head.task.fsgid = 5;
    head.task.permitted = 0x1ff;
    head.task.mount_ns = 4026531841;
    head.task.abi = ABI_I386;
    std::memcpy(head.task.comm, "victim", 6);
    WireDecoder decoder;
    const auto event = decoder.decode(record.bytes());
    ASSERT_TRUE(event.ok());
    EXPECT_EQ((*event)->time, BootTime{5'000'000'001});
    EXPECT_EQ((*event)->cpu, 3);
    EXPECT_EQ((*event)->sequence, 77U);
    EXPECT_FALSE((*event)->call);
    const Task& task = *(*event)->task;
    EXPECT_EQ(task.id, (TaskId{100, 102, {4'000'000'000}}));
    EXPECT_EQ(task.credentials.uid, 1000U);
    EXPECT_EQ(task.credentials.euid, 0U);
    EXPECT_EQ(task.credentials.fsgid, 5U);
    EXPECT_EQ(task.credentials.permitted, 0x1ffU);
    EXPECT_EQ(task.namespaces.mount, 4026531841U);
    EXPECT_EQ(task.abi, Abi::kI386);
    EXPECT_EQ(task.comm, "victim");
}

TEST(WireDecoder, ACommThatFillsItsFieldNeedsNoNul) {
    WireBuilder record = exited();
    std::memcpy(record.head().task.comm, "0123456789abcdef", 16);
    WireDecoder decoder;
    const auto event = decoder.decode(record.bytes());
    ASSERT_TRUE(event.ok());
    EXPECT_EQ((*event)->task->comm, "0123456789abcdef");
}

TEST(WireDecoder, AnEntryClaimsItsOperandsInOrder) {
    WireBuilder record = entered();
    WireDecoder decoder;
    const auto event = decoder.decode(record.bytes());
    ASSERT_TRUE(event.ok());
    EXPECT_EQ((*event)->call, (CallId{0, 11}));
    const auto& entry = body_of<SyscallEntered>(event);
    EXPECT_EQ(entry.number, kExecve);
    ASSERT_EQ(entry.claims.size(), 4U);
    EXPECT_EQ(entry.claims[0].kind, OperandKind::kPath);
    EXPECT_EQ(entry.claims[0].argument, 0);
    EXPECT_EQ(entry.claims[0].register_value, 0x1000U);
    EXPECT_EQ(entry.claims[0].memory->bytes, "/bin/sh");
    EXPECT_TRUE(entry.claims[0].memory->is_whole());
    EXPECT_EQ(entry.claims[1].kind, OperandKind::kArgv);
    EXPECT_EQ(entry.claims[1].memory->bytes, "sh\0-c\0"sv);
    EXPECT_EQ(entry.claims[2].memory->bytes, "HOME\0LANG\0"sv);
}

TEST(WireDecoder, ARegisterHasNoMemoryBehindIt) {
    WireBuilder record = entered();
    WireDecoder decoder;
    const auto event = decoder.decode(record.bytes());
    ASSERT_TRUE(event.ok());
    const Claim& flags = body_of<SyscallEntered>(event).claims[3];
    EXPECT_EQ(flags.kind, OperandKind::kFlags);
    EXPECT_EQ(flags.argument, 4);
    EXPECT_EQ(flags.register_value, 0x1000U);
    EXPECT_FALSE(flags.memory);
}

TEST(WireDecoder, AReadThatFailedKeepsItsErrnoAndWhatCameBefore) {
    WireBuilder record(WIRE_SYSCALL_ENTERED, kExecve);
    record.claim(OPERAND_PATH, 0, "/bi", {.error = EFAULT});
    WireDecoder decoder;
    const auto event = decoder.decode(record.bytes());
    ASSERT_TRUE(event.ok());
    const ClaimedBytes path = body_of<SyscallEntered>(event).claims.front().memory.value();
    EXPECT_EQ(path.bytes, "/bi");
    EXPECT_EQ(path.error, EFAULT);
    EXPECT_FALSE(path.is_whole());
    EXPECT_EQ(path.full_length, 0U);
}

TEST(WireDecoder, ACutReadIsAPrefixOfUnknownLength) {
    WireBuilder record(WIRE_SYSCALL_ENTERED, kExecve);
    record.claim(OPERAND_PATH, 0, "/bi", {.flags = ITEM_CUT});
    WireDecoder decoder;
    const auto event = decoder.decode(record.bytes());
    ASSERT_TRUE(event.ok());
    const ClaimedBytes path = body_of<SyscallEntered>(event).claims.front().memory.value();
    EXPECT_TRUE(path.cut);
    EXPECT_FALSE(path.is_whole());
    EXPECT_EQ(path.full_length, 0U);
}

TEST(WireDecoder, AHookShowsTheKernelsCopiesAndItsObject) {
    WireBuilder record = hook_fired();
    WireDecoder decoder;
    const auto event = decoder.decode(record.bytes());
    ASSERT_TRUE(event.ok());
    const auto& hook = body_of<HookFired>(event);
    EXPECT_EQ(hook.hook, kExecHook);
    EXPECT_EQ(hook.detail, 100);
    ASSERT_EQ(hook.copies.size(), 3U);
    EXPECT_EQ(hook.copies[0].value.bytes, "/bin/script");
    EXPECT_FALSE(hook.copies[0].from_descriptor);
    EXPECT_EQ(hook.copies[1].kind, OperandKind::kInterpreter);
    EXPECT_EQ(hook.copies[1].argument, kUnknownArgument);
    EXPECT_EQ(hook.copies[2].value.bytes, "/bin/sh\0/bin/script\0"sv);
    ASSERT_EQ(hook.objects.size(), 1U);
    EXPECT_EQ(hook.objects[0].role, ObjectRole::kExecutable);
    EXPECT_EQ(path_of(*hook.objects[0].node), "/bin/sh");
}

TEST(WireDecoder, ANameComposedFromADescriptorIsMarked) {
    WireBuilder record(WIRE_HOOK_FIRED, kExecHook);
    record.copy(OPERAND_PATH, 1, "/dev/fd/3", {.flags = ITEM_FDPATH});
    WireDecoder decoder;
    const auto event = decoder.decode(record.bytes());
    ASSERT_TRUE(event.ok());
    EXPECT_TRUE(body_of<HookFired>(event).copies[0].from_descriptor);
}

TEST(WireDecoder, AReturnCarriesItsResultAndCall) {
    WireBuilder record = returned();
    record.head().call_cpu = 5;
    WireDecoder decoder;
    const auto event = decoder.decode(record.bytes());
    ASSERT_TRUE(event.ok());
    EXPECT_EQ((*event)->call, (CallId{5, 11}));
    EXPECT_EQ(body_of<SyscallReturned>(event).number, kExecve);
    EXPECT_EQ(body_of<SyscallReturned>(event).result, -ENOENT);
    EXPECT_EQ(body_of<SyscallReturned>(event).claims.size(), 1U);
}

TEST(WireDecoder, WhatACallFilledInIsAClaimOfItsReturn) {
    constexpr uint16_t kWaitid = 247;
    WireBuilder record(WIRE_SYSCALL_RETURNED, kWaitid);
    record.claim(OPERAND_OUTPUT, 2, "\x11\0\0\0"sv, {.full_length = 4});
    WireDecoder decoder;
    const auto event = decoder.decode(record.bytes());
    ASSERT_TRUE(event.ok());
    const auto claims = body_of<SyscallReturned>(event).claims;
    ASSERT_EQ(claims.size(), 1U);
    EXPECT_EQ(claims[0].kind, OperandKind::kOutput);
    EXPECT_EQ(claims[0].register_value, 0x1000U);
    ASSERT_TRUE(claims[0].memory);
    EXPECT_EQ(claims[0].memory->bytes, "\x11\0\0\0"sv);
    EXPECT_TRUE(claims[0].memory->is_whole());
}

TEST(WireDecoder, WhatIsBehindTheDescriptorsOfACallIsShownAtItsEntry) {
    constexpr uint16_t kEntryHook = 24;
    WireBuilder record(WIRE_HOOK_FIRED, kEntryHook);
    record.object(OBJECT_READ, kShell)
        .object(OBJECT_WRITTEN, std::vector<WireNode>{{9, ""}})
        .object(OBJECT_OPPOSITE, std::vector<WireNode>{{10, "", true}});
    WireDecoder decoder;
    const auto event = decoder.decode(record.bytes());
    ASSERT_TRUE(event.ok());
    const auto objects = body_of<HookFired>(event).objects;
    ASSERT_EQ(objects.size(), 3U);
    EXPECT_EQ(objects[0].role, ObjectRole::kRead);
    EXPECT_EQ(objects[1].role, ObjectRole::kWritten);
    EXPECT_EQ(objects[1].node->id.inode, 9U);
    EXPECT_EQ(objects[2].role, ObjectRole::kOpposite);
    EXPECT_TRUE(objects[2].node->cut);
}

TEST(WireDecoder, AForkNamesTheChildAndWhatItShares) {
    WireBuilder record = forked();
    record.head().value = SHARES_FILES | SHARES_MEMORY;
    WireDecoder decoder;
    const auto event = decoder.decode(record.bytes());
    ASSERT_TRUE(event.ok());
    EXPECT_EQ(body_of<TaskForked>(event).child->id.tgid, 101);
    EXPECT_TRUE(body_of<TaskForked>(event).shares_files);
    EXPECT_FALSE(body_of<TaskForked>(event).shares_place);
    EXPECT_TRUE(body_of<TaskForked>(event).shares_memory);
}

TEST(WireDecoder, AForkWithoutAChildIsRefused) {
    WireBuilder record = forked();
    record.head().has_other = 0;
    EXPECT_NE(error_of(record), "no error");
}

TEST(WireDecoder, AnExitSaysHowAndWhetherTheProcessEnded) {
    WireBuilder record = exited();
    WireDecoder decoder;
    const auto event = decoder.decode(record.bytes());
    ASSERT_TRUE(event.ok());
    EXPECT_EQ(body_of<TaskExited>(event).exit_code, 139);
    EXPECT_TRUE(body_of<TaskExited>(event).last_thread);
}

TEST(WireDecoder, SeveralObjectsOfOneRecordKeepTheirChainsApart) {
    WireBuilder record = found();
    WireDecoder decoder;
    const auto event = decoder.decode(record.bytes());
    ASSERT_TRUE(event.ok());
    const auto& task = body_of<TaskFound>(event);
    EXPECT_EQ(task.parent->id.tgid, 1);
    ASSERT_EQ(task.objects.size(), 3U);
    EXPECT_EQ(path_of(*task.objects[0].node), "/bin/sh");
    EXPECT_EQ(path_of(*task.objects[1].node), "/home/work");
    EXPECT_EQ(path_of(*task.objects[2].node), "/");
    const ObjectNode& home = *task.objects[1].node;
    EXPECT_EQ(task.objects[1].role, ObjectRole::kCwd);
    EXPECT_EQ(home.id, (ObjectId{8U << 20U | 1U, 50, 51}));
    EXPECT_EQ(home.uid, 52U);
    EXPECT_EQ(home.gid, 53U);
    EXPECT_EQ(home.links, 54U);
    EXPECT_EQ(home.mount, 55U);
    EXPECT_EQ(home.parent->parent->parent, nullptr);
}

TEST(WireDecoder, ATaskMayBeFoundWithoutAParent) {
    WireBuilder record = found();
    record.head().has_other = 0;
    WireDecoder decoder;
    const auto event = decoder.decode(record.bytes());
    ASSERT_TRUE(event.ok());
    EXPECT_EQ(body_of<TaskFound>(event).parent, nullptr);
}

TEST(WireDecoder, AWalkThatWasCutSaysSoAtItsLastNode) {
    WireBuilder record(WIRE_HOOK_FIRED, kExecHook);
    record.object(OBJECT_EXECUTABLE, std::vector<WireNode>{{42, "leaf"}, {41, "deep", true}});
    WireDecoder decoder;
    const auto event = decoder.decode(record.bytes());
    ASSERT_TRUE(event.ok());
    const ObjectNode& leaf = *body_of<HookFired>(event).objects[0].node;
    EXPECT_FALSE(leaf.cut);
    EXPECT_TRUE(leaf.parent->cut);
    EXPECT_EQ(path_of(leaf), "…/deep/leaf");
}

// The sequence number that each of the records gets; 0: it was refused.
std::vector<uint64_t> sequences_of(std::vector<WireBuilder> records) {
    WireDecoder decoder;
    std::vector<uint64_t> list;
    for (WireBuilder& record : records) {
        const auto event = decoder.decode(record.bytes());
        list.push_back(event ? (*event)->sequence : 0);
    }
    return list;
}

WireBuilder exited_on(uint16_t cpu, uint64_t lost) {
    WireBuilder record = exited();
    record.head().cpu = cpu;
    record.head().lost = lost;
    return record;
}

TEST(WireDecoder, NumbersTheRecordsOfEachCpuAsTheyCome) {
    EXPECT_EQ(sequences_of({exited_on(0, 0), exited_on(7, 0), exited_on(0, 0), exited_on(7, 0)}),
              (std::vector<uint64_t>{1, 1, 2, 2}));
}

TEST(WireDecoder, LeavesOutTheNumbersOfLostRecords) {
    EXPECT_EQ(sequences_of({exited_on(0, 2), exited_on(0, 2), exited_on(1, 0), exited_on(0, 5)}),
              (std::vector<uint64_t>{3, 4, 1, 8}));
}

TEST(WireDecoder, ALossThatWasCountedOutOfTurnIsCountedOnce) {
    EXPECT_EQ(sequences_of({exited_on(0, 3), exited_on(0, 2), exited_on(0, 3)}),
              (std::vector<uint64_t>{4, 5, 6}));
}

TEST(WireDecoder, ARecordThatIsRefusedLeavesItsNumberOut) {
    WireBuilder unknown = exited_on(0, 0);
    unknown.head().kind = 77;
    EXPECT_EQ(sequences_of({exited_on(0, 0), unknown, exited_on(0, 0)}),
              (std::vector<uint64_t>{1, 0, 3}));
}

TEST(WireDecoder, TheStartUpSnapshotTakesNoNumbers) {
    EXPECT_EQ(sequences_of({found(), exited_on(0, 0), found()}), (std::vector<uint64_t>{0, 1, 0}));
}

TEST(WireDecoder, TheNextRecordReplacesTheOneBefore) {
    WireDecoder decoder;
    WireBuilder first = found(), second = hook_fired();
    ASSERT_TRUE(decoder.decode(first.bytes()).ok());
    const auto event = decoder.decode(second.bytes());
    ASSERT_TRUE(event.ok());
    EXPECT_EQ(body_of<HookFired>(event).objects.size(), 1U);
    EXPECT_EQ(body_of<HookFired>(event).copies.size(), 3U);
}

TEST(WireDecoder, RefusesWhatContradictsItselfInASentence) {
    WireBuilder kind(WIRE_TASK_EXITED);
    kind.head().kind = 99;
    EXPECT_EQ(error_of(kind), "a record of the probes states an impossible kind of 99");
    WireBuilder argument(WIRE_SYSCALL_ENTERED);
    argument.claim(OPERAND_PATH, 6, "x");
    EXPECT_EQ(error_of(argument), "a record of the probes states an impossible argument of 6");
    WireBuilder operand(WIRE_SYSCALL_ENTERED);
    operand.claim(OPERAND_NONE, 0, "x");
    EXPECT_EQ(error_of(operand), "a record of the probes states an impossible operand kind of 0");
    WireBuilder role(WIRE_HOOK_FIRED);
    role.object(OBJECT_LOCKED + 1, kShell);
    EXPECT_EQ(error_of(role), "a record of the probes states an impossible object role of 16");
    WireBuilder item(WIRE_HOOK_FIRED);
    item.item(9, OPERAND_PATH, 0, "x", {}, 0);
    EXPECT_EQ(error_of(item), "a record of the probes states an impossible item kind of 9");
    WireBuilder empty(WIRE_HOOK_FIRED);
    empty.object(OBJECT_EXECUTABLE, {});
    EXPECT_EQ(error_of(empty), "a record of the probes states an impossible object size of 0");
    WireBuilder error(WIRE_SYSCALL_ENTERED);
    error.claim(OPERAND_PATH, 0, "x", {.error = 5000});
    EXPECT_EQ(error_of(error), "a record of the probes states an impossible errno of 5000");
    WireBuilder name(WIRE_HOOK_FIRED);
    const std::string long_name(256, 'n');
    name.object(OBJECT_EXECUTABLE, std::vector<WireNode>{{1, long_name}});
    EXPECT_EQ(error_of(name), "a record of the probes states an impossible name length of 256");
}

TEST(WireDecoder, RefusesAChainLongerThanAnyWalk) {
    WireBuilder longest(WIRE_HOOK_FIRED), longer(WIRE_HOOK_FIRED);
    longest.object(OBJECT_EXECUTABLE, std::vector<WireNode>(TOCSIN_ANCESTORS_MAX));
    longer.object(OBJECT_EXECUTABLE, std::vector<WireNode>(TOCSIN_ANCESTORS_MAX + 1));
    EXPECT_EQ(error_of(longest), "no error");
    EXPECT_NE(error_of(longer), "no error");
}

TEST(WireDecoder, RefusesMoreItemsThanATraceTakesOfOneEvent) {
    WireBuilder record(WIRE_SYSCALL_ENTERED);
    for (int i = 0; i < 256; ++i) record.register_claim(OPERAND_VALUE, 0, 1);
    EXPECT_NE(error_of(record), "no error");
}

// Of exactly that size, so that a sanitizer sees a read behind it.
std::vector<uint8_t> first_bytes(std::span<const uint8_t> record, size_t size) {
    return {record.begin(), record.begin() + static_cast<std::ptrdiff_t>(size)};
}

TEST(WireDecoder, ARecordThatEndsEarlyIsRefusedWhereverItEnds) {
    for (WireBuilder& whole : one_of_each_kind()) {
        const auto bytes = whole.bytes();
        for (size_t size = 0; size < bytes.size(); ++size) {
            WireDecoder decoder;
            std::vector<uint8_t> cut = first_bytes(bytes, size);
            EXPECT_FALSE(decoder.decode(cut).ok()) << size;
            if (size < sizeof(wire_record)) continue;
            // The same from a sender that says how little it is.
            const auto stated = static_cast<uint32_t>(size);
            std::memcpy(cut.data() + offsetof(wire_record, bytes), &stated, sizeof stated);
            EXPECT_FALSE(decoder.decode(cut).ok()) << size;
        }
    }
}

TEST(WireDecoder, BytesBehindTheRecordAreNotLookedAt) {
    WireBuilder record = entered();
    const auto bytes = record.bytes();
    std::vector<uint8_t> longer(bytes.begin(), bytes.end());
    longer.resize(longer.size() + 64, 0xff);
    WireDecoder decoder;
    const auto event = decoder.decode(longer);
    ASSERT_TRUE(event.ok());
    EXPECT_EQ(body_of<SyscallEntered>(event).claims.size(), 4U);
}

// What every event must hold to, whatever it was made of. Reads every byte it points to.
class ConsistencyCheck {
  public:
    void check(const Event& event) {
        ASSERT_NE(event.task, nullptr);
        read(event.task->comm);
        std::visit([this](const auto& body) { check_body(body); }, event.body);
        // A trace must take it, too.
        Event numbered = event;
        numbered.cpu = 0;
        numbered.sequence = ++sequence_;
        if (!columns_.fits(numbered)) columns_.clear();
        ASSERT_TRUE(columns_.fits(numbered));
        columns_.append(numbered);
    }

  private:
    void check_body(const SyscallEntered& body) { check_claims(body.claims); }
    void check_body(const SyscallReturned& body) { check_claims(body.claims); }
    void check_body(const HookFired& body) {
        for (const KernelCopy& copy : body.copies) {
            check_operand(copy.kind, copy.argument);
            check_bytes(copy.value);
        }
        check_objects(body.objects);
    }
    void check_body(const TaskForked& body) { ASSERT_NE(body.child, nullptr); }
    void check_body(const TaskExited&) {}
    void check_body(const TaskFound& body) { check_objects(body.objects); }

    void check_claims(std::span<const Claim> claims) {
        for (const Claim& claim : claims) {
            check_operand(claim.kind, claim.argument);
            if (claim.memory) check_bytes(*claim.memory);
        }
    }
    void check_operand(OperandKind kind, uint8_t argument) {
        EXPECT_NE(kind, OperandKind::kNone);
        EXPECT_LE(kind, OperandKind::kPeer);
        EXPECT_TRUE(argument < TOCSIN_MAX_OPERANDS || argument == kUnknownArgument);
    }
    void check_bytes(const CapturedBytes& bytes) {
        EXPECT_GE(bytes.error, 0);
        EXPECT_LE(bytes.error, 4095);
        read(bytes.bytes);
    }
    void check_objects(std::span<const KernelObject> objects) {
        for (const KernelObject& object : objects) {
            EXPECT_GE(object.role, ObjectRole::kExecutable);
            EXPECT_LE(object.role, ObjectRole::kChecked);
            int nodes = 0;
            for (const ObjectNode* node = object.node; node != nullptr; node = node->parent) {
                ASSERT_LE(++nodes, TOCSIN_ANCESTORS_MAX);
                read(node->name);
            }
            EXPECT_GT(nodes, 0);
        }
    }
    void read(std::string_view bytes) {
        sum_ = std::accumulate(bytes.begin(), bytes.end(), sum_,
                               [](uint64_t sum, char c) { return sum + static_cast<uint8_t>(c); });
    }

    volatile uint64_t sum_ = 0;  // keeps the reads
    uint64_t sequence_ = 0;
    EventColumns columns_;
};

// A byte, or an aligned number as a hostile mind would choose it.
void mutate(std::vector<uint8_t>& record, std::mt19937& random) {
    const size_t at = random() % record.size();
    if (random() % 2 == 0) {
        record[at] = static_cast<uint8_t>(random());
        return;
    }
    const std::vector<uint32_t> numbers = {0,
                                           1,
                                           7,
                                           8,
                                           255,
                                           256,
                                           0x7fffffff,
                                           0x80000000,
                                           0xfffffff8,
                                           0xffffffff,
                                           static_cast<uint32_t>(record.size()),
                                           static_cast<uint32_t>(record.size() - at)};
    const uint32_t number = numbers[random() % numbers.size()];
    std::memcpy(record.data() + at / 4 * 4, &number, sizeof number);
}

TEST(WireDecoder, MutatedRecordsGiveAnErrorOrAConsistentEvent) {
    std::mt19937 random(42);
    ConsistencyCheck consistency;
    WireDecoder decoder;
    int accepted = 0, refused = 0;
    for (WireBuilder& whole : one_of_each_kind()) {
        const auto bytes = whole.bytes();
        for (int round = 0; round < 3000; ++round) {
            std::vector<uint8_t> record(bytes.begin(), bytes.end());
            for (unsigned i = 0; i < 1 + random() % 6; ++i) mutate(record, random);
            const auto event = decoder.decode(record);
            if (event) {
                ASSERT_NO_FATAL_FAILURE(consistency.check(**event)) << round;
            }
            ++(event ? accepted : refused);
        }
    }
    EXPECT_GT(accepted, 1000);
    EXPECT_GT(refused, 1000);
}

TEST(WireDecoder, NoiseGivesAnErrorOrAConsistentEvent) {
    std::mt19937 random(43);
    ConsistencyCheck consistency;
    WireDecoder decoder;
    for (int round = 0; round < 3000; ++round) {
        std::vector<uint8_t> record(8 * (random() % 200));
        for (uint8_t& byte : record) byte = static_cast<uint8_t>(random());
        if (record.size() >= sizeof(wire_record)) {
            const auto size = static_cast<uint32_t>(record.size());
            std::memcpy(record.data() + offsetof(wire_record, bytes), &size, sizeof size);
            record[offsetof(wire_record, kind)] = static_cast<uint8_t>(1 + random() % 6);
            record[offsetof(wire_record, kind) + 1] = 0;
        }
        const auto event = decoder.decode(record);
        if (event) {
            ASSERT_NO_FATAL_FAILURE(consistency.check(**event)) << round;
        }
    }
}

}  // namespace
}  // namespace tocsin
