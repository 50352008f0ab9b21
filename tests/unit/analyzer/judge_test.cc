// SPDX-License-Identifier: Apache-2.0
#include "analyzer/judge/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/judge/policy.h"
#include "tests/unit/analyzer/analysis_fixture.h"

namespace tocsin {
namespace {

using test::analyzed;
using test::exec_trace;
using test::one_exec;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// The judgement of the only finding.
Judgement only_judgement(std::string_view text) {
    const auto result = analyzed(text);
    EXPECT_THAT(result.findings, SizeIs(1));
    return result.findings.empty() ? Judgement{} : result.findings[0].judgement;
}

const std::string kSwap = one_exec("path=1:\"/bin/sh\"", "path=\"/bin/ls\"");

// As kSwap, of a program with these rights that runs this object.
std::string swap_by(std::string_view rights, std::string_view object) {
    return exec_trace("task v tgid=100 comm=\"victim\" " + std::string(rights) +
                      "\n5.1 cpu0 v > execve path=1:\"/bin/a\"\n"
                      "5.2 cpu0 v @ sched_process_exec path=\"/bin/b\" exe=" +
                      std::string(object) + "\n5.3 cpu0 v < execve 0\n");
}

TEST(Severity, OfASwappedArgumentIsHigh) {
    EXPECT_EQ(only_judgement(kSwap).severity, Severity::kHigh);
    EXPECT_EQ(only_judgement(kSwap).severity_score, 70);
}

TEST(Severity, OfAShellRunWithBorrowedRightsIsCritical) {
    EXPECT_EQ(only_judgement(swap_by("uid=1000 euid=0", "sh")).severity, Severity::kCritical);
    EXPECT_EQ(only_judgement(swap_by("uid=1000 euid=1000", "sh")).severity, Severity::kHigh);
    EXPECT_EQ(only_judgement(swap_by("uid=0", "sh")).severity, Severity::kHigh);
    EXPECT_EQ(only_judgement(swap_by("uid=1000 euid=0", "ls")).severity, Severity::kHigh);
}

TEST(Severity, OfASensitiveTargetIsCritical) {
    const Judgement judgement =
        only_judgement(exec_trace("object etc 8:1/9 mode=040755 name=\"etc\" in=root\n"
                                  "object cron 8:1/10 mode=040755 name=\"cron.daily\" in=etc\n"
                                  "object job 8:1/11 name=\"job\" in=cron\n"
                                  "5.1 cpu0 t1 > execve path=1:\"/bin/a\"\n"
                                  "5.2 cpu0 t1 @ sched_process_exec path=\"/tmp/link\" exe=job\n"
                                  "5.3 cpu0 t1 < execve 0\n"));
    EXPECT_EQ(judgement.severity, Severity::kCritical);
    EXPECT_THAT(judgement.severity_reasons, Contains(HasSubstr("cron table")));
}

TEST(Severity, BandsAreThoseOfTheScale) {
    EXPECT_EQ(severity_of_score(80), Severity::kCritical);
    EXPECT_EQ(severity_of_score(79), Severity::kHigh);
    EXPECT_EQ(severity_of_score(60), Severity::kHigh);
    EXPECT_EQ(severity_of_score(59), Severity::kMedium);
    EXPECT_EQ(severity_of_score(30), Severity::kMedium);
    EXPECT_EQ(severity_of_score(29), Severity::kLow);
    EXPECT_EQ(severity_of_score(10), Severity::kLow);
    EXPECT_EQ(severity_of_score(9), Severity::kInfo);
}

TEST(Confidence, IsTheSumOfItsSteps) {
    const Judgement judgement = only_judgement(kSwap);
    int sum = 0;
    for (const ConfidenceStep& step : judgement.confidence_steps) sum += step.points;
    EXPECT_EQ(judgement.confidence, sum);
    EXPECT_EQ(judgement.confidence, 90);
}

TEST(Confidence, FallsWherePartOfAViewIsMissing) {
    EXPECT_LT(only_judgement(one_exec("path=1:\"/bin/s\"(cut)", "path=\"/bin/ls\"")).confidence,
              only_judgement(kSwap).confidence);
}

TEST(Confidence, FallsWhereRecordsAreMissingMeanwhile) {
    const std::string meanwhile = exec_trace(
        "5.1 cpu0 #2 t1 > execve path=1:\"/bin/sh\"\n"
        "5.2 cpu0 #7 t1x [cpu0#1] @ sched_process_exec path=\"/bin/ls\" exe=ls\n"
        "5.3 cpu0 #8 t1x [cpu0#1] < execve 0\n");
    const std::string before = exec_trace(
        "5.1 cpu0 #7 t1 > execve path=1:\"/bin/sh\"\n"
        "5.2 cpu0 #8 t1x [cpu0#1] @ sched_process_exec path=\"/bin/ls\" exe=ls\n"
        "5.3 cpu0 #9 t1x [cpu0#1] < execve 0\n");
    EXPECT_EQ(only_judgement(meanwhile).confidence, 75);
    // The gap ends with the call's first record: something may be missing right at its begin.
    EXPECT_EQ(only_judgement(before).confidence, 75);
    EXPECT_EQ(only_judgement(kSwap).confidence, 90);
}

TEST(Confidence, RisesWithRepetition) {
    std::string lines;
    for (int i = 0; i < 3; ++i)
        lines += "5." + std::to_string(i + 1) + " cpu0 t1 > execve path=1:\"/bin/sh\"\n5." +
                 std::to_string(i + 1) +
                 "1 cpu0 t1 @ sched_process_exec path=\"/bin/ls\" exe=bash\n5." +
                 std::to_string(i + 1) + "2 cpu0 t1 < execve 0\n";
    const auto result = analyzed(exec_trace(lines));
    ASSERT_THAT(result.findings, SizeIs(3));
    EXPECT_EQ(result.findings[0].judgement.confidence, 95);
    EXPECT_EQ(result.findings[0].fingerprint, result.findings[2].fingerprint);
}

TEST(Fingerprint, DependsOnTheRaceAndNotOnWhoOrWhen) {
    const auto print = [](std::string_view text) {
        return analyzed(text).findings.at(0).fingerprint;
    };
    const std::string later = exec_trace(
        "task v tgid=555 started=5.06 comm=\"other\" uid=7\n"
        "5.07 cpu1 t0 fork v\n"
        "7.1 cpu1 v > execve path=9:\"/bin/sh\"\n"
        "7.2 cpu1 v @ sched_process_exec path=\"/bin/ls\" exe=sh\n"
        "7.3 cpu1 v < execve 0\n");
    EXPECT_EQ(print(kSwap), print(later));
    EXPECT_EQ(print(kSwap).size(), 16U);
    EXPECT_NE(print(kSwap), print(one_exec("path=1:\"/bin/shh\"", "path=\"/bin/ls\"")));
    EXPECT_NE(print(kSwap), print(one_exec("path=1:\"/bin/s\"", "path=\"h/bin/ls\"")));
}

TEST(LossMap, FindsWhatOverlaps) {
    const std::vector<LossInterval> losses = {
        {0, {100}, {200}, 1, false}, {1, {120}, {130}, 1, false}, {0, {500}, {600}, 1, false}};
    const std::vector<DamagedChunk> damage = {{3, 0, {900}, {950}, 5, ""}};
    const LossMap map(losses, damage);
    EXPECT_FALSE(map.overlaps({10}, {99}));
    EXPECT_TRUE(map.overlaps({10}, {100}));
    EXPECT_TRUE(map.overlaps({150}, {160}));
    EXPECT_TRUE(map.overlaps({200}, {201}));
    EXPECT_FALSE(map.overlaps({201}, {499}));
    EXPECT_TRUE(map.overlaps({0}, {1000}));
    EXPECT_TRUE(map.overlaps({940}, {945}));
    EXPECT_FALSE(map.overlaps({951}, {960}));
    EXPECT_FALSE(LossMap({}, {}).overlaps({0}, {1000}));
}

TEST(Policy, KnowsSensitiveObjectsByWholeComponents) {
    EXPECT_EQ(sensitive_category("/etc/shadow"), "credential store");
    EXPECT_EQ(sensitive_category("/etc/shadow-"), "");
    EXPECT_EQ(sensitive_category("/etc/sudoers.d/x"), "sudoers");
    EXPECT_EQ(sensitive_category("/etc/sudoers.dx"), "");
    EXPECT_EQ(sensitive_category("/home/u/.ssh/id_ed25519"), "ssh keys");
    EXPECT_EQ(sensitive_category("/usr/bin/ls"), "");
    EXPECT_EQ(sensitive_category(""), "");
}

TEST(Policy, KnowsShellsByName) {
    EXPECT_TRUE(is_shell("/usr/bin/dash"));
    EXPECT_TRUE(is_shell("sh"));
    EXPECT_FALSE(is_shell("/usr/bin/ssh"));
    EXPECT_FALSE(is_shell("/bin/sh/"));
}

}  // namespace
}  // namespace tocsin
