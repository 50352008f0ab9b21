// SPDX-License-Identifier: Apache-2.0
#include "gui/session/case_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QAbstractItemModelTester>
#include <QTemporaryDir>
#include <filesystem>
#include <fstream>

#include "gui/models/mark_list_model.h"
#include "tests/gui/trace_files.h"

namespace tocsin::gui {
namespace {

using nlohmann::json;

const CaseTrace kTrace{QStringLiteral("host.tocsin"), std::string(64, 'a')};

struct Case {
    Case() { file.set_trace(kTrace); }
    std::string path(const std::string& name = "host.tocsin.case.json") const {
        return directory.filePath(QString::fromStdString(name)).toStdString();
    }
    QTemporaryDir directory;
    CaseFile file;
};

std::string contents_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

json valid() {
    return {{"tocsin_case", 1},
            {"trace", {{"name", "host.tocsin"}, {"chain_hash", kTrace.chain_hash}}}};
}

TEST(CaseFile, ComesBackAsItWasSaved) {
    Case saved;
    saved.file.set_verdict("0123456789abcdef", Verdict::kConfirmed);
    saved.file.set_note("0123456789abcdef",
                        QString::fromUtf8("über \u202e \"quoted\"\n\tand more"));
    saved.file.set_notes(QString(1 << 20, u'n'));
    saved.file.set_marks({{{5, 5}, QStringLiteral("moment")}, {{7, UINT64_MAX}, {}}});
    const CaseView view{TimeRange{1, 99}, QStringLiteral("call == openat"), Axis::kCheckUse,
                        std::chrono::milliseconds(5)};
    saved.file.set_view(view);
    EXPECT_TRUE(saved.file.is_changed());
    const auto done = saved.file.save(saved.path());
    ASSERT_TRUE(done.ok()) << done.error().message;
    EXPECT_FALSE(saved.file.is_changed());

    CaseFile loaded;
    loaded.set_trace(kTrace);
    const auto read = loaded.load(saved.path());
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(loaded.verdict("0123456789abcdef"), Verdict::kConfirmed);
    EXPECT_EQ(loaded.note("0123456789abcdef"), saved.file.note("0123456789abcdef"));
    EXPECT_EQ(loaded.notes().size(), 1 << 20);
    EXPECT_EQ(loaded.marks(), saved.file.marks());
    EXPECT_EQ(loaded.view(), view);
    EXPECT_FALSE(loaded.is_changed());
}

TEST(CaseFile, IsForItsOwnerAlone) {
    Case one;
    ASSERT_TRUE(one.file.save(one.path()).ok());
    struct stat status {};
    ASSERT_EQ(stat(one.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600U);
}

TEST(CaseFile, OfAnotherTraceIsNeitherAppliedNorWrittenOver) {
    Case one;
    json other = valid();
    other["trace"] = {{"name", "other.tocsin"}, {"chain_hash", std::string(64, 'b')}};
    other["notes"] = "of the other";
    write(one.path(), other.dump());
    const auto read = one.file.load(one.path());
    ASSERT_FALSE(read.ok());
    EXPECT_NE(read.error().message.find("another trace"), std::string::npos);
    EXPECT_TRUE(one.file.notes().isEmpty());
    EXPECT_FALSE(one.file.save(one.path()).ok());
    EXPECT_EQ(contents_of(one.path()), other.dump());
}

TEST(CaseFile, OfANewerVersionIsNeitherAppliedNorWrittenOver) {
    Case one;
    json newer = valid();
    newer["tocsin_case"] = 2;
    write(one.path(), newer.dump());
    const auto read = one.file.load(one.path());
    ASSERT_FALSE(read.ok());
    EXPECT_NE(read.error().message.find("newer"), std::string::npos);
    EXPECT_FALSE(one.file.save(one.path()).ok());
    EXPECT_EQ(contents_of(one.path()), newer.dump());
}

TEST(CaseFile, DamageIsNamedWithItsPlaceAndNothingIsLost) {
    const auto with = [](const char* name, const json& value) {
        json changed = valid();
        changed[name] = value;
        return changed.dump();
    };
    const std::vector<std::pair<std::string, std::string>> damaged = {
        {"{\n  \"tocsin_case\": 1,\n  oops", "line 3, column 3"},
        {"", "line 1"},
        {std::string("\0\xff{", 3), "no JSON"},
        {"[]", "tocsin_case"},
        {std::string(200'000, '['), "deep"},
        {with("notes", 7), "notes is not text"},
        {with("findings", {{"ab", {{"verdict", "guilty"}}}}), "findings[\"ab\"].verdict"},
        {with("findings", {{"ab", 1}}), "findings[\"ab\"] is not an object"},
        {with("marks", {{{"from", "9"}, {"to", "5"}}}), "marks[0]"},
        {with("marks", {{{"from", 9}, {"to", "5"}}}), "marks[0].from"},
        {with("view", {{"window", {{"axis", "sideways"}}}}), "view.window.axis"},
    };
    for (const auto& [text, place] : damaged) {
        Case one;
        write(one.path(), text);
        one.file.set_notes(QStringLiteral("mine"));
        const auto read = one.file.load(one.path());
        ASSERT_FALSE(read.ok()) << text.substr(0, 100);
        EXPECT_NE(read.error().message.find(place), std::string::npos) << read.error().message;
        EXPECT_EQ(one.file.notes(), QStringLiteral("mine")) << "nothing of it was applied";
        EXPECT_FALSE(one.file.save(one.path()).ok());
        EXPECT_EQ(contents_of(one.path()), text) << "the old file stays";
    }
}

TEST(CaseFile, WhatItDoesNotKnowSurvives) {
    Case one;
    json later = valid();
    later["reviewers"] = {"A", "B"};
    later["trace"]["recorded_by"] = "somebody";
    later["findings"] = {{"ab", {{"verdict", "benign"}, {"assignee", "C"}}}};
    later["marks"] = {{{"from", "1"}, {"to", "2"}, {"colour", "red"}}};
    later["view"] = {{"zoom", 3}};
    write(one.path(), later.dump());
    ASSERT_TRUE(one.file.load(one.path()).ok());
    one.file.set_verdict("ab", Verdict::kNone);
    one.file.set_notes(QStringLiteral("new"));
    ASSERT_TRUE(one.file.save(one.path()).ok());
    const json saved = json::parse(contents_of(one.path()));
    EXPECT_EQ(saved["reviewers"], later["reviewers"]);
    EXPECT_EQ(saved["trace"]["recorded_by"], "somebody");
    EXPECT_EQ(saved["findings"]["ab"], json({{"assignee", "C"}}));
    EXPECT_EQ(saved["marks"][0]["colour"], "red");
    EXPECT_EQ(saved["view"]["zoom"], 3);
    EXPECT_EQ(saved["notes"], "new");
}

TEST(CaseFile, WhereItCannotBeWrittenItIsKeptForTheUser) {
    Case one;
    one.file.set_notes(QStringLiteral("kept"));
    const auto saved = one.file.save(one.path("no/such/folder/x.json"));
    ASSERT_FALSE(saved.ok());
    EXPECT_NE(saved.error().message.find(one.file.kept_path()), std::string::npos);
    EXPECT_TRUE(one.file.is_changed());

    CaseFile again;
    again.set_trace(kTrace);
    ASSERT_TRUE(again.load_for(one.path("host.tocsin")).ok());
    EXPECT_EQ(again.notes(), QStringLiteral("kept"));
    EXPECT_TRUE(again.is_changed());
    ASSERT_TRUE(again.save(one.path()).ok());
    EXPECT_FALSE(std::filesystem::exists(one.file.kept_path()));
}

TEST(CaseFile, AReadOnlyFolderIsNamed) {
    if (geteuid() == 0) GTEST_SKIP() << "root writes to read-only folders";
    Case one;
    ASSERT_EQ(chmod(one.directory.path().toUtf8().constData(), 0500), 0);
    const auto saved = one.file.save(one.path());
    ASSERT_FALSE(saved.ok());
    EXPECT_NE(saved.error().message.find("Permission denied"), std::string::npos);
    ASSERT_EQ(chmod(one.directory.path().toUtf8().constData(), 0700), 0);
}

TEST(CaseFile, NeitherReadsNorWritesThroughLinksAndDevices) {
    Case one;
    write(one.path("target"), valid().dump());
    std::filesystem::create_symlink(one.path("target"), one.path());
    EXPECT_FALSE(one.file.load(one.path()).ok());
    one.file.set_notes(QStringLiteral("x"));
    EXPECT_FALSE(one.file.save(one.path()).ok());
    EXPECT_EQ(contents_of(one.path("target")), valid().dump());
    ASSERT_EQ(mkfifo(one.path("fifo").c_str(), 0600), 0);
    EXPECT_FALSE(one.file.load(one.path("fifo")).ok());
}

TEST(CaseFile, IsNotWrittenOverWhatSomebodyElseSavedMeanwhile) {
    Case one;
    ASSERT_TRUE(one.file.save(one.path()).ok());
    json other = valid();
    other["notes"] = "a colleague's";
    write(one.path(), other.dump());
    one.file.set_notes(QStringLiteral("mine"));
    const auto saved = one.file.save(one.path());
    ASSERT_FALSE(saved.ok());
    EXPECT_NE(saved.error().message.find("somebody else"), std::string::npos);
    EXPECT_EQ(contents_of(one.path()), other.dump());
}

TEST(CaseFile, OfATraceThatHasNoneIsNoError) {
    Case one;
    EXPECT_TRUE(one.file.load_for(one.path("never.tocsin")).ok());
    EXPECT_TRUE(one.file.path().empty());
}

TEST(CaseFile, RandomBytesAreRefused) {
    const std::string text = valid().dump();
    for (size_t at = 0; at < text.size(); ++at)
        for (const char byte : {'\0', '\xff', '{', '"', '9'}) {
            std::string changed = text;
            changed[at] = byte;
            (void)parse_case(changed, kTrace);
            (void)parse_case(std::string_view(text).substr(0, at), kTrace);
        }
    EXPECT_TRUE(std::holds_alternative<CaseContents>(parse_case(text, kTrace)));
}

TEST(ViewState, KeepsItsViewInTheCase) {
    test::LoadedTrace loaded(test::sample("access_then_open"));
    ViewState& state = loaded.state;
    const CaseView view{TimeRange{loaded.session.first().ns, loaded.session.first().ns + 1'000'000},
                        QStringLiteral("call == openat"), Axis::kCheckUse,
                        std::chrono::microseconds(300)};
    state.show(view);
    EXPECT_EQ(state.case_view(), view);
}

TEST(MarkListModel, IsAModelInTheOrderOfTimes) {
    test::LoadedTrace loaded(test::sample("access_then_open"));
    MarkListModel model(loaded.state);
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    const uint64_t first = loaded.session.first().ns;
    EXPECT_EQ(model.add({{first + 900, first + 900}, QStringLiteral("late")}), 0);
    EXPECT_EQ(model.add({{first + 10, first + 500}, {}}), 0);
    EXPECT_EQ(model.add({{first + 10, first + 500}, {}}), 0) << "it is there already";
    ASSERT_EQ(model.rowCount(), 2);
    EXPECT_TRUE(model.setData(model.index(0, MarkListModel::kNote), QStringLiteral("renamed"),
                              Qt::EditRole));
    EXPECT_EQ(loaded.state.case_file().marks()[0].note, QStringLiteral("renamed"));
    EXPECT_EQ(model.index(0, MarkListModel::kLength).data().toString(), QStringLiteral("490 ns"));
    model.remove(0);
    ASSERT_EQ(model.rowCount(), 1);
    EXPECT_EQ(model.mark_of(0).note, QStringLiteral("late"));
}

}  // namespace
}  // namespace tocsin::gui
