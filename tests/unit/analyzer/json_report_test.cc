// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/json_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "analyzer/report/json_values.h"
#include "tests/support/trace_builder.h"
#include "tests/unit/analyzer/analysis_fixture.h"

namespace tocsin {
namespace {

using nlohmann::json;
using test::analyzed;
using test::exec_trace;
using test::one_exec;

json json_of(std::string_view trace) {
    return json::parse(test::report_of(analyzed(trace), "json"));
}

const std::string kSwap = one_exec("path=1:\"/bin/sh\" environ=3:[](error=EFAULT)",
                                   "path=\"/bin/l\\xff\" environ=[\"A\"]");

TEST(JsonReport, StatesItsSchemaAndTool) {
    const json report = json_of(kSwap);
    EXPECT_EQ(report["schema_version"], kJsonSchemaVersion);
    EXPECT_EQ(report["tool"]["name"], "tocsin");
    EXPECT_EQ(report["results"].size(), 1U);
}

TEST(JsonReport, NanosecondsAreDecimalStrings) {
    const json result = json_of(kSwap)["results"][0];
    EXPECT_EQ(result["trace"]["first_ns"], "5050000000");
    EXPECT_EQ(result["findings"][0]["call"]["entered_ns"], "5100000000");
    EXPECT_EQ(result["findings"][0]["call"]["decided_ns"], "5100100000");
}

TEST(JsonReport, BytesHaveHexOnlyWhereTheyAreNotPlain) {
    const json finding = json_of(kSwap)["results"][0]["findings"][0];
    EXPECT_EQ(finding["claim"], (json{{"text", "/bin/sh"}}));
    EXPECT_EQ(finding["truth"], (json{{"text", "/bin/l\\xff"}, {"hex", "2f62696e2f6cff"}}));
}

TEST(JsonReport, HoldsEveryFindingWithItsState) {
    const json result =
        json_of(one_exec("environ=3:[](error=EFAULT)", "environ=[\"A\"]"))["results"][0];
    ASSERT_EQ(result["findings"].size(), 1U);
    EXPECT_EQ(result["findings"][0]["set_aside_by"], "unobservable-without-amplifier");
    EXPECT_EQ(result["set_aside"]["unobservable-without-amplifier"], 1);
    EXPECT_EQ(result["severities"]["info"], 0);
}

TEST(JsonReport, KeepsClaimTruthAndObjectApart) {
    const json call = json_of(kSwap)["results"][0]["findings"][0]["call"];
    EXPECT_EQ(call["operands"][0]["entry"]["text"], "/bin/sh");
    EXPECT_EQ(call["operands"][0]["kernel"]["hex"], "2f62696e2f6cff");
    EXPECT_TRUE(call["operands"][0]["exit"].is_null());
    EXPECT_EQ(call["operands"][2]["entry"]["errno"], 14);
    EXPECT_EQ(call["objects"]["exe"]["path"]["text"], "/bin/ls");
    EXPECT_EQ(call["objects"]["exe"]["device"], "8:1");
    EXPECT_EQ(call["objects"]["exe"]["inode"], "41");
    EXPECT_EQ(call["objects"]["exe"]["chain"].size(), 3U);
}

TEST(JsonReport, SaysWhatIsMissing) {
    const json result =
        json_of(exec_trace("5.1 cpu0 #7 t1 > execve\n"
                           "lost 5.3 events=9 ring-full=5\n"))["results"][0];
    EXPECT_EQ(result["records_missing"], true);
    EXPECT_EQ(result["coverage"]["lost"]["ring-full"], 5);
    EXPECT_EQ(result["coverage"]["gaps"][0]["records"], 5);
    EXPECT_EQ(result["coverage"]["calls"]["execve"]["return_missing"], 1);
}

TEST(JsonReport, OfSeveralTracesIsOneDocument) {
    JsonReport writer({});
    StringOutput output;
    ASSERT_TRUE(writer.begin(output));
    ASSERT_TRUE(writer.write(analyzed(kSwap), output));
    ASSERT_TRUE(writer.write(analyzed("tocsin-text 1\n"), output));
    ASSERT_TRUE(writer.end(output));
    const json report = json::parse(output.text());
    ASSERT_EQ(report["results"].size(), 2U);
    EXPECT_EQ(report["results"][1]["trace"]["end"], "cut");
}

TEST(JsonReport, OfNoTraceIsStillADocument) {
    JsonReport writer({});
    StringOutput output;
    ASSERT_TRUE(writer.begin(output));
    ASSERT_TRUE(writer.end(output));
    EXPECT_TRUE(json::parse(output.text())["results"].empty());
}

TEST(JsonReport, OfAnyTraceIsValidAndAlwaysTheSame) {
    for (uint32_t seed = 1; seed <= 40; ++seed) {
        SCOPED_TRACE(seed);
        const Bytes bytes = test::bytes_of(test::random_trace(seed));
        const auto report = [&] {
            const auto reader = TraceReader::open(ByteSource::from_memory(bytes));
            CHECK(reader.ok());
            return test::report_of(analyze(*reader, "random", {}), "json");
        };
        const std::string first = report();
        EXPECT_TRUE(json::accept(first));
        EXPECT_EQ(first, report());
    }
}

}  // namespace
}  // namespace tocsin
