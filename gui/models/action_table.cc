// SPDX-License-Identifier: Apache-2.0
#include "gui/models/action_table.h"

#include <array>

namespace tocsin::gui {
namespace {

constexpr auto kFile = Menu::kFile, kEdit = Menu::kEdit, kView = Menu::kView, kGo = Menu::kGo,
               kHelp = Menu::kHelp;
constexpr auto kTrace = Needs::kTrace, kAnalysis = Needs::kAnalysis, kFinding = Needs::kFinding,
               kNothing = Needs::kNothing;
constexpr bool kSection = true;

// clang-format off
constexpr std::array kRows = std::to_array<ActionRow>({
    {ActionId::kOpen, kFile, "&Open…", "Ctrl+O", "Opens a trace; a second one in a window of its own"},
    {ActionId::kCompare, kFile, "&Compare with…", "Ctrl+D", "Compares the findings with those of another trace, as tocsin diff does", kTrace},
    {ActionId::kSaveCase, kFile, "&Save Case", "Ctrl+S", "Saves verdicts, notes and marks beside the trace, which itself is never written to", kTrace, Choice::kNone, kSection},
    {ActionId::kExportReport, kFile, "&Export Report…", "Ctrl+E", "Writes the report that tocsin analyze gives with this window and filter", kTrace, Choice::kNone, kSection},
    {ActionId::kExportImage, kFile, "Export &Image…", "Ctrl+Shift+E", "Writes the timeline or the race card as PNG or SVG", kTrace},
    {ActionId::kPrintReport, kFile, "&Print Report…", "Ctrl+P", "Prints the report, on paper or into a PDF", kTrace, Choice::kNone, kSection},
    {ActionId::kPrintRaceCard, kFile, "Print &Race Card…", "Ctrl+Shift+P", "Prints the selected finding, on paper or into a PDF", kFinding},
    {ActionId::kCloseTrace, kFile, "C&lose Trace", "Ctrl+W", "Closes the trace and goes back to the start page; there it closes the window", kNothing, Choice::kNone, kSection},
    {ActionId::kQuit, kFile, "&Quit", "Ctrl+Q", "Closes all windows; the next start opens what was open"},

    {ActionId::kCopyAnalyze, kEdit, "&Copy as Command", "Ctrl+Shift+C", "Copies the command line that gives these findings: tocsin analyze", kTrace},
    {ActionId::kCopyExplain, kEdit, "Copy Command for the &Finding", "", "Copies the command line that explains the selected finding: tocsin explain", kFinding},
    {ActionId::kCopyDump, kEdit, "Copy Command for the &Records", "", "Copies the command line that prints the records of the part that is shown: tocsin dump", kTrace},
    {ActionId::kCopyReplay, kEdit, "Copy Command for the Ca&lls", "", "Copies the command line that prints the calls of the part that is shown: tocsin replay", kTrace},
    {ActionId::kCopyFinding, kEdit, "Copy Finding as &Text", "Ctrl+Shift+T", "Copies what is known of the selected finding", kFinding, Choice::kNone, kSection},
    {ActionId::kCopyFindingJson, kEdit, "Copy Finding as &JSON", "Ctrl+Shift+J", "Copies the selected finding as the JSON report has it", kFinding},
    {ActionId::kFilter, kEdit, "F&ilter", "/", "Goes to the filter line", kTrace, Choice::kNone, kSection},
    {ActionId::kConfirmed, kEdit, "Verdict: C&onfirmed", "1", "Sets the selected finding's verdict: it is a race", kFinding, Choice::kVerdict, kSection},
    {ActionId::kPossible, kEdit, "Verdict: &Possible", "2", "Sets the selected finding's verdict: it may be a race", kFinding, Choice::kVerdict},
    {ActionId::kBenign, kEdit, "Verdict: &Benign", "3", "Sets the selected finding's verdict: nothing came of it", kFinding, Choice::kVerdict},
    {ActionId::kUnprovable, kEdit, "Verdict: &Unprovable", "4", "Sets the selected finding's verdict: this trace cannot tell", kFinding, Choice::kVerdict},
    {ActionId::kNoVerdict, kEdit, "&No Verdict", "0", "Takes the selected finding's verdict back", kFinding, Choice::kVerdict},
    {ActionId::kAddMark, kEdit, "Add &Mark", "M", "Marks the selected event's moment, else the playhead's", kTrace, Choice::kNone, kSection},
    {ActionId::kAddNote, kEdit, "Add Not&e", "Shift+M", "Marks the selected part, else the one that is shown, and asks for a note", kTrace},

    {ActionId::kZoomIn, kView, "Zoom &In", "W, Ctrl++, Ctrl+=", "Shows half as much of the time", kTrace},
    {ActionId::kZoomOut, kView, "Zoom &Out", "S, Ctrl+-", "Shows twice as much of the time", kTrace},
    {ActionId::kEarlier, kView, "Go Earlie&r", "A", "Moves the timeline to the left", kTrace},
    {ActionId::kLater, kView, "&Go Later", "D", "Moves the timeline to the right", kTrace},
    {ActionId::kCentre, kView, "Show in the &Middle", "F", "Centres what is selected; a second time soon after, fits it", kTrace},
    {ActionId::kFitFinding, kView, "Fit Fin&ding", "Ctrl+0", "Shows the time from the selected finding's first call to its last", kFinding},
    {ActionId::kFitTrace, kView, "Fit &Whole Trace", "Shift+F", "Shows the whole trace", kTrace},
    {ActionId::kByProcess, kView, "Tracks by &Process", "Ctrl+1", "One track a thread", kTrace, Choice::kGrouping, kSection},
    {ActionId::kByFile, kView, "Tracks by &File", "Ctrl+2", "One track a file that calls meet at", kTrace, Choice::kGrouping},
    {ActionId::kTimeRelative, kView, "Time since &Start", "", "Times are seconds since the trace's first event", kTrace, Choice::kTime, kSection},
    {ActionId::kTimeUtc, kView, "Time in &UTC", "", "Times are as the recorded machine's clock had them", kTrace, Choice::kTime},
    {ActionId::kTimeNanoseconds, kView, "Time in &Nanoseconds", "", "Times are nanoseconds since boot", kTrace, Choice::kTime},
    {ActionId::kSystemColours, kView, "Colours of the S&ystem", "", "Light or dark, as the desktop is", kNothing, Choice::kColours, kSection},
    {ActionId::kLightColours, kView, "&Light Colours", "", "Always light", kNothing, Choice::kColours},
    {ActionId::kDarkColours, kView, "D&ark Colours", "", "Always dark", kNothing, Choice::kColours},
    {ActionId::kFullScreen, kView, "Full S&creen", "F11", "Fills the screen, or no longer does", kNothing, Choice::kNone, kSection},
    {ActionId::kResetLayout, kView, "Reset Layou&t", "", "Puts all panels back to where they were at first", kTrace},

    {ActionId::kPreviousFinding, kGo, "&Previous Finding", "[", "Selects the finding before this one and shows it", kAnalysis},
    {ActionId::kNextFinding, kGo, "&Next Finding", "]", "Selects the finding behind this one and shows it", kAnalysis},
    {ActionId::kNextCall, kGo, "Check, Change, &Use", "J", "Goes through the selected finding's calls: check, changes, use", kFinding},
    {ActionId::kPreviousEvent, kGo, "Pre&vious Event", ",", "Selects the event before this one, in the same track", kTrace},
    {ActionId::kNextEvent, kGo, "Next &Event", ".", "Selects the event behind this one, in the same track", kTrace},
    {ActionId::kBack, kGo, "&Back", "Alt+Left", "Shows the part of the trace that was shown before", kTrace, Choice::kNone, kSection},
    {ActionId::kForward, kGo, "&Forward", "Alt+Right", "Shows the part that was gone back from", kTrace},
    {ActionId::kPlay, kGo, "P&lay or Pause", "Space", "Moves the playhead through the trace, or stops it", kTrace, Choice::kNone, kSection},
    {ActionId::kCancelLoading, kGo, "&Cancel Loading", "Ctrl+.", "Stops loading; what is there stays, marked as not for reports", kTrace},

    {ActionId::kPalette, kHelp, "&Command Palette…", "Ctrl+K", "Finds any of these commands by its name"},
    {ActionId::kKeys, kHelp, "&Keys", "?, F1", "Shows what every key does"},
    {ActionId::kAbout, kHelp, "&About Tocsin", "", "Says what this is, and its version", kNothing, Choice::kNone, kSection},
});

constexpr std::array kInputs = std::to_array<ViewInput>({
    {"Timeline", "Ctrl+wheel", "Zooms at the mouse pointer"},
    {"Timeline", "Shift+wheel, middle drag", "Moves through time"},
    {"Timeline", "wheel", "Scrolls the tracks"},
    {"Timeline", "drag", "Selects a part of the time, for its statistics; Escape takes it back"},
    {"Timeline", "Up, Down", "Goes from track to track"},
    {"Timeline", "Left, Right", "Folds and unfolds a track"},
    {"Timeline", "P", "Pins a track to the top"},
    {"Overview", "drag", "Moves the part that the timeline shows"},
    {"Histogram", "Left, Right, Shift+Left, Shift+Right", "Moves the window's limit by a little, by a step"},
    {"Tables", "Return", "Shows the row in the timeline"},
    {"Events", "Ctrl+F, F3, Shift+F3", "Finds a text; the next one, the one before"},
    {"Events", "Ctrl+C, Ctrl+Alt+C", "Copies the rows as text, as JSON"},
});
// clang-format on

static_assert(kRows.size() == kActions);

}  // namespace

QString name_of(Menu menu) {
    switch (menu) {
        case Menu::kFile:
            return QStringLiteral("&File");
        case Menu::kEdit:
            return QStringLiteral("&Edit");
        case Menu::kView:
            return QStringLiteral("&View");
        case Menu::kGo:
            return QStringLiteral("&Go");
        case Menu::kHelp:
            break;
    }
    return QStringLiteral("&Help");
}

std::span<const ActionRow> action_table() {
    return kRows;
}

const ActionRow& row_of(ActionId id) {
    return kRows[static_cast<size_t>(id)];
}

QString plain_name(const ActionRow& row) {
    return QString::fromUtf8(row.name).remove(QLatin1Char('&'));
}

QList<QKeySequence> shortcuts_of(const ActionRow& row) {
    QList<QKeySequence> keys;
    for (const QString& text :
         QString::fromUtf8(row.shortcut).split(QStringLiteral(", "), Qt::SkipEmptyParts))
        keys.push_back(QKeySequence::fromString(text, QKeySequence::PortableText));
    return keys;
}

std::span<const ViewInput> view_inputs() {
    return kInputs;
}

}  // namespace tocsin::gui
