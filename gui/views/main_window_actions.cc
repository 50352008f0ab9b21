// SPDX-License-Identifier: Apache-2.0
//
// What the actions of a window do.
#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QFileDialog>
#include <QMenuBar>
#include <QMessageBox>
#include <QStatusBar>
#include <algorithm>

#include "analyzer/report/escape.h"
#include "analyzer/report/json_report.h"
#include "gui/session/cli_command.h"
#include "gui/views/app_icon.h"
#include "gui/views/appearance.h"
#include "gui/views/command_palette.h"
#include "gui/views/compare_window.h"
#include "gui/views/keys_page.h"
#include "gui/views/main_window.h"

namespace tocsin::gui {
namespace {

constexpr double kZoom = 0.5, kPan = 0.25;  // of what is shown

ActionId action_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::kConfirmed:
            return ActionId::kConfirmed;
        case Verdict::kPossible:
            return ActionId::kPossible;
        case Verdict::kBenign:
            return ActionId::kBenign;
        case Verdict::kUnprovable:
            return ActionId::kUnprovable;
        case Verdict::kNone:
            break;
    }
    return ActionId::kNoVerdict;
}

ActionId action_of(TimeMode mode) {
    switch (mode) {
        case TimeMode::kUtc:
            return ActionId::kTimeUtc;
        case TimeMode::kNanoseconds:
            return ActionId::kTimeNanoseconds;
        case TimeMode::kRelative:
            break;
    }
    return ActionId::kTimeRelative;
}

ActionId action_of(Appearance appearance) {
    switch (appearance) {
        case Appearance::kLight:
            return ActionId::kLightColours;
        case Appearance::kDark:
            return ActionId::kDarkColours;
        case Appearance::kSystem:
            break;
    }
    return ActionId::kSystemColours;
}

}  // namespace

void MainWindow::make_menus() {
    for (size_t i = 0; i < kMenus; ++i) {
        const auto menu = static_cast<Menu>(i);
        QMenu* made = actions_->make_menu(menu, this);
        menuBar()->addMenu(made);
        if (menu == Menu::kFile) {
            recent_menu_ = new QMenu(QStringLiteral("Open &Recent"), made);
            made->insertMenu(&actions_->at(ActionId::kCompare), recent_menu_);
            connect(recent_menu_, &QMenu::aboutToShow, this, &MainWindow::list_recent);
        } else if (menu == Menu::kView) {
            panels_menu_ = new QMenu(QStringLiteral("Pan&els"), made);
            made->insertMenu(&actions_->at(ActionId::kResetLayout), panels_menu_);
        }
    }
}

void MainWindow::list_recent() {
    recent_menu_->clear();
    for (const QString& path : recent_.paths()) {
        QString name = QString::fromStdString(elide(escape(path.toStdString()), 90));
        connect(recent_menu_->addAction(name.replace(QLatin1Char('&'), QStringLiteral("&&"))),
                &QAction::triggered, this,
                [this, path] { open(QFile::encodeName(path).toStdString()); });
    }
    if (recent_menu_->isEmpty()) {
        recent_menu_->addAction(QStringLiteral("Nothing was opened yet"))->setEnabled(false);
        return;
    }
    recent_menu_->addSeparator();
    connect(recent_menu_->addAction(QStringLiteral("&Clear")), &QAction::triggered, &recent_,
            &RecentFiles::clear);
}

void MainWindow::connect_actions() {
    connect_file_actions();
    connect_edit_actions();
    connect_view_actions();
    connect_go_actions();
    actions_->on(ActionId::kPalette, [this] { (new CommandPalette(*actions_, this))->show(); });
    actions_->on(ActionId::kKeys, [this] { (new KeysPage(this))->show(); });
    actions_->on(ActionId::kAbout, [this] { show_about(); });
}

void MainWindow::connect_file_actions() {
    actions_->on(ActionId::kOpen, [this] { ask_for_traces(); });
    actions_->on(ActionId::kCompare, [this] { compare_with_another(); });
    actions_->on(ActionId::kSaveCase, [this] { case_->save(); });
    actions_->on(ActionId::kExportReport, [this] { exports_->export_report(); });
    actions_->on(ActionId::kExportImage, [this] { exports_->export_image(); });
    actions_->on(ActionId::kPrintReport, [this] { exports_->print_report(); });
    actions_->on(ActionId::kPrintRaceCard, [this] { exports_->print_race_card(); });
    actions_->on(ActionId::kCloseTrace, [this] {
        if (state_ != nullptr)
            close_trace();
        else
            close();
    });
    actions_->on(ActionId::kQuit, [] { quit(); });
}

void MainWindow::connect_edit_actions() {
    const auto command = QStringLiteral("The command line");
    actions_->on(ActionId::kCopyAnalyze,
                 [=, this] { copy(shell_line(analyze_words(*state_)), command); });
    actions_->on(ActionId::kCopyExplain,
                 [=, this] { copy(shell_line(explain_words(*state_)), command); });
    actions_->on(ActionId::kCopyDump,
                 [=, this] { copy(shell_line(dump_words(*state_)), command); });
    actions_->on(ActionId::kCopyReplay,
                 [=, this] { copy(shell_line(replay_words(*state_)), command); });
    actions_->on(ActionId::kCopyFinding, [this] { panels_->race_card().copy_as_text(); });
    actions_->on(ActionId::kCopyFindingJson, [this] {
        copy(json_finding(session_->facts(), *state_->selected_finding()).dump(2),
             QStringLiteral("The finding's JSON"));
    });
    actions_->on(ActionId::kAddMark, [this] { panels_->notes().add_mark(); });
    actions_->on(ActionId::kAddNote, [this] {
        panels_->show_notes();
        panels_->notes().add_note();
    });
    actions_->on(ActionId::kFilter, [this] { panels_->filter_line().focus(); });
    for (const Verdict verdict : {Verdict::kNone, Verdict::kConfirmed, Verdict::kPossible,
                                  Verdict::kBenign, Verdict::kUnprovable})
        actions_->on(action_of(verdict), [this, verdict] { set_verdict(verdict); });
}

void MainWindow::connect_view_actions() {
    actions_->on(ActionId::kZoomIn, [this] { panels_->timeline().zoom(kZoom); });
    actions_->on(ActionId::kZoomOut, [this] { panels_->timeline().zoom(1 / kZoom); });
    actions_->on(ActionId::kEarlier, [this] { panels_->timeline().pan(-kPan); });
    actions_->on(ActionId::kLater, [this] { panels_->timeline().pan(kPan); });
    actions_->on(ActionId::kCentre, [this] { panels_->timeline().centre_selection(); });
    actions_->on(ActionId::kFitFinding, [this] { state_->fit_finding(); });
    actions_->on(ActionId::kFitTrace, [this] { state_->jump_to(state_->whole()); });
    for (const auto& [id, grouping] : {std::pair{ActionId::kByProcess, Grouping::kByProcess},
                                       std::pair{ActionId::kByFile, Grouping::kByFile}})
        actions_->on(id, [this, grouping = grouping] {
            state_->set_grouping(grouping);
            show_checks();
        });
    for (const TimeMode mode : {TimeMode::kRelative, TimeMode::kUtc, TimeMode::kNanoseconds})
        actions_->on(action_of(mode), [this, mode] {
            state_->set_time_mode(mode);
            show_checks();
        });
    for (const Appearance appearance : {Appearance::kSystem, Appearance::kLight, Appearance::kDark})
        actions_->on(action_of(appearance), [this, appearance] {
            choose_appearance(appearance);
            show_checks();
        });
    actions_->on(ActionId::kFullScreen,
                 [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
    actions_->on(ActionId::kResetLayout, [this] { panels_->reset(); });
}

void MainWindow::connect_go_actions() {
    actions_->on(ActionId::kPreviousFinding, [this] {
        panels_->findings().select_previous();
        state_->fit_finding();
    });
    actions_->on(ActionId::kNextFinding, [this] {
        panels_->findings().select_next();
        state_->fit_finding();
    });
    actions_->on(ActionId::kNextCall, [this] { panels_->timeline().cycle_calls(); });
    actions_->on(ActionId::kPreviousEvent,
                 [this] { panels_->timeline().step_event(Towards::kEarlier); });
    actions_->on(ActionId::kNextEvent, [this] { panels_->timeline().step_event(Towards::kLater); });
    actions_->on(ActionId::kBack, [this] { state_->go_back(); });
    actions_->on(ActionId::kForward, [this] { state_->go_forward(); });
    actions_->on(ActionId::kPlay, [this] { panels_->replay_bar().toggle(); });
    actions_->on(ActionId::kCancelLoading, [this] { session_->cancel(); });
}

void MainWindow::copy(const std::string& text, const QString& what) {
    QApplication::clipboard()->setText(QString::fromStdString(text));
    say(what + QStringLiteral(" was copied."));
}

void MainWindow::say(const QString& sentence) {
    statusBar()->showMessage(sentence, kSaidForMs);
}

void MainWindow::set_verdict(Verdict verdict) {
    if (const Finding* finding = state_->selected_finding())
        state_->case_file().set_verdict(finding->fingerprint, verdict);
    show_checks();
}

void MainWindow::compare_with_another() {
    const QString other = QFileDialog::getOpenFileName(
        this, QStringLiteral("Compare with"), QString::fromStdString(session_->path()),
        QStringLiteral("Traces (*.tocsin);;All files (*)"));
    if (other.isEmpty()) return;
    auto* window = new CompareWindow(session_->path(), QFile::encodeName(other).toStdString(),
                                     state_->options());
    window->show();
}

void MainWindow::show_checks() {
    actions_->check(action_of(chosen_appearance()));
    if (state_ == nullptr) {
        for (const Choice group : {Choice::kGrouping, Choice::kTime, Choice::kVerdict})
            actions_->check_none(group);
        return;
    }
    actions_->check(state_->grouping() == Grouping::kByFile ? ActionId::kByFile
                                                            : ActionId::kByProcess);
    actions_->check(action_of(state_->time_mode()));
    if (const Finding* finding = state_->selected_finding())
        actions_->check(action_of(state_->case_file().verdict(finding->fingerprint)));
    else
        actions_->check_none(Choice::kVerdict);
}

void MainWindow::show_what_can_be_done() {
    const bool is_open = session_ != nullptr && session_->is_open();
    const bool is_analyzed = is_open && session_->analysis() != nullptr;
    const bool has_finding = is_analyzed && state_->selected_finding() != nullptr;
    actions_->enable_up_to(has_finding   ? Needs::kFinding
                           : is_analyzed ? Needs::kAnalysis
                           : is_open     ? Needs::kTrace
                                         : Needs::kNothing);
    if (!is_open) return;
    actions_->at(ActionId::kBack).setEnabled(state_->can_go_back());
    actions_->at(ActionId::kForward).setEnabled(state_->can_go_forward());
    actions_->at(ActionId::kCancelLoading)
        .setEnabled(session_->is_loading() && !session_->is_partial());
}

void MainWindow::show_about() {
    QMessageBox box(this);
    box.setWindowTitle(QStringLiteral("About Tocsin"));
    box.setIconPixmap(app_icon().pixmap(QSize(64, 64), devicePixelRatioF()));
    box.setText(QStringLiteral("<b>Tocsin %1</b>").arg(QStringLiteral(TOCSIN_VERSION)));
    box.setInformativeText(
        QStringLiteral("Finds and shows time-of-check to time-of-use races in recordings of "
                       "Linux machines.\n\nIt reads a trace and never writes to it. What it shows "
                       "is what `tocsin analyze` reports.\n\nApache License 2.0."));
    box.exec();
}

}  // namespace tocsin::gui
