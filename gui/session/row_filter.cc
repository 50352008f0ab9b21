// SPDX-License-Identifier: Apache-2.0
#include "gui/session/row_filter.h"

namespace tocsin::gui {

RowFilter::RowFilter(TraceSession& session, QObject* parent) : QObject(parent), session_(session) {}

Result<> RowFilter::set(const QString& text) {
    if (text == text_) return {};
    std::optional<Filter> of_findings;
    if (!text.isEmpty()) {
        auto parsed = Filter::parse(text.toStdString(), RowKind::kFinding);
        if (!parsed) return parsed.error();
        of_findings = std::move(*parsed);
    }
    of_findings_ = std::move(of_findings);
    text_ = text;
    emit changed();
    return {};
}

bool RowFilter::shows(const Finding& finding) const {
    return !of_findings_ || of_findings_->matches(Row::of(finding, session_.first()));
}

}  // namespace tocsin::gui
