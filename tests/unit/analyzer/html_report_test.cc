// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/html_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <regex>
#include <set>

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

std::string html_of(std::string_view trace, const ReportOptions& options = {}) {
    return test::report_of(analyzed(trace), "html", options);
}

const std::string kSwap = one_exec("path=1:\"/bin/sh\"", "path=\"/bin/ls\"");
const std::string kColdPage =
    one_exec("path=1:\"/bin/ls\" environ=3:[](error=EFAULT)", "path=\"/bin/ls\" environ=[\"A\"]");

// Root checks a user's file, the user puts a link to /etc/passwd in its place, root opens it.
const std::string_view kSwappedName =
    "tocsin-text 1\n"
    "task v tgid=100 comm=\"victim\" permitted=0x1ffffffffff\n"
    "task a tgid=200 comm=\"attacker\" uid=1000 gid=1000\n"
    "object root 8:1/2 mode=040755 name=\"/\"\n"
    "object etc 8:1/3 mode=040755 name=\"etc\" in=root\n"
    "object passwd 8:1/4 gen=1 mode=0100644 name=\"passwd\" in=etc\n"
    "object home 8:1/10 mode=040755 owner=1000:1000 name=\"home\" in=root\n"
    "object x 8:1/11 gen=1 mode=0100644 owner=1000:1000 name=\"x\" in=home\n"
    "object l 8:1/12 gen=1 mode=0120777 owner=1000:1000 name=\"l\" in=home\n"
    "object xl 8:1/12 gen=1 mode=0120777 owner=1000:1000 name=\"x\" in=home\n"
    "5.000100 cpu0 v > access path=16:\"/home/x\" value=2\n"
    "5.000110 cpu0 v @ inode_permission path=\"/home/x\"\n"
    "5.000120 cpu0 v @ inode_permission named=x\n"
    "5.000130 cpu0 v < access 0\n"
    "5.000200 cpu1 a > rename path#0=16:\"/home/l\" path#1=32:\"/home/x\"\n"
    "5.000210 cpu1 a @ path_rename named=l second=x\n"
    "5.000220 cpu1 a < rename 0\n"
    "5.000300 cpu0 v > openat path=16:\"/home/x\" flags=1\n"
    "5.000310 cpu0 v @ inode_permission path=\"/home/x\"\n"
    "5.000320 cpu0 v @ inode_follow_link target=\"/etc/passwd\" symlink=xl detail=2\n"
    "5.000330 cpu0 v @ file_open opened=passwd\n"
    "5.000340 cpu0 v < openat 3\n"
    "seal \"stopped\"\n";

TEST(HtmlReport, SaysTheVerdictAndTheCountsFirst) {
    const std::string page = html_of(kSwap);
    const size_t verdict = page.find("1 finding (1 high) in 1 compared argument.");
    const size_t counts = page.find("CRITICAL 0"), card = page.find("<article");
    ASSERT_NE(card, std::string::npos);
    EXPECT_LT(verdict, counts);
    EXPECT_LT(counts, card);
}

TEST(HtmlReport, NoFindingsComeWithTheirCoverage) {
    EXPECT_THAT(html_of(one_exec("path=1:\"/bin/ls\"", "path=\"/bin/ls\"")),
                AllOf(HasSubstr("No findings in 1 compared argument."), Not(HasSubstr("<article")),
                      HasSubstr("<p>None.</p>"), HasSubstr("execve 1"),
                      HasSubstr("<dt>lost</dt><dd>nothing</dd>")));
}

TEST(HtmlReport, MarksWhatTheKernelHadInPlaceOfTheClaim) {
    EXPECT_THAT(html_of(kSwap),
                AllOf(HasSubstr("E entry claim <span class=\"differs\">≠</span></th><td "
                                "class=\"time\">+0.0 µs</td><td><code>&quot;/bin/<mark>sh</mark>"),
                      HasSubstr("S kernel copy</th><td class=\"time\">+100.0 µs</td>"
                                "<td><code>&quot;/bin/<mark>ls</mark>"),
                      HasSubstr("entry cpu0#2, hook cpu0#3, return cpu0#4")));
}

TEST(HtmlReport, SetAsideFindingsAreCountedAndShownOnDemand) {
    EXPECT_THAT(html_of(kColdPage),
                AllOf(HasSubstr("1 by unobservable-without-amplifier; --all shows them"),
                      Not(HasSubstr("<article"))));
    EXPECT_THAT(html_of(kColdPage, {Colour::kNo, SetAside::kShown}),
                AllOf(HasSubstr("<article"), HasSubstr("unreadable (EFAULT)"),
                      HasSubstr("by rule unobservable-without-amplifier")));
}

TEST(HtmlReport, EqualFindingsAreOneCard) {
    std::string lines;
    for (int i = 1; i <= 4; ++i)
        lines += fmt::format(
            "{0}.1 cpu0 t1 > execve path=1:\"/bin/sh\"\n"
            "{0}.2 cpu0 t1 @ sched_process_exec path=\"/bin/ls\" exe=bash\n"
            "{0}.3 cpu0 t1 < execve 0\n",
            5 + i);
    const std::string page = html_of(exec_trace(lines));
    EXPECT_THAT(page, HasSubstr("and 3 more like it, 4 in all"));
    EXPECT_EQ(page.find("<article"), page.rfind("<article"));
}

TEST(HtmlReport, OfTooManyFindingsTheOthersAreCounted) {
    std::string lines;
    for (size_t i = 0; i < HtmlReport::kMostCards + 3; ++i) {
        std::string name;  // in letters: a number is no difference
        for (size_t rest = i; name.size() < 3; rest /= 26)
            name += static_cast<char>('a' + rest % 26);
        lines += fmt::format(
            "{0}.{1:03}1 cpu0 t1 > execve path=1:\"/bin/{2}\"\n"
            "{0}.{1:03}2 cpu0 t1 @ sched_process_exec path=\"/bin/ls\" exe=bash\n"
            "{0}.{1:03}3 cpu0 t1 < execve 0\n",
            6 + i / 1000, i % 1000, name);
    }
    const std::string page = html_of(exec_trace(lines));
    EXPECT_THAT(page, HasSubstr("These are 2000 of 2003 different findings, the most severe "
                                "first. Left out here: 3 high A1."));
    size_t cards = 0;
    for (size_t at = 0; (at = page.find("<article", at)) != std::string::npos; ++at) ++cards;
    EXPECT_EQ(cards, HtmlReport::kMostCards);
}

TEST(HtmlReport, IdsAreTheirPagesOnlyOnesAndLinksHaveTheirEnds) {
    HtmlReport report({Colour::kNo, SetAside::kShown});
    StringOutput output;
    ASSERT_TRUE(report.begin(output));
    for (const std::string& trace : {kSwap, kColdPage, kSwap})
        ASSERT_TRUE(report.write(analyzed(trace), output));
    ASSERT_TRUE(report.end(output));
    std::set<std::string> ids;
    const std::string& page = output.text();
    const std::regex id(" id=\"([^\"]*)\""), link("href=\"#([^\"]*)\"|labelledby=\"([^\" ]*)");
    for (std::sregex_iterator at(page.begin(), page.end(), id), end; at != end; ++at)
        EXPECT_TRUE(ids.insert((*at)[1]).second) << (*at)[1];
    size_t links = 0;
    for (std::sregex_iterator at(page.begin(), page.end(), link), end; at != end; ++at, ++links)
        EXPECT_TRUE(ids.contains((*at)[1].str() + (*at)[2].str())) << (*at)[0];
    EXPECT_GT(links, 12U);
}

TEST(HtmlReport, DrawsCheckChangeAndUseInTheLanesOfTheirProcesses) {
    const std::string page = html_of(kSwappedName);
    EXPECT_THAT(
        page, AllOf(HasSubstr("F1: name swapped between check and use"),
                    HasSubstr(">pid 100, uid 0,"), HasSubstr(">pid 200, uid 1000,"),
                    HasSubstr(">check access<"), HasSubstr(">change rename<"),
                    HasSubstr(">use openat<"), HasSubstr(">check to change<"), HasSubstr(">90 µs<"),
                    HasSubstr("/<mark>home/x</mark>"), HasSubstr("/<mark>etc/passwd</mark>"),
                    HasSubstr("Victim: uses the name"), HasSubstr("Mutator:")));
}

TEST(HtmlReport, ProcessesOfOnePidHaveLanesOfTheirOwn) {
    std::string twice(kSwappedName);
    const auto put_before = [&twice](std::string_view place, std::string_view lines) {
        twice.insert(twice.find(place), lines);
    };
    put_before("5.000100",
               "task b tgid=200 started=5.000230 comm=\"heir\" uid=1000 gid=1000\n"
               "task t tgid=200 tid=201 started=5.000235 comm=\"thread\" uid=1000 gid=1000\n"
               "object m 8:1/13 gen=1 mode=0120777 owner=1000:1000 name=\"m\" in=home\n"
               "object xm 8:1/13 gen=1 mode=0120777 owner=1000:1000 name=\"x\" in=home\n"
               "object n 8:1/14 gen=1 mode=0120777 owner=1000:1000 name=\"n\" in=home\n"
               "object xn 8:1/14 gen=1 mode=0120777 owner=1000:1000 name=\"x\" in=home\n");
    put_before("5.000300",
               "5.000240 cpu1 b > rename path#0=16:\"/home/m\" path#1=32:\"/home/x\"\n"
               "5.000250 cpu1 b @ path_rename named=m second=xl\n"
               "5.000260 cpu1 b < rename 0\n"
               "5.000270 cpu1 t > rename path#0=16:\"/home/n\" path#1=32:\"/home/x\"\n"
               "5.000280 cpu1 t @ path_rename named=n second=xm\n"
               "5.000290 cpu1 t < rename 0\n");
    twice.replace(twice.find("symlink=xl"), 10, "symlink=xn");
    const std::string page = html_of(twice);
    size_t lanes = 0;
    for (size_t at = 0; (at = page.find("\">pid 200, uid 1000,", at)) != std::string::npos; ++at)
        ++lanes;
    EXPECT_EQ(lanes, 2U) << "the one that ended, and its heir with both threads";
}

TEST(HtmlReport, WhatIsNotRecordedIsNoDifference) {
    std::string failed(kSwappedName);
    failed.replace(failed.find("5.000310"), failed.find("5.000340") - failed.find("5.000310"), "");
    failed.replace(failed.find("< openat 3"), 10, "< openat -ELOOP");
    const std::string page = html_of(failed);
    EXPECT_THAT(
        page,
        AllOf(HasSubstr("F3: name interfered with"), HasSubstr("<code>not recorded</code>"),
              HasSubstr("in between <span class=\"differs\">≠</span>"), Not(HasSubstr("<mark>"))));
    EXPECT_EQ(page.find("≠"), page.rfind("≠")) << "the change alone";
}

TEST(HtmlReport, HostileNamesStayText) {
    std::string name;
    for (int i = 0; i < 200; ++i) name += "\\x1b</style><script>'\\\"&\u202e";
    const std::string page =
        html_of(exec_trace("task v tgid=100 comm=\"\\\"><b>\\xff\" uid=1\n"
                           "5.1 cpu0 v > execve path=1:\"/" +
                           name + "\" argv=2:[\"" + name +
                           "\" \"a\"]\n"
                           "5.2 cpu0 v @ sched_process_exec path=\"/" +
                           name + "x\" argv=[\"" + name +
                           "\" \"b\"] exe=ls\n"
                           "5.3 cpu0 v < execve 0\n"));
    EXPECT_EQ(page.find("</style>"), page.rfind("</style>"));
    EXPECT_THAT(page, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<b>")),
                            Not(HasSubstr("\x1b")), Not(HasSubstr("\u202e")),
                            HasSubstr("&lt;/style&gt;&lt;script&gt;&#39;\\&quot;&amp;")));
}

TEST(HtmlReport, OfAnyTraceIsBalanced) {
    const std::regex tag("<(/?)([a-z0-9]+)[^>]*?(/?)>");
    const std::set<std::string> alone = {"meta"};
    for (uint32_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE(seed);
        const auto reader =
            TraceReader::open(ByteSource::from_memory(test::bytes_of(test::random_trace(seed))));
        ASSERT_TRUE(reader);
        const std::string page = test::report_of(analyze(*reader, "random", {}), "html",
                                                 {Colour::kNo, SetAside::kShown});
        const std::string body = page.substr(page.find("</style>") + 8);
        std::vector<std::string> open = {"html", "head"};
        for (std::sregex_iterator at(body.begin(), body.end(), tag), end; at != end; ++at) {
            if ((*at)[3] == "/" || alone.contains((*at)[2])) continue;
            if ((*at)[1] != "/") {
                open.push_back((*at)[2]);
                continue;
            }
            ASSERT_FALSE(open.empty());
            ASSERT_EQ(open.back(), (*at)[2]);
            open.pop_back();
        }
        EXPECT_TRUE(open.empty());
    }
}

}  // namespace
}  // namespace tocsin
