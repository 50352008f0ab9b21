// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/html_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/report/escape.h"
#include "analyzer/report/finding_text.h"
#include "analyzer/report/html_text.h"
#include "analyzer/report/markup.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/views_text.h"

namespace tocsin {
namespace {

constexpr std::string_view kNotRecorded = "not recorded";
constexpr std::string_view kNoFile = "–";  // nothing to have the property

// One property at the check and at the use.
struct Row {
    std::string_view what;
    std::string checked, used;
    bool is_truth = true;    // the kernel's: a difference is what the finding is about
    bool is_change = false;  // tells of a difference itself
};

// What is not known differs from nothing.
bool differs_in(const Row& row) {
    const auto is_known = [](const std::string& text) {
        return text != kNotRecorded && text != kNoFile;
    };
    return row.is_truth && row.checked != row.used && is_known(row.checked) && is_known(row.used);
}

std::string row_head(std::string_view name, bool differs) {
    return fmt::format("<th scope=\"row\">{}{}</th>", name,
                       differs ? " <span class=\"differs\">≠</span>" : "");
}

std::string table_of(const std::vector<Row>& rows, std::string_view caption) {
    std::string out = fmt::format(
        "<table class=\"views\"><caption>{}</caption>\n<thead><tr><th scope=\"col\">What</th>"
        "<th scope=\"col\">At the check</th><th scope=\"col\">At the use</th></tr></thead>\n"
        "<tbody>\n",
        caption);
    // A short value, such as a mode, stays on one line.
    constexpr size_t kKeptColumns = 12;
    for (const Row& row : rows) {
        const bool differs = differs_in(row);
        const bool is_kept = std::max(row.checked.size(), row.used.size()) <= kKeptColumns;
        const auto [checked, used] = differs ? with_difference_marked(row.checked, row.used)
                                             : std::pair(markup(row.checked), markup(row.used));
        out += fmt::format(
            "<tr{}>{}<td data-of=\"check\"><code>{}</code></td><td "
            "data-of=\"use\"><code>{}</code></td>"
            "</tr>\n",
            is_kept ? " class=\"kept\"" : "", row_head(row.what, differs || row.is_change), checked,
            used);
    }
    return out + "</tbody></table>\n";
}

// What a name led to.
struct Found {
    const FileObject* file = nullptr;  // nullptr: not recorded
    ObjectId id;                       // all zeros: nothing had the name

    std::string path() const {
        if (file == nullptr) return std::string(kNotRecorded);
        if (id != ObjectId{}) return path_shown(*file);
        return "nothing of that name" +
               (file->parent ? " in " + path_shown(*file->parent) : std::string());
    }
    // Of the file itself, not of one that had the name before it.
    std::string property(std::string (*text)(const FileObject::Link&)) const {
        if (file == nullptr) return std::string(kNotRecorded);
        if (id == ObjectId{}) return std::string(kNoFile);
        return file->file().id == id ? text(file->file()) : std::string(kNotRecorded);
    }
};

std::string claim_of(const Operation& operation, size_t index) {
    const Operand& operand = operation.operands[index];
    return operand.entry ? view_shown(operand.info.kind, *operand.entry)
                         : std::string(kNotRecorded);
}

std::string of_names(const Candidate& candidate) {
    const NameRace& race = *candidate.race;
    const Operation& use = *candidate.operation;
    const Found checked{race.expected.get(), race.expected_id};
    const Found used{race.found.get(), race.found_id};
    std::vector<Row> rows = {
        {"call", std::string(race.check->syscall->name), std::string(use.syscall->name), false},
        {"claimed name", claim_of(*race.check, race.check_operand),
         claim_of(use, candidate.operand), false},
        {"kernel's file", checked.path(), used.path()},
        {"identity", identity_shown(race.expected_id),
         race.found != nullptr ? identity_shown(race.found_id) : std::string(kNotRecorded)},
    };
    const auto add = [&](std::string_view what, std::string (*text)(const FileObject::Link&)) {
        rows.push_back({what, checked.property(text), used.property(text)});
    };
    add("type and mode", [](const FileObject::Link& file) { return mode_text(file.mode); });
    add("owner",
        [](const FileObject::Link& file) { return fmt::format("{}:{}", file.uid, file.gid); });
    add("links", [](const FileObject::Link& file) { return std::to_string(file.links); });
    add("mount", [](const FileObject::Link& file) { return std::to_string(file.mount); });
    const Mutation* change = race.explained_by();
    // The same file at both ends: what was done to it, or to its name, in the meantime.
    if (change != nullptr && (candidate.rule == Rule::kF3 || candidate.rule == Rule::kF5))
        rows.push_back({"in between", std::string(kNoFile),
                        fmt::format("{} by pid {}, uid {}", call_shown(*change->operation),
                                    change->operation->task->id.tgid,
                                    change->operation->task->credentials.fsuid),
                        false, true});
    return table_of(rows, "What the name led to");
}

std::string of_processes(const Candidate& candidate) {
    const ProcessRace& race = *candidate.process_race;
    const auto& [one, one_image] = race.expected;
    const auto& [other, other_image] = race.found;
    const auto executable = [](const ProcessImage& image) {
        return image.executable ? path_shown(*image.executable) : std::string(kNotRecorded);
    };
    const auto began = [](const TaskState& task) {
        return seconds_text(task.id.started.ns) + " after boot";
    };
    const auto ids = [](uint32_t real, uint32_t effective) {
        return fmt::format("{}, acts as {}", real, effective);
    };
    const Credentials &then = one.credentials, &now = other.credentials;
    return table_of(
        {
            {"call", std::string(race.check->syscall->name),
             std::string(candidate.operation->syscall->name), false},
            {"pid", std::to_string(one.id.tgid), std::to_string(other.id.tgid)},
            {"began", began(one), began(other)},
            {"executable", executable(*one_image), executable(*other_image)},
            {"comm", quote(one.comm), quote(other.comm)},
            {"uid", ids(then.uid, then.euid), ids(now.uid, now.euid)},
            {"gid", ids(then.gid, then.egid), ids(now.gid, now.egid)},
        },
        "Whom the pid stood for");
}

// The bytes that the others are held against: the kernel's copy, else the claim at entry.
const ViewRow* reference_of(const std::vector<ViewRow>& rows) {
    for (const auto wanted : {&ViewRow::is_copy, &ViewRow::is_claim})
        for (const ViewRow& row : rows)
            if (row.*wanted && row.name.find_first_not_of(' ') == 0) return &row;
    return nullptr;
}

std::string of_views(const Candidate& candidate) {
    const Operation& operation = *candidate.operation;
    const OperandInfo& operand = candidate.subject().info;
    const std::vector<ViewRow> rows = views_of(candidate);
    const ViewRow* reference = reference_of(rows);
    const auto other = std::find_if(rows.begin(), rows.end(), [&](const ViewRow& row) {
        return reference != nullptr && row.is_claim && row.text != reference->text;
    });
    std::string out = fmt::format(
        "<table class=\"views\"><caption>Argument {}, {}: what the program showed, and what the "
        "kernel used</caption>\n<thead><tr><th scope=\"col\">View</th><th scope=\"col\" "
        "class=\"time\">Since the entry</th><th scope=\"col\">Content</th></tr></thead>\n<tbody>\n",
        operand.argument, name_of(operand.kind));
    for (const ViewRow& row : rows) {
        std::string text = prose(row.text);
        const bool differs = other != rows.end() && row.is_claim && row.text != reference->text;
        if (differs || (other != rows.end() && &row == reference))
            text = fmt::format(
                "<code>{}</code>",
                with_difference_marked(row.text, differs ? reference->text : other->text).first);
        const size_t blanks = std::min(row.name.find_first_not_of(' '), row.name.size());
        out +=
            fmt::format("<tr{}>{}<td class=\"time\">{}</td><td>{}</td></tr>\n",
                        blanks != 0 || row.name.empty() ? " class=\"part\"" : "",
                        row_head(row.name.empty() ? "composed" : row.name.substr(blanks), differs),
                        row.time ? gap_text(operation.began, *row.time) : "", text);
    }
    if (const auto difference = difference_text(candidate))
        out += fmt::format(
            "<tr><th scope=\"row\">difference</th><td class=\"time\"></td>"
            "<td>{}</td></tr>\n",
            prose(*difference));
    out +=
        fmt::format("<tr><th scope=\"row\">result</th><td class=\"time\"></td><td>{}</td></tr>\n",
                    operation.result ? result_text(*operation.result) : "not recorded");
    return out + "</tbody></table>\n";
}

}  // namespace

std::string comparison_of(const Candidate& candidate) {
    if (candidate.race != nullptr) return of_names(candidate);
    if (candidate.process_race != nullptr) return of_processes(candidate);
    return of_views(candidate);
}

}  // namespace tocsin
