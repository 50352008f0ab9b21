// SPDX-License-Identifier: Apache-2.0
//
// What the slider shows is what an analysis in that window finds, and what the program prints.
#include <gtest/gtest.h>

#include <QClipboard>
#include <QGuiApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <set>

#include "gui/models/explanation_text.h"
#include "gui/models/findings_model.h"
#include "tests/gui/loaded_trace.h"

namespace tocsin::gui {
namespace {

using Shown = std::multiset<std::string>;

Shown shown_in(const FindingsModel& model, const AnalysisResult& result) {
    Shown shown;
    for (auto at = model.after(std::nullopt); at; at = model.after(at))
        shown.insert(result.findings[*at].fingerprint);
    return shown;
}

Shown analyzed_in(const ViewState& state) {
    Shown shown;
    const AnalysisResult alone = analyze(state.session().reader(), "", state.options());
    for (const Finding& finding : alone.findings)
        if (finding.judgement.set_aside_by.empty()) shown.insert(finding.fingerprint);
    return shown;
}

// What `tocsin` prints.
QByteArray printed(const QStringList& arguments) {
    QProcess tocsin;
    tocsin.start(QStringLiteral(TOCSIN_PROGRAM), arguments);
    EXPECT_TRUE(tocsin.waitForFinished(LoadedTrace::kPatienceMs)) << TOCSIN_PROGRAM;
    EXPECT_EQ(tocsin.exitCode(), 0) << tocsin.readAllStandardError().toStdString();
    return tocsin.readAllStandardOutput();
}

Shown printed_in(const std::string& path, const std::string& window) {
    const QByteArray json = printed({QStringLiteral("analyze"), QStringLiteral("--format"),
                                     QStringLiteral("json"), QStringLiteral("--window"),
                                     QString::fromStdString(window), QString::fromStdString(path)});
    Shown shown;
    const QJsonArray results =
        QJsonDocument::fromJson(json).object()[QStringLiteral("results")].toArray();
    EXPECT_EQ(results.size(), 1);
    for (const auto& result : results)
        for (const auto& finding : result.toObject()[QStringLiteral("findings")].toArray()) {
            const QJsonObject one = finding.toObject();
            if (one[QStringLiteral("set_aside_by")].isNull())
                shown.insert(one[QStringLiteral("fingerprint")].toString().toStdString());
        }
    return shown;
}

TEST(WindowEquality, ShowsWhatTheProgramFindsInIt) {
    for (const char* name : {"access_then_open", "script_append", "pid_reuse", "open_swap"}) {
        LoadedTrace loaded(sample_trace(name));
        FindingsModel model(loaded.state);
        for (const char* window :
             {"1us", "300us", "4700us", "50ms", "unlimited", "check-use=1s,mutation-use=2ms",
              "check-use=unlimited,mutation-use=10us", "F1:1us,F2:unlimited", "F1:unlimited"}) {
            const auto set = loaded.state.set_windows(window);
            ASSERT_TRUE(set.ok()) << set.error().message;
            const Shown shown = shown_in(model, loaded.result());
            EXPECT_EQ(shown, analyzed_in(loaded.state)) << name << ' ' << window;
            uint64_t counted = 0;
            for (const uint64_t count : loaded.state.by_severity()) counted += count;
            EXPECT_EQ(shown.size(), counted) << name << ' ' << window;
        }
        for (const char* window :
             {"300us", "4700us", "unlimited", "check-use=1s,mutation-use=2ms"}) {
            LoadedTrace fresh(sample_trace(name));
            FindingsModel fresh_model(fresh.state);
            ASSERT_TRUE(fresh.state.set_windows(window).ok());
            EXPECT_EQ(shown_in(fresh_model, fresh.result()), printed_in(sample_trace(name), window))
                << name << ' ' << window;
        }
    }
}

TEST(WindowEquality, RefusesWhatTheProgramRefuses) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    for (const char* window : {"", "soon", "50", "check-use", "X9:1s", "-5ms", "orphan=1ms"}) {
        const CorrelationWindow before = loaded.state.window();
        EXPECT_FALSE(loaded.state.set_windows(window).ok()) << window;
        EXPECT_EQ(loaded.state.window(), before);
    }
}

TEST(Explanation, IsWhatTheProgramPrints) {
    for (const char* name : {"access_then_open", "open_swap", "pid_reuse"}) {
        LoadedTrace loaded(sample_trace(name));
        for (const char* window : {"unlimited", "6ms"}) {
            ASSERT_TRUE(loaded.state.set_windows(window).ok());
            if (loaded.state.alive().empty()) continue;
            const Finding& finding = loaded.result().findings[loaded.state.alive().front()];
            const std::string ours =
                explanation_text(loaded.session.reader(),
                                 explained(loaded.result(), loaded.state.options(), finding));
            const QByteArray theirs =
                printed({QStringLiteral("explain"), QStringLiteral("--window"),
                         QString::fromLatin1(window), QString::fromStdString(finding.fingerprint),
                         QString::fromStdString(sample_trace(name))});
            EXPECT_EQ(ours, theirs.toStdString()) << name << ' ' << window;
        }
    }
}

}  // namespace
}  // namespace tocsin::gui
