// SPDX-License-Identifier: Apache-2.0
#include "gui/models/filter_completion.h"

#include <algorithm>
#include <set>
#include <string>

#include "analyzer/query/fields.h"
#include "analyzer/query/literals.h"
#include "analyzer/query/tokens.h"
#include "analyzer/report/escape.h"
#include "formats/hooks.h"
#include "formats/text_form_rules.h"

namespace tocsin::gui {
namespace {

// Of many different values the first ones by name.
constexpr size_t kMostValues = 200;
constexpr size_t kLongestValue = 200;

QString text(std::string_view words) {
    return QString::fromUtf8(words.data(), static_cast<qsizetype>(words.size()));
}

int length_of(std::string_view utf8) {
    return static_cast<int>(text(utf8).size());
}

bool is_word(std::string_view value) {
    constexpr std::string_view kOthers = "_.:/+-";
    return !value.empty() && std::all_of(value.begin(), value.end(), [&](char character) {
        return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
               (character >= '0' && character <= '9') ||
               kOthers.find(character) != std::string_view::npos;
    });
}

// As the filter language takes it. Empty: it cannot be written by a completion.
std::string literal_of(std::string_view value) {
    if (is_word(value)) return std::string(value);
    return is_plain(value) ? '"' + std::string(value) + '"' : std::string();
}

struct Sign {
    std::string_view text, meaning;
};
constexpr Sign kComparisons[] = {
    {"==", "some value is that one"},
    {"!=", "it has values, and none is that one"},
    {"<", "less"},
    {"<=", "at most"},
    {">", "more"},
    {">=", "at least"},
    {"in", "one of { a, b, 1..5 }"},
    {"contains", "text within it"},
    {"glob", "the whole of it, as in \"/tmp/**\""},
    {"matches", "a regular expression, somewhere in it"},
};

class Values {
  public:
    explicit Values(const EventStore& events) : events_(events) {}

    std::set<std::string> of(const Field& field) const {
        const std::string_view name = field.name;
        if (name == "call" || name == "check" || name == "change") return calls();
        if (name == "group") return groups();
        if (name == "hook") return hook_names();
        if (name == "record") return {"enter", "hook", "return", "fork", "exit", "found"};
        if (name == "file.type")
            return {"file", "directory", "symlink", "socket", "fifo", "char", "block"};
        if (name == "error") return errors();
        if (name == "rule") return rules();
        if (field.type == FieldType::kSeverity)
            return {"info", "low", "medium", "high", "critical"};
        if (name == "proc.comm" || name == "mutator.comm") return comms();
        if (name.ends_with(".exe")) return executables();
        if (name.ends_with(".pid") || name == "proc.ppid") return pids();
        if (name == "path" || name == "file.path") return paths();
        return {};
    }

  private:
    static std::set<std::string> calls() {
        std::set<std::string> names;
        for (const SyscallInfo& call : recorded_syscalls()) names.emplace(call.name);
        return names;
    }
    static std::set<std::string> groups() {
        std::set<std::string> names;
        for (const SyscallInfo& call : recorded_syscalls()) names.emplace(name_of(call.group));
        return names;
    }
    static std::set<std::string> hook_names() {
        std::set<std::string> names;
        for (const HookInfo& hook : hooks()) names.emplace(hook.name);
        return names;
    }
    static std::set<std::string> errors() {
        constexpr uint64_t kLastNamed = 133;
        std::set<std::string> names;
        for (uint64_t number = 1; number <= kLastNamed; ++number)
            if (const auto name = text_form::errno_name(number); !name.empty()) names.emplace(name);
        return names;
    }
    static std::set<std::string> rules() {
        std::set<std::string> names;
        for (size_t rule = 0; rule < kRules; ++rule)
            names.emplace(name_of(static_cast<Rule>(rule)));
        return names;
    }
    static void add(std::set<std::string>& names, const std::string& name) {
        if (!name.empty() && name.size() <= kLongestValue && names.size() < 50 * kMostValues)
            names.insert(name);
    }
    std::set<std::string> comms() const {
        std::set<std::string> names;
        for (const ThreadRow& thread : events_.threads()) add(names, thread.comm);
        return names;
    }
    std::set<std::string> executables() const {
        std::set<std::string> names;
        for (const ProcessRow& process : events_.processes()) add(names, process.executable);
        return names;
    }
    std::set<std::string> pids() const {
        std::set<std::string> names;
        for (const ProcessRow& process : events_.processes())
            add(names, std::to_string(process.tgid));
        return names;
    }
    std::set<std::string> paths() const {
        std::set<std::string> names;
        constexpr size_t kMostLookedAt = 20000;
        const size_t count = std::min(events_.files().size(), kMostLookedAt);
        for (size_t i = 0; i < count; ++i) add(names, events_.files()[i].path);
        return names;
    }

    const EventStore& events_;
};

std::vector<Completion> fields_for(const std::string& written) {
    std::vector<Completion> words;
    for (const Field& field : fields())
        if (field.name.find(written) != std::string_view::npos)
            words.push_back({text(field.name), text(name_of(field.type)), text(field.meaning)});
    std::stable_sort(words.begin(), words.end(), [&](const Completion& one, const Completion& two) {
        const QString start = text(written);
        return one.text.startsWith(start) > two.text.startsWith(start);
    });
    return words;
}

std::vector<Completion> comparisons_for(const Field& field, const std::string& written) {
    std::vector<Completion> words;
    for (const Sign& sign : kComparisons) {
        const Token token{Token::Kind::kWord, std::string(sign.text), 1};
        const Token as_sign{Token::Kind::kSign, std::string(sign.text), 1};
        const auto comparison = comparison_named(sign.text.front() >= 'a' ? token : as_sign);
        if (!comparison || !is_for(*comparison, field.type)) continue;
        if (sign.text.starts_with(written))
            words.push_back({text(sign.text), {}, text(sign.meaning)});
    }
    if (written.empty())
        for (const std::string_view joiner : {"&&", "||"})
            words.push_back({text(joiner), {}, QStringLiteral("it has a value, and another test")});
    return words;
}

std::vector<Completion> values_for(const Field& field, const std::string& written,
                                   const EventStore& events) {
    std::vector<Completion> words;
    for (const bool at_start : {true, false})
        for (const std::string& value : Values(events).of(field)) {
            const size_t at = value.find(written);
            if (at == std::string::npos || (at == 0) != at_start) continue;
            const std::string literal = literal_of(value);
            if (!literal.empty() && words.size() < kMostValues)
                words.push_back({text(literal), text(field.name), {}});
        }
    return words;
}

// What is expected behind the tokens.
struct Expected {
    enum class What { kField, kComparison, kValue, kJoiner, kNothing } what = What::kField;
    const Field* field = nullptr;
};

bool is_sign(const Token& token, std::string_view sign) {
    return token.kind == Token::Kind::kSign && token.text == sign;
}

Expected expected_behind(const std::vector<Token>& tokens) {
    using What = Expected::What;
    Expected expected;
    bool in_set = false;
    for (const Token& token : tokens) {
        switch (expected.what) {
            case What::kField:
                if (is_sign(token, "!") || is_sign(token, "(")) break;
                expected.field = find_field(token.text);
                if (expected.field == nullptr) return {What::kNothing, nullptr};
                expected.what = What::kComparison;
                break;
            case What::kComparison:
                if (is_sign(token, "&&") || is_sign(token, "||"))
                    expected = {};
                else if (is_sign(token, ")"))
                    expected.what = What::kJoiner;
                else
                    expected.what = What::kValue;
                break;
            case What::kValue:
                if (is_sign(token, "{"))
                    in_set = true;
                else if (in_set && is_sign(token, "}")) {
                    in_set = false;
                    expected.what = What::kJoiner;
                } else if (!in_set)
                    expected.what = What::kJoiner;
                break;
            case What::kJoiner:
                if (is_sign(token, "&&") || is_sign(token, "||")) expected = {};
                break;
            case What::kNothing:
                return expected;
        }
    }
    return expected;
}

}  // namespace

Completions completions_of(const QString& filter, int cursor, const EventStore& events) {
    const std::string before = filter.left(cursor).toStdString();
    Completions completions;
    completions.from = completions.to = cursor;
    auto tokens = tokens_of(before);
    std::string written;
    if (!tokens) {
        // A string without its end, most likely: what stands in it is what is written.
        const size_t quote = before.rfind('"');
        if (quote == std::string::npos) return completions;
        written = before.substr(quote + 1);
        completions.from = length_of(std::string_view(before).substr(0, quote));
        tokens = tokens_of(std::string_view(before).substr(0, quote));
        if (!tokens) return completions;
        tokens->pop_back();
    } else {
        tokens->pop_back();  // the end
        const bool ends_in_word = !tokens->empty() && !before.empty() && before.back() != ' ' &&
                                  (tokens->back().kind == Token::Kind::kWord ||
                                   (tokens->back().kind == Token::Kind::kSign &&
                                    std::string_view("=!<>").find(tokens->back().text.front()) !=
                                        std::string_view::npos));
        if (ends_in_word) {
            written = tokens->back().text;
            completions.from = length_of(std::string_view(before).substr(0, tokens->back().offset));
            tokens->pop_back();
        }
    }
    const Expected expected = expected_behind(*tokens);
    switch (expected.what) {
        case Expected::What::kField:
            completions.words = fields_for(written);
            break;
        case Expected::What::kComparison:
            completions.words = comparisons_for(*expected.field, written);
            break;
        case Expected::What::kValue:
            completions.words = values_for(*expected.field, written, events);
            break;
        case Expected::What::kJoiner:
            if (written.empty())
                completions.words = {{QStringLiteral("&&"), {}, QStringLiteral("both")},
                                     {QStringLiteral("||"), {}, QStringLiteral("either")}};
            break;
        case Expected::What::kNothing:
            break;
    }
    // What is there already in whole needs no completion.
    const bool is_complete =
        completions.words.size() == 1 && completions.words[0].text.toStdString() == written;
    if (is_complete) completions.words.clear();
    return completions;
}

std::vector<FilterPart> parts_of_filter(const QString& filter) {
    const std::string bytes = filter.toStdString();
    const auto tokens = tokens_of(bytes);
    std::vector<FilterPart> parts;
    if (!tokens || tokens->size() < 2) return parts;
    size_t from = 0;
    int depth = 0;
    for (const Token& token : *tokens) {
        const bool is_end = token.kind == Token::Kind::kEnd;
        if (is_sign(token, "(") || is_sign(token, "{")) ++depth;
        if (is_sign(token, ")") || is_sign(token, "}")) --depth;
        // Parts that || joins are one.
        if (depth == 0 && is_sign(token, "||")) return {{filter.trimmed()}};
        if (!is_end && (depth != 0 || !is_sign(token, "&&"))) continue;
        const size_t to = token.offset;
        parts.push_back({text(std::string_view(bytes).substr(from, to - from)).trimmed()});
        from = to + 2;
    }
    return parts;
}

QString without_part(const QString& filter, size_t part) {
    QStringList kept;
    const auto parts = parts_of_filter(filter);
    for (size_t i = 0; i < parts.size(); ++i)
        if (i != part) kept << parts[i].text;
    return kept.join(QStringLiteral(" && "));
}

TextSpan span_at_column(const QString& filter, size_t column) {
    const std::string bytes = filter.toStdString();
    const size_t at = std::min(column > 0 ? column - 1 : 0, bytes.size());
    TextSpan span{length_of(std::string_view(bytes).substr(0, at)), 1};
    const auto all = static_cast<int>(filter.size());
    if (span.from >= all) return {std::max(0, all - 1), all > 0 ? 1 : 0};
    while (span.from + span.length < all &&
           !QStringLiteral(" ()&|{}").contains(filter[span.from + span.length]))
        ++span.length;
    return span;
}

}  // namespace tocsin::gui
