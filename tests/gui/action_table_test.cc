// SPDX-License-Identifier: Apache-2.0
#include "gui/models/action_table.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <map>
#include <set>

#include "gui/models/fuzzy_match.h"
#include "gui/models/palette_model.h"
#include "gui/views/keys_page.h"

namespace tocsin::gui {
namespace {

TEST(ActionTable, HasOneRowForEachIdInTheirOrder) {
    size_t index = 0;
    for (const ActionRow& row : action_table()) EXPECT_EQ(static_cast<size_t>(row.id), index++);
    EXPECT_EQ(index, kActions);
}

TEST(ActionTable, GivesNoShortcutTwice) {
    std::map<QString, QString> taken;
    for (const ActionRow& row : action_table())
        for (const QKeySequence& key : shortcuts_of(row)) {
            const QString text = key.toString(QKeySequence::PortableText);
            EXPECT_FALSE(text.isEmpty()) << row.name << ": " << row.shortcut;
            EXPECT_EQ(taken.count(text), 0U) << text.toStdString() << " of " << row.name
                                             << " is that of " << taken[text].toStdString();
            taken[text] = plain_name(row);
        }
    EXPECT_GT(taken.size(), 30U);
}

TEST(ActionTable, LeavesKeysToTheViewsThatTakeThem) {
    std::set<QString> of_views;
    for (const ViewInput& input : view_inputs())
        for (const QString& key : QString::fromUtf8(input.input).split(QStringLiteral(", ")))
            of_views.insert(key);
    for (const ActionRow& row : action_table())
        for (const QKeySequence& key : shortcuts_of(row))
            EXPECT_EQ(of_views.count(key.toString()), 0U) << key.toString().toStdString();
}

TEST(ActionTable, GivesNoMnemonicTwiceInAMenu) {
    std::map<std::pair<Menu, QChar>, QString> taken;
    for (const ActionRow& row : action_table()) {
        const QString name = QString::fromUtf8(row.name);
        const qsizetype at = name.indexOf(QLatin1Char('&'));
        ASSERT_GE(at, 0) << row.name;
        const std::pair key(row.menu, name.at(at + 1).toUpper());
        EXPECT_EQ(taken.count(key), 0U) << row.name << " has that of " << taken[key].toStdString();
        taken[key] = name;
    }
}

TEST(ActionTable, SaysWhatEachDoes) {
    for (const ActionRow& row : action_table()) {
        EXPECT_GT(QString::fromUtf8(row.what).size(), 8) << row.name;
        EXPECT_FALSE(QString::fromUtf8(row.what).endsWith(QLatin1Char('.'))) << row.name;
    }
}

TEST(KeysPage, HasEveryShortcutAndEveryInput) {
    const QString html = keys_html();
    for (const ActionRow& row : action_table())
        for (const QKeySequence& key : shortcuts_of(row))
            EXPECT_TRUE(html.contains(key.toString(QKeySequence::NativeText).toHtmlEscaped()))
                << row.name;
    for (const ViewInput& input : view_inputs())
        EXPECT_TRUE(html.contains(QString::fromUtf8(input.what).toHtmlEscaped())) << input.what;
}

std::optional<int> match(const char* wanted, const char* text) {
    return fuzzy_match(QString::fromUtf8(wanted), QString::fromUtf8(text));
}

TEST(FuzzyMatch, TakesLettersInOrderWhateverTheirCase) {
    EXPECT_TRUE(match("cac", "Copy as Command"));
    EXPECT_TRUE(match("COPY", "copy as command"));
    EXPECT_TRUE(match("cop com", "Copy as Command"));
    EXPECT_TRUE(match("", "anything"));
    EXPECT_FALSE(match("cmx", "Copy as Command"));
    EXPECT_FALSE(match("poc", "Copy"));
    EXPECT_FALSE(match("a", ""));
}

TEST(FuzzyMatch, PrefersBeginsOfWordsAndNeighbours) {
    EXPECT_GT(match("er", "Export Report"), match("er", "Filter"));
    EXPECT_GT(match("print", "Print Report"), match("print", "Export in PNG or tiff"));
    EXPECT_GT(match("zoom", "Zoom In"), match("zoom", "Czech room of mine"));
}

TEST(PaletteModel, FindsTheCommandThatIsMeant) {
    const auto first_of = [](const char* letters) {
        PaletteModel model([](ActionId) { return true; });
        model.search(QString::fromUtf8(letters));
        return model.rowCount() == 0 ? ActionId::kAbout : model.action(model.index(0));
    };
    EXPECT_EQ(first_of("export rep"), ActionId::kExportReport);
    EXPECT_EQ(first_of("cac"), ActionId::kCopyAnalyze);
    EXPECT_EQ(first_of("next f"), ActionId::kNextFinding);
    EXPECT_EQ(first_of("dark"), ActionId::kDarkColours);
    EXPECT_EQ(first_of("utc"), ActionId::kTimeUtc);
}

TEST(PaletteModel, PutsWhatCannotBeDoneLast) {
    PaletteModel model([](ActionId id) { return id != ActionId::kOpen; });
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.search({});
    ASSERT_EQ(model.rowCount(), static_cast<int>(kActions));
    const QModelIndex last = model.index(model.rowCount() - 1);
    EXPECT_EQ(model.action(last), ActionId::kOpen);
    EXPECT_FALSE(model.flags(last) & Qt::ItemIsEnabled);
    model.search(QStringLiteral("no command has these letters"));
    EXPECT_EQ(model.rowCount(), 0);
    model.search(QStringLiteral("o"));
    EXPECT_GT(model.rowCount(), 0);
}

}  // namespace
}  // namespace tocsin::gui
