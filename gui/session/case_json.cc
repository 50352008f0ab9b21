// SPDX-License-Identifier: Apache-2.0
#include "gui/session/case_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace tocsin::gui {
namespace {

using nlohmann::json;

// Deeper nesting is refused: printing it again would take a stack as deep.
constexpr int kDeepest = 32;
constexpr size_t kMostMarks = 100'000;
constexpr const char* kSchemaName = "tocsin_case";
constexpr const char* kUnlimitedName = "unlimited";

std::string place_of(std::string_view text, size_t offset) {
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const size_t newline = before.rfind('\n');
    const size_t start = newline == std::string_view::npos ? 0 : newline + 1;
    return fmt::format("line {}, column {}", line, before.size() - start + 1);
}

// Reads members of the kinds they must have; the first that has another is remembered.
class Reader {
  public:
    const std::string& error() const { return error_; }

    const json* object(const json& in, const char* name, const std::string& place) {
        return member(in, name, place, &json::is_object, "an object");
    }
    const json* array(const json& in, const char* name, const std::string& place) {
        return member(in, name, place, &json::is_array, "an array");
    }
    std::string text(const json& in, const char* name, const std::string& place) {
        const json* found = member(in, name, place, &json::is_string, "text");
        return found != nullptr ? found->get<std::string>() : std::string();
    }
    QString words(const json& in, const char* name, const std::string& place) {
        return QString::fromStdString(text(in, name, place));
    }
    std::optional<uint64_t> ns(const json& in, const char* name, const std::string& place) {
        const std::string digits = text(in, name, place);
        if (digits.empty()) return std::nullopt;
        uint64_t number = 0;
        const char* end = digits.data() + digits.size();
        const auto [at, problem] = std::from_chars(digits.data(), end, number);
        if (problem == std::errc() && at == end) return number;
        fail(place, name, "a number of nanoseconds in quotes");
        return std::nullopt;
    }
    void fail(const std::string& place, const std::string& name, const std::string& wanted) {
        if (error_.empty()) error_ = fmt::format("{}{} is not {}", place, name, wanted);
    }

  private:
    const json* member(const json& in, const char* name, const std::string& place,
                       bool (json::*is_right)() const noexcept, const char* wanted) {
        const auto at = in.find(name);
        if (at == in.end()) return nullptr;
        if (((*at).*is_right)()) return &*at;
        fail(place, name, wanted);
        return nullptr;
    }

    std::string error_;
};

void read_findings(const json& document, Reader& reader, CaseContents& contents) {
    const json* findings = reader.object(document, "findings", "");
    if (findings == nullptr) return;
    for (const auto& [fingerprint, said] : findings->items()) {
        constexpr size_t kMostNamed = 40;  // a fingerprint has 16
        const std::string name = fmt::format("findings[\"{}\"]", fingerprint.substr(0, kMostNamed));
        const std::string place = name + '.';
        if (!said.is_object()) return reader.fail("", name, "an object");
        CaseOfFinding of;
        const std::string verdict = reader.text(said, "verdict", place);
        const auto named = verdict_named(verdict);
        if (!named)
            return reader.fail(place, "verdict", "confirmed, possible, benign or unprovable");
        of.verdict = *named;
        of.note = reader.words(said, "note", place);
        contents.findings.emplace(fingerprint, std::move(of));
    }
}

void read_marks(const json& document, Reader& reader, CaseContents& contents) {
    const json* marks = reader.array(document, "marks", "");
    if (marks == nullptr) return;
    if (marks->size() > kMostMarks)
        return reader.fail("", "marks", fmt::format("a list of at most {}", kMostMarks));
    for (size_t i = 0; i < marks->size(); ++i) {
        const json& mark = (*marks)[i];
        const std::string name = fmt::format("marks[{}]", i);
        if (!mark.is_object()) return reader.fail("", name, "an object");
        const auto from = reader.ns(mark, "from", name + '.');
        const auto to = reader.ns(mark, "to", name + '.');
        if (!from || !to || *to < *from)
            return reader.fail("", name, "a mark that ends where it begins or later");
        contents.marks.push_back({{*from, *to}, reader.words(mark, "note", name + '.')});
    }
}

void read_view(const json& document, Reader& reader, CaseContents& contents) {
    const json* view = reader.object(document, "view", "");
    if (view == nullptr) return;
    const auto from = reader.ns(*view, "from", "view."), to = reader.ns(*view, "to", "view.");
    if (from && to && *from <= *to) contents.view.viewport = TimeRange{*from, *to};
    contents.view.filter = reader.words(*view, "filter", "view.");
    const json* window = reader.object(*view, "window", "view.");
    if (window == nullptr) return;
    contents.view.axis = axis_named(reader.text(*window, "axis", "view.window."));
    if (!contents.view.axis) return reader.fail("view.window.", "axis", "the name of an axis");
    if (reader.text(*window, "limit", "view.window.") == kUnlimitedName) return;
    const auto limit = reader.ns(*window, "limit", "view.window.");
    if (!limit || *limit > static_cast<uint64_t>(INT64_MAX))
        return reader.fail("view.window.", "limit", "a number of nanoseconds in quotes");
    contents.view.limit = std::chrono::nanoseconds(static_cast<int64_t>(*limit));
}

std::variant<json, CaseError> parse_json(std::string_view text) {
    if (text.size() > kMostCaseBytes)
        return CaseError{CaseError::Kind::kDamaged,
                         fmt::format("it has more than {} bytes", kMostCaseBytes)};
    bool is_too_deep = false;
    const CaseError too_deep{CaseError::Kind::kDamaged,
                             fmt::format("it is nested more than {} deep", kDeepest)};
    const auto limit_depth = [&](int depth, json::parse_event_t, json&) {
        is_too_deep = is_too_deep || depth > kDeepest;
        return !is_too_deep;
    };
    try {
        json document = json::parse(text, limit_depth);
        if (is_too_deep) return too_deep;
        return document;
    } catch (const json::parse_error& error) {
        if (is_too_deep) return too_deep;
        const size_t offset = error.byte > 0 ? error.byte - 1 : 0;  // it counts from 1
        return CaseError{CaseError::Kind::kDamaged,
                         fmt::format("it is no JSON from {} on", place_of(text, offset))};
    }
}

json member_or_object(const json& in, const std::string& name) {
    const auto at = in.find(name);
    return at != in.end() && at->is_object() ? *at : json::object();
}

void put(json& into, const char* name, const QString& words) {
    if (words.isEmpty())
        into.erase(name);
    else
        into[name] = words.toStdString();
}

json findings_json(const CaseContents& contents) {
    json findings = member_or_object(contents.document, "findings");
    for (const auto& [fingerprint, of] : contents.findings) {
        json said = member_or_object(findings, fingerprint);
        put(said, "verdict", QString::fromUtf8(name_of(of.verdict).data()));
        put(said, "note", of.note);
        if (said.empty())
            findings.erase(fingerprint);
        else
            findings[fingerprint] = std::move(said);
    }
    return findings;
}

json marks_json(const CaseContents& contents) {
    // What else was said of a mark goes by its span.
    std::map<std::pair<std::string, std::string>, const json*> before;
    if (const auto at = contents.document.find("marks");
        at != contents.document.end() && at->is_array())
        for (const json& mark : *at)
            before.emplace(std::pair(mark.value("from", ""), mark.value("to", "")), &mark);
    json marks = json::array();
    for (const CaseMark& mark : contents.marks) {
        const std::pair span(std::to_string(mark.range.from), std::to_string(mark.range.to));
        const auto at = before.find(span);
        json written = at != before.end() ? *at->second : json::object();
        written["from"] = span.first;
        written["to"] = span.second;
        put(written, "note", mark.note);
        marks.push_back(std::move(written));
    }
    return marks;
}

json view_json(const CaseContents& contents) {
    const CaseView& view = contents.view;
    json written = member_or_object(contents.document, "view");
    if (view.viewport) {
        written["from"] = std::to_string(view.viewport->from);
        written["to"] = std::to_string(view.viewport->to);
    }
    put(written, "filter", view.filter);
    if (view.axis) {
        json window = member_or_object(written, "window");
        window["axis"] = name_of(*view.axis);
        window["limit"] =
            view.limit == kUnlimited ? kUnlimitedName : std::to_string(view.limit.count());
        written["window"] = std::move(window);
    }
    return written;
}

}  // namespace

std::string_view name_of(Verdict verdict) {
    static constexpr std::array<std::string_view, kVerdicts> kNames = {"", "confirmed", "possible",
                                                                       "benign", "unprovable"};
    return kNames[static_cast<size_t>(verdict)];
}

std::optional<Verdict> verdict_named(std::string_view name) {
    for (size_t i = 0; i < kVerdicts; ++i)
        if (name_of(static_cast<Verdict>(i)) == name) return static_cast<Verdict>(i);
    return std::nullopt;
}

std::variant<CaseContents, CaseError> parse_case(std::string_view text, const CaseTrace& trace) {
    using Kind = CaseError::Kind;
    auto parsed = parse_json(text);
    if (auto* error = std::get_if<CaseError>(&parsed)) return *error;
    CaseContents contents;
    contents.document = std::move(std::get<json>(parsed));
    const json& document = contents.document;
    if (!document.is_object() || !document.contains(kSchemaName) ||
        !document[kSchemaName].is_number_integer())
        return CaseError{Kind::kDamaged, fmt::format("it has no member {}", kSchemaName)};
    const auto schema = document[kSchemaName].get<int64_t>();
    if (schema > kCaseSchema)
        return CaseError{Kind::kNewer,
                         fmt::format("it is of version {}, this program knows {}; open it with a "
                                     "newer one",
                                     schema, kCaseSchema)};
    Reader reader;
    if (const json* of = reader.object(document, "trace", "")) {
        const std::string hash = reader.text(*of, "chain_hash", "trace.");
        const std::string name = reader.text(*of, "name", "trace.");
        if (reader.error().empty() && hash != trace.chain_hash)
            return CaseError{
                Kind::kOfAnotherTrace,
                fmt::format("it is of another trace, \"{}\" with hash {}, and this one "
                            "has hash {}",
                            name, hash, trace.chain_hash)};
    } else {
        return CaseError{Kind::kDamaged, "it does not say which trace it is of"};
    }
    read_findings(document, reader, contents);
    read_marks(document, reader, contents);
    contents.notes = reader.words(document, "notes", "");
    read_view(document, reader, contents);
    if (!reader.error().empty()) return CaseError{Kind::kDamaged, reader.error()};
    return contents;
}

std::string text_of(const CaseContents& contents, const CaseTrace& trace) {
    json document = contents.document.is_object() ? contents.document : json::object();
    document[kSchemaName] = kCaseSchema;
    json of = member_or_object(document, "trace");
    of["name"] = trace.name.toStdString();
    of["chain_hash"] = trace.chain_hash;
    document["trace"] = std::move(of);
    document["findings"] = findings_json(contents);
    document["marks"] = marks_json(contents);
    put(document, "notes", contents.notes);
    document["view"] = view_json(contents);
    return document.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
}

}  // namespace tocsin::gui
