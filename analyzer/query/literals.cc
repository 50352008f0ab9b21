// SPDX-License-Identifier: Apache-2.0
#include "analyzer/query/literals.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <span>
#include <utility>

#include "formats/hooks.h"
#include "formats/nearest.h"
#include "formats/quantity.h"

namespace tocsin {
namespace {

// The library's messages quote the expression as it is, and whole.
std::string printable(std::string message) {
    constexpr size_t kMost = 80;
    if (message.size() > kMost) message.replace(kMost, std::string::npos, "...");
    std::replace_if(
        message.begin(), message.end(), [](char byte) { return byte < ' ' || byte > '~'; }, '?');
    return message;
}

constexpr std::array<std::pair<std::string_view, Comparison>, 10> kComparisons = {{
    {"==", Comparison::kEqual},
    {"!=", Comparison::kNotEqual},
    {"<", Comparison::kLess},
    {"<=", Comparison::kAtMost},
    {">", Comparison::kGreater},
    {">=", Comparison::kAtLeast},
    {"in", Comparison::kIn},
    {"contains", Comparison::kContains},
    {"glob", Comparison::kGlob},
    {"matches", Comparison::kMatches},
}};

bool is_ordered(FieldType type) {
    return type == FieldType::kNumber || type == FieldType::kDuration ||
           type == FieldType::kSeverity;
}

// Decimal, 0x hexadecimal or 0 octal, with a sign.
std::optional<int64_t> number_in(std::string_view text) {
    const bool is_negative = text.starts_with('-');
    if (is_negative) text.remove_prefix(1);
    int base = 10;
    if (text.starts_with("0x")) {
        base = 16;
        text.remove_prefix(2);
    } else if (text.size() > 1 && text.starts_with('0')) {
        base = 8;
        text.remove_prefix(1);
    }
    int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (text.empty() || text.starts_with('-') || error != std::errc() ||
        end != text.data() + text.size())
        return std::nullopt;
    return is_negative ? -number : number;
}

Result<int64_t> number_of(FieldType type, const std::string& text) {
    switch (type) {
        case FieldType::kDuration: {
            const auto duration = parse_duration(text, std::chrono::nanoseconds(0));
            if (duration) return int64_t{duration->count()};
            return Error{"is no duration; write it as in 250us, 5ms or 2s"};
        }
        case FieldType::kSeverity:
            if (const auto severity = severity_named(text)) return static_cast<int64_t>(*severity);
            return Error{"is no severity; they are info, low, medium, high and critical"};
        default:
            if (const auto number = number_in(text)) return *number;
            return Error{"is no number; write it as in 42, 0x2a or 052"};
    }
}

// One, or in sets the first and the last of several: 1..5.
Result<NumberRange> range_of(const Test& test, const std::string& text) {
    const FieldType type = test.field->type;
    const size_t dots = test.comparison == Comparison::kIn ? text.find("..") : std::string::npos;
    const auto least = number_of(type, text.substr(0, dots));
    if (!least) return least.error();
    if (dots == std::string::npos) return NumberRange{*least, *least};
    const auto most = number_of(type, text.substr(dots + 2));
    if (!most) return most.error();
    if (*most < *least) return Error{"runs back; exchange its ends"};
    return NumberRange{*least, *most};
}

// Errors: the field has names of its own, and this is none of them. A filter with it would take
// nothing, and nobody would know why.
Result<> expect_known(const Field& field, std::string_view text) {
    if (field.names == nullptr) return {};
    constexpr size_t kMostListed = 20;
    const auto names = field.names();
    if (std::find(names.begin(), names.end(), text) != names.end()) return {};
    const auto others = not_recorded_syscalls();
    if (std::any_of(others.begin(), others.end(),
                    [&](const auto& call) { return call.name == text; }))
        return Error{"is a call that is not recorded; formats/HOOKS.md says why"};
    std::string what = "is no value of " + std::string(field.name);
    constexpr size_t kLongest = 40, kMostWrongLetters = 2;
    const auto like = text.size() > kLongest ? "" : nearest(text, names, kMostWrongLetters);
    if (!like.empty()) return Error{what + "; did you mean " + std::string(like) + "?"};
    if (names.size() > kMostListed) return Error{what + " in any trace"};
    for (size_t i = 0; i < names.size(); ++i)
        what += (i == 0 ? "; there are " : ", ") + std::string(names[i]);
    return Error{what};
}

Result<Literal> text_literal(const Test& test, const std::string& text) {
    const Comparison comparison = test.comparison;
    if (comparison == Comparison::kGlob) {
        auto glob = Glob::parse(text);
        if (!glob) return Error{"is no pattern: " + glob.error().message};
        return Literal(std::move(*glob));
    }
    if (comparison == Comparison::kMatches) {
        re2::RE2::Options options(re2::RE2::Latin1);  // bytes
        options.set_log_errors(false);
        options.set_never_capture(true);
        auto expression = std::make_shared<const re2::RE2>(text, options);
        if (!expression->ok())
            return Error{"is no regular expression: " + printable(expression->error())};
        return Literal(std::move(expression));
    }
    if (comparison != Comparison::kContains)
        if (auto known = expect_known(*test.field, text); !known) return known.error();
    return Literal(text);
}

Result<Literal> literal_of(const Test& test, const std::string& text) {
    switch (test.field->type) {
        case FieldType::kText:
            return text_literal(test, text);
        case FieldType::kAddress: {
            const auto network = parse_network(text);
            if (!network) return Error{"is no address; write it as in 10.1.2.3, ::1 or 10.0.0.0/8"};
            if (network->bits != 128 && test.comparison != Comparison::kIn)
                return Error{"is a network; write in instead"};
            return Literal(*network);
        }
        default: {
            const auto range = range_of(test, text);
            if (!range) return range.error();
            return Literal(*range);
        }
    }
}

struct IsLike {
    Comparison comparison;
    const Value& value;

    bool operator()(const std::string& text) const {
        const auto found = std::get<std::string_view>(value);
        return comparison == Comparison::kContains ? found.find(text) != std::string_view::npos
                                                   : found == text;
    }
    bool operator()(const NumberRange& range) const {
        const int64_t number = std::get<int64_t>(value);
        switch (comparison) {
            case Comparison::kLess:
                return number < range.least;
            case Comparison::kAtMost:
                return number <= range.least;
            case Comparison::kGreater:
                return number > range.least;
            case Comparison::kAtLeast:
                return number >= range.least;
            default:
                return number >= range.least && number <= range.most;
        }
    }
    bool operator()(const IpNetwork& network) const {
        return network.holds(std::get<IpAddress>(value));
    }
    bool operator()(const Glob& glob) const {
        return glob.matches(std::get<std::string_view>(value));
    }
    bool operator()(const std::shared_ptr<const re2::RE2>& expression) const {
        return re2::RE2::PartialMatch(std::get<std::string_view>(value), *expression);
    }
};

// Of literals that sort_set() has sorted.
bool is_in(const std::vector<Literal>& sorted, std::string_view text) {
    const auto at = std::lower_bound(sorted.begin(), sorted.end(), text,
                                     [](const Literal& literal, std::string_view wanted) {
                                         return std::get<std::string>(literal) < wanted;
                                     });
    return at != sorted.end() && std::get<std::string>(*at) == text;
}
bool is_in(const std::vector<Literal>& sorted, int64_t number) {
    const auto after = std::upper_bound(sorted.begin(), sorted.end(), number,
                                        [](int64_t wanted, const Literal& literal) {
                                            return wanted < std::get<NumberRange>(literal).least;
                                        });
    return after != sorted.begin() && std::get<NumberRange>(*std::prev(after)).most >= number;
}
bool is_in(const std::vector<Literal>&, const IpAddress&) {
    return false;
}

// In ascending order, each of them apart from the next.
std::vector<Literal> merged(std::vector<Literal> ranges) {
    std::sort(ranges.begin(), ranges.end(), [](const Literal& a, const Literal& b) {
        return std::get<NumberRange>(a).least < std::get<NumberRange>(b).least;
    });
    std::vector<Literal> apart;
    for (const Literal& literal : ranges) {
        const auto& range = std::get<NumberRange>(literal);
        if (!apart.empty() && range.least <= std::get<NumberRange>(apart.back()).most) {
            auto& last = std::get<NumberRange>(apart.back());
            last.most = std::max(last.most, range.most);
        } else {
            apart.push_back(literal);
        }
    }
    return apart;
}

}  // namespace

std::optional<Comparison> comparison_named(const Token& token) {
    if (token.kind != Token::Kind::kSign && token.kind != Token::Kind::kWord) return std::nullopt;
    for (const auto& [name, comparison] : kComparisons)
        if (name == token.text) return comparison;
    return std::nullopt;
}

bool is_for(Comparison comparison, FieldType type) {
    switch (comparison) {
        case Comparison::kLess:
        case Comparison::kAtMost:
        case Comparison::kGreater:
        case Comparison::kAtLeast:
            return is_ordered(type);
        case Comparison::kContains:
        case Comparison::kGlob:
        case Comparison::kMatches:
            return type == FieldType::kText;
        default:
            return true;
    }
}

bool Test::holds(const Row& row) const {
    bool has_value = false, is_like = false;
    field->read(row, [&](const Value& value) {
        has_value = true;
        if (comparison == Comparison::kHasValue) return is_like = true;
        if (is_sorted)
            return is_like =
                       std::visit([&](const auto& one) { return is_in(literals, one); }, value);
        is_like = std::any_of(literals.begin(), literals.end(), [&](const Literal& literal) {
            return std::visit(IsLike{comparison, value}, literal);
        });
        return is_like;
    });
    return comparison == Comparison::kNotEqual ? has_value && !is_like : is_like;
}

Result<> add_literal(Test& test, const Token& token) {
    auto literal = literal_of(test, token.text);
    if (!literal) return wrong_at(token.place, quoted(token) + " " + literal.error().message);
    test.literals.push_back(std::move(*literal));
    return {};
}

void sort_set(Test& test) {
    if (test.comparison != Comparison::kIn || test.field->type == FieldType::kAddress) return;
    test.is_sorted = true;
    if (test.field->type != FieldType::kText) {
        test.literals = merged(std::move(test.literals));
        return;
    }
    std::sort(test.literals.begin(), test.literals.end(), [](const Literal& a, const Literal& b) {
        return std::get<std::string>(a) < std::get<std::string>(b);
    });
}

}  // namespace tocsin
