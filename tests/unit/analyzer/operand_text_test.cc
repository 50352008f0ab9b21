// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/operand_text.h"

#include <gtest/gtest.h>

#include <string>

namespace tocsin {
namespace {

std::string bytes(std::initializer_list<int> list) {
    std::string text;
    for (const int byte : list) text += static_cast<char>(byte);
    return text;
}

std::string address(const std::string& raw) {
    return operand_text(OperandKind::kSockaddr, raw);
}

TEST(OperandText, InternetAddressesAreAddressAndPort) {
    EXPECT_EQ(address(bytes({2, 0, 0x1f, 0x90, 127, 0, 0, 1}) + std::string(8, '\0')),
              "inet 127.0.0.1 port 8080");
    EXPECT_EQ(address(bytes({10, 0, 0, 80, 0, 0, 0, 0}) + std::string(15, '\0') + "\x01" +
                      std::string(4, '\0')),
              "inet6 ::1 port 80");
}

TEST(OperandText, UnixAddressesTellPathsFromAbstractNames) {
    const std::string family = bytes({1, 0});
    EXPECT_EQ(address(family + "/run/x" + '\0'), "unix \"/run/x\"");
    EXPECT_EQ(address(family + '\0' + "na\x1bme"), "unix abstract \"na\\x1bme\"");
    EXPECT_EQ(address(family), "unix, unnamed");
}

TEST(OperandText, AddressesThatAreTooShortOrOfAnUnknownFamilyAreHex) {
    EXPECT_EQ(address(""), "no bytes");
    EXPECT_EQ(address("\x02"), "0x02");
    EXPECT_EQ(address(bytes({2, 0, 1, 2, 3})), "family 2 0x010203");
    EXPECT_EQ(address(bytes({16, 0, 7})), "family 16 0x07");
}

TEST(OperandText, OpenHowIsFlagsModeAndResolve) {
    const std::string flags = bytes({0101, 0, 2, 0, 0, 0, 0, 0});
    const std::string mode = bytes({0xa4, 1, 0, 0, 0, 0, 0, 0});
    const std::string resolve = bytes({8, 0, 0, 0, 0, 0, 0, 0});
    EXPECT_EQ(operand_text(OperandKind::kOpenHow, flags + mode + resolve),
              "{flags=O_WRONLY|O_CREAT|O_NOFOLLOW, mode=0644, resolve=RESOLVE_BENEATH}");
    EXPECT_EQ(operand_text(OperandKind::kOpenHow, flags), "{flags=O_WRONLY|O_CREAT|O_NOFOLLOW}");
    EXPECT_EQ(operand_text(OperandKind::kOpenHow, "\x01"), "0x01");
}

TEST(OperandText, FlagsThatHaveNoNameStayNumbers) {
    EXPECT_EQ(open_flags_text(0), "O_RDONLY");
    EXPECT_EQ(open_flags_text(04010002), "O_RDWR|O_SYNC");
    EXPECT_EQ(open_flags_text(020200001), "O_WRONLY|O_TMPFILE");
    EXPECT_EQ(open_flags_text(uint64_t{1} << 40), "O_RDONLY|0x10000000000");
}

TEST(OperandText, VectorsOfMemoryAreRanges) {
    const std::string range = bytes({0x10, 0x20, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0});
    EXPECT_EQ(operand_text(OperandKind::kIovec, range + range), "[0x2010+6, 0x2010+6]");
    EXPECT_EQ(operand_text(OperandKind::kIovec, range + "x"), "[0x2010+6, 0x78]");
}

}  // namespace
}  // namespace tocsin
