// SPDX-License-Identifier: Apache-2.0
//
// What the window makes of an analysis and its reports.
#include "analyzer/report/sensitivity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "analyzer/report/escape.h"
#include "tests/unit/analyzer/analysis_fixture.h"

namespace tocsin {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Says of every call what a test tells it to say.
class ToldDetector : public Detector {
  public:
    struct Told {
        Rule rule;
        Lifetime lifetime;
        std::string_view truth;  // judged by
    };
    explicit ToldDetector(std::vector<Told> told) : told_(std::move(told)) {}

    void observe(const std::shared_ptr<const Operation>& operation, const WorldState&,
                 CandidateSink& sink) override {
        for (const Told& told : told_) {
            Candidate candidate;
            candidate.rule = told.rule;
            candidate.operation = operation;
            candidate.truth = told.truth;
            candidate.lifetime = told.lifetime;
            sink.found(std::move(candidate));
        }
    }

  private:
    std::vector<Told> told_;
};

// Each told twice: by the only two calls of the trace.
AnalysisResult told(std::vector<ToldDetector::Told> told, const CorrelationWindow& window) {
    AnalysisOptions options;
    options.window = window;
    std::vector<std::unique_ptr<Detector>> detectors;
    detectors.push_back(std::make_unique<ToldDetector>(std::move(told)));
    const auto trace = test::reader_of(
        test::exec_trace("5.1 cpu0 t1 > execve path=1:\"/bin/sh\"\n5.2 cpu0 t1 < execve 0\n"
                         "5.3 cpu0 t1 > execve path=1:\"/bin/sh\"\n5.4 cpu0 t1 < execve 0\n"));
    return analyze(trace, "test.tocsin", options, detectors);
}

const Staircase kExplained = {{5ms, 4ms}, {20ms, 2ms}};
// A0 and A1 stand in for what is unexplained and what is confirmed; A3 is always there, A2 is set
// aside by a rule.
const std::vector<ToldDetector::Told> kFound = {{Rule::kA0, {{{5ms, 0ns}}, kExplained}, ""},
                                                {Rule::kA1, {kExplained, {}}, ""},
                                                {Rule::kA2, {{{1s, 0ns}}, {}}, ""},
                                                {Rule::kA3, {}, ""}};

std::vector<std::string_view> classes_of(const AnalysisResult& result) {
    std::vector<std::string_view> classes;
    for (const Finding& finding : result.findings)
        classes.push_back(name_of(finding.candidate.rule));
    return classes;
}

// The counts of the row at that limit.
std::vector<uint64_t> counts_at(const SensitivityTable& table, std::chrono::nanoseconds limit) {
    for (const auto& row : table.rows)
        if (row.window.limit == limit) return row.counts;
    return {};
}

TEST(Window, LeavesOutWhatItIsTooNarrowForAndCountsIt) {
    const auto result = told(kFound, {4ms, 4ms});
    EXPECT_THAT(classes_of(result), ElementsAre("A3", "A3"));
    EXPECT_EQ(result.outside_window, 6U);
    EXPECT_EQ(result.superseded, 0U);
    EXPECT_EQ(result.shown_findings(), 2U);
    EXPECT_THAT(result.set_aside, IsEmpty());
}

TEST(Window, ThatAdmitsABetterExplanationLeavesOutTheWorse) {
    const auto unexplained = told(kFound, {5ms, 3ms});
    EXPECT_THAT(classes_of(unexplained), ElementsAre("A0", "A3", "A0", "A3"));
    const auto explained = told(kFound, {5ms, 4ms});
    EXPECT_THAT(classes_of(explained), ElementsAre("A1", "A3", "A1", "A3"));
    EXPECT_EQ(explained.superseded, 2U);
    EXPECT_EQ(explained.outside_window, 2U);
}

TEST(Window, WithoutLimitsLeavesNothingOutside) {
    const auto result = told(kFound, {});
    EXPECT_EQ(result.outside_window, 0U);
    EXPECT_EQ(result.superseded, 2U);
    EXPECT_EQ(result.set_aside.at("unobservable-without-amplifier"), 2U);
    EXPECT_EQ(result.lifespans.size(), 6U);
}

TEST(Window, DoesNotChangeAJudgement) {
    const auto wide = told(kFound, {}), narrow = told(kFound, {5ms, 4ms});
    EXPECT_EQ(wide.findings[0].judgement.confidence, narrow.findings[0].judgement.confidence);
    EXPECT_EQ(wide.findings[0].judgement.severity_score,
              narrow.findings[0].judgement.severity_score);
}

TEST(Window, OfTheSameTraceLeavesTheSameLifespans) {
    const auto wide = told(kFound, {}), narrow = told(kFound, {1ns, 1ns});
    ASSERT_EQ(wide.lifespans.size(), narrow.lifespans.size());
    for (size_t i = 0; i < wide.lifespans.size(); ++i)
        EXPECT_EQ(wide.lifespans[i].lifetime, narrow.lifespans[i].lifetime);
}

TEST(Sensitivity, CountsWhatAnAnalysisInThatWindowFinds) {
    const auto result = told(kFound, {10ms, 3ms});
    for (const Axis axis : {Axis::kCheckUse, Axis::kMutationUse}) {
        const auto table = sensitivity_of(result, axis);
        EXPECT_THAT(table.columns, ElementsAre(Rule::kA0, Rule::kA1, Rule::kA3));
        EXPECT_TRUE(table.depends_on_window);
        for (const auto& row : table.rows) {
            const auto there =
                told(kFound, moved_to(result.options.window, axis, row.window.limit));
            std::vector<uint64_t> counts(kRules);
            for (const Finding& finding : there.findings)
                if (finding.judgement.set_aside_by.empty())
                    ++counts[static_cast<size_t>(finding.candidate.rule)];
            EXPECT_THAT(row.counts, ElementsAre(counts[0], counts[1], counts[3]))
                << name_of(axis) << ' ' << limit_text(row.window.limit);
        }
    }
}

TEST(Sensitivity, HasOneTableForEqualLimitsElseOneForEach) {
    EXPECT_THAT(axes_of({}), ElementsAre(Axis::kBoth));
    EXPECT_THAT(axes_of({5ms, 5ms}), ElementsAre(Axis::kBoth));
    EXPECT_THAT(axes_of({5ms, 6ms}), ElementsAre(Axis::kCheckUse, Axis::kMutationUse));
}

TEST(Sensitivity, WithoutCandidatesHasTheClassesThatWereLookedFor) {
    const auto table = sensitivity_of(told({}, {}), Axis::kBoth);
    EXPECT_EQ(table.columns.size(), kRules);
    EXPECT_FALSE(table.depends_on_window);
    EXPECT_THAT(counts_at(table, kUnlimited), testing::Each(0U));
}

TEST(TextReport, ShowsTheSensitivityWithTheChosenWindowMarked) {
    EXPECT_THAT(test::report_of(told(kFound, {5ms, 5ms}), "text"),
                AllOf(HasSubstr("  window       check-use 5 ms, mutation-use 5 ms, as asked; 2 "
                                "candidates lie\n               outside it, 2 gave way to a "
                                "better explanation\n"),
                      HasSubstr("\nWindow\n  Findings by class, with check-use and mutation-use "
                                "limited alike:\n"
                                "\n"
                                "  window             A0  A1  A3\n"
                                "  1 us                0   0   2\n"
                                "  10 us               0   0   2\n"
                                "  100 us              0   0   2\n"
                                "  1 ms                0   0   2\n"
                                "  2500 us    half     0   0   2\n"
                                "  5 ms       chosen   0   2   2\n"
                                "  10 ms      twice    0   2   2\n"
                                "  100 ms              0   2   2\n")));
}

TEST(TextReport, SaysNothingOfAWindowThatMakesNoDifference) {
    const auto always = test::report_of(told({{Rule::kA1, {}, ""}}, {}), "text");
    EXPECT_THAT(always, AllOf(Not(HasSubstr("\nWindow\n")), Not(HasSubstr("  window"))));
}

TEST(TextReport, NamesAChosenWindowThatMakesNoDifference) {
    EXPECT_THAT(test::report_of(told({{Rule::kA1, {}, ""}}, {5ms, 5ms}), "text"),
                AllOf(Not(HasSubstr("\nWindow\n")),
                      HasSubstr("as asked; no candidate lies\n               outside it\n")));
}

TEST(TextReport, ASensitivityWiderThanThePageGoesOnBelow) {
    auto result = told({}, {});
    for (size_t i = 0; i < kRules; ++i)
        result.lifespans.push_back({i, {{{5ms, 0ns}}, {}}, UINT64_MAX / 8});
    const std::string report = test::report_of(result, "text");
    EXPECT_THAT(report, AllOf(HasSubstr("A0"), HasSubstr("orphan")));
    size_t heads = 0;
    for (size_t begin = 0, end; (end = report.find('\n', begin)) != report.npos; begin = end + 1) {
        const std::string line = report.substr(begin, end - begin);
        EXPECT_LE(width_of(line), 80U) << line;
        if (line.starts_with("  window  ")) ++heads;
    }
    EXPECT_GT(heads, 1U);
}

TEST(JsonReport, AlwaysHoldsWindowAndSensitivity) {
    const auto json = nlohmann::json::parse(test::report_of(told({}, {}), "json"))["results"][0];
    EXPECT_EQ(json["windows"], (nlohmann::json{{"check_use_ns", "unlimited"},
                                               {"mutation_use_ns", "unlimited"},
                                               {"orphan_ns", "10000000"}}));
    EXPECT_EQ(json["outside_window"], 0);
    EXPECT_EQ(json["superseded"], 0);
    ASSERT_EQ(json["sensitivity"].size(), 1U);
    EXPECT_EQ(json["sensitivity"][0]["axis"], "both");
    EXPECT_EQ(json["sensitivity"][0]["depends_on_window"], false);
    EXPECT_EQ(json["sensitivity"][0]["rows"].back()["limit_ns"], "unlimited");
    EXPECT_EQ(json["sensitivity"][0]["rows"].back()["mark"], "chosen");
}

TEST(JsonReport, CountsFindingsByWindowAndClass) {
    const auto json =
        nlohmann::json::parse(test::report_of(told(kFound, {20ms, 4ms}), "json"))["results"][0];
    EXPECT_EQ(json["windows"]["check_use_ns"], "20000000");
    EXPECT_EQ(json["outside_window"], 2);
    EXPECT_EQ(json["superseded"], 2);
    ASSERT_EQ(json["sensitivity"].size(), 2U);
    EXPECT_EQ(json["sensitivity"][1]["axis"], "mutation-use");
    bool is_marked = false;
    for (const auto& row : json["sensitivity"][1]["rows"]) {
        if (row["mark"] != "half") continue;
        is_marked = true;
        EXPECT_EQ(row["limit_ns"], "2000000");
        EXPECT_EQ(row["counts"], (nlohmann::json{{"A0", 0}, {"A1", 2}, {"A3", 2}}));
    }
    EXPECT_TRUE(is_marked);
}

}  // namespace
}  // namespace tocsin
