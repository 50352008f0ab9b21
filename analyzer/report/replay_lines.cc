// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/replay_lines.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/text_page.h"

namespace tocsin {
namespace {

constexpr size_t kTimeColumns = 11;
constexpr size_t kRecordColumn = 30;
constexpr size_t kContinuationColumn = 17;
constexpr size_t kMarkColumn = 12;
constexpr size_t kMarkColumns = 3;
constexpr size_t kValueColumn = 23;

std::string padded(std::string text, size_t columns) {
    const size_t used = width_of(text);
    text.append(used < columns ? columns - used : 1, ' ');
    return text;
}

// Bare only where it cannot be taken for anything of the line around it.
std::string comm_shown(std::string_view comm) {
    constexpr std::string_view kBare =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/+-";
    const bool is_bare =
        !comm.empty() && comm.front() != '-' && comm.find_first_not_of(kBare) == comm.npos;
    return is_bare ? std::string(comm) : quote(comm);
}

std::string_view sgr_of(ReplayLines::Emphasis emphasis) {
    switch (emphasis) {
        case ReplayLines::Emphasis::kNone:
            break;
        case ReplayLines::Emphasis::kDifference:
            return "1;31";
        case ReplayLines::Emphasis::kLoss:
            return "33";
    }
    return "";
}

}  // namespace

std::string ReplayLines::time_column(BootTime time) const {
    return fmt::format("{:>{}} ", seconds_since(first_, time), kTimeColumns);
}

void ReplayLines::record(BootTime time, const TaskId& id, std::string_view comm,
                         const Pieces& pieces, Emphasis emphasis) {
    const std::string thread = id.tid == id.tgid ? "" : fmt::format("/{}", id.tid);
    fill(padded(fmt::format("{}{}{} {}", time_column(time), id.tgid, thread, comm_shown(comm)),
                kRecordColumn),
         pieces, kContinuationColumn, emphasis);
}

void ReplayLines::note(BootTime time, const Pieces& pieces, Emphasis emphasis) {
    fill(time_column(time) + "*** ", pieces, kContinuationColumn, emphasis);
}

void ReplayLines::detail(std::string_view mark, std::string_view label, const Pieces& value,
                         Emphasis emphasis) {
    std::string first = padded(std::string(mark), kMarkColumns) + std::string(label);
    Pieces pieces = value;
    if (pieces.empty())
        pieces.push_back(first);
    else
        pieces.front().insert(0, padded(first, kValueColumn - kMarkColumn));
    fill(std::string(kMarkColumn, ' '), pieces, kValueColumn, emphasis);
}

void ReplayLines::fill(std::string_view start, const Pieces& pieces, size_t indent,
                       Emphasis emphasis) {
    const std::string_view sgr = colour_ == Colour::kYes ? sgr_of(emphasis) : "";
    const auto end_line = [&](const std::string& before, const std::string& line) {
        text_ += before;
        text_ += sgr.empty() ? line : fmt::format("\x1b[{}m{}\x1b[0m", sgr, line);
        while (text_.ends_with(' ')) text_.pop_back();
        text_ += '\n';
    };
    std::string before(start), line;
    size_t used = width_of(start);
    for (const std::string& piece : pieces) {
        const size_t wanted = width_of(piece);
        if (!line.empty() && used + 1 + wanted > kPageWidth) {
            end_line(before, line);
            before.assign(indent, ' ');
            line.clear();
            used = indent;
        }
        if (!line.empty()) {
            line += ' ';
            ++used;
        }
        line += piece;
        used += wanted;
    }
    end_line(before, line);
}

}  // namespace tocsin
