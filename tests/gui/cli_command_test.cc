// SPDX-License-Identifier: Apache-2.0
#include "gui/session/cli_command.h"

#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>
#include <filesystem>

#include "analyzer/report/report_writer.h"
#include "gui/session/report_export.h"
#include "loaded_trace.h"

namespace tocsin::gui {
namespace {

// What a POSIX shell makes of the line, with the built `tocsin` first in its path.
std::string run_in_shell(const std::string& line) {
    QProcess shell;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    const QString programs = QFileInfo(QStringLiteral(TOCSIN_PROGRAM)).path();
    environment.insert(QStringLiteral("PATH"),
                       programs + QLatin1Char(':') + environment.value(QStringLiteral("PATH")));
    environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
    shell.setProcessEnvironment(environment);
    // By standard input: QProcess's arguments go through an encoding of their own.
    shell.start(QStringLiteral("sh"), QStringList());
    shell.write(QByteArray::fromStdString(line + "\n"));
    shell.closeWriteChannel();
    EXPECT_TRUE(shell.waitForFinished(60000)) << line;
    EXPECT_EQ(shell.readAllStandardError().toStdString(), "") << line;
    return shell.readAllStandardOutput().toStdString();
}

const std::vector<std::string>& hostile_names() {
    static const std::vector<std::string> names = {
        "plain",
        "two words",
        "it's",
        "\"; rm -rf $HOME; `id` $(id) !! #",
        "-o",
        "a\nb",
        "ends in newlines\n\n",
        "\n",
        "tab\tbell\a",
        "\xff\xfe no text",
        "back\\slash \\n %s %%",
        "right to left \xe2\x80\xae txt.exe",
        "~",
        "*",
        "[ab]",
        "{a,b}",
        "a=b",
        "",
        std::string(4095, 'x') + "'\n",
    };
    return names;
}

TEST(ShellWord, GivesTheShellTheSameBytes) {
    for (const std::string& name : hostile_names())
        EXPECT_EQ(run_in_shell("printf '%s' " + shell_word(name) + "; printf '<end>'"),
                  name + "<end>")
            << shell_word(name);
}

TEST(ShellWord, IsOneLineOfPrintableTextWhereMoreThanItsEndIsNot) {
    EXPECT_EQ(shell_word("/tmp/a-b_c.tocsin"), "/tmp/a-b_c.tocsin");
    EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
    EXPECT_EQ(shell_word("a\nb"), "\"$(printf 'a\\012b')\"");
    EXPECT_EQ(shell_word("\xff"), "\"$(printf '\\377')\"");
    EXPECT_EQ(shell_word(""), "''");
}

std::string analyzed_here(LoadedTrace& trace) {
    StringOutput output;
    const AnalysisResult result =
        analyze(trace.session.reader(), trace.session.path(), trace.state.options());
    const auto written =
        write_report(result, "text", trace.state.filter().text().toStdString(), output);
    EXPECT_TRUE(written.ok());
    return output.text();
}

TEST(CliCommand, AnalyzePrintsWhatTheViewsShow) {
    LoadedTrace trace(sample_trace("access_then_open"));
    EXPECT_EQ(run_in_shell(shell_line(analyze_words(trace.state))), analyzed_here(trace));
    trace.state.set_window(Axis::kCheckUse, std::chrono::microseconds(1234567));
    ASSERT_TRUE(trace.state.filter().set(QStringLiteral("severity >= low && gap < 5s")).ok());
    const std::string line = shell_line(analyze_words(trace.state));
    EXPECT_NE(line.find("--window "), std::string::npos) << line;
    EXPECT_NE(line.find("--where "), std::string::npos) << line;
    EXPECT_EQ(run_in_shell(line), analyzed_here(trace));
}

TEST(CliCommand, KeepsRulesAndLimitsOfClasses) {
    AnalysisOptions options;
    ASSERT_TRUE(set_windows(options, "50ms,F1:check-use=1500us,F2:mutation-use=unlimited").ok());
    EXPECT_EQ(window_option(AnalysisOptions()), "");
    AnalysisOptions again;
    ASSERT_TRUE(set_windows(again, window_option(options)).ok()) << window_option(options);
    EXPECT_EQ(again.window, options.window);
    EXPECT_EQ(again.own_limits, options.own_limits);
    options.rules.fill(false);
    options.rules[static_cast<size_t>(Rule::kF1)] = true;
    LoadedTrace trace(sample_trace("access_then_open"), options);
    EXPECT_EQ(run_in_shell(shell_line(analyze_words(trace.state))), analyzed_here(trace));
}

TEST(CliCommand, TakesATraceWhateverItIsCalled) {
    const QTemporaryDir folder;
    for (const std::string& name : hostile_names()) {
        if (name.empty() || name.size() > 255) continue;
        const std::string path = folder.path().toStdString() + "/" + name + ".tocsin";
        std::filesystem::copy_file(sample_trace("access_then_open"), path);
        LoadedTrace trace(path);
        EXPECT_EQ(run_in_shell(shell_line(analyze_words(trace.state))), analyzed_here(trace))
            << shell_word(path);
    }
}

TEST(CliCommand, ExplainsTheSelectedFinding) {
    LoadedTrace trace(sample_trace("access_then_open"));
    EXPECT_TRUE(explain_words(trace.state).empty());
    trace.state.select_finding(0);
    const std::string text = run_in_shell(shell_line(explain_words(trace.state)));
    EXPECT_NE(text.find(trace.state.selected_finding()->fingerprint), std::string::npos) << text;
}

size_t lines_with_time(const std::string& text) {
    size_t lines = 0;
    for (size_t at = 0; at < text.size(); ++lines) {
        at = text.find('\n', at);
        if (at == std::string::npos) break;
        ++at;
    }
    return lines;
}

TEST(CliCommand, DumpAndReplayPrintThePartThatIsShown) {
    LoadedTrace trace(sample_trace("access_then_open"));
    const std::string whole = run_in_shell(shell_line(dump_words(trace.state)));
    EXPECT_EQ(shell_line(dump_words(trace.state)).find("--from"), std::string::npos);
    trace.state.select_finding(0);
    trace.state.fit_finding();
    for (const auto words : {dump_words, replay_words}) {
        const std::string line = shell_line(words(trace.state));
        EXPECT_NE(line.find("--from "), std::string::npos) << line;
        EXPECT_NE(line.find("--to "), std::string::npos) << line;
        const std::string text = run_in_shell(line);
        EXPECT_GT(lines_with_time(text), 2U) << line;
        EXPECT_LT(lines_with_time(text), lines_with_time(whole)) << line;
    }
    // A filter of findings says nothing of records, and is left out.
    ASSERT_TRUE(trace.state.filter().set(QStringLiteral("severity >= low")).ok());
    EXPECT_EQ(shell_line(dump_words(trace.state)).find("--where"), std::string::npos);
}

}  // namespace
}  // namespace tocsin::gui
