// SPDX-License-Identifier: Apache-2.0
//
// A name that could not be read at the entry, and why that was no accident.
#include "analyzer/detect/absent_memory.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyzer/analysis_fixture.h"
#include "tests/unit/analyzer/name_story.h"

namespace tocsin {
namespace {

using test::analyzed;
using test::call;
using test::line;
using test::story;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// v opens a name at 0x10000 that is not readable when it enters.
const std::string kOpened = line(50, "v", "> openat path=0x10000:\"\"(error=EFAULT) flags=0") +
                            line(51, "v", "@ inode_permission path=\"/home/x\"") +
                            line(52, "v", "@ file_open opened=x") +
                            line(53, "v", "< openat 3 path=0x10000:\"/home/x\"");
const std::string kMade = call(10, "v", "userfaultfd flags=0", "3");

// UFFDIO_REGISTER of a page from that address on.
std::string registered(const std::string& task, uint8_t page, const std::string& result = "0") {
    const std::string range = fmt::format("\\x00\\x{:02x}\\x01\\x00\\x00\\x00\\x00\\x00", page) +
                              "\\x00\\x10\\x00\\x00\\x00\\x00\\x00\\x00";
    const std::string output = result == "0" ? " output=0x9000:\"" + range + "\"" : "";
    return line(20, task, "> ioctl dirfd=3 value=0xc020aa00 output=0x9000") +
           line(21, task, "< ioctl " + result + output);
}

std::vector<std::string> found(const std::string& before) {
    return test::rules_of(analyzed(story(before + kOpened)));
}

TEST(AbsentMemory, OfAUserfaultfdHidesANameFromWhoReadsItAtTheEntry) {
    const auto result = analyzed(story(kMade + registered("v", 0) + kOpened));
    ASSERT_THAT(test::rules_of(result), ElementsAre("A2 path"));
    const Finding& finding = result.findings[0];
    EXPECT_EQ(finding.judgement.severity, Severity::kHigh);
    EXPECT_THAT(finding.candidate.amplifier, HasSubstr("userfaultfd answers for"));
}

TEST(AbsentMemory, ElsewhereOrOfAnotherProcessIsNoReason) {
    EXPECT_THAT(found(""), ElementsAre("[A2 path]"));
    EXPECT_THAT(found(kMade + registered("v", 0x20)), ElementsAre("[A2 path]"));
    EXPECT_THAT(found(registered("u", 0)), ElementsAre("[A2 path]"));
    EXPECT_THAT(found(registered("v", 0, "-EINVAL")), ElementsAre("[A2 path]"));
}

TEST(AbsentMemory, MayBeRegisteredByAnotherProcessThatGotTheDescriptor) {
    EXPECT_THAT(found(kMade), ElementsAre("A2 path"));
    EXPECT_THAT(found(call(10, "v", "userfaultfd flags=0", "-EPERM")), ElementsAre("[A2 path]"));
}

TEST(AbsentMemory, MayBePagedOutByAnotherProcess) {
    const auto advised = [](const std::string& advice) {
        const std::string vector =
            "\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x10\\x00\\x00\\x00\\x00\\x00\\x00";
        return call(10, "u",
                    "process_madvise dirfd=4 iovec=0x9000:\"" + vector +
                        "\" value#2=1 value#3=" + advice + " flags=0",
                    "4096", {"ptrace_access_check detail=100"});
    };
    EXPECT_THAT(found(advised("21")), ElementsAre("A2 path"));
    EXPECT_THAT(found(advised("3")), ElementsAre("[A2 path]")) << "MADV_WILLNEED";
}

}  // namespace
}  // namespace tocsin
