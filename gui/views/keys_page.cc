// SPDX-License-Identifier: Apache-2.0
#include "gui/views/keys_page.h"

#include <QDialogButtonBox>
#include <QTextBrowser>
#include <QVBoxLayout>

#include "gui/models/action_table.h"

namespace tocsin::gui {
namespace {

QString row_html(const QString& keys, const QString& name, const QString& what) {
    return QStringLiteral(
               "<tr><td nowrap style='padding:3px 18px 3px 0'><b>%1</b></td>"
               "<td nowrap style='padding:3px 18px 3px 0'>%2</td>"
               "<td style='padding:3px 0'>%3</td></tr>")
        .arg(keys.toHtmlEscaped(), name.toHtmlEscaped(), what.toHtmlEscaped());
}

QString heading_html(const QString& text) {
    return QStringLiteral(
               "<tr><td colspan=3 style='padding-top:14px'><big><b>%1</b></big></td></tr>")
        .arg(text.toHtmlEscaped());
}

}  // namespace

QString keys_html() {
    QString html = QStringLiteral("<table cellspacing=0>");
    for (size_t i = 0; i < kMenus; ++i) {
        const auto menu = static_cast<Menu>(i);
        html += heading_html(name_of(menu).remove(QLatin1Char('&')));
        for (const ActionRow& row : action_table()) {
            if (row.menu != menu || *row.shortcut == '\0') continue;
            QStringList keys;
            for (const QKeySequence& key : shortcuts_of(row))
                keys.push_back(key.toString(QKeySequence::NativeText));
            html +=
                row_html(keys.join(QStringLiteral("  or  ")),
                         plain_name(row).remove(QStringLiteral("…")), QString::fromUtf8(row.what));
        }
    }
    QString view;
    for (const ViewInput& input : view_inputs()) {
        const QString name = QString::fromUtf8(input.view);
        if (name != view) html += heading_html(name);
        view = name;
        html += row_html(QString::fromUtf8(input.input), {}, QString::fromUtf8(input.what));
    }
    return html + QStringLiteral("</table>");
}

KeysPage::KeysPage(QWidget* parent) : QDialog(parent) {
    setWindowTitle(QStringLiteral("Keys"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(860, 640);
    auto* rows = new QVBoxLayout(this);
    auto* page = new QTextBrowser;
    page->setFrameShape(QFrame::NoFrame);
    page->document()->setDocumentMargin(12);
    page->setHtml(keys_html());
    rows->addWidget(page);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    rows->addWidget(buttons);
}

}  // namespace tocsin::gui
