// SPDX-License-Identifier: Apache-2.0
//
// What a chunk names once, replay keeps once, however many calls use it.
#include <gtest/gtest.h>

#include <deque>
#include <set>

#include "analyzer/replay/event_order.h"
#include "analyzer/replay/operation_assembler.h"
#include "analyzer/replay/world_state.h"
#include "formats/trace_writer.h"
#include "tests/support/trace_builder.h"

namespace tocsin {
namespace {

constexpr uint16_t kExecve = 59;

// Writes the events of one thread after the other, on CPU 0, one microsecond apart.
class ManyThreads {
  public:
    ManyThreads() : writer_(std::move(*TraceWriter::create(sink_, {}))) {}

    void next_thread() {
        ++thread_;
        Task& task = tasks_.emplace_back();
        task.id = {thread_, thread_, {1}};
        task.comm = "victim";
    }
    template <typename Body>
    void event(const Body& body) {
        Event event;
        event.sequence = ++sequence_;
        event.time.ns = 1000 * sequence_;
        event.call = CallId{0, static_cast<uint64_t>(thread_)};
        event.task = &tasks_.back();
        event.body = body;
        ASSERT_TRUE(writer_->append(event).ok());
    }
    TraceReader trace() {
        EXPECT_TRUE(writer_->seal("stopped").ok());
        return std::move(*TraceReader::open(ByteSource::from_memory(std::move(sink_.bytes))));
    }

  private:
    test::MemorySink sink_;
    std::unique_ptr<TraceWriter> writer_;
    std::deque<Task> tasks_;
    int32_t thread_ = 0;
    uint64_t sequence_ = 0;
};

struct Replayed {
    std::vector<Operation> operations;
    AssemblyGaps gaps;
};

Replayed replay(const TraceReader& trace) {
    Replayed replayed;
    WorldState world;
    OperationAssembler assembler(world, [&](const std::shared_ptr<const Operation>& operation) {
        replayed.operations.push_back(*operation);
    });
    EventOrder order(trace);
    while (const auto item = order.next()) {
        if (const auto* event = std::get_if<const Event*>(&*item)) {
            world.observe(**event);
            assembler.observe(**event);
        }
    }
    assembler.finish();
    replayed.gaps = assembler.gaps();
    return replayed;
}

TEST(SharedViews, OpenCallsThatNameOneStringShareIt) {
    const std::string path(60000, 'A');
    const std::vector<Claim> claims = {
        {0, OperandKind::kPath, 1, ClaimedBytes{{path, 60000, 0, false}}}};
    ManyThreads threads;
    for (int i = 0; i < 300; ++i) {
        threads.next_thread();
        threads.event(SyscallEntered{kExecve, claims});
    }
    const auto [operations, gaps] = replay(threads.trace());
    ASSERT_EQ(operations.size(), 300U);
    EXPECT_EQ(gaps.returns_missing, 300U);
    std::set<const char*> kept;
    for (const Operation& operation : operations) {
        ASSERT_TRUE(operation.operands[0].entry);
        EXPECT_EQ(operation.operands[0].entry->bytes, path);
        kept.insert(operation.operands[0].entry->bytes.data());
    }
    EXPECT_EQ(kept.size(), 1U);
}

TEST(SharedViews, CallsShareTheirFilesAndFilesTheirDirectories) {
    const std::string deep(200, 'd');
    std::deque<ObjectNode> nodes;
    for (uint64_t depth = 0; depth < 100; ++depth) {
        ObjectNode node;
        node.id.inode = depth + 1;
        node.name = deep;
        node.parent = nodes.empty() ? nullptr : &nodes.back();
        nodes.push_back(node);
    }
    const ObjectNode* directory = &nodes.back();
    ManyThreads threads;
    for (uint64_t file = 0; file < 3; ++file) {
        ObjectNode node;
        node.id.inode = 1000 + file;
        node.name = deep;
        node.parent = directory;
        nodes.push_back(node);
        const std::vector<KernelObject> objects = {{ObjectRole::kExecutable, &nodes.back()}};
        for (int i = 0; i < 50; ++i) {
            threads.next_thread();
            threads.event(SyscallEntered{kExecve, {}});
            threads.event(HookFired{find_hook("sched_process_exec")->id, 0, {}, objects});
        }
    }
    const auto [operations, gaps] = replay(threads.trace());
    ASSERT_EQ(operations.size(), 150U);
    std::set<const FileObject*> files, directories;
    std::set<const char*> names;
    for (const Operation& operation : operations) {
        const FileObject* file = operation.object();
        ASSERT_NE(file, nullptr);
        EXPECT_EQ(file->path().size(), 101 * (1 + deep.size()));
        files.insert(file);
        directories.insert(file->parent.get());
        for (const FileObject::Link* link : file->chain()) names.insert(link->name.data());
    }
    EXPECT_EQ(files.size(), 3U);
    EXPECT_EQ(directories.size(), 1U);
    EXPECT_EQ(names.size(), 1U);
}

TEST(SharedViews, WhatIsInNoChunkIsCopiedEachTime) {
    std::string memory = "/tmp/first";
    ObjectNode root, leaf;
    root.name = "first";
    leaf.parent = &root;
    const ClaimView first = own(ClaimedBytes{{memory, 10, 0, false}});
    const auto first_file = own(leaf);
    memory = "/tmp/other";
    root.name = "other";
    const ClaimView other = own(ClaimedBytes{{memory, 10, 0, false}});
    const auto other_file = own(leaf);
    EXPECT_EQ(first.bytes, "/tmp/first");
    EXPECT_EQ(other.bytes, "/tmp/other");
    EXPECT_EQ(first_file->path(), "/first/");
    EXPECT_EQ(other_file->path(), "/other/");
}

TEST(SharedViews, AChunkKeepsItsCopiesNoLongerThanItIsThere) {
    const std::vector<Claim> claims = {
        {0, OperandKind::kPath, 1, ClaimedBytes{{"/bin/ls", 7, 0, false}}}};
    ManyThreads threads;
    threads.next_thread();
    threads.event(SyscallEntered{kExecve, claims});
    std::weak_ptr<const void> copy;
    {
        const TraceReader trace = threads.trace();
        const auto chunk = trace.read(0);
        ASSERT_TRUE(chunk.ok());
        const auto& batch = std::get<std::shared_ptr<const EventBatch>>(*chunk);
        const auto& entered = std::get<SyscallEntered>(batch->events().front().body);
        const ClaimView first = own(*entered.claims[0].memory);
        const ClaimView second = own(*entered.claims[0].memory);
        EXPECT_EQ(first.bytes.data(), second.bytes.data());
        copy = *entered.claims[0].memory->place.copy;
        EXPECT_FALSE(copy.expired());
    }
    EXPECT_TRUE(copy.expired());
}

TEST(OperationAssembler, OfTooManyOpenCallsTheOldestAreGivenUpAndCounted) {
    constexpr size_t kMost = OperationAssembler::kMostOpenCalls;
    constexpr size_t kTooMany = 5000;
    ManyThreads threads;
    for (size_t i = 0; i < kMost + kTooMany; ++i) {
        threads.next_thread();
        threads.event(SyscallEntered{kExecve, {}});
    }
    const TraceReader trace = threads.trace();
    WorldState world;
    std::vector<CallId> given_up;
    OperationAssembler assembler(world, [&](const std::shared_ptr<const Operation>& operation) {
        given_up.push_back(operation->call);
    });
    EventOrder order(trace);
    while (const auto item = order.next()) {
        world.observe(*std::get<const Event*>(*item));
        assembler.observe(*std::get<const Event*>(*item));
    }
    ASSERT_GE(given_up.size(), kTooMany);
    EXPECT_LT(given_up.size(), kMost / 2);
    EXPECT_EQ(assembler.gaps().closed_early, given_up.size());
    for (size_t i = 0; i < given_up.size(); ++i) EXPECT_EQ(given_up[i].number, i + 1);
    assembler.finish();
    EXPECT_EQ(given_up.size(), kMost + kTooMany);
    EXPECT_EQ(assembler.gaps().returns_missing, kMost + kTooMany);
}

TEST(OperationAssembler, ACallKeepsAsManyLinksAsLinuxFollows) {
    constexpr size_t kMost = OperationAssembler::kMostLinks;
    std::vector<ObjectNode> nodes(kMost + 7);
    std::vector<KernelObject> links;
    for (ObjectNode& node : nodes) {
        node.name = "link";
        node.id.inode = 1 + links.size();
        links.push_back({ObjectRole::kSymlink, &node});
    }
    ManyThreads threads;
    threads.next_thread();
    threads.event(SyscallEntered{kExecve, {}});
    for (int walk = 0; walk < 2; ++walk)
        for (const KernelObject& link : links)
            threads.event(HookFired{find_hook("inode_follow_link")->id, 0, {}, {&link, 1}});
    const auto [operations, gaps] = replay(threads.trace());
    ASSERT_EQ(operations.size(), 1U);
    EXPECT_EQ(operations[0].links.size(), kMost);
    EXPECT_EQ(gaps.links_left_out, 14U);
}

TEST(OperationAssembler, FilesOfAnOpenBeyondTheMostAreCounted) {
    constexpr size_t kMost = OperationAssembler::kMostAlsoOpened;
    std::vector<ObjectNode> nodes(1 + kMost + 3);
    std::vector<KernelObject> files;
    for (ObjectNode& node : nodes) {
        node.name = "file";
        node.id.inode = 1 + files.size();
        files.push_back({ObjectRole::kOpened, &node});
    }
    ManyThreads threads;
    threads.next_thread();
    threads.event(SyscallEntered{257, {}});
    for (const KernelObject& file : files)
        threads.event(HookFired{find_hook("file_open")->id, 0, {}, {&file, 1}});
    const auto [operations, gaps] = replay(threads.trace());
    ASSERT_EQ(operations.size(), 1U);
    EXPECT_EQ(operations[0].also_opened.size(), kMost);
    EXPECT_EQ(gaps.objects_left_out, 3U);
}

}  // namespace
}  // namespace tocsin
