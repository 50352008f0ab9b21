// SPDX-License-Identifier: Apache-2.0
#include "formats/glob.h"

#include <gtest/gtest.h>

#include <string>

namespace tocsin {
namespace {

bool matches(const std::string& pattern, const std::string& name) {
    const auto glob = Glob::parse(pattern);
    EXPECT_TRUE(glob) << pattern;
    return glob && glob->matches(name);
}

TEST(Glob, StarsStopAtSlashesUnlessThereAreTwo) {
    EXPECT_TRUE(matches("/tmp/*", "/tmp/a"));
    EXPECT_TRUE(matches("/tmp/*", "/tmp/"));
    EXPECT_FALSE(matches("/tmp/*", "/tmp/a/b"));
    EXPECT_TRUE(matches("/tmp/**", "/tmp/a/b"));
    EXPECT_FALSE(matches("/tmp/**", "/tmp"));
    EXPECT_TRUE(matches("**.so", "/lib/x.so"));
    EXPECT_TRUE(matches("", ""));
    EXPECT_FALSE(matches("", "a"));
}

TEST(Glob, TwoStarsBetweenSlashesAreNoneOrSeveralDirectories) {
    EXPECT_TRUE(matches("/a/**/z", "/a/z"));
    EXPECT_TRUE(matches("/a/**/z", "/a/b/z"));
    EXPECT_TRUE(matches("/a/**/z", "/a/b/c/z"));
    EXPECT_FALSE(matches("/a/**/z", "/a/bz"));
    EXPECT_FALSE(matches("/a/**/z", "/az"));
}

TEST(Glob, KnowsBracketsAndBackslashes) {
    EXPECT_TRUE(matches("[a-c]x", "bx"));
    EXPECT_FALSE(matches("[!a-c]x", "bx"));
    EXPECT_TRUE(matches("[]]", "]"));
    EXPECT_TRUE(matches("[a-]", "-"));
    EXPECT_FALSE(matches("[!a]", "/"));
    EXPECT_FALSE(matches("?", "/"));
    EXPECT_TRUE(matches("\\*", "*"));
    EXPECT_FALSE(matches("\\*", "a"));
    EXPECT_TRUE(matches("[\\]]", "]"));
    EXPECT_TRUE(matches("\xff?", "\xff\xfe"));
}

TEST(Glob, RefusesWhatIsNoPattern) {
    for (const char* pattern : {"[", "[]", "[a", "[a-", "[!", "x[\\", "[z-a]"})
        EXPECT_FALSE(Glob::parse(pattern)) << pattern;
}

TEST(Glob, TakesNoLongerForManyStars) {
    std::string pattern;
    for (int i = 0; i < 200; ++i) pattern += "*a";
    EXPECT_FALSE(matches(pattern + "b", std::string(4000, 'a')));
}

}  // namespace
}  // namespace tocsin
