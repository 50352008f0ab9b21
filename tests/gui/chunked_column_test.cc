// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/chunked_column.h"

#include <gtest/gtest.h>

namespace tocsin::gui {
namespace {

using Column = ChunkedColumn<uint32_t>;

Column of_numbers(uint32_t count) {
    Column column;
    for (uint32_t i = 0; i < count; ++i) column.push_back(i);
    return column;
}

TEST(ChunkedColumn, HoldsEveryValueAtItsPlace) {
    for (const uint32_t count : {0U, 1U, 1023U, 1024U, 1025U, 5000U}) {
        Column column = of_numbers(count);
        ASSERT_EQ(column.size(), count);
        EXPECT_EQ(column.empty(), count == 0);
        for (uint32_t i = 0; i < count; ++i) ASSERT_EQ(column[i], i);
        if (count != 0) {
            column[0] = 77;
            EXPECT_EQ(column[0], 77U);
            EXPECT_EQ(column.back(), count == 1 ? 77 : count - 1);
        }
    }
}

TEST(ChunkedColumn, MovesNoFullChunkWhenItGrows) {
    Column column = of_numbers(Column::kChunk);
    const uint32_t* first = &column[0];
    for (uint32_t i = 0; i < 100 * Column::kChunk; ++i) column.push_back(i);
    EXPECT_EQ(&column[0], first);
}

TEST(ChunkedColumn, TakesLittleForAShortLineAndNoMoreThanAChunkTooMuchForALongOne) {
    EXPECT_LE(of_numbers(1).bytes(), sizeof(std::vector<uint32_t>) + sizeof(uint32_t));
    const uint32_t many = 100 * Column::kChunk + 1;
    EXPECT_LE(of_numbers(many).bytes(),
              (many + Column::kChunk) * sizeof(uint32_t) + 128 * sizeof(std::vector<uint32_t>));
}

}  // namespace
}  // namespace tocsin::gui
