// SPDX-License-Identifier: Apache-2.0
#include "analyzer/judge/name_pattern.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

using namespace std::literals;

TEST(NamePattern, ANumberIsOneSign) {
    EXPECT_EQ(name_pattern("/var/log/messages.10"), "/var/log/messages.#");
    EXPECT_EQ(name_pattern("/proc/4711/fd/3"), "/proc/#/fd/#");
    EXPECT_EQ(name_pattern("/tmp/report12"), "/tmp/report#");
    EXPECT_EQ(name_pattern("123456"), "#");
}

TEST(NamePattern, WhatMkstempDrawsIsOneSign) {
    for (const char* drawn : {"PJQQvh", "W3r8OX", "bkOzfW", "0a1B2c", "k2LxQq"}) {
        EXPECT_EQ(name_pattern("/tmp/access_then_open."s + drawn + "/user/report1"),
                  "/tmp/access_then_open.*/user/report#")
            << drawn;
        EXPECT_EQ(name_pattern("/tmp/x-"s + drawn + ".conf"), "/tmp/x-*.conf") << drawn;
    }
    EXPECT_EQ(name_pattern("/tmp/ccTQ5aIx.o"), "/tmp/cc*.o");
    EXPECT_EQ(name_pattern("/etc/sedBw3kLp"), "/etc/sed*");
}

TEST(NamePattern, WordsStay) {
    for (const char* name :
         {"/etc/passwd", "/usr/share/README", "/home/u/ReadMe", "/opt/Config/my.Config",
          "/usr/lib/x86_64-linux-gnu/libcap", "/a/backup.FOOBAR", "/a/MakeFile", "", "/"})
        EXPECT_EQ(name_pattern(name), std::string_view(name) == "/usr/lib/x86_64-linux-gnu/libcap"
                                          ? "/usr/lib/x#_#-linux-gnu/libcap"
                                          : name);
}

TEST(NamePattern, HexadecimalIsOneSign) {
    EXPECT_EQ(name_pattern("/objects/3f/8a4d5e6f70819201"), "/objects/#f/*");
    EXPECT_EQ(name_pattern("/run/9f86d081/deadbeef"), "/run/*/deadbeef");
}

TEST(NamePattern, KnowsTextsOfSeveralNamesAndAnyBytes) {
    EXPECT_EQ(name_pattern("ls\0-l\0/tmp/a.PJQQvh\0"sv), "ls\0-l\0/tmp/a.*\0"sv);
    EXPECT_EQ(name_pattern("\xff\xfe/\x01"), "\xff\xfe/\x01");
}

}  // namespace
}  // namespace tocsin
