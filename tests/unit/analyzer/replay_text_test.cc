// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/replay_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/report/escape.h"
#include "tests/support/trace_builder.h"
#include "tests/unit/analyzer/analysis_fixture.h"

namespace tocsin {
namespace {

using test::exec_trace;
using test::one_exec;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string replay_of(const TraceReader& trace, const ReplayTextOptions& options = {}) {
    EventOrder order(trace);
    ReplayText lines(order, options);
    std::string text;
    while (const auto step = lines.next()) text += step->text;
    return text;
}

std::string replay(std::string_view text, const ReplayTextOptions& options = {}) {
    return replay_of(test::reader_of(text), options);
}

// The lines of execs after the ones that every trace of the fixture begins with. Its first event
// is at 5.05, so that 5.1 is 0.050000.
std::string replay_lines(std::string_view lines, const ReplayTextOptions& options = {}) {
    return replay(exec_trace(lines), options);
}

constexpr uint64_t kMs = 1'000'000;

TEST(ReplayText, AnOrdinaryExecReadsTopDown) {
    EXPECT_EQ(
        replay(one_exec("path=0x10:\"/bin/ls\" argv=0x20:[\"ls\" \"-l\"] environ=0x30:[\"PATH\"]",
                        "path=\"/bin/ls\" argv=[\"ls\" \"-l\"] environ=[\"PATH\"]")),
        "  -0.050000 *** found running at the start: 1 thread in 1 process\n"
        "  -0.050000 *** 2023-11-14 22:13:20.000000000 UTC\n"
        "   0.000000 90 bash           forks process 100\n"
        "   0.050000 100 victim        execve(\"/bin/ls\", [\"ls\", \"-l\"], [\"PATH\"])\n"
        "   0.050100 100 ls            @ sched_process_exec +100.0 µs\n"
        "            == path, argv, environ\n"
        "               exe     \"/bin/ls\" 8:1/41 -rwxr-xr-x owner 0:0 gen 7\n"
        "   0.050200 100 ls            = 0 +200.0 µs\n");
}

TEST(ReplayText, ASwapIsMarkedInTheHooksLineAndBelowIt) {
    const std::string text =
        replay(one_exec("path=0x10:\"/bin/sh\" argv=0x20:[\"ls\"] environ=0x30:[]",
                        "path=\"/bin/ls\" argv=[\"ls\" \"-l\"] environ=[]"));
    EXPECT_THAT(text, HasSubstr("@ sched_process_exec != path, argv +100.0 µs\n"
                                "            != path    \"/bin/ls\"\n"
                                "            != argv    [\"ls\", \"-l\"]\n"
                                "            == environ\n"));
}

TEST(ReplayText, ColourIsForDifferencesAndOnlyWhereAskedFor) {
    const std::string trace = one_exec("path=0x10:\"/bin/sh\"", "path=\"/bin/ls\"");
    EXPECT_THAT(replay(trace), Not(HasSubstr("\x1b")));
    const std::string coloured = replay(trace, {.colour = Colour::kYes, .pids = {}});
    EXPECT_THAT(coloured, HasSubstr("\x1b[1;31m!= path    \"/bin/ls\"\x1b[0m\n"));
    EXPECT_THAT(coloured, HasSubstr("      execve("));
}

TEST(ReplayText, ReturnsOfInterleavedThreadsNameTheirCall) {
    const std::string text = replay_lines(
        "task t2 tgid=100 tid=103 comm=\"victim\"\n"
        "5.1 cpu0 t1 > execve path=0x10:\"/bin/ls\"\n"
        "5.2 cpu1 t2 > setuid value=0\n"
        "5.3 cpu1 t2 < setuid -EPERM\n"
        "5.4 cpu0 t1 @ sched_process_exec path=\"/bin/ls\" exe=ls\n"
        "5.5 cpu0 t1 < execve 0\n");
    EXPECT_THAT(text, HasSubstr("   0.150000 100/103 victim    setuid(0)\n"
                                "   0.250000 100/103 victim    = -1 EPERM (Operation not "
                                "permitted) +100000.0 µs\n"
                                "   0.350000 100 victim        <... execve resumed> "
                                "@ sched_process_exec\n"
                                "                 +300000.0 µs\n"));
    EXPECT_THAT(text, HasSubstr("   0.450000 100 victim        = 0 +400000.0 µs\n"));
}

TEST(ReplayText, ACallWithoutReturnSaysSo) {
    const std::string text =
        replay_lines("5.1 cpu0 t1 > execve path=0x10:\"/bin/ls\"\n5.2 cpu0 t1 exit code=9 last\n");
    EXPECT_THAT(text,
                HasSubstr("   0.150000 100 victim        <... execve unfinished> no record of "
                          "its return\n"
                          "   0.150000 100 victim        +++ killed by SIGKILL +++\n"));
    EXPECT_THAT(replay_lines("5.1 cpu0 t1 > execve path=0x10:\"/bin/ls\"\n"),
                HasSubstr("   0.050000 100 victim        <... execve unfinished>"));
}

TEST(ReplayText, ARecordWhoseCallBeganUnseenSaysSo) {
    const std::string text = replay_lines(
        "5.1 cpu0 t1 [cpu0#9] @ sched_process_exec path=\"/bin/ls\" exe=ls\n"
        "5.2 cpu0 t1 [cpu0#9] < execve 0\n5.3 cpu0 t0 [-] < execve -ENOENT\n"
        "5.4 cpu0 t0 [-] @ sched_process_exec exe=ls\n");
    EXPECT_THAT(text, HasSubstr("<... call resumed> @ sched_process_exec\n"));
    EXPECT_THAT(text, HasSubstr("            ?  path    \"/bin/ls\"\n"));
    EXPECT_THAT(text, HasSubstr("= 0 (its entry is not in the trace)\n"));
    EXPECT_THAT(text,
                HasSubstr("<... execve resumed> = -1 ENOENT\n                 (No such file or "
                          "directory) (its entry is not in the trace)\n"));
    EXPECT_THAT(
        text, HasSubstr("@ sched_process_exec\n                 (outside of any recorded call)\n"));
}

TEST(ReplayText, MissingRecordsAreShownWhereTheyAreMissing) {
    const std::string text = replay_lines(
        "5.1 cpu0 t0 exit\n5.4 cpu0 #6 t1 exit\nlost 5.5 events=3 ring-full=3\n"
        "lost 5.6 events=3 ring-full=3\n");
    EXPECT_THAT(text,
                HasSubstr("+++ thread exited with 0 +++\n"
                          "   0.350000 *** cpu0: 3 records are missing between 0.050000 and here\n"
                          "                 (lost in recording)\n"
                          "   0.350000 100 victim"));
    EXPECT_THAT(text, HasSubstr("   0.450000 *** 3 more lost, ring-full:\n                 the "
                                "ring buffer was full: "));
    EXPECT_THAT(text, Not(HasSubstr("0.550000")));
}

TEST(ReplayText, ADamagedChunkIsShownAndTheRestIsReplayed) {
    Bytes bytes = test::bytes_of(
        test::parsed("tocsin-text 1\ntask t tgid=1 comm=\"t\"\n1.0 cpu0 t exit\n2.0 cpu1 t exit\n"
                     "3.0 cpu1 t exit\n"));
    bytes.back() ^= 1U;  // in the last chunk's checksum
    const auto reader = TraceReader::open(ByteSource::from_memory(std::move(bytes)));
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_EQ(replay_of(*reader),
              "   0.000000 1 t               +++ thread exited with 0 +++\n"
              "   1.000000 *** cpu1: 2 records up to 2.000000\n                 cannot be read: "
              "the file is damaged\n");
}

TEST(ReplayText, AReturnInsideTheRangeIsNamedThoughItsEntryLiesBefore) {
    const std::string trace =
        one_exec("path=0x10:\"/bin/sh\" argv=0x20:[\"ls\"]", "path=\"/bin/ls\" argv=[\"ls\"]");
    ReplayTextOptions options;
    options.from_ns = 50'050'000;
    EXPECT_EQ(replay(trace, options),
              "   0.050100 100 ls            <... execve resumed> @ sched_process_exec != path\n"
              "                 +100.0 µs\n"
              "            != path    \"/bin/ls\"\n"
              "            == argv    [\"ls\"]\n"
              "               exe     \"/bin/ls\" 8:1/41 -rwxr-xr-x owner 0:0 gen 7\n"
              "   0.050200 100 ls            = 0 +200.0 µs\n");
    options.from_ns = 50'150'000;
    EXPECT_EQ(replay(trace, options),
              "   0.050200 100 ls            <... execve resumed> = 0 +200.0 µs\n");
}

TEST(ReplayText, BothEndsOfTheRangeBelongToIt) {
    const std::string lines =
        "5.1 cpu0 t0 exit code=256\n5.2 cpu0 t0 exit code=512\n"
        "5.3 cpu0 t0 exit code=768\n5.4 cpu0 t0 exit code=1024\n";
    const std::string text =
        replay_lines(lines, {.from_ns = 150 * kMs, .to_ns = 250 * kMs, .pids = {}});
    EXPECT_EQ(text,
              "   0.150000 90 bash           +++ thread exited with 2 +++\n"
              "   0.250000 90 bash           +++ thread exited with 3 +++\n");
}

TEST(ReplayText, ALossThatReachesIntoTheRangeIsShown) {
    const std::string lines = "5.1 cpu0 t0 exit\n5.9 cpu0 #6 t0 exit\n";
    EXPECT_THAT(replay_lines(lines, {.from_ns = 300 * kMs, .to_ns = 400 * kMs, .pids = {}}),
                StartsWith("   0.850000 *** cpu0: 3 records are missing between 0.050000"));
}

TEST(ReplayText, PidsNarrowWhatIsShownToProcessesOrThreads) {
    const std::string lines =
        "task t2 tgid=100 tid=103 comm=\"victim\"\n5.1 cpu0 t0 exit\n5.2 cpu0 t1 exit\n"
        "5.3 cpu0 t2 exit\n";
    const std::string process = replay_lines(lines, {.pids = {100}});
    EXPECT_THAT(process, AllOf(HasSubstr("100 victim"), HasSubstr("100/103 victim"),
                               HasSubstr("90 bash           forks process 100"),
                               Not(HasSubstr("90 bash           +++"))));
    const std::string thread = replay_lines(lines, {.pids = {103}});
    EXPECT_THAT(thread, AllOf(HasSubstr("100/103 victim"), Not(HasSubstr("100 victim"))));
}

TEST(ReplayText, CutAndUnreadableClaimsSaySo) {
    const std::string text =
        replay(one_exec("path=0x10:\"/bin/\"(error=EFAULT) argv=0x20:[\"ls\" \"-\"~](cut) "
                        "environ=0x30:[](error=EFAULT)",
                        "path=\"/bin/ls\" argv=[\"ls\" \"-l\"] environ=[\"PATH\"]"));
    EXPECT_THAT(text, HasSubstr("execve(\"/bin/\" then unreadable (EFAULT),"));
    EXPECT_THAT(text, HasSubstr("[\"ls\",\n                 \"-\"…] cut at the recorder's limit,"));
    EXPECT_THAT(text, HasSubstr("0x30 unreadable (EFAULT))"));
    EXPECT_THAT(text, HasSubstr("?  path    \"/bin/ls\" (the claim was not readable)\n"));
    EXPECT_THAT(text, HasSubstr("== argv    [\"ls\", \"-l\"] (as far as both were read)\n"));
    EXPECT_THAT(text, HasSubstr("?  environ [\"PATH\"] (the claim was not readable)\n"));
}

TEST(ReplayText, TheClaimAtReturnIsShownOnlyWhereItDiffers) {
    const std::string entry = "5.1 cpu0 t1 > execve path=0x10:\"/bin/a\" argv=0x20:[\"a\"]\n";
    const std::string text = replay_lines(
        entry + "5.2 cpu0 t1 < execve -ENOENT path=0x10:\"/bin/b\" argv=0x20:[\"a\"]\n");
    EXPECT_THAT(
        text,
        HasSubstr("= -1 ENOENT (No such file or directory) != path\n                 +100000.0 µs\n"
                  "            != path    \"/bin/b\" (at return)\n"));
    EXPECT_THAT(text, Not(HasSubstr("argv    ")));
    EXPECT_THAT(replay_lines(entry + "5.2 cpu0 t1 < execve -ENOENT path=0x10:\"/bi\"(error=EFAULT)"
                                     " argv=0x20:[\"a\"]\n"),
                HasSubstr("            ?  path    \"/bi\" then unreadable (EFAULT) (at return)\n"));
}

TEST(ReplayText, WhatAnInterpreterGetsIsNoDifference) {
    const std::string text = replay_lines(
        "5.1 cpu0 t1 > execve path=0x10:\"/tmp/x\" argv=0x20:[\"x\" \"1\"]\n"
        "5.2 cpu0 t1x @ sched_process_exec path=\"/tmp/x\" argv=[\"/bin/sh\" \"/tmp/x\" \"1\"] "
        "interpreter=\"/bin/sh\" exe=sh\n");
    EXPECT_THAT(text, Not(HasSubstr("!=")));
    EXPECT_THAT(text, HasSubstr("            ~  argv    [\"/bin/sh\", \"/tmp/x\", \"1\"] (as the "
                                "interpreter gets it)\n"));
    EXPECT_THAT(text, HasSubstr("               interpreter \"/bin/sh\"\n"));
}

TEST(ReplayText, AnEnvironmentIsSpelledOutOnce) {
    const std::string names = "[\"A\" \"B\" \"C\" \"D\" \"E\" \"F\" \"G\"]";
    const std::string text = replay_lines(
        "5.1 cpu0 t1 > execve environ=0x10:" + names + "\n5.2 cpu0 t1 < execve -ENOENT\n" +
        "5.3 cpu0 t1 > execve environ=0x10:" + names +
        "\n5.4 cpu0 t1 @ sched_process_exec environ=" +
        "[\"A\" \"B\" \"C\" \"D\" \"E\" \"F\" \"LD_PRELOAD\"]\n5.5 cpu0 t1 < execve 0\n");
    EXPECT_THAT(text, HasSubstr("0.050000 100 victim        execve([\"A\", \"B\""));
    EXPECT_THAT(text, HasSubstr("0.250000 100 victim        execve([7 names as at 0.050000])\n"));
    EXPECT_THAT(
        text, HasSubstr("!= environ [\"A\", \"B\", \"C\", \"D\", \"E\", \"F\", \"LD_PRELOAD\"]\n"));
}

TEST(ReplayText, RegistersReadAsWhatTheyAre) {
    const std::string text = replay_lines(
        "5.1 cpu0 t1 > execveat dirfd=0xffffff9c path=0x10:\"ls\" argv=0 environ=0 flags=0x1000\n"
        "5.2 cpu0 t1 < execveat -ENOENT\n5.3 cpu0 t1 > setreuid value#0=0xffffffff value#1=1000\n"
        "5.4 cpu0 t1 < setreuid 0\n5.5 cpu0 t1 > capset\n5.6 cpu0 t1 < capset -9999\n");
    EXPECT_THAT(text, HasSubstr("execveat(AT_FDCWD, \"ls\", NULL, NULL, 0x1000)\n"));
    EXPECT_THAT(text, HasSubstr("setreuid(-1, 1000)\n"));
    EXPECT_THAT(text, HasSubstr("capset()\n"));
    EXPECT_THAT(text, HasSubstr("= -9999 +"));
}

TEST(ReplayText, ModesAndFlagsOfNamesReadAsWhatTheyAre) {
    const std::string text = replay_lines(
        "5.1 cpu0 t1 > faccessat2 dirfd=0xffffff9c path=0x10:\"a\" value=6 flags=0x200\n"
        "5.2 cpu0 t1 < faccessat2 0\n5.3 cpu0 t1 > mkdir path=0x10:\"d\" value=448\n"
        "5.4 cpu0 t1 < mkdir 0\n5.5 cpu0 t1 > unlinkat dirfd=3 path=0x10:\"d\" flags=0x200\n"
        "5.6 cpu0 t1 < unlinkat 0\n5.7 cpu0 t1 > renameat2 dirfd#0=3 path#1=0x10:\"a\" "
        "dirfd#2=3 path#3=0x20:\"b\" flags=0xa\n5.8 cpu0 t1 < renameat2 0\n"
        "5.9 cpu0 t1 > chown path=0x10:\"a\" value#1=0xffffffff value#2=8\n");
    EXPECT_THAT(text, HasSubstr("faccessat2(AT_FDCWD, \"a\", R_OK|W_OK, AT_EACCESS)\n"));
    EXPECT_THAT(text, HasSubstr("mkdir(\"d\", 0700)\n"));
    EXPECT_THAT(text, HasSubstr("unlinkat(3, \"d\", AT_REMOVEDIR)\n"));
    EXPECT_THAT(text, HasSubstr("renameat2(3, \"a\", 3, \"b\", RENAME_EXCHANGE|0x8)\n"));
    EXPECT_THAT(text, HasSubstr("chown(\"a\", -1, 8)\n"));
}

TEST(ReplayText, NothingOfANameIsSaidToBeNothing) {
    const std::string text = replay_lines(
        "object gone 0:0/0 mode=0 links=0 name=\"x\" in=bin\n"
        "object unnamed 0:0/0 mode=0 links=0 in=bin\n"
        "5.1 cpu0 t1 > unlink path=0x10:\"/bin/x\"\n5.2 cpu0 t1 @ path_unlink named=gone\n"
        "5.3 cpu0 t1 @ sys_exit named=unnamed\n5.4 cpu0 t1 < unlink -ENOENT\n");
    EXPECT_THAT(text, AllOf(HasSubstr("named   \"/bin/x\" is nothing\n"),
                            HasSubstr("named   nothing in \"/bin\"\n")));
}

TEST(ReplayText, ChangedCredentialsAreShownBelowTheReturn) {
    EXPECT_THAT(replay_lines("task root tgid=100 comm=\"victim\" uid=0\n"
                             "5.1 cpu0 t1 > setuid value=0\n5.2 cpu0 root < setuid 0\n"),
                HasSubstr("= 0 +100000.0 µs\n               uid     1000 -> 0\n"
                          "               euid    1000 -> 0\n"));
}

TEST(ReplayText, WhatThisVersionDoesNotKnowIsShownAllTheSame) {
    const std::string text = replay_lines(
        "5.1 cpu0 t1 > syscall:999\n5.2 cpu0 t1 @ hook:99 role:99=ls\n"
        "5.3 cpu0 t1 < syscall:999 0\n");
    EXPECT_THAT(text, AllOf(HasSubstr("syscall:999()\n"), HasSubstr("@ hook:99 +100000.0 µs\n"),
                            HasSubstr("               role:99 \"/bin/ls\" 8:1/41")));
}

TEST(ReplayText, HostileNamesReachNoTerminal) {
    const std::string text = replay_lines(
        "task evil tgid=666 comm=\"= 0\\n\\x1b[2J\"\n"
        "object bad 8:1/66 name=\"\\x1b]0;x\\x07\\xe2\\x80\\xae\" in=bin\n"
        "5.1 cpu0 evil > execve path=0x10:\"\\x1b[31m/\\n\" argv=0x20:[\"\\r\\x9b\"]\n"
        "5.2 cpu0 evil @ sched_process_exec path=\"\\x00\\x7f\" exe=bad\n");
    EXPECT_THAT(text, HasSubstr("   0.050000 666 \"= 0\\n\\x1b[2J\" execve(\"\\x1b[31m/\\n\","));
    EXPECT_THAT(text, HasSubstr("\"/bin/\\x1b]0;x\\x07\\u{202e}\""));
    for (size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1) {
        const std::string line = text.substr(begin, text.find('\n', begin) - begin);
        for (const char c : line) ASSERT_TRUE(static_cast<uint8_t>(c) >= 0x20 && c != 0x7f) << line;
    }
}

TEST(ReplayText, LongNamesStayWholeAndTheRestIsHeldTo80Columns) {
    const std::string name(300, 'x');
    const std::string text =
        replay(one_exec("path=0x10:\"/" + name +
                            "\" argv=0x20:[\"ls\" \"-l\"] environ=0x30:[\"PATH\" \"HOME\" "
                            "\"SHELL\" \"TERM\" \"LANG\" \"PWD\" \"USER\" \"LOGNAME\" \"MAIL\" "
                            "\"EDITOR\" \"PAGER\"]",
                        "path=\"/bin/ls\""));
    EXPECT_THAT(text, HasSubstr("execve(\"/" + name + "\",\n                 [\"ls\", \"-l\"],"));
    for (size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1) {
        const std::string line = text.substr(begin, text.find('\n', begin) - begin);
        if (line.find(name) != line.npos) continue;
        EXPECT_LE(width_of(line), 80U) << line;
    }
}

TEST(ReplayText, AnyTraceIsReplayedWithinItsLines) {
    for (uint32_t seed = 1; seed <= 60; ++seed) {
        SCOPED_TRACE(seed);
        const auto reader =
            TraceReader::open(ByteSource::from_memory(test::bytes_of(test::random_trace(seed))));
        ASSERT_TRUE(reader);
        const std::string text = replay_of(*reader);
        EXPECT_EQ(text, replay_of(*reader));
        EXPECT_TRUE(text.ends_with('\n'));
        for (const char c : text) ASSERT_TRUE(static_cast<uint8_t>(c) >= 0x20 || c == '\n');
    }
}

}  // namespace
}  // namespace tocsin
