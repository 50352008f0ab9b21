// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/escape.h"

#include <gtest/gtest.h>

#include "analyzer/report/text_page.h"

namespace tocsin {
namespace {

TEST(Escape, LeavesPrintableTextAlone) {
    EXPECT_EQ(escape("/usr/bin/ls -l 'x'"), "/usr/bin/ls -l 'x'");
    EXPECT_EQ(escape("/home/müller/文書/Ωμέγα"), "/home/müller/文書/Ωμέγα");
    EXPECT_TRUE(is_plain("/home/müller"));
    EXPECT_FALSE(is_plain("a\nb"));
}

TEST(Escape, ShowsControlCharacters) {
    EXPECT_EQ(escape("a\nb\tc\rd\x1b[31m\x7f"), "a\\nb\\tc\\rd\\x1b[31m\\x7f");
    EXPECT_EQ(escape(std::string_view("a\0b", 3)), "a\\0b");
}

TEST(Escape, CanBeToldBack) {
    EXPECT_EQ(escape("a\\nb"), "a\\\\nb");
    EXPECT_EQ(quote("say \"hi\""), "\"say \\\"hi\\\"\"");
}

TEST(Escape, ShowsBytesThatAreNoUtf8) {
    EXPECT_EQ(escape("\xff\xc3"), "\\xff\\xc3");
    EXPECT_EQ(escape("\xc0\xaf"), "\\xc0\\xaf");                    // overlong
    EXPECT_EQ(escape("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // a surrogate
    EXPECT_EQ(escape("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // above U+10FFFF
    EXPECT_EQ(escape("\xe6\x96"), "\\xe6\\x96");                    // cut
}

TEST(Escape, ShowsWhatHidesOrTurnsText) {
    EXPECT_EQ(escape("a\u202eb"), "a\\u{202e}b");  // right-to-left override
    EXPECT_EQ(escape("a\u2066b"), "a\\u{2066}b");  // isolate
    EXPECT_EQ(escape("a\u200bb"), "a\\u{200b}b");  // zero width
    EXPECT_EQ(escape("a\u00a0b"), "a\\u{a0}b");    // looks like a blank
    EXPECT_EQ(escape("a\u0085b"), "a\\u{85}b");    // C1 control
    EXPECT_EQ(escape("a\u0301b"), "a\\u{301}b");   // combining
    EXPECT_EQ(escape("\ufeff\ue000"), "\\u{feff}\\u{e000}");
    EXPECT_EQ(escape("\U000e0041"), "\\u{e0041}");  // tag
}

TEST(QuoteStrings, ShowsAVectorAsAList) {
    EXPECT_EQ(quote_strings(std::string_view("ls\0-l\0", 6)), "[\"ls\", \"-l\"]");
    EXPECT_EQ(quote_strings(std::string_view("\0", 1)), "[\"\"]");
    EXPECT_EQ(quote_strings(""), "[]");
    EXPECT_EQ(quote_strings(std::string_view("ls\0-", 4)), "[\"ls\", \"-\"…]");
}

TEST(Width, CountsColumnsNotBytes) {
    EXPECT_EQ(width_of("abc"), 3U);
    EXPECT_EQ(width_of("µs≠✓"), 4U);
    EXPECT_EQ(width_of("文書"), 4U);
    EXPECT_EQ(width_of("\\u{202e}"), 8U);
}

TEST(Elide, KeepsStartAndEnd) {
    EXPECT_EQ(elide("short", 10), "short");
    EXPECT_EQ(elide("0123456789", 7), "012…789");
    EXPECT_EQ(width_of(elide("文書文書文書", 7)), 7U);
}

TEST(Elide, DoesNotSplitEscapes) {
    const std::string escaped = escape("\u202e\u202e\u202e\u202e");
    for (size_t width = 3; width < 32; ++width) {
        const std::string elided = elide(escaped, width);
        EXPECT_LE(width_of(elided), width);
        EXPECT_EQ(elided.find("\\u{2…"), std::string::npos) << elided;
        EXPECT_EQ(elided.find("…02e}"), std::string::npos) << elided;
    }
}

TEST(Wrap, OfAWordWithoutEndIsWhole) {
    const std::string word(1'000'000, 'x');
    const auto lines = wrap("a " + word, 70);
    std::string whole;
    for (const std::string& line : lines) {
        EXPECT_LE(line.size(), 70U);
        whole += line;
    }
    EXPECT_EQ(whole, "a" + word);
}

TEST(Wrap, BreaksBetweenWords) {
    EXPECT_EQ(wrap("one two three", 7), (std::vector<std::string>{"one two", "three"}));
    EXPECT_EQ(wrap("", 7), (std::vector<std::string>{""}));
}

TEST(Wrap, BreaksWordsThatAreLongerThanALine) {
    EXPECT_EQ(wrap("ab 0123456789 c", 4), (std::vector<std::string>{"ab", "0123", "4567", "89 c"}));
    for (const std::string& line : wrap(std::string(5000, 'x') + escape("\u202e") + "文書", 45))
        EXPECT_LE(width_of(line), 45U);
}

TEST(TextPage, NoLineIsWiderThanThePage) {
    TextPage page;
    page.field("label", std::string(300, 'x'), 4, 15);
    page.field(std::string(30, 'l'), "text that goes on and on " + std::string(100, 'y'), 4, 15);
    page.paragraph(std::string(200, 'z'), 4);
    page.heading(std::string(70, 'h'), "right hand", "");
    size_t begin = 0;
    for (size_t end; (end = page.text().find('\n', begin)) != std::string::npos; begin = end + 1)
        EXPECT_LE(width_of(page.text().substr(begin, end - begin)), kPageWidth);
}

}  // namespace
}  // namespace tocsin
