// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QDir>
#include <QFile>
#include <QListWidget>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include "gui/models/recent_files.h"
#include "gui/models/sample_list.h"
#include "gui/views/first_run_page.h"

namespace tocsin::gui {
namespace {

QString source() {
    return QStringLiteral(TOCSIN_SOURCE_DIR);
}

TEST(SampleList, HasATitleAndASentenceForEachRecording) {
    const auto samples = samples_in(source() + QStringLiteral("/samples"));
    ASSERT_GT(samples.size(), 20U);
    for (const Sample& sample : samples) {
        EXPECT_TRUE(QFile::exists(sample.trace));
        EXPECT_NE(sample.title, sample.name);
        EXPECT_TRUE(sample.title.at(0).isUpper() || !sample.title.at(0).isLetter());
        EXPECT_GT(sample.story.size(), 40) << sample.name.toStdString();
        EXPECT_TRUE(sample.story.endsWith(QLatin1Char('.'))) << sample.story.toStdString();
        EXPECT_FALSE(sample.story.contains(QLatin1Char('`')));
    }
}

TEST(SampleList, LeavesOutWhatHasNoRecording) {
    const QTemporaryDir folder;
    QDir(folder.path()).mkpath(QStringLiteral("with"));
    QDir(folder.path()).mkpath(QStringLiteral("without"));
    QFile trace(folder.filePath(QStringLiteral("with/recorded.tocsin")));
    ASSERT_TRUE(trace.open(QIODevice::WriteOnly));
    const auto samples = samples_in(folder.path());
    ASSERT_EQ(samples.size(), 1U);
    EXPECT_EQ(samples[0].title, QStringLiteral("with"));
    EXPECT_TRUE(samples_in(folder.filePath(QStringLiteral("nothing"))).empty());
}

class Recent : public testing::Test {
  protected:
    Recent() { QSettings().clear(); }
    ~Recent() override { QSettings().clear(); }

    QString make(const QString& name) {
        QFile file(folder_.filePath(name));
        EXPECT_TRUE(file.open(QIODevice::WriteOnly));
        return file.fileName();
    }
    QTemporaryDir folder_;
    RecentFiles recent_;
};

TEST_F(Recent, HasTheLatestFirstAndEachOnce) {
    const QString a = make(QStringLiteral("a")), b = make(QStringLiteral("b"));
    recent_.add(a);
    recent_.add(b);
    recent_.add(a);
    EXPECT_EQ(recent_.paths(), QStringList({a, b}));
    EXPECT_EQ(RecentFiles().paths(), QStringList({a, b}));
    recent_.clear();
    EXPECT_TRUE(recent_.paths().isEmpty());
}

TEST_F(Recent, LeavesOutWhatIsGoneUntilItIsBack) {
    const QString a = make(QStringLiteral("a")), b = make(QStringLiteral("b"));
    recent_.add(a);
    recent_.add(b);
    QFile::remove(b);
    EXPECT_EQ(recent_.paths(), QStringList({a}));
    make(QStringLiteral("b"));
    EXPECT_EQ(recent_.paths(), QStringList({b, a}));
}

TEST_F(Recent, HoldsATenOfThem) {
    for (int i = 0; i < 60; ++i) recent_.add(make(QString::number(i)));
    EXPECT_EQ(recent_.paths().size(), RecentFiles::kMost);
    EXPECT_TRUE(recent_.paths().front().endsWith(QStringLiteral("59")));
}

TEST_F(Recent, StartPageOpensASampleByKeyAndByMouse) {
    const auto samples = samples_in(source() + QStringLiteral("/samples"));
    FirstRunPage page(recent_, samples);
    page.resize(1200, 800);
    page.show();
    QSignalSpy chosen(&page, &FirstRunPage::traceChosen);
    QListWidget* list = nullptr;
    for (QListWidget* one : page.findChildren<QListWidget*>())
        if (one->count() == static_cast<int>(samples.size())) list = one;
    ASSERT_NE(list, nullptr);
    list->setCurrentRow(2);
    QTest::keyClick(list, Qt::Key_Return);
    ASSERT_EQ(chosen.size(), 1);
    EXPECT_EQ(chosen[0][0].toString(), samples[2].trace);
    QTest::mouseClick(list->viewport(), Qt::LeftButton, {},
                      list->visualItemRect(list->item(0)).center());
    ASSERT_EQ(chosen.size(), 2);
    EXPECT_EQ(chosen[1][0].toString(), samples[0].trace);
}

TEST_F(Recent, StartPageListsThemAndSaysWhatFailed) {
    FirstRunPage page(recent_, {});
    page.show();
    auto* list = page.findChildren<QListWidget*>().front();
    EXPECT_FALSE(list->isVisible());
    const QString hostile = make(QStringLiteral("a\u202E\nb"));
    recent_.add(hostile);
    ASSERT_TRUE(list->isVisible());
    EXPECT_EQ(list->item(0)->text(), QStringLiteral("a\\u{202e}\\nb"));
    page.show_failure(QStringLiteral("cannot read \"x\": no trace"));
    const auto labels = page.findChildren<QLabel*>();
    EXPECT_TRUE(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
        return label->isVisible() && label->text().contains(QStringLiteral("no trace"));
    }));
}

}  // namespace
}  // namespace tocsin::gui
