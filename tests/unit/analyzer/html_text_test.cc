// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/html_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/report/escape.h"
#include "analyzer/report/html_style.h"
#include "analyzer/report/markup.h"

namespace tocsin {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Markup, LeavesOrdinaryTextAlone) {
    EXPECT_EQ(markup("/usr/bin/ls -l, uid 0: µs ≠ ✓ 文書"), "/usr/bin/ls -l, uid 0: µs ≠ ✓ 文書");
    EXPECT_EQ(markup(""), "");
}

TEST(Markup, EndsNoTagNorAttribute) {
    EXPECT_EQ(markup("<b>&amp;'\""), "&lt;b&gt;&amp;amp;&#39;&quot;");
    for (const char* hostile : {"</style>", "<script>alert(1)</script>", "\"><svg onload=x>",
                                "' onclick='x", "<!--", "]]>", "&#60;b&#62;"}) {
        const std::string text = markup(hostile);
        for (const char c : {'<', '>', '"', '\''})
            EXPECT_EQ(text.find(c), std::string::npos) << text;
    }
}

TEST(Markup, KeepsWhatEscapeHasMade) {
    const std::string escaped = quote("a\n\x1b[2J\u202e\\\xff");
    EXPECT_EQ(markup(escaped), "&quot;a\\n\\x1b[2J\\u{202e}\\\\\\xff&quot;");
}

TEST(Markup, EscapesWhatNobodyHasEscaped) {
    EXPECT_EQ(markup("a\nb\x1b\x7f"), "a\\nb\\x1b\\x7f");
    EXPECT_EQ(markup("x\u202ey\u200b"), "x\\u{202e}y\\u{200b}");
    EXPECT_EQ(markup("\xff\xc0\xaf<"), "\\xff\\xc0\\xaf&lt;");
    EXPECT_EQ(markup(std::string_view("a\0b", 3)), "a\\0b");
}

TEST(Prose, SetsQuotedNamesAsCode) {
    EXPECT_EQ(prose("pid 1, \"/bin/ls\", uid 0"), "pid 1, <code>&quot;/bin/ls&quot;</code>, uid 0");
    EXPECT_EQ(prose("[\"a\", \"b\"]"), "[<code>&quot;a&quot;</code>, <code>&quot;b&quot;</code>]");
}

TEST(Prose, AQuoteInsideANameEndsItNot) {
    EXPECT_EQ(prose(quote("a\"<b>\\")), "<code>&quot;a\\&quot;&lt;b&gt;\\\\&quot;</code>");
}

TEST(Prose, AQuoteWithoutEndIsNoCode) {
    EXPECT_EQ(prose("\"a\\"), "&quot;a\\");
    EXPECT_EQ(prose("b \""), "b &quot;");
}

TEST(Prose, KeepsNumbersWithTheirUnitsAndModesInOnePiece) {
    EXPECT_EQ(prose("90.5 µs before, 3 ms."), "90.5&nbsp;µs before, 3&nbsp;ms.");
    EXPECT_EQ(prose("2 same"), "2 same");
    EXPECT_EQ(prose("inode 7, -rw-r--r--, owner"),
              "inode 7, <span class=\"kept\">-rw-r--r--</span>, owner");
}

TEST(Difference, IsMarkedInWholeWords) {
    const auto [one, other] = with_difference_marked("\"/tmp/list\"", "\"/tmp/last\"");
    EXPECT_EQ(one, "&quot;/tmp/<mark>list</mark>&quot;");
    EXPECT_EQ(other, "&quot;/tmp/<mark>last</mark>&quot;");
}

TEST(Difference, RunsFromTheFirstToTheLast) {
    EXPECT_EQ(with_difference_marked("a/b/c/d", "a/x/c/y").first, "a/<mark>b/c/d</mark>");
}

TEST(Difference, OfWhatIsMissingMarksWhatComesNext) {
    const auto [one, other] = with_difference_marked("/a/", "/a/../");
    EXPECT_EQ(one, "/a/");
    EXPECT_EQ(other, "/a/<mark>../</mark>");
    EXPECT_EQ(with_difference_marked("[]", "[.]").first, "[<mark>]</mark>");
}

TEST(Difference, OfEqualTextsIsNone) {
    EXPECT_EQ(with_difference_marked("<a>", "<a>"),
              (std::pair<std::string, std::string>("&lt;a&gt;", "&lt;a&gt;")));
}

TEST(Difference, SplitsNoEscape) {
    const auto [one, other] = with_difference_marked(quote("\x01"), quote("\x02"));
    EXPECT_EQ(one, "&quot;<mark>\\x01</mark>&quot;");
    EXPECT_EQ(other, "&quot;<mark>\\x02</mark>&quot;");
}

TEST(HtmlFields, TextsOfOneLabelStandTogether) {
    HtmlFields fields;
    fields.put("who", "pid 1");
    fields.put("", "uid 0");
    fields.put("  truth", "a");
    fields.put("  truth", "<b>");
    EXPECT_EQ(fields.text(),
              "<dl>\n<div><dt>who</dt><dd>pid 1</dd><dd>uid 0</dd></div>\n"
              "<div class=\"part\"><dt>truth</dt><dd>a</dd><dd>&lt;b&gt;</dd></div>\n</dl>\n");
}

TEST(HtmlFields, AStepIsAListOfItsOwn) {
    HtmlFields fields(HtmlFields::Steps::kYes);
    fields.put("check", "a");
    fields.put("  truth", "b");
    fields.put("use", "c");
    EXPECT_EQ(fields.text(),
              "<dl class=\"step\">\n<div><dt>check</dt><dd>a</dd></div>\n"
              "<div class=\"part\"><dt>truth</dt><dd>b</dd></div>\n</dl>\n"
              "<dl class=\"step\">\n<div><dt>use</dt><dd>c</dd></div>\n</dl>\n");
}

TEST(HtmlFields, WithoutAnyThereIsNoList) {
    EXPECT_EQ(HtmlFields().text(), "");
}

TEST(HtmlPolicy, LetsNothingInButTheStyle) {
    EXPECT_THAT(html_security_policy(), StartsWith("default-src 'none'; style-src 'sha256-"));
    EXPECT_THAT(html_security_policy(), Not(HasSubstr("unsafe")));
}

}  // namespace
}  // namespace tocsin
