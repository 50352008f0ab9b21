// SPDX-License-Identifier: Apache-2.0
#include "gui/models/filter_completion.h"

#include <gtest/gtest.h>

#include "analyzer/query/fields.h"
#include "tests/gui/trace_files.h"

namespace tocsin::gui {
namespace {

QStringList words_for(const QString& filter, const EventStore& events = EventStore()) {
    QStringList words;
    for (const Completion& word :
         completions_of(filter, static_cast<int>(filter.size()), events).words)
        words << word.text;
    return words;
}

TEST(FilterCompletion, OffersEveryFieldWithTypeAndMeaningAtTheStart) {
    const Completions all = completions_of({}, 0, EventStore());
    EXPECT_EQ(all.words.size(), fields().size());
    for (const Completion& word : all.words) {
        EXPECT_FALSE(word.kind.isEmpty());
        EXPECT_FALSE(word.meaning.isEmpty());
    }
}

TEST(FilterCompletion, OffersWhatFitsWhereTheCursorIs) {
    EXPECT_EQ(words_for(QStringLiteral("proc.ui")), QStringList{QStringLiteral("proc.uid")});
    EXPECT_EQ(words_for(QStringLiteral("call == openat && sev")),
              QStringList{QStringLiteral("severity")});
    EXPECT_TRUE(words_for(QStringLiteral("(pid")).contains(QStringLiteral("proc.pid")));
    EXPECT_TRUE(words_for(QStringLiteral("gap ")).contains(QStringLiteral("<")));
    EXPECT_FALSE(words_for(QStringLiteral("gap ")).contains(QStringLiteral("glob")));
    EXPECT_TRUE(words_for(QStringLiteral("path ")).contains(QStringLiteral("glob")));
    EXPECT_TRUE(words_for(QStringLiteral("severity >= ")).contains(QStringLiteral("high")));
    EXPECT_TRUE(words_for(QStringLiteral("call == open")).contains(QStringLiteral("openat")));
    EXPECT_TRUE(
        words_for(QStringLiteral("call in {open, rena")).contains(QStringLiteral("rename")));
    EXPECT_TRUE(words_for(QStringLiteral("record == hook ")).contains(QStringLiteral("&&")));
    EXPECT_TRUE(words_for(QStringLiteral("error == EA")).contains(QStringLiteral("EACCES")));
    EXPECT_TRUE(words_for(QStringLiteral("nonsense == ")).isEmpty());
}

TEST(FilterCompletion, KnowsTheNamesOfTheTrace) {
    test::LoadedTrace loaded(test::sample("access_then_open"));
    const EventStore& events = loaded.session.events();
    const QString comm = QString::fromStdString(events.threads().back().comm);
    EXPECT_TRUE(words_for(QStringLiteral("proc.comm == ") + comm.left(1), events).contains(comm));
    EXPECT_FALSE(words_for(QStringLiteral("proc.exe == \"/"), events).isEmpty());
}

TEST(FilterCompletion, WhatItMakesIsAFilter) {
    test::LoadedTrace loaded(test::sample("access_then_open"));
    const QString start = QStringLiteral("proc.exe == \"/");
    const Completions completions =
        completions_of(start, static_cast<int>(start.size()), loaded.session.events());
    for (const Completion& word : completions.words) {
        QString filter = start;
        filter.replace(completions.from, completions.to - completions.from, word.text);
        EXPECT_TRUE(FilterMeaning::of(filter).why_not.empty()) << filter.toStdString();
    }
}

TEST(FilterParts, AreThoseBetweenOuterAnds) {
    const auto parts =
        parts_of_filter(QString::fromUtf8("a == \"x && ü\" && (b || c && d) && e in {1, 2}"));
    ASSERT_EQ(parts.size(), 3U);
    EXPECT_EQ(parts[0].text, QString::fromUtf8("a == \"x && ü\""));
    EXPECT_EQ(parts[1].text, QStringLiteral("(b || c && d)"));
    EXPECT_EQ(without_part(QStringLiteral("a && b && c"), 1), QStringLiteral("a && c"));
    EXPECT_EQ(parts_of_filter(QStringLiteral("a || b && c")).size(), 1U);
    EXPECT_TRUE(parts_of_filter(QStringLiteral("\"open")).empty());
    EXPECT_TRUE(parts_of_filter({}).empty());
}

TEST(FilterParts, AColumnIsFoundBehindLettersOfSeveralBytes) {
    const QString filter = QString::fromUtf8("path == \"ü\" && proc.uidd == 3");
    const TextSpan span = span_at_column(filter, 17);
    EXPECT_EQ(filter.mid(span.from, span.length), QStringLiteral("proc.uidd"));
    EXPECT_EQ(span_at_column(QStringLiteral("ab"), 99).from, 1);
    EXPECT_EQ(span_at_column({}, 1).length, 0);
}

}  // namespace
}  // namespace tocsin::gui
