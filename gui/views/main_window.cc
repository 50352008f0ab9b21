// SPDX-License-Identifier: Apache-2.0
#include "gui/views/main_window.h"

#include <QAbstractButton>
#include <QApplication>
#include <QCloseEvent>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QKeyEvent>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QScreen>
#include <QSettings>
#include <QVBoxLayout>
#include <filesystem>
#include <system_error>

#include "analyzer/report/escape.h"
#include "gui/models/trace_notices.h"
#include "gui/views/app_icon.h"
#include "gui/views/status_line.h"

namespace tocsin::gui {
namespace {

constexpr int kMostWidth = 1600, kMostHeight = 1000;
constexpr double kPartOfScreen = 0.95;  // the rest is for its frame

QString geometry_key() {
    return QStringLiteral("window/geometry");
}

QString folder_key() {
    return QStringLiteral("folder");
}

std::string absolute(const std::string& path) {
    std::error_code error;
    const auto made = std::filesystem::absolute(path, error);
    return error ? path : made.lexically_normal().string();
}

// Setting a window's title takes "[*]" for a mark.
QString as_title(const std::string& bytes) {
    return QString::fromStdString(elide(escape(bytes), 120))
        .replace(QStringLiteral("[*]"), QStringLiteral("[*][*]"));
}

std::vector<MainWindow*> windows() {
    std::vector<MainWindow*> all;
    for (QWidget* widget : QApplication::topLevelWidgets())
        if (auto* window = qobject_cast<MainWindow*>(widget); window && window->isVisible())
            all.push_back(window);
    return all;
}

// While windows close one after another, what was open in all of them is what is kept.
bool& is_quitting() {
    static bool is_so = false;
    return is_so;
}

QStringList local_files(const QMimeData& data) {
    QStringList files;
    for (const QUrl& url : data.urls())
        if (url.isLocalFile()) files.push_back(url.toLocalFile());
    return files;
}

}  // namespace

MainWindow::MainWindow()
    : actions_(new Actions(*this)),
      pages_(new QStackedWidget),
      start_page_(new FirstRunPage(recent_, samples_in(samples_directory()))) {
    setAttribute(Qt::WA_DeleteOnClose);
    setAcceptDrops(true);
    setWindowIcon(app_icon());
    pages_->addWidget(start_page_);
    setCentralWidget(pages_);
    connect(start_page_, &FirstRunPage::openAsked, this, &MainWindow::ask_for_traces);
    connect(start_page_, &FirstRunPage::traceChosen, this,
            [this](const QString& path) { open(QFile::encodeName(path).toStdString()); });
    make_menus();
    connect_actions();
    resize((screen()->availableSize() * kPartOfScreen).boundedTo({kMostWidth, kMostHeight}));
    restoreGeometry(QSettings().value(geometry_key()).toByteArray());
    show_page(Showing::kStartPage);
}

MainWindow::~MainWindow() {
    exports_.reset();
    panels_.reset();
    delete centre_;
    delete status_;
    state_.reset();
}

void MainWindow::open(ToOpen what) {
    if (session_ != nullptr) {
        auto* another = new MainWindow;
        another->move(pos() + QPoint(32, 32));
        another->show();
        another->open(std::move(what));
        return;
    }
    what.path = absolute(what.path);
    const QString path = QFile::decodeName(QByteArray::fromStdString(what.path));
    QSettings().setValue(folder_key(), QFileInfo(path).path());
    start_page_->show_failure({});
    session_ = std::make_unique<TraceSession>(what.path, what.options);
    state_ = std::make_unique<ViewState>(*session_);
    const bool is_asked =
        what.saved || !what.filter.isEmpty() || what.options.window != CorrelationWindow();
    case_ = std::make_unique<CaseKeeper>(*this, *state_,
                                         is_asked ? CaseLook::kAsAsked : CaseLook::kAsKept);
    if (what.saved) show_again(*state_, *what.saved);
    if (!what.filter.isEmpty())
        connect(session_.get(), &TraceSession::opened, state_.get(),
                [this, text = what.filter] { static_cast<void>(state_->filter().set(text)); });
    show_page(Showing::kTrace);
    follow_state();
    connect(session_.get(), &TraceSession::opened, this, [this, path] { recent_.add(path); });
    session_->start();
}

void MainWindow::follow_state() {
    connect(session_.get(), &TraceSession::failed, this, &MainWindow::refuse, Qt::QueuedConnection);
    connect(session_.get(), &TraceSession::analyzed, this, &MainWindow::take_findings,
            Qt::QueuedConnection);
    for (const auto signal : {&TraceSession::opened, &TraceSession::progressed,
                              &TraceSession::eventsComplete, &TraceSession::analyzed})
        connect(session_.get(), signal, this, [this] {
            show_notices();
            show_what_can_be_done();
        });
    connect(case_.get(), &CaseKeeper::noticesChanged, this, &MainWindow::show_notices);
    connect(case_.get(), &CaseKeeper::said, this,
            [this](const QString& sentence) { statusBar()->showMessage(sentence, kSaidForMs); });
    connect(&state_->case_file(), &CaseFile::saved, this, &MainWindow::show_title);
    for (const auto signal : {&ViewState::findingSelected, &ViewState::historyChanged,
                              &ViewState::timeModeChanged, &ViewState::groupingChanged})
        connect(state_.get(), signal, this, [this] {
            show_what_can_be_done();
            show_checks();
        });
    connect(&state_->case_file(), &CaseFile::changed, this, [this] {
        show_checks();
        show_title();
    });
    show_title();
    show_checks();
}

void MainWindow::show_notices() {
    std::vector<Notice> notices = notices_of(*session_);
    notices.insert(notices.end(), case_->notices().begin(), case_->notices().end());
    notices_->show_notices(notices);
}

// What the findings' view selects is what a trace is opened for; who has looked elsewhere by now is
// left there.
void MainWindow::take_findings() {
    if (state_->viewport() == state_->whole()) state_->fit_finding();
}

void MainWindow::refuse(const QString& why) {
    show_page(Showing::kStartPage);
    start_page_->show_failure(why + QStringLiteral(". Choose another one below."));
    setWindowTitle(QStringLiteral("Cannot open — Tocsin"));
}

void MainWindow::show_page(Showing what) {
    const bool has_trace = what == Showing::kTrace;
    if (panels_ != nullptr) panels_->keep();
    exports_.reset();
    panels_.reset();
    delete centre_;
    centre_ = nullptr;
    setStatusBar(nullptr);
    delete status_;
    status_ = nullptr;
    if (!has_trace) {
        case_.reset();
        state_.reset();
        session_.reset();
        show_title();
        show_checks();
    } else {
        panels_ = std::make_unique<TracePanels>(*this, *state_);
        exports_ = std::make_unique<Exports>(*this, *state_, panels_->timeline());
        notices_ = new NoticeBar;
        centre_ = new QWidget;
        auto* rows = new QVBoxLayout(centre_);
        rows->setContentsMargins(0, 0, 0, 0);
        rows->setSpacing(0);
        rows->addWidget(notices_);
        rows->addWidget(&panels_->timeline(), 1);
        pages_->addWidget(centre_);
        pages_->setCurrentWidget(centre_);
        panels_->timeline().setFocus();
        connect(&panels_->race_card(), &RaceCardView::copied, this,
                [this] { say(QStringLiteral("The finding was copied.")); });
        status_ = new StatusLine(*state_);
        setStatusBar(status_);
        panels_->restore();
    }
    panels_menu_->clear();
    if (has_trace)
        for (QAction* toggle : panels_->toggles()) panels_menu_->addAction(toggle);
    panels_menu_->setEnabled(has_trace);
    show_what_can_be_done();
}

bool MainWindow::close_trace() {
    if (!may_leave()) return false;
    show_page(Showing::kStartPage);
    start_page_->show_failure({});
    return true;
}

bool MainWindow::may_leave() {
    if (state_ == nullptr || !state_->case_file().is_changed()) return true;
    QMessageBox box(QMessageBox::Question, QStringLiteral("Tocsin"),
                    QStringLiteral("The case has verdicts, notes or marks that are not saved."),
                    QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, this);
    box.setInformativeText(QStringLiteral("Without saving they are lost."));
    switch (box.exec()) {
        case QMessageBox::Save:
            return case_->save();
        case QMessageBox::Discard:
            state_->case_file().discard();
            return true;
        default:
            return false;
    }
}

void MainWindow::keep_open_traces() {
    std::vector<SavedView> views;
    for (const MainWindow* window : windows())
        if (window->state() != nullptr && window->state()->session().is_open())
            views.push_back(saved_view_of(*window->state()));
    keep_session(views);
}

void MainWindow::quit() {
    keep_open_traces();
    is_quitting() = true;
    QApplication::closeAllWindows();
    is_quitting() = false;  // where somebody said no
}

// A button that has the focus keeps the key that presses it.
bool MainWindow::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Space &&
        (qobject_cast<QAbstractButton*>(focusWidget()) != nullptr ||
         qobject_cast<QComboBox*>(focusWidget()) != nullptr)) {
        event->accept();
        return true;
    }
    return QMainWindow::event(event);
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!may_leave()) {
        event->ignore();
        return;
    }
    if (windows().size() == 1 && !is_quitting()) keep_open_traces();
    QSettings().setValue(geometry_key(), saveGeometry());
    if (panels_ != nullptr) panels_->keep();
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (local_files(*event->mimeData()).isEmpty()) return;
    event->acceptProposedAction();
    start_page_->show_drop(true);
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent* /*event*/) {
    start_page_->show_drop(false);
}

void MainWindow::dropEvent(QDropEvent* event) {
    start_page_->show_drop(false);
    const QStringList files = local_files(*event->mimeData());
    event->acceptProposedAction();
    for (const QString& file : files) open(QFile::encodeName(file).toStdString());
}

void MainWindow::ask_for_traces() {
    const QStringList files = QFileDialog::getOpenFileNames(
        this, QStringLiteral("Open a trace"), QSettings().value(folder_key()).toString(),
        QStringLiteral("Traces (*.tocsin);;All files (*)"));
    for (const QString& file : files) open(QFile::encodeName(file).toStdString());
}

void MainWindow::show_title() {
    if (session_ == nullptr) {
        setWindowTitle(QStringLiteral("Tocsin"));
        setWindowModified(false);
        return;
    }
    const std::filesystem::path path(session_->path());
    const std::string folder = path.parent_path().filename().string();
    setWindowTitle(as_title((folder.empty() ? "" : folder + "/") + path.filename().string()) +
                   QStringLiteral("[*] — Tocsin"));
    setWindowModified(state_->case_file().is_changed());
}

}  // namespace tocsin::gui
