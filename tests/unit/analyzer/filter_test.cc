// SPDX-License-Identifier: Apache-2.0
#include "analyzer/query/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/analyzer/analysis_fixture.h"
#include "tests/unit/analyzer/name_story.h"

namespace tocsin {
namespace {

using test::call;
using test::calls_of;
using ::testing::HasSubstr;

// What is wrong with a filter of findings; empty: nothing.
std::string error_of(const std::string& text, RowKind rows = RowKind::kFinding) {
    const auto filter = Filter::parse(text, rows);
    return filter ? "" : filter.error().message;
}

// u opens /home/x, which does not exist; v connects to 10.1.2.3, port 80.
class FilterOfCalls : public testing::Test {
  protected:
    bool matches(const std::string& text, size_t which = 0) const {
        const auto filter = Filter::parse(text, RowKind::kCall);
        if (!filter) {
            ADD_FAILURE() << filter.error().message;
            return false;
        }
        return filter->matches(Row::of(*calls_.at(which), {5'000'000'000}));
    }

  private:
    const std::vector<std::shared_ptr<const Operation>> calls_ =
        calls_of(call(10, "u", "openat path=16:\"/home/x\" flags=1", "-ENOENT",
                      {"inode_permission path=\"/home/x\""}) +
                 call(20, "v",
                      "connect value#0=3 address=16:\"\\x02\\x00\\x00\\x50\\x0a\\x01\\x02\\x03"
                      "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\" value#2=16",
                      "0") +
                 call(30, "v", "fchmod dirfd=3 value=420", "0", {"inode_setattr named=passwd"}));
};

TEST_F(FilterOfCalls, ComparesWhoDidWhat) {
    EXPECT_TRUE(matches("proc.pid == 200"));
    EXPECT_FALSE(matches("proc.pid == 100"));
    EXPECT_TRUE(matches("proc.uid == 1000 && proc.comm == user"));
    EXPECT_TRUE(matches("call == openat && group == \"open\""));
    EXPECT_TRUE(matches("error == ENOENT && result == -2 && result < 0"));
    EXPECT_FALSE(matches("proc.exe")) << "it is not recorded";
}

TEST_F(FilterOfCalls, JoinsTests) {
    EXPECT_TRUE(matches("call == open || call == openat"));
    EXPECT_TRUE(matches("!(call == open)"));
    EXPECT_TRUE(matches("!call == open")) << "! is of the whole test";
    EXPECT_TRUE(matches("call == openat || call == open && call == close")) << "&& binds closer";
    EXPECT_FALSE(matches("(call == openat || call == open) && call == close"));
    EXPECT_FALSE(matches("!!(call == open)"));
}

TEST_F(FilterOfCalls, LooksAtNames) {
    EXPECT_TRUE(matches("path == \"/home/x\""));
    EXPECT_TRUE(matches("path == /home/x"));
    EXPECT_TRUE(matches("path glob \"/home/*\""));
    EXPECT_FALSE(matches("path glob \"/*\""));
    EXPECT_TRUE(matches("path glob \"/**\""));
    EXPECT_TRUE(matches("path contains \"ome\""));
    EXPECT_TRUE(matches("path matches \"^/ho+me/.$\""));
    EXPECT_TRUE(matches("path.claimed && path.kernel"));
    EXPECT_FALSE(matches("file.path"));
}

TEST_F(FilterOfCalls, LooksAtFiles) {
    EXPECT_TRUE(matches("file.path == /etc/passwd && file.type == file", 2));
    EXPECT_TRUE(matches("file.inode in {1, 3..5} && file.device == 8:1", 2));
    EXPECT_TRUE(matches("file.mode == 0644 && file.owner == 0", 2));
}

TEST_F(FilterOfCalls, KnowsUnits) {
    EXPECT_TRUE(matches("time == 1ms && duration == 200us"));
    EXPECT_TRUE(matches("time in {900us..1100us}"));
    EXPECT_FALSE(matches("time > 1ms"));
    EXPECT_TRUE(matches("time >= 1ms"));
}

TEST_F(FilterOfCalls, KnowsAddressesAndNetworks) {
    EXPECT_TRUE(matches("address == 10.1.2.3 && port == 80", 1));
    EXPECT_TRUE(matches("address in 10.0.0.0/8", 1));
    EXPECT_TRUE(matches("address in {fe80::/10, 10.1.2.0/25}", 1));
    EXPECT_FALSE(matches("address in 10.1.2.128/25", 1));
    EXPECT_FALSE(matches("address in ::/0", 0)) << "an open has none";
    EXPECT_TRUE(matches("address in ::/0", 1));
}

TEST_F(FilterOfCalls, WithoutAValueIsFalseButForItsNegation) {
    EXPECT_FALSE(matches("port == 80"));
    EXPECT_FALSE(matches("port != 80"));
    EXPECT_TRUE(matches("!(port == 80)"));
    EXPECT_FALSE(matches("port != 80", 1));
    EXPECT_TRUE(matches("port != 81", 1));
}

TEST(FilterOfFindings, KnowsRaceAndJudgement) {
    const auto result = test::analyzed(
        test::story(call(10, "v", "access path=16:\"/home/x\"", "0", {"inode_permission named=x"}) +
                    call(30, "u", "rename path#0=16:\"/home/l\" path#1=32:\"/home/x\"", "0",
                         {"path_rename named=l second=x"}) +
                    call(90, "v", "openat path=16:\"/home/x\" flags=1", "3",
                         {"inode_follow_link target=\"/etc/passwd\" symlink=xl detail=2",
                          "file_open opened=passwd"})));
    ASSERT_EQ(result.findings.size(), 1U);
    const auto matches = [&](const std::string& text) {
        const auto filter = Filter::parse(text, RowKind::kFinding);
        EXPECT_TRUE(filter) << text;
        return filter && filter->matches(Row::of(result.findings[0], *result.trace.first));
    };
    EXPECT_TRUE(matches("rule == F1 && severity >= high && score > 60 && confidence in {50..100}"));
    EXPECT_TRUE(matches("check == access && call == openat && change == rename"));
    EXPECT_TRUE(matches("mutator.uid == 1000 && mutator.pid == 200 && proc.pid == 100"));
    EXPECT_TRUE(matches("gap > 5ms && gap < 10ms && age in {1us..10ms}"));
    EXPECT_TRUE(matches("reference == CWE-367 && !set_aside"));
    EXPECT_FALSE(matches("severity < high"));
}

TEST(Filter, SaysWhatItDoesNotKnowAndWhere) {
    EXPECT_EQ(error_of("proc.pidd == 1"),
              "column 1: there is no field \"proc.pidd\"; did you mean proc.pid?");
    EXPECT_EQ(error_of("call == open && pid == 1"),
              "column 17: there is no field \"pid\"; did you mean proc.pid?");
    EXPECT_THAT(error_of("xyzzyplugh == 1"), HasSubstr("`tocsin fields` lists them all"));
    EXPECT_EQ(error_of("gap < 5ms", RowKind::kRecord),
              "column 1: records have no gap; filter by it in analyze");
}

TEST(Filter, SaysWhatIsMissing) {
    EXPECT_EQ(error_of(""), "column 1: the filter ends where a field is expected");
    EXPECT_EQ(error_of("call =="), "column 8: the filter ends where a text is expected");
    EXPECT_EQ(error_of("(call == open"),
              "column 14: the filter ends where the ) for the ( in column 1 is expected");
    EXPECT_EQ(error_of("call == \"open"),
              "column 9: the string that begins here has no end; write \" behind it");
    EXPECT_EQ(error_of("call = open"), "column 6: '=' means nothing here; write == to compare");
    EXPECT_EQ(error_of("call == open call == close"),
              "column 14: \"call\" cannot stand here; join tests by && or ||");
    EXPECT_THAT(error_of("proc.pid in {1, 2"), HasSubstr("the } for the { in column 13"));
}

TEST(Filter, NamesLinesWhereItHasSeveral) {
    EXPECT_EQ(error_of("call == open\r\n  && gap < 5"),
              "line 2, column 12: \"5\" is no duration; write it as in 250us, 5ms or 2s");
    EXPECT_THAT(error_of("call ==\n\n\"open"), HasSubstr("line 3, column 1: the string"));
    EXPECT_THAT(error_of("call in {open,\n{"), HasSubstr("line 2, column 1: "));
    EXPECT_THAT(error_of("\n(call == open"), HasSubstr("the ( in line 2, column 1 is expected"));
}

TEST(Filter, SaysWhatAValueIsNot) {
    EXPECT_THAT(error_of("proc.pid == x"), HasSubstr("column 13: \"x\" is no number"));
    EXPECT_THAT(error_of("gap < 5"), HasSubstr("column 7: \"5\" is no duration"));
    EXPECT_THAT(error_of("severity >= loud"), HasSubstr("is no severity"));
    EXPECT_THAT(error_of("address == 10.0.0.0/8"), HasSubstr("is a network; write in instead"));
    EXPECT_THAT(error_of("address in 10.0.0.0/33"), HasSubstr("is no address"));
    EXPECT_THAT(error_of("path matches \"(\""), HasSubstr("is no regular expression"));
    EXPECT_THAT(error_of("path glob \"[a\""), HasSubstr("is no pattern: the bracket at offset 0"));
    EXPECT_THAT(error_of("path < x"),
                HasSubstr("column 6: path is a text: \"<\" does not compare"));
    EXPECT_THAT(error_of("proc.pid in {5..1}"), HasSubstr("runs back"));
}

TEST(Filter, RefusesNamesThatNoTraceHas) {
    EXPECT_EQ(error_of("rule == f1"), "column 9: \"f1\" is no value of rule; did you mean F1?");
    EXPECT_EQ(error_of("error in {EACCES, EPREM}"),
              "column 19: \"EPREM\" is no value of error; did you mean EPERM?");
    EXPECT_EQ(error_of("call != OPENAT"),
              "column 9: \"OPENAT\" is no value of call; did you mean openat?");
    EXPECT_EQ(error_of("call == getpid"),
              "column 9: \"getpid\" is a call that is not recorded; formats/HOOKS.md says why");
    EXPECT_EQ(error_of("record == entry", RowKind::kRecord),
              "column 11: \"entry\" is no value of record; did you mean enter?");
    EXPECT_EQ(error_of("call == xyzzy"), "column 9: \"xyzzy\" is no value of call in any trace");
    EXPECT_THAT(error_of("file.type == regular"), HasSubstr("; there are fifo, char, directory"));
    EXPECT_EQ(error_of("call glob \"get*\" || rule contains f"), "") << "parts are not names";
}

TEST_F(FilterOfCalls, SearchesLargeSets) {
    std::string numbers = "1..3, 7", names = "\"/home/y\"";
    for (int i = 1000; i < 100000; i += 10) {
        numbers += ", " + std::to_string(i) + ".." + std::to_string(i + 12);
        names += ", \"/tmp/" + std::to_string(i) + '"';
    }
    EXPECT_FALSE(matches("proc.pid in {" + numbers + "}"));
    EXPECT_TRUE(matches("proc.pid in {" + numbers + ", 99..200}"));
    EXPECT_TRUE(matches("proc.pid in {150..250, 100..300, 5}")) << "they overlap";
    EXPECT_FALSE(matches("path in {" + names + "}"));
    EXPECT_TRUE(matches("path in {" + names + ", \"/home/x\", \"/home/x\"}"));
}

TEST(Filter, TakesAnyInputWithoutHarm) {
    const std::string many(size_t{1} << 20U, '(');
    EXPECT_THAT(error_of(many), HasSubstr("more than 200 parentheses"));
    EXPECT_THAT(error_of(std::string(size_t{1} << 20U, '!')), HasSubstr("more than 200"));
    EXPECT_THAT(error_of(std::string(size_t{1} << 20U, 'a')), HasSubstr("…"));
    std::string long_or = "proc.pid == 1";
    while (long_or.size() < size_t{1} << 20U) long_or += " || proc.pid == 1";
    EXPECT_EQ(error_of(long_or), "");
    EXPECT_THAT(error_of(std::string("\x1b[2J")), HasSubstr("'\\x1b' means nothing here"));
}

TEST(Fields, HaveNamesMeaningsAndRows) {
    for (const Field& field : fields()) {
        EXPECT_EQ(find_field(field.name), &field);
        EXPECT_FALSE(field.meaning.empty()) << field.name;
        EXPECT_NE(field.rows, 0) << field.name;
    }
    EXPECT_EQ(field_like("severty"), "severity");
    EXPECT_EQ(field_like("exe"), "proc.exe");
    EXPECT_EQ(field_like("something.else"), "");
}

}  // namespace
}  // namespace tocsin
