// SPDX-License-Identifier: Apache-2.0
#include "gui/models/trace_notices.h"

#include <QLocale>

#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"

namespace tocsin::gui {
namespace {

QString of(const std::string& text) {
    return QString::fromStdString(text);
}

void add_end(std::vector<Notice>& notices, const TraceFacts& facts) {
    if (facts.end == TraceEnd::kSealed) return;
    const QString reason =
        facts.end_reason.empty() ? QString() : of(": " + readable(facts.end_reason));
    if (facts.end == TraceEnd::kCut)
        notices.push_back({Gravity::kWarning, QStringLiteral("cut short"),
                           QStringLiteral("The trace is cut short%1. All up to its last whole "
                                          "chunk is shown; what came behind is not there.")
                               .arg(reason)});
    else
        notices.push_back(
            {Gravity::kWarning, QStringLiteral("damaged"),
             QStringLiteral("The trace is damaged%1. What is sound of it is shown.").arg(reason)});
}

void add_damage(std::vector<Notice>& notices, const std::vector<DamagedChunk>& damage) {
    if (damage.empty()) return;
    uint64_t events = 0;
    for (const DamagedChunk& chunk : damage) events += chunk.events;
    const std::string chunks = count_text(damage.size(), "damaged chunk", "damaged chunks");
    notices.push_back(
        {Gravity::kWarning, of(chunks),
         of(chunks + " could not be read, and " + count_text(events, "event", "events") +
            " with it; the first: " + readable(damage.front().message) + ".")});
}

void add_losses(std::vector<Notice>& notices, const std::vector<LossInterval>& losses) {
    if (losses.empty()) return;
    uint64_t records = 0;
    for (const LossInterval& loss : losses) records += loss.count;
    const std::string lost = count_text(records, "lost record", "lost records");
    notices.push_back({Gravity::kWarning, of(lost),
                       of(lost + " in " + count_text(losses.size(), "interval", "intervals") +
                          ", hatched in the overview: what happened there is not known, and "
                          "\"nothing found\" is not \"nothing happened\".")});
}

}  // namespace

std::vector<Notice> notices_of(const TraceSession& session) {
    std::vector<Notice> notices;
    if (!session.is_open()) return notices;
    if (session.is_partial())
        notices.push_back(
            {Gravity::kWarning, QStringLiteral("partial: not for reports"),
             QStringLiteral("Partial: not for reports. Loading was cancelled, and neither events "
                            "nor findings are complete; open the trace again to load all.")});
    add_end(notices, session.facts());
    add_damage(notices, session.damage());
    add_losses(notices, session.losses());
    if (session.is_loading() || session.is_partial()) return notices;
    if (session.events().size() == 0)
        notices.push_back({Gravity::kToKnow, QStringLiteral("no events"),
                           QStringLiteral("The trace holds no events: nothing was recorded, or "
                                          "nothing of it reached the file.")});
    else if (session.analysis() != nullptr && session.analysis()->shown_findings() == 0)
        notices.push_back({Gravity::kToKnow, QStringLiteral("no findings"),
                           of(verdict_text(*session.analysis()))});
    return notices;
}

}  // namespace tocsin::gui
