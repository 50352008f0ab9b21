// SPDX-License-Identifier: Apache-2.0
#include "gui/session/saved_view.h"

#include <QFile>
#include <QSettings>
#include <algorithm>

#include "gui/session/cli_command.h"

namespace tocsin::gui {
namespace {

QString session_key() {
    return QStringLiteral("session/windows");
}

void select_by_fingerprint(ViewState& state, const std::string& fingerprint) {
    const auto& findings = state.session().analysis()->findings;
    const auto at = std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) {
        return finding.fingerprint == fingerprint;
    });
    if (at != findings.end())
        state.select_finding(static_cast<size_t>(std::distance(findings.begin(), at)));
}

}  // namespace

SavedView saved_view_of(ViewState& state) {
    SavedView saved;
    saved.trace = QFile::decodeName(QByteArray::fromStdString(state.session().path()));
    saved.window = QString::fromStdString(window_option(state.options()));
    saved.filter = state.filter().text();
    if (const Finding* finding = state.selected_finding())
        saved.finding = QString::fromStdString(finding->fingerprint);
    saved.viewport = state.viewport();
    saved.time_mode = state.time_mode();
    saved.grouping = state.grouping();
    return saved;
}

AnalysisOptions options_of(const SavedView& saved) {
    AnalysisOptions options;
    if (!saved.window.isEmpty())
        static_cast<void>(set_windows(options, saved.window.toStdString()));
    return options;
}

void show_again(ViewState& state, const SavedView& saved) {
    state.set_time_mode(saved.time_mode);
    state.set_grouping(saved.grouping);
    TraceSession& session = state.session();
    QObject::connect(&session, &TraceSession::opened, &state, [&state, saved] {
        static_cast<void>(state.filter().set(saved.filter));
        if (saved.viewport.length() != 0) state.set_viewport(saved.viewport);
    });
    QObject::connect(&session, &TraceSession::analyzed, &state, [&state, saved] {
        if (!saved.finding.isEmpty()) select_by_fingerprint(state, saved.finding.toStdString());
    });
}

QVariantMap to_map(const SavedView& saved) {
    return {{QStringLiteral("trace"), saved.trace},
            {QStringLiteral("window"), saved.window},
            {QStringLiteral("filter"), saved.filter},
            {QStringLiteral("finding"), saved.finding},
            {QStringLiteral("from_ns"), QString::number(saved.viewport.from)},
            {QStringLiteral("to_ns"), QString::number(saved.viewport.to)},
            {QStringLiteral("time_mode"), static_cast<int>(saved.time_mode)},
            {QStringLiteral("grouping"), static_cast<int>(saved.grouping)}};
}

SavedView from_map(const QVariantMap& map) {
    SavedView saved;
    saved.trace = map.value(QStringLiteral("trace")).toString();
    saved.window = map.value(QStringLiteral("window")).toString();
    saved.filter = map.value(QStringLiteral("filter")).toString();
    saved.finding = map.value(QStringLiteral("finding")).toString();
    saved.viewport = {map.value(QStringLiteral("from_ns")).toString().toULongLong(),
                      map.value(QStringLiteral("to_ns")).toString().toULongLong()};
    const int mode = map.value(QStringLiteral("time_mode")).toInt();
    saved.time_mode = static_cast<TimeMode>(std::clamp(mode, 0, 2));
    const int grouping = map.value(QStringLiteral("grouping")).toInt();
    saved.grouping = static_cast<Grouping>(std::clamp(grouping, 0, 1));
    return saved;
}

void keep_session(const std::vector<SavedView>& views) {
    QVariantList list;
    for (const SavedView& view : views) list.push_back(to_map(view));
    QSettings().setValue(session_key(), list);
}

std::vector<SavedView> take_session() {
    QSettings settings;
    std::vector<SavedView> views;
    for (const QVariant& one : settings.value(session_key()).toList()) {
        SavedView view = from_map(one.toMap());
        if (!view.trace.isEmpty()) views.push_back(std::move(view));
    }
    settings.remove(session_key());
    settings.sync();
    return views;
}

}  // namespace tocsin::gui
