// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>
#include <vector>

#include "analyzer/detect/candidate.h"

namespace tocsin::gui {

// What was claimed beside what the kernel had, cell by cell: of a race over several calls at check,
// change and use; of one within a call by its four views. Rows with a difference come first. Names
// are escaped.
struct ClaimTable {
    enum class Cell : uint8_t {
        kPlain,
        kChanged,      // it differs from what it is held against: that is what the finding is about
        kNotRecorded,  // there is something, and nobody recorded it
        kNone,         // there is nothing
    };
    struct Entry {
        QString text;
        Cell state = Cell::kPlain;
    };
    struct Row {
        QString what;
        std::vector<Entry> cells;  // one a column; one alone: of what has no column
    };
    QString title;
    QStringList columns;
    std::vector<Row> rows;
};

ClaimTable claim_table_of(const Candidate& candidate);

}  // namespace tocsin::gui
