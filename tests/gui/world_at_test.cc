// SPDX-License-Identifier: Apache-2.0
#include "gui/session/world_at.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <random>

#include "analyzer/replay/event_order.h"
#include "analyzer/replay/operation_assembler.h"
#include "analyzer/replay/world_state.h"
#include "gui/models/world_models.h"
#include "tests/gui/trace_files.h"
#include "tests/unit/analyzer/analysis_fixture.h"

namespace tocsin::gui {
namespace {

using test::LoadedTrace;
using test::sample;
using test::wait_until;

std::string path_or_none(const std::shared_ptr<const FileObject>& file) {
    return file != nullptr ? file->path() : "none";
}
std::string path_or_none(const std::optional<FileAt>& file) {
    return file ? file->path : "none";
}

// What a replay of its own to that time has of a process; nullopt: it does not live.
std::optional<std::string> replayed(const TraceReader& trace, uint64_t ns, int32_t tgid) {
    WorldState world;
    OperationAssembler assembler(
        world, [&](const std::shared_ptr<const Operation>& call) { world.observe(*call); });
    EventOrder order(trace);
    while (const auto item = order.next()) {
        const auto* event = std::get_if<const Event*>(&*item);
        if (event == nullptr) continue;
        if (!std::holds_alternative<TaskFound>((*event)->body) && (*event)->time.ns > ns) break;
        world.observe(**event);
        assembler.observe(**event);
    }
    const Process* process = world.find_process(tgid);
    if (process == nullptr) return std::nullopt;
    std::string text = path_or_none(process->image->executable) + ' ' +
                       path_or_none(process->place->cwd) + ' ' +
                       path_or_none(process->place->root) + ' ' +
                       std::to_string(process->last_seen->credentials.euid);
    for (int fd = 0; fd < 1024; ++fd)
        if (const FdTable::Slot* slot = process->fds->find(fd); slot != nullptr && slot->is_open)
            text += ' ' + std::to_string(fd) + '=' + path_or_none(slot->object);
    return text;
}

std::optional<std::string> shown(const WorldSnapshot& snapshot) {
    if (!snapshot.selected) return std::nullopt;
    const ProcessInFull& full = *snapshot.selected;
    std::string text = path_or_none(full.executable) + ' ' + path_or_none(full.cwd) + ' ' +
                       path_or_none(full.root) + ' ' + std::to_string(full.credentials.euid);
    for (const DescriptorAt& descriptor : full.descriptors)
        text += ' ' + std::to_string(descriptor.number) + '=' + path_or_none(descriptor.file);
    return text;
}

TEST(WorldAt, IsWhatAReplayToThatTimeHas) {
    std::mt19937_64 random(20250131);
    for (const char* name : {"access_then_open", "container_mount", "exec_swap", "pid_reuse"}) {
        LoadedTrace loaded(sample(name));
        WorldAt world(loaded.session);
        const auto& processes = loaded.session.events().processes();
        const uint64_t first = loaded.session.first().ns, last = loaded.session.last().ns;
        size_t living = 0;
        for (int i = 0; i < 50; ++i) {
            const uint64_t ns = first + random() % (last - first + 1);
            const int32_t tgid = processes[random() % processes.size()].tgid;
            world.ask(ns, tgid);
            ASSERT_TRUE(wait_until([&] { return !world.is_behind(); }));
            EXPECT_EQ(world.snapshot()->ns, ns);
            const auto expected = replayed(loaded.session.reader(), ns, tgid);
            EXPECT_EQ(shown(*world.snapshot()), expected) << name << ' ' << ns << ' ' << tgid;
            const bool is_listed =
                std::any_of(world.snapshot()->processes.begin(), world.snapshot()->processes.end(),
                            [&](const ProcessAt& process) { return process.id.tgid == tgid; });
            EXPECT_EQ(is_listed, expected.has_value());
            if (expected) ++living;
        }
        EXPECT_GT(living, 0U) << name;
    }
}

TEST(WorldAt, TheLastOfManyWishesIsAnswered) {
    LoadedTrace loaded(sample("container_mount"));
    WorldAt world(loaded.session);
    const uint64_t first = loaded.session.first().ns, last = loaded.session.last().ns;
    for (uint64_t i = 0; i < 200; ++i)
        world.ask(first + (last - first) * (i * 37 % 200) / 200, std::nullopt);
    world.ask(last, std::nullopt);
    ASSERT_TRUE(wait_until([&] { return !world.is_behind(); }));
    EXPECT_EQ(world.snapshot()->ns, last);
}

TEST(WorldAt, MovesForwardWithoutBeginningAnew) {
    LoadedTrace loaded(test::trace_file_of_calls(30'000));
    WorldReplay replay(loaded.session.shared_reader());
    Progress progress;
    const uint64_t first = loaded.session.first().ns, last = loaded.session.last().ns;
    QElapsedTimer whole;
    whole.start();
    ASSERT_TRUE(replay.go_to(last, progress));
    const qint64 once = whole.nsecsElapsed();
    WorldReplay stepping(loaded.session.shared_reader());
    whole.start();
    for (uint64_t i = 1; i <= 200; ++i)
        ASSERT_TRUE(stepping.go_to(first + (last - first) * i / 200, progress));
    EXPECT_LT(whole.nsecsElapsed(), 20 * once) << "200 steps are one pass, not 200";
    EXPECT_EQ(stepping.snapshot(std::nullopt), replay.snapshot(std::nullopt));
}

TEST(WorldModels, SayWhatIsNotRecorded) {
    LoadedTrace loaded(test::trace_file(
        test::exec_trace("5.100000000 cpu0 t1 > openat path=0x10:\"/bin/ls\"\n"
                         "5.100100000 cpu0 t1 @ file_open path=\"/bin/ls\" opened=ls\n"
                         "5.100200000 cpu0 t1 < openat 3\n"
                         "5.200000000 cpu0 t1 exit code=0 last\n")));
    WorldReplay replay(loaded.session.shared_reader());
    Progress progress;
    ProcessTree tree;
    ProcessFields fields;
    const QAbstractItemModelTester tree_tester(
        &tree, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const QAbstractItemModelTester field_tester(
        &fields, QAbstractItemModelTester::FailureReportingMode::Fatal);
    ASSERT_TRUE(replay.go_to(5'150'000'000, progress));
    WorldSnapshot snapshot = replay.snapshot(100);
    tree.show(snapshot);
    ASSERT_TRUE(snapshot.selected.has_value());
    fields.show(&*snapshot.selected);
    ASSERT_EQ(tree.rowCount(), 1);
    EXPECT_EQ(tree.rowCount(tree.index(0, 0)), 1) << "the victim below the shell";
    EXPECT_EQ(tree.find(100).data().toString(), QStringLiteral("victim 100"));
    const auto value_of = [&](const QString& label) {
        const QModelIndexList found = fields.match(fields.index(0, 0), Qt::DisplayRole, label, 1,
                                                   Qt::MatchExactly | Qt::MatchRecursive);
        return found.isEmpty() ? QString() : found[0].siblingAtColumn(1).data().toString();
    };
    EXPECT_EQ(value_of(QStringLiteral("working directory")), QStringLiteral("not recorded"));
    EXPECT_TRUE(value_of(QStringLiteral("executable")).startsWith(u"\"/bin/bash\""));
    EXPECT_TRUE(value_of(QStringLiteral("3")).startsWith(u"\"/bin/ls\""));
    ASSERT_TRUE(replay.go_to(5'300'000'000, progress));
    snapshot = replay.snapshot(100);
    EXPECT_FALSE(snapshot.selected.has_value());
    tree.show(snapshot);
    EXPECT_FALSE(tree.find(100).isValid());
}

}  // namespace
}  // namespace tocsin::gui
