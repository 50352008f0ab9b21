// SPDX-License-Identifier: Apache-2.0
//
// All that the program does at a key or from a menu: the menus, the command palette and the page
// of keys are made from these tables alone.
#pragma once

#include <QKeySequence>
#include <QList>
#include <QString>
#include <QStringList>
#include <cstdint>
#include <optional>
#include <span>

namespace tocsin::gui {

enum class ActionId : uint8_t {
    kOpen,
    kCompare,
    kSaveCase,
    kExportReport,
    kExportImage,
    kPrintReport,
    kPrintRaceCard,
    kCloseTrace,
    kQuit,
    kCopyAnalyze,
    kCopyExplain,
    kCopyDump,
    kCopyReplay,
    kCopyFinding,
    kCopyFindingJson,
    kFilter,
    kConfirmed,
    kPossible,
    kBenign,
    kUnprovable,
    kNoVerdict,
    kAddMark,
    kAddNote,
    kZoomIn,
    kZoomOut,
    kEarlier,
    kLater,
    kCentre,
    kFitFinding,
    kFitTrace,
    kByProcess,
    kByFile,
    kTimeRelative,
    kTimeUtc,
    kTimeNanoseconds,
    kSystemColours,
    kLightColours,
    kDarkColours,
    kFullScreen,
    kResetLayout,
    kPreviousFinding,
    kNextFinding,
    kNextCall,
    kPreviousEvent,
    kNextEvent,
    kBack,
    kForward,
    kPlay,
    kCancelLoading,
    kPalette,
    kKeys,
    kAbout,
};
inline constexpr size_t kActions = static_cast<size_t>(ActionId::kAbout) + 1;

enum class Menu : uint8_t { kFile, kEdit, kView, kGo, kHelp };
inline constexpr size_t kMenus = 5;
QString name_of(Menu menu);  // "&File"

// What has to be there before an action makes sense.
enum class Needs : uint8_t { kNothing, kTrace, kAnalysis, kFinding };

// One of a group is checked, or none of it.
enum class Choice : uint8_t { kNone, kGrouping, kTime, kColours, kVerdict };

struct ActionRow {
    ActionId id;
    Menu menu;
    const char* name;      // with its mnemonic: "&Open…"
    const char* shortcut;  // "Ctrl+O"; may be empty; of several the first is shown
    const char* what;      // a sentence
    Needs needs = Needs::kNothing;
    Choice choice = Choice::kNone;
    bool begins_section = false;
};
// By menu, in the order in which they stand there; one row an id.
std::span<const ActionRow> action_table();
const ActionRow& row_of(ActionId id);
// The name as it is read: "Open…".
QString plain_name(const ActionRow& row);
QList<QKeySequence> shortcuts_of(const ActionRow& row);

// What a view does itself while it has the focus, or the mouse is over it.
struct ViewInput {
    const char* view;   // "Timeline"
    const char* input;  // "Ctrl+wheel"
    const char* what;
};
std::span<const ViewInput> view_inputs();

}  // namespace tocsin::gui
