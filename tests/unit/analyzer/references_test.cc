// SPDX-License-Identifier: Apache-2.0
#include "analyzer/judge/references.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyzer/analysis_fixture.h"
#include "tests/unit/analyzer/name_story.h"

namespace tocsin {
namespace {

using test::call;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kX = "path=16:\"/home/x\"";
const std::string kAccessed = call(10, "v", "access " + kX, "0", {"inode_permission named=x"});

std::string renamed(const std::string& task, const std::string& file) {
    return call(20, task, "rename path#0=16:\"/home/l\" path#1=32:\"/home/x\"", "0",
                {"path_rename named=" + file + " second=x"});
}

std::string opened(const std::string& task, const std::string& file, const std::string& through) {
    std::vector<std::string> hooks = {"file_open opened=" + file};
    if (!through.empty())
        hooks.insert(hooks.begin(), "inode_follow_link target=\"/etc/passwd\" symlink=xl detail=2");
    return call(50, task, "openat " + kX + " flags=1", "3", hooks);
}

References of(const std::string& lines) {
    const auto result = test::analyzed(test::story(lines));
    EXPECT_EQ(result.findings.size(), 1U);
    return result.findings.empty() ? References{} : result.findings[0].judgement.references;
}

TEST(References, ASwapForASymbolicLinkIsKnownAsSuch) {
    const References known = of(kAccessed + renamed("u", "l") + opened("v", "passwd", "xl"));
    EXPECT_THAT(known.cwe, ElementsAre("CWE-367", "CWE-363", "CWE-61", "CWE-59"));
    EXPECT_THAT(known.capec, ElementsAre("CAPEC-27", "CAPEC-29"));
    EXPECT_THAT(known.attack, ElementsAre("T1068"));
}

TEST(References, ASwapForAHardLinkIsAnother) {
    const References known = of(kAccessed + renamed("u", "xp") + opened("v", "xp", ""));
    EXPECT_THAT(known.cwe, ElementsAre("CWE-367", "CWE-62", "CWE-59"));
    EXPECT_THAT(known.capec, ElementsAre("CAPEC-29"));
}

TEST(References, RightsAreRaisedOnlyByTheLessPrivileged) {
    const References known = of(call(10, "u", "access " + kX, "0", {"inode_permission named=x"}) +
                                renamed("w", "l") + opened("u", "passwd", "xl"));
    EXPECT_THAT(known.attack, IsEmpty());
}

TEST(References, EachHasATitle) {
    for (const char* id : {"CWE-59", "CWE-61", "CWE-62", "CWE-362", "CWE-363", "CWE-367", "CWE-377",
                           "CAPEC-27", "CAPEC-29", "T1068"})
        EXPECT_FALSE(title_of_reference(id).empty()) << id;
    EXPECT_TRUE(title_of_reference("CWE-1").empty());
}

}  // namespace
}  // namespace tocsin
