// SPDX-License-Identifier: Apache-2.0
//
// Environments: names reach a trace, values never do.
#include <gtest/gtest.h>

#include <cerrno>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "recorder/wire_decoder.h"
#include "tests/support/wire_builder.h"

namespace tocsin {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr uint16_t kExecve = 59;
constexpr uint16_t kExecHook = 1;

template <typename Body>
const Body& body_of(const Result<const Event*>& event) {
    return std::get<Body>((*event)->body);
}

// ClaimedBytes that outlive their decoder.
struct Captured {
    std::string bytes;
    uint32_t full_length = 0;
    int32_t error = 0;
    bool cut = false;
    bool is_whole = false;
};

Captured claimed_environment(std::string_view strings, WireEnd end = {}) {
    WireBuilder record(WIRE_SYSCALL_ENTERED, kExecve);
    record.claim(OPERAND_ENVIRON, 2, strings, end);
    WireDecoder decoder;
    const auto event = decoder.decode(record.bytes());
    EXPECT_TRUE(event.ok());
    const ClaimedBytes memory = body_of<SyscallEntered>(event).claims.front().memory.value();
    return {std::string(memory.bytes), memory.full_length, memory.error, memory.cut,
            memory.is_whole()};
}

std::string copied_environment(std::string_view memory, WireEnd end = {}) {
    WireBuilder record(WIRE_HOOK_FIRED, kExecHook);
    record.copy(OPERAND_ENVIRON, 2, memory, end);
    WireDecoder decoder;
    const auto event = decoder.decode(record.bytes());
    EXPECT_TRUE(event.ok());
    return std::string(body_of<HookFired>(event).copies.front().value.bytes);
}

TEST(EnvironmentClaim, IsCutToNames) {
    const Captured environment = claimed_environment("A=1\0LONGER=two words\0EMPTY=\0"sv);
    EXPECT_EQ(environment.bytes, "A\0LONGER\0EMPTY\0"sv);
    EXPECT_TRUE(environment.is_whole);
    EXPECT_EQ(environment.full_length, 15U);
}

TEST(EnvironmentClaim, AStringWithoutEqualsSignIsAllName) {
    EXPECT_EQ(claimed_environment("BARE\0NEXT=1\0"sv).bytes, "BARE\0NEXT\0"sv);
}

TEST(EnvironmentClaim, AnEmptyStringOrNameStaysInItsPlace) {
    EXPECT_EQ(claimed_environment("\0=C:=D\0LAST=1\0"sv).bytes, "\0\0LAST\0"sv);
}

TEST(EnvironmentClaim, OnlyTheFirstEqualsSignEndsAName) {
    EXPECT_EQ(claimed_environment("A=b=c\0"sv).bytes, "A\0"sv);
}

// The probes keep 63 bytes of a string and its NUL.
TEST(EnvironmentClaim, AValueThatWasCutLeavesTheNameWhole) {
    const std::string kept = "NAME=" + std::string(TOCSIN_ENV_NAME_MAX - 1 - 5, 'v') + '\0';
    const Captured environment = claimed_environment(kept + "NEXT=1\0"s);
    EXPECT_EQ(environment.bytes, "NAME\0NEXT\0"sv);
    EXPECT_TRUE(environment.is_whole);
}

TEST(EnvironmentClaim, ANameOf62BytesFitsWithItsEqualsSign) {
    const std::string name(TOCSIN_ENV_NAME_MAX - 2, 'N');
    const Captured environment = claimed_environment(name + "=\0NEXT=1\0"s);
    EXPECT_EQ(environment.bytes, name + "\0NEXT\0"s);
    EXPECT_TRUE(environment.is_whole);
}

TEST(EnvironmentClaim, EndsCutWhereANameReachesTheLimit) {
    const std::string name(TOCSIN_ENV_NAME_MAX - 1, 'N');
    const Captured environment = claimed_environment("FIRST=1\0"s + name + "\0NEXT=1\0"s);
    EXPECT_EQ(environment.bytes, "FIRST\0"s + name);
    EXPECT_TRUE(environment.cut);
    EXPECT_EQ(environment.full_length, 0U);
}

// The kernel's copy is read as one block: no limit applies to a string.
TEST(EnvironmentCopy, ANameAsLongAsAClaimsLimitIsWhole) {
    const std::string name(TOCSIN_ENV_NAME_MAX - 1, 'N');
    EXPECT_EQ(copied_environment(name + "\0NEXT=1\0"s), name + "\0NEXT\0"s);
}

TEST(EnvironmentClaim, AnUnterminatedNameIsCut) {
    const Captured environment = claimed_environment("FIRST=1\0SECO"sv, {.flags = ITEM_CUT});
    EXPECT_EQ(environment.bytes, "FIRST\0SECO"sv);
    EXPECT_TRUE(environment.cut);
}

TEST(EnvironmentClaim, AnUnterminatedValueIsDroppedAndItsNameKept) {
    const Captured environment = claimed_environment("FIRST=1\0SECOND=sec"sv, {.flags = ITEM_CUT});
    EXPECT_EQ(environment.bytes, "FIRST\0SECOND\0"sv);
    EXPECT_TRUE(environment.cut);
}

TEST(EnvironmentClaim, AReadErrorStaysTheReasonThatItEnds) {
    const Captured environment = claimed_environment("FIRST=1\0SECO"sv, {.error = EFAULT});
    EXPECT_EQ(environment.bytes, "FIRST\0SECO"sv);
    EXPECT_EQ(environment.error, EFAULT);
    EXPECT_FALSE(environment.cut);
}

// Names are of N, values of '#': whatever the lengths and wherever the capture ends, no '#' may
// come through, in claim or copy.
TEST(Environment, NoByteOfAValueGetsThrough) {
    std::mt19937 random(20240611);
    for (int round = 0; round < 3000; ++round) {
        std::string claim, block;
        for (unsigned i = 0; i < 1 + random() % 6; ++i) {
            std::string string(random() % 80, 'N');
            if (random() % 5 != 0) string += "=" + std::string(random() % 80, '#');
            claim += string.substr(0, TOCSIN_ENV_NAME_MAX - 1) + '\0';
            block += string + '\0';
        }
        claim.resize(claim.size() - random() % claim.size());
        block.resize(block.size() - random() % block.size());
        WireEnd end;
        if (random() % 2 == 0) end.flags = ITEM_CUT;
        if (random() % 3 == 0) end.error = EFAULT;
        const Captured names = claimed_environment(claim, end);
        EXPECT_EQ(names.bytes.find_first_of("#="), std::string::npos) << round;
        EXPECT_EQ(copied_environment(block, end).find_first_of("#="), std::string::npos) << round;
    }
}

}  // namespace
}  // namespace tocsin
