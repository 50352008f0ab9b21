// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/text_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"
#include "tests/support/trace_builder.h"
#include "tests/unit/analyzer/analysis_fixture.h"

namespace tocsin {
namespace {

using test::analyzed;
using test::exec_trace;
using test::one_exec;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string text_of(std::string_view trace, const ReportOptions& options = {}) {
    return test::report_of(analyzed(trace), "text", options);
}

// On one line, with single blanks: where a sentence breaks is not what these tests are about.
std::string unwrapped(std::string_view report) {
    std::string text;
    for (const char c : report)
        if (c != '\n' && c != ' ')
            text += c;
        else if (!text.ends_with(' '))
            text += ' ';
    return text;
}

const std::string kSwap = one_exec("path=1:\"/bin/sh\"", "path=\"/bin/ls\"");
const std::string kQuiet = one_exec("path=1:\"/bin/ls\"", "path=\"/bin/ls\"");
const std::string kColdPage =
    one_exec("path=1:\"/bin/ls\" environ=3:[](error=EFAULT)", "path=\"/bin/ls\" environ=[\"A\"]");

// Each line's width, escape sequences for colour aside.
void expect_within_the_page(const std::string& report) {
    size_t begin = 0;
    for (size_t end; (end = report.find('\n', begin)) != std::string::npos; begin = end + 1) {
        const std::string line = report.substr(begin, end - begin);
        EXPECT_LE(width_of(line), 80U) << line;
        EXPECT_FALSE(line.ends_with(' ')) << '[' << line << ']';
    }
    EXPECT_EQ(begin, report.size()) << "the last line has no end";
}

TEST(TextReport, SaysTheVerdictFirst) {
    EXPECT_THAT(text_of(kSwap), HasSubstr("\n1 finding (1 high) in 1 compared argument."));
}

TEST(TextReport, NoFindingsComeWithTheirCoverage) {
    EXPECT_THAT(text_of(kQuiet), AllOf(HasSubstr("No findings in 1 compared argument."),
                                       HasSubstr("execve 1"), HasSubstr("lost         nothing"),
                                       HasSubstr("cannot see execs that failed")));
}

TEST(TextReport, WithLossesItNeverSaysClean) {
    const std::string lossy =
        text_of(exec_trace("5.1 cpu0 #7 t1 > execve path=1:\"/bin/ls\"\n"
                           "5.2 cpu0 t1 < execve -ENOENT path=1:\"/bin/ls\"\n"
                           "lost 5.3 events=9 ring-full=5\n"));
    EXPECT_THAT(unwrapped(lossy),
                AllOf(HasSubstr("Records are missing:"), HasSubstr("5 records missing"),
                      HasSubstr("not evaluated there"), HasSubstr("larger --buffer")));
}

TEST(TextReport, AnEmptyTraceHasNothingToFindAnythingIn) {
    EXPECT_THAT(unwrapped(text_of("tocsin-text 1\nseal \"stopped\"\n")),
                HasSubstr("the trace holds no call that is judged"));
}

TEST(TextReport, ACutTraceSaysSo) {
    const std::string cut = kQuiet.substr(0, kQuiet.find("seal"));
    EXPECT_THAT(unwrapped(text_of(cut)),
                AllOf(HasSubstr("The trace is cut short: what came later was not evaluated."),
                      HasSubstr("end cut short, not sealed")));
}

TEST(TextReport, ShowsClaimBesideKernelTruth) {
    EXPECT_THAT(text_of(kSwap),
                AllOf(HasSubstr("execve acted on \"/bin/ls\"; at entry the path was \"/bin/sh\"."),
                      HasSubstr("E entry claim         +0.0 µs  \"/bin/sh\""),
                      HasSubstr("S kernel copy  ≠    +100.0 µs  \"/bin/ls\""),
                      HasSubstr("device 8:1 inode 41 generation 7"), HasSubstr("-rwxr-xr-x"),
                      HasSubstr("X exit claim        +200.0 µs  none: the exec replaced"),
                      HasSubstr("entry cpu0#2, hook cpu0#3, return cpu0#4"),
                      HasSubstr("2023-11-14 22:13:20.100000000 UTC")));
}

TEST(TextReport, SaysWhomTheSwapDeceived) {
    EXPECT_THAT(text_of(kSwap),
                AllOf(HasSubstr("✓ entry readers"), HasSubstr("✓ ptrace and seccomp"),
                      HasSubstr("✗ exit readers: nothing to read")));
}

TEST(TextReport, EqualFindingsAreShownOnce) {
    std::string lines;
    for (int i = 1; i <= 4; ++i) {
        const std::string second = std::to_string(5 + i);
        lines += second + ".1 cpu0 t1 > execve path=1:\"/bin/sh\"\n" + second +
                 ".2 cpu0 t1 @ sched_process_exec path=\"/bin/ls\" exe=bash\n" + second +
                 ".3 cpu0 t1 < execve 0\n";
    }
    const std::string report = text_of(exec_trace(lines));
    EXPECT_THAT(
        report,
        AllOf(HasSubstr("4 findings (4 high)"), HasSubstr("#1 HIGH A1"), Not(HasSubstr("#2 ")),
              HasSubstr("and 3 more like it, 4 in all, from 1.050000 s to 4.050000 s")));
}

TEST(TextReport, SetAsideFindingsAreCountedAndShownOnDemand) {
    EXPECT_THAT(text_of(kColdPage),
                AllOf(HasSubstr("No findings"),
                      HasSubstr("1 by unobservable-without-amplifier; --all shows them"),
                      Not(HasSubstr("#1 "))));
    EXPECT_THAT(text_of(kColdPage, {Colour::kNo, SetAside::kShown}),
                AllOf(HasSubstr("#1 INFO A2"), HasSubstr("unreadable (EFAULT)"),
                      HasSubstr("by rule unobservable-without-amplifier")));
}

TEST(TextReport, HasNoColourUnlessAsked) {
    EXPECT_THAT(text_of(kSwap), Not(HasSubstr("\x1b")));
    EXPECT_THAT(text_of(kSwap, {Colour::kYes, SetAside::kCounted}), HasSubstr("\x1b[31m#1 HIGH"));
}

TEST(TextReport, HostileNamesNeitherEscapeNorWiden) {
    std::string name;
    for (int i = 0; i < 900; ++i) name += "\\x1b[2J\u202e文 ";
    const std::string report =
        text_of(exec_trace("task v tgid=100 comm=\"\\x1b]0;\\xff\" uid=1\n"
                           "object evil 8:1/77 name=\"" +
                           name.substr(0, 322) +
                           "\" in=bin\n"
                           "5.1 cpu0 v > execve path=1:\"/" +
                           name + "\" argv=2:[\"" + name +
                           "\" \"a\"]\n"
                           "5.2 cpu0 v @ sched_process_exec path=\"/" +
                           name + "x\" argv=[\"" + name +
                           "\" \"b\"] exe=evil\n"
                           "5.3 cpu0 v < execve 0\n"));
    expect_within_the_page(report);
    EXPECT_THAT(report, AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\u202e")), HasSubstr("\\x1b"),
                              HasSubstr("#2 HIGH A4"), HasSubstr("bytes)")));
}

TEST(TextReport, ADifferenceDeepInALongVectorIsShown) {
    std::string same;
    for (int i = 0; i < 300; ++i) same += "\"argument" + std::to_string(i) + "\" ";
    const std::string report = text_of(one_exec("argv=2:[" + same + "\"--list\" " + same + "]",
                                                "argv=[" + same + "\"--evil\" " + same + "]"));
    EXPECT_THAT(report, AllOf(HasSubstr("argv[300] \"--evil\""),
                              HasSubstr("argv[300]: \"--list\" ≠ \"--evil\"")));
}

TEST(TextReport, OfAnyTraceKeepsToThePage) {
    for (uint32_t seed = 1; seed <= 40; ++seed) {
        SCOPED_TRACE(seed);
        const auto reader =
            TraceReader::open(ByteSource::from_memory(test::bytes_of(test::random_trace(seed))));
        ASSERT_TRUE(reader);
        const auto result = analyze(*reader, "random", {});
        expect_within_the_page(test::report_of(result, "text", {Colour::kNo, SetAside::kShown}));
    }
}

TEST(Phrases, SpellTimesInUtc) {
    const ClockSample clock{{1000}, 0, 1700000000123456789, 0, 0, 0};
    EXPECT_EQ(utc_text(clock, {1000}), "2023-11-14 22:13:20.123456789 UTC");
    EXPECT_EQ(utc_text(clock, {0}), "2023-11-14 22:13:20.123455789 UTC");
    EXPECT_EQ(utc_text({{0}, 0, -1, 0, 0, 0}, {0}), "1969-12-31 23:59:59.999999999 UTC");
    EXPECT_EQ(utc_text({{0}, 0, INT64_MIN, 0, 0, 0}, {0}), "1677-09-21 00:12:43.145224192 UTC");
    EXPECT_EQ(utc_text({{0}, 0, INT64_MAX, 0, 0, 0}, {0}), "2262-04-11 23:47:16.854775807 UTC");
}

TEST(Phrases, SpellModesAsLsDoes) {
    EXPECT_EQ(mode_text(0100755), "-rwxr-xr-x");
    EXPECT_EQ(mode_text(0104755), "-rwsr-xr-x");
    EXPECT_EQ(mode_text(0102644), "-rw-r-Sr--");
    EXPECT_EQ(mode_text(041777), "drwxrwxrwt");
    EXPECT_EQ(mode_text(0120777), "lrwxrwxrwx");
}

TEST(Phrases, SpellResultsAndGaps) {
    EXPECT_EQ(result_text(0), "0");
    EXPECT_EQ(result_text(-2), "-2 (ENOENT)");
    EXPECT_EQ(result_text(INT64_MIN), "-9223372036854775808");
    EXPECT_EQ(gap_text({1000}, {183400}), "+182.4 µs");
    EXPECT_EQ(gap_text({1000}, {900}), "-0.1 µs");
    EXPECT_EQ(gap_text({0}, {466'750}), "+466.8 µs");
    EXPECT_EQ(interval_text(0), "0 ns");
    EXPECT_EQ(interval_text(999), "999 ns");
    EXPECT_EQ(interval_text(184'200), "184.2 µs");
    EXPECT_EQ(interval_text(4'637'249), "4.637 ms");
    EXPECT_EQ(interval_text(34'776'400), "34.78 ms");
    EXPECT_EQ(interval_text(999'999'999), "1000 ms");
    EXPECT_EQ(interval_text(1'250'000'000), "1.25 s");
    EXPECT_EQ(interval_text(3'600'000'000'000), "3600 s");
    EXPECT_EQ(interval_text(UINT64_MAX), "18446744074 s");
}

}  // namespace
}  // namespace tocsin
