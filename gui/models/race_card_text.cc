// SPDX-License-Identifier: Apache-2.0
#include "gui/models/race_card_text.h"

#include "analyzer/judge/references.h"
#include "analyzer/judge/set_aside.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/explanation.h"
#include "analyzer/report/fields.h"
#include "analyzer/report/finding_text.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/process_race_text.h"
#include "analyzer/report/race_text.h"
#include "gui/models/claim_table.h"
#include "gui/models/line_breaks.h"

namespace tocsin::gui {
namespace {

constexpr int kNameWidth = 84;  // of the column that names rows

QString text(std::string_view utf8) {
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}
QString markup(const QString& plain) {
    return plain.toHtmlEscaped();
}

class CardWriter {
  public:
    explicit CardWriter(const Theme& theme) : theme_(theme) {}

    void section(const QString& title) {
        html_ += QStringLiteral("<h4 style=\"margin-top:14px; margin-bottom:4px\">%1</h4>")
                     .arg(markup(title));
    }
    void begin_rows() { html_ += QStringLiteral("<table cellpadding=\"2\" cellspacing=\"0\">"); }
    void end_rows() { html_ += QStringLiteral("</table>"); }
    // The mark and what stands beside it.
    void row(const QString& mark, const QString& words, const QColor& colour) {
        html_ += QStringLiteral(
                     "<tr><td style=\"color:%1; padding-right:8px\" align=\"left\">%2</td>"
                     "<td>%3</td></tr>")
                     .arg(colour.name(), markup(mark), markup(words));
    }
    void reason(Truth truth, const QString& words) {
        switch (truth) {
            case Truth::kYes:
                return row(QString::fromUtf8("✓"), words, theme_.use);
            case Truth::kNo:
                return row(QString::fromUtf8("✗"), words, theme_.change);
            case Truth::kUnknown:
                return row(QStringLiteral("?"), words, theme_.muted);
        }
    }
    void paragraph(const QString& words) {
        html_ += QStringLiteral("<p style=\"margin-top:2px; margin-bottom:2px\">%1</p>")
                     .arg(markup(words));
    }
    void table(const ClaimTable& claims);

    const Theme& theme() const { return theme_; }
    const QString& html() const { return html_; }

  private:
    QString cell(const ClaimTable::Entry& entry, qsizetype columns) const;

    const Theme& theme_;
    QString html_;
};

// Differences by sign and weight, so that they do not depend on colour.
QString CardWriter::cell(const ClaimTable::Entry& entry, qsizetype columns) const {
    const QString words = markup(with_breaks(entry.text));
    const QString td = QStringLiteral("<td class=\"claim\" colspan=\"%1\"").arg(columns);
    switch (entry.state) {
        case ClaimTable::Cell::kChanged:
            return td + QStringLiteral(" bgcolor=\"%1\"><b>%2 %3</b></td>")
                            .arg(theme_.selection.name(), QString::fromUtf8("≠"), words);
        case ClaimTable::Cell::kNotRecorded:
            return td + QStringLiteral("><i style=\"color:%1\">%2</i></td>")
                            .arg(theme_.muted.name(), words);
        case ClaimTable::Cell::kNone:
            return td + QStringLiteral("><span style=\"color:%1\">%2</span></td>")
                            .arg(theme_.muted.name(), words);
        case ClaimTable::Cell::kPlain:
            break;
    }
    return td + QStringLiteral(">%1</td>").arg(words);
}

void CardWriter::table(const ClaimTable& claims) {
    paragraph(claims.title);
    html_ += QStringLiteral(
                 "<style>td.claim, th.claim { border: 1px solid %1; }</style>"
                 "<table cellspacing=\"0\" cellpadding=\"4\" width=\"100%\" "
                 "style=\"border-collapse:collapse\"><tr bgcolor=\"%2\">"
                 "<th class=\"claim\" width=\"%3\"></th>")
                 .arg(theme_.line.darker(110).name(), theme_.raised.name())
                 .arg(kNameWidth);
    for (const QString& column : claims.columns)
        html_ += QStringLiteral("<th class=\"claim\" align=\"left\">%1</th>").arg(markup(column));
    html_ += QStringLiteral("</tr>");
    for (const ClaimTable::Row& row : claims.rows) {
        html_ += QStringLiteral("<tr><td class=\"claim\"><span style=\"color:%1\">%2</span></td>")
                     .arg(theme_.muted.name(), markup(row.what));
        const qsizetype each = row.cells.size() == 1 ? claims.columns.size() : 1;
        for (const ClaimTable::Entry& entry : row.cells) html_ += cell(entry, each);
        html_ += QStringLiteral("</tr>");
    }
    html_ += QStringLiteral("</table>");
}

class CardFields : public Fields {
  public:
    explicit CardFields(CardWriter& writer) : writer_(writer) { writer_.begin_rows(); }
    ~CardFields() override { writer_.end_rows(); }
    CardFields(const CardFields&) = delete;
    CardFields& operator=(const CardFields&) = delete;
    void put(std::string_view label, std::string_view words) override {
        QString indented = text(label);
        qsizetype blanks = 0;
        while (blanks < indented.size() && indented[blanks] == QLatin1Char(' ')) ++blanks;
        indented.replace(0, blanks, QString(2 * blanks, QChar::Nbsp));
        writer_.row(indented, text(words), writer_.theme().muted);
    }

  private:
    CardWriter& writer_;
};

void write_story(CardWriter& card, const TraceFacts& trace, const Candidate& candidate) {
    card.section(QStringLiteral("Who"));
    {
        CardFields fields(card);
        put_who(fields, *candidate.operation);
        put_when(fields, trace, *candidate.operation);
        put_supervisor(fields, candidate.supervisor);
        put_writer(fields, candidate.writer);
    }
    if (candidate.check() == nullptr) return;
    card.section(QStringLiteral("Step by step"));
    CardFields fields(card);
    if (candidate.race != nullptr) {
        put_race_name(fields, candidate);
        put_race_story(fields, candidate);
    } else {
        put_process_race_story(fields, candidate);
    }
}

void write_reasons(CardWriter& card, const Candidate& candidate) {
    card.section(QStringLiteral("Why flagged: ") + text(name_of(candidate.rule)) +
                 QStringLiteral(", ") + text(meaning_of(candidate.rule)));
    card.begin_rows();
    for (const Predicate& predicate : candidate.predicates)
        card.reason(predicate.truth, QString::fromStdString(predicate.statement));
    card.end_rows();
    if (!candidate.counter_hypothesis.empty()) {
        card.section(QStringLiteral("Or else"));
        card.paragraph(QString::fromStdString(candidate.counter_hypothesis));
    }
    if (candidate.deceptions.empty()) return;
    card.section(QStringLiteral("Monitors deceived"));
    card.begin_rows();
    for (const Deception& deception : candidate.deceptions)
        card.reason(deception.deceived, text(name_of(deception.monitor)) + QStringLiteral(": ") +
                                            QString::fromStdString(deception.why));
    card.end_rows();
}

void write_judgement(CardWriter& card, const Finding& finding) {
    const Judgement& judgement = finding.judgement;
    card.section(QStringLiteral("Severity %1 of 100, %2")
                     .arg(judgement.severity_score)
                     .arg(text(name_of(judgement.severity))));
    card.begin_rows();
    for (const std::string& reason : judgement.severity_reasons)
        card.row(QString::fromUtf8("•"), QString::fromStdString(reason), card.theme().muted);
    card.end_rows();
    card.section(QStringLiteral("Confidence %1 of 100").arg(judgement.confidence));
    card.begin_rows();
    for (const ConfidenceStep& step : judgement.confidence_steps)
        card.row((step.points < 0 ? QString::fromUtf8("−") : QStringLiteral("+")) +
                     QString::number(std::abs(step.points)),
                 QString::fromStdString(step.why), card.theme().muted);
    card.end_rows();
    QString set_aside = QStringLiteral("Set aside if");
    if (!judgement.set_aside_by.empty())
        set_aside =
            QStringLiteral("Set aside by ") + QString::fromStdString(set_aside_text(judgement));
    card.section(set_aside);
    card.begin_rows();
    for (size_t i = 0; i < set_aside_rules().size(); ++i) {
        const SetAsideRule& rule = set_aside_rules()[i];
        if (rule.concerns(finding.candidate))
            card.reason(
                judgement.set_aside_rules[i] ? Truth::kYes : Truth::kNo,
                text(rule.when) + QStringLiteral(" (") + text(rule.name) + QLatin1Char(')'));
    }
    card.end_rows();
}

void write_references(CardWriter& card, const References& references) {
    card.section(QStringLiteral("Known as"));
    CardFields fields(card);
    for (const auto* catalogue : {&references.cwe, &references.capec, &references.attack})
        for (const std::string_view id : *catalogue) fields.put(id, title_of_reference(id));
}

void write_not_recorded(CardWriter& card, const AnalysisResult& result, const Finding& finding) {
    card.section(QStringLiteral("Not recorded, and so not known"));
    const auto clauses = not_recorded_of(result, finding);
    if (clauses.empty()) return card.paragraph(QStringLiteral("nothing that the finding rests on"));
    card.begin_rows();
    for (const std::string& clause : clauses)
        card.reason(Truth::kUnknown, QString::fromStdString(clause));
    card.end_rows();
}

}  // namespace

QString race_card_text(const AnalysisResult& result, const Finding& finding, const Theme& theme) {
    CardWriter card(theme);
    card.section(QStringLiteral("Claim beside truth"));
    card.table(claim_table_of(finding.candidate));
    write_reasons(card, finding.candidate);
    write_judgement(card, finding);
    write_not_recorded(card, result, finding);
    write_story(card, result.trace, finding.candidate);
    write_references(card, finding.judgement.references);
    card.section(QStringLiteral("In the trace, as tocsin dump has it"));
    {
        CardFields fields(card);
        put_events(fields, finding.candidate);
        fields.put("id", finding.fingerprint);
    }
    return card.html();
}

}  // namespace tocsin::gui
