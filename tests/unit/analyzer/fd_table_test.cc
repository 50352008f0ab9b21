// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/fd_table.h"

#include <gtest/gtest.h>

#include <climits>
#include <vector>

namespace tocsin {
namespace {

std::shared_ptr<const FileObject> file(uint64_t inode) {
    auto made = std::make_shared<FileObject>();
    made->link.id.inode = inode;
    return made;
}

uint64_t inode_at(const FdTable& table, int fd) {
    const FdTable::Slot* slot = table.find(fd);
    return slot != nullptr && slot->object != nullptr ? slot->object->link.id.inode : 0;
}

TEST(FdTable, ASlotThatWasNeverSeenIsUnknownRatherThanClosed) {
    EXPECT_EQ(FdTable().find(3), nullptr);
}

TEST(FdTable, EachMeaningOfASlotIsAGeneration) {
    FdTable table;
    table.open(3, file(1), false);
    EXPECT_EQ(table.find(3)->generation, 1U);
    table.close(3);
    EXPECT_FALSE(table.find(3)->is_open);
    EXPECT_EQ(inode_at(table, 3), 0U);
    table.open(3, file(2), false);
    EXPECT_EQ(table.find(3)->generation, 2U);
    EXPECT_EQ(inode_at(table, 3), 2U);
}

TEST(FdTable, Dup2GivesTheTargetAnotherMeaning) {
    FdTable table;
    table.open(3, file(1), true);
    table.open(4, file(2), false);
    table.duplicate(3, 4, false);
    EXPECT_EQ(inode_at(table, 4), 1U);
    EXPECT_EQ(table.find(4)->generation, 2U);
    EXPECT_FALSE(table.find(4)->closes_on_exec);
    table.duplicate(4, 4, true);
    EXPECT_EQ(table.find(4)->generation, 2U) << "the same descriptor: nothing happens";
}

TEST(FdTable, ADuplicateOfWhatIsUnknownIsOpenAndUnknown) {
    FdTable table;
    table.open(4, file(2), false);
    table.duplicate(9, 4, false);
    EXPECT_TRUE(table.find(4)->is_open);
    EXPECT_EQ(table.find(4)->object, nullptr);
}

TEST(FdTable, AnExecClosesWhatSaysSo) {
    FdTable table;
    table.open(3, file(1), true);
    table.open(4, file(2), false);
    table.set_close_on_exec(4, true);
    table.open(5, file(3), false);
    table.exec();
    EXPECT_FALSE(table.find(3)->is_open);
    EXPECT_FALSE(table.find(4)->is_open);
    EXPECT_EQ(inode_at(table, 5), 3U);
}

TEST(FdTable, ARangeIsClosedWithBothItsEnds) {
    FdTable table;
    for (const int fd : {2, 3, 5, INT_MAX}) table.open(fd, file(7), false);
    table.close_range(3, 5);
    EXPECT_TRUE(table.find(2)->is_open);
    EXPECT_FALSE(table.find(3)->is_open);
    EXPECT_FALSE(table.find(5)->is_open);
    EXPECT_TRUE(table.find(INT_MAX)->is_open);
    table.close_range(6, UINT32_MAX);
    EXPECT_FALSE(table.find(INT_MAX)->is_open);
}

TEST(FdTable, DescriptorsBelowZeroAreNone) {
    FdTable table;
    table.open(-1, file(1), false);
    EXPECT_EQ(table.find(-1), nullptr);
}

TEST(FdTable, SlotsBeyondTheMostAreLeftOutAndCounted) {
    FdTable table;
    for (size_t fd = 0; fd < FdTable::kMostSlots + 2; ++fd)
        table.open(static_cast<int>(fd), nullptr, false);
    EXPECT_EQ(table.left_out(), 2U);
    EXPECT_EQ(table.find(static_cast<int>(FdTable::kMostSlots)), nullptr);
}

TEST(FdTable, ACopyAndItsOriginalChangeApart) {
    FdTable table;
    table.open(3, file(1), false);
    FdTable copy = table;
    copy.open(3, file(2), false);
    table.open(4, file(3), false);
    EXPECT_EQ(inode_at(table, 3), 1U);
    EXPECT_EQ(inode_at(copy, 3), 2U);
    EXPECT_EQ(copy.find(4), nullptr);
}

TEST(FdTable, ManyCopiesShareOneBudgetAndBecomeUnknownBeyondIt) {
    const auto budget = std::make_shared<SlotBudget>();
    FdTable table(budget);
    for (size_t fd = 0; fd < FdTable::kMostSlots; ++fd)
        table.open(static_cast<int>(fd), file(1), false);
    std::vector<FdTable> copies(100, table);
    EXPECT_EQ(budget->used, FdTable::kMostSlots) << "none of them has changed";
    for (FdTable& copy : copies) copy.close(0);
    EXPECT_LE(budget->used, FdTable::kMostSlotsInAll);
    EXPECT_EQ(copies.back().find(1), nullptr);
    EXPECT_NE(copies.front().find(1), nullptr);
    EXPECT_EQ(table.left_out(), 85 * FdTable::kMostSlots);
    copies.clear();
    EXPECT_EQ(budget->used, FdTable::kMostSlots);
}

TEST(FdTable, WhatIsForgottenIsOpenUnknownAndAnotherGeneration) {
    FdTable table;
    table.open(3, file(1), false);
    table.forget(3);
    EXPECT_TRUE(table.find(3)->is_open);
    EXPECT_EQ(table.find(3)->object, nullptr);
    EXPECT_EQ(table.find(3)->generation, 2U);
    table.forget(4);
    EXPECT_EQ(table.find(4), nullptr);
}

}  // namespace
}  // namespace tocsin
