// SPDX-License-Identifier: Apache-2.0
#include "gui/views/compare_window.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QMessageBox>
#include <QPushButton>
#include <QScreen>
#include <QSplitter>
#include <QStackedWidget>
#include <QStyle>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>

#include "analyzer/report/comparison_report.h"
#include "analyzer/report/escape.h"
#include "gui/session/report_export.h"
#include "gui/session/safe_file.h"
#include "gui/views/app_icon.h"

namespace tocsin::gui {
namespace {

constexpr size_t kNameColumns = 60;
constexpr int kHeight = 820, kTextColumns = 84;  // as explanations are written
constexpr int kMostRows = 12;                    // of the table, at first
constexpr double kPartOfScreen = 0.95;

QString short_name(const std::string& path) {
    const std::filesystem::path whole(path);
    const std::string name =
        whole.parent_path().filename().string() + "/" + whole.filename().string();
    return QString::fromStdString(elide(escape(name), kNameColumns));
}

QString joined(const std::vector<std::string>& sentences) {
    QStringList all;
    for (const std::string& sentence : sentences) all.push_back(QString::fromStdString(sentence));
    return all.join(QLatin1Char(' '));
}

}  // namespace

CompareWindow::CompareWindow(std::string before, std::string after, const AnalysisOptions& options)
    : before_path_(std::move(before)), after_path_(std::move(after)), pages_(new QStackedWidget) {
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowIcon(app_icon());
    setWindowTitle(short_name(before_path_) + QStringLiteral(" and ") + short_name(after_path_) +
                   QStringLiteral(" — Tocsin"));
    setCentralWidget(pages_);
    pages_->addWidget(make_waiting_page());
    pages_->addWidget(make_page());
    resize(QSize(width_of_sides(), kHeight).boundedTo(screen()->availableSize() * kPartOfScreen));
    auto* close = new QAction(this);
    close->setShortcut(QKeySequence::Close);
    connect(close, &QAction::triggered, this, &QWidget::close);
    addAction(close);
    for (AnalysisRun* run : {&before_, &after_}) {
        connect(run, &AnalysisRun::finished, this, &CompareWindow::take_result);
        connect(run, &AnalysisRun::progressed, this, [this] {
            progress_->setValue(static_cast<int>(std::min(before_.progress(), after_.progress()) *
                                                 progress_->maximum()));
        });
    }
    before_.start(before_path_, options);
    after_.start(after_path_, options);
}

CompareWindow::~CompareWindow() {
    table_->setModel(nullptr);
}

QWidget* CompareWindow::make_waiting_page() {
    auto* page = new QWidget;
    auto* rows = new QVBoxLayout(page);
    waiting_ = new QLabel(QStringLiteral("Analyzing both traces…"));
    waiting_->setWordWrap(true);
    waiting_->setTextFormat(Qt::PlainText);
    waiting_->setAlignment(Qt::AlignCenter);
    progress_ = new QProgressBar;
    progress_->setRange(0, 1000);
    progress_->setTextVisible(false);
    progress_->setMaximumWidth(320);
    rows->addStretch(1);
    rows->addWidget(waiting_);
    rows->addWidget(progress_, 0, Qt::AlignHCenter);
    rows->addStretch(1);
    return page;
}

QPlainTextEdit* CompareWindow::make_side(QWidget* into, const QString& title) {
    auto* rows = new QVBoxLayout(into);
    rows->setContentsMargins(0, 4, 0, 0);
    auto* name = new QLabel(title);
    name->setTextFormat(Qt::PlainText);
    QFont bold = name->font();
    bold.setBold(true);
    name->setFont(bold);
    rows->addWidget(name);
    auto* text = new QPlainTextEdit;
    text->setReadOnly(true);
    text->setLineWrapMode(QPlainTextEdit::NoWrap);
    text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    text->setTabChangesFocus(true);
    text->setAccessibleName(title);
    rows->addWidget(text, 1);
    return text;
}

QWidget* CompareWindow::make_page() {
    auto* page = new QWidget;
    auto* rows = new QVBoxLayout(page);
    summary_ = new QLabel;
    summary_->setWordWrap(true);
    summary_->setTextFormat(Qt::PlainText);
    rows->addWidget(summary_);
    auto* bar = new QHBoxLayout;
    auto* aligned_name = new QLabel(QStringLiteral("&Times count from"));
    aligned_ = new QComboBox;
    aligned_name->setBuddy(aligned_);
    bar->addWidget(aligned_name);
    bar->addWidget(aligned_);
    bar->addStretch(1);
    auto* copy = new QPushButton(QStringLiteral("&Copy as text"));
    auto* save = new QPushButton(QStringLiteral("&Export…"));
    bar->addWidget(copy);
    bar->addWidget(save);
    rows->addLayout(bar);
    connect(copy, &QPushButton::clicked, this, &CompareWindow::copy_text);
    connect(save, &QPushButton::clicked, this, &CompareWindow::export_text);
    table_ = new QTreeView;
    table_->setRootIsDecorated(false);
    table_->setUniformRowHeights(true);
    table_->setAlternatingRowColors(true);
    table_->setAllColumnsShowFocus(true);
    table_->setAccessibleName(QStringLiteral("Findings of both traces"));
    auto* sides = new QSplitter(Qt::Horizontal);
    auto *left = new QWidget, *right = new QWidget;
    before_text_ = make_side(left, QStringLiteral("Before: ") + short_name(before_path_));
    after_text_ = make_side(right, QStringLiteral("After: ") + short_name(after_path_));
    sides->addWidget(left);
    sides->addWidget(right);
    sides->setSizes({500, 500});
    parts_ = new QSplitter(Qt::Vertical);
    parts_->addWidget(table_);
    parts_->addWidget(sides);
    parts_->setChildrenCollapsible(false);
    rows->addWidget(parts_, 1);
    return page;
}

void CompareWindow::take_result(const QString& why) {
    if (!why.isEmpty()) {
        progress_->hide();
        waiting_->setText(why + QStringLiteral(". Close this window and choose another trace."));
        return;
    }
    if (before_.result() != nullptr && after_.result() != nullptr) show_comparison();
}

void CompareWindow::show_comparison() {
    model_ = std::make_unique<ComparisonModel>(*before_.result(), *after_.result());
    const Comparison& comparison = model_->comparison();
    QString summary = QStringLiteral("%1 new, %2 gone, %3 in both. ")
                          .arg(comparison.added.size())
                          .arg(comparison.gone.size())
                          .arg(comparison.same.size());
    summary += joined(cautions_of(*before_.result(), *after_.result()));
    summary_->setText(summary.trimmed());
    aligned_->addItem(QStringLiteral("each trace's first event"), -1);
    for (const Rule rule : model_->common_rules())
        aligned_->addItem(QStringLiteral("the first %1 in each")
                              .arg(QString::fromUtf8(name_of(rule).data(),
                                                     static_cast<qsizetype>(name_of(rule).size()))),
                          static_cast<int>(rule));
    connect(aligned_, &QComboBox::currentIndexChanged, this, [this] {
        const int rule = aligned_->currentData().toInt();
        model_->align_on(rule < 0 ? std::nullopt : std::optional(static_cast<Rule>(rule)));
    });
    table_->setModel(model_.get());
    table_->header()->setStretchLastSection(false);
    table_->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table_->header()->setSectionResizeMode(ComparisonModel::kTitle, QHeaderView::Stretch);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &CompareWindow::show_selected);
    pages_->setCurrentIndex(1);
    fit_table();
    table_->setCurrentIndex(model_->index(0, 0));
    table_->setFocus();
    emit compared();
}

int CompareWindow::width_of_sides() const {
    const QPlainTextEdit& text = *before_text_;
    const double columns =
        QFontMetricsF(text.font()).horizontalAdvance(QLatin1Char('m')) * kTextColumns;
    const int side = static_cast<int>(std::ceil(columns + 2 * text.document()->documentMargin())) +
                     2 * text.frameWidth() + style()->pixelMetric(QStyle::PM_ScrollBarExtent);
    return 2 * side + style()->pixelMetric(QStyle::PM_SplitterWidth) +
           style()->pixelMetric(QStyle::PM_LayoutLeftMargin) +
           style()->pixelMetric(QStyle::PM_LayoutRightMargin);
}

void CompareWindow::fit_table() {
    const int row = table_->sizeHintForRow(0);
    const int wanted = table_->header()->sizeHint().height() + 2 * table_->frameWidth() +
                       std::min(std::max(model_->rowCount(), 1), kMostRows) * row + row / 2;
    parts_->setSizes({wanted, std::max(height() - wanted, wanted)});
    parts_->setStretchFactor(0, 0);
    parts_->setStretchFactor(1, 1);
}

void CompareWindow::show_selected() {
    const QModelIndex index = table_->currentIndex();
    if (!index.isValid()) return;
    const ComparedFinding& compared = *model_->row(index).compared;
    const auto text = [](const AnalysisResult& result, const Alike& alike) {
        return alike.gravest == nullptr
                   ? QStringLiteral("Not found in this trace.")
                   : QString::fromStdString(text_of_finding(result, *alike.gravest));
    };
    before_text_->setPlainText(text(*before_.result(), compared.before));
    after_text_->setPlainText(text(*after_.result(), compared.after));
}

std::string CompareWindow::text() const {
    if (model_ == nullptr) return {};
    return text_of_comparison(*before_.result(), *after_.result(), model_->comparison(),
                              Colour::kNo);
}

void CompareWindow::copy_text() {
    QApplication::clipboard()->setText(QString::fromStdString(text()));
}

void CompareWindow::export_text() {
    const QString path = QFileDialog::getSaveFileName(this, QStringLiteral("Export comparison"),
                                                      QStringLiteral("comparison.txt"),
                                                      QStringLiteral("Text (*.txt)"));
    if (path.isEmpty()) return;
    SafeFile file(path);
    Result<> done = file.open();
    if (done) done = file.write(text());
    if (done) done = file.commit();
    if (!done)
        QMessageBox::warning(this, QStringLiteral("Tocsin"),
                             QString::fromStdString(done.error().message));
}

}  // namespace tocsin::gui
