// SPDX-License-Identifier: Apache-2.0
//
// Random filters over random calls: what a filter takes must be what a walk over the tree that it
// was written from says, with comparisons written anew.
#include "analyzer/query/filter.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <random>
#include <regex>
#include <string>
#include <vector>

#include "formats/hooks.h"

namespace tocsin {
namespace {

constexpr uint64_t kStartNs = 1'000'000;

// Whether the pattern stands for the whole name, one character after the other.
bool is_like(std::string_view pattern, std::string_view name) {
    if (pattern.empty()) return name.empty();
    if (pattern.starts_with("**")) {
        for (size_t taken = 0; taken <= name.size(); ++taken)
            if (is_like(pattern.substr(2), name.substr(taken))) return true;
        return false;
    }
    if (pattern[0] == '*')
        return is_like(pattern.substr(1), name) ||
               (!name.empty() && name[0] != '/' && is_like(pattern, name.substr(1)));
    if (name.empty()) return false;
    const bool is_one = pattern[0] == '?' ? name[0] != '/' : pattern[0] == name[0];
    return is_one && is_like(pattern.substr(1), name.substr(1));
}

// A filter as a text and as a function.
struct Written {
    std::string text;
    std::function<bool(const Operation&)> holds;
};

class Writer {
  public:
    explicit Writer(uint64_t seed) : random_(seed) {}

    uint64_t below(uint64_t limit) { return random_() % limit; }
    template <typename Choices>
    auto one_of(const Choices& choices) {
        return choices[below(choices.size())];
    }
    std::string name() {
        constexpr std::array<std::string_view, 6> kParts = {"a", "b", "ab", "/", "/", "."};
        std::string name = "/";
        for (uint64_t i = below(6); i > 0; --i) name += one_of(kParts);
        return name;
    }

    Operation call() {
        Operation call;
        constexpr std::array<std::string_view, 3> kCalls = {"openat", "rename", "access"};
        call.syscall = find_syscall(one_of(kCalls));
        TaskState task;
        task.id.tgid = 1 + static_cast<int32_t>(below(5));
        call.task = task;
        call.began = {kStartNs + below(5) * 1000};
        if (below(4) != 0) call.ended = BootTime{call.began.ns + below(5) * 1000};
        if (call.ended) call.result = static_cast<int64_t>(below(5)) - 3;
        for (const OperandInfo& info : call.syscall->operands) {
            if (info.kind == OperandKind::kNone) continue;
            Operand& operand = call.operands.emplace_back();
            operand.info = info;
            if (info.kind == OperandKind::kPath && below(5) != 0) operand.entry = owned(name());
        }
        return call;
    }

    Written filter(int depth = 0) {
        const uint64_t kind = below(depth > 4 ? 1 : 5);
        if (kind < 2) return test();
        if (kind == 2) {
            const Written inner = filter(depth + 1);
            return {"!(" + inner.text + ")",
                    [inner](const Operation& call) { return !inner.holds(call); }};
        }
        const Written left = filter(depth + 1), right = filter(depth + 1);
        const bool is_and = kind == 3;
        return {fmt::format("({}) {}{}({})", left.text, is_and ? "&&" : "||",
                            below(2) == 0 ? " " : "", right.text),
                [left, right, is_and](const Operation& call) {
                    return is_and ? left.holds(call) && right.holds(call)
                                  : left.holds(call) || right.holds(call);
                }};
    }

    // Without parentheses: && binds closer than ||.
    Written row_of_tests() {
        std::vector<std::vector<Written>> ors(1);
        std::string text;
        for (uint64_t i = 0, count = 1 + below(6); i < count; ++i) {
            if (i > 0) {
                const bool is_or = below(2) == 0;
                text += is_or ? "||" : " && ";
                if (is_or) ors.emplace_back();
            }
            ors.back().push_back(test());
            text += ors.back().back().text;
        }
        return {text, [ors](const Operation& call) {
                    return std::any_of(ors.begin(), ors.end(), [&](const auto& ands) {
                        return std::all_of(ands.begin(), ands.end(),
                                           [&](const Written& one) { return one.holds(call); });
                    });
                }};
    }

  private:
    static ClaimView owned(const std::string& bytes) {
        ClaimView claim;
        claim.bytes = SharedBytes(std::make_shared<const std::string>(bytes));
        return claim;
    }

    Written test() {
        switch (below(4)) {
            case 0:
                return number_test("proc.pid", "", [](const Operation& call) {
                    return std::optional<int64_t>(call.task->id.tgid);
                });
            case 1:
                return number_test("duration", "us", [](const Operation& call) {
                    return call.ended ? std::optional<int64_t>(static_cast<int64_t>(
                                            (call.ended->ns - call.began.ns) / 1000))
                                      : std::nullopt;
                });
            case 2:
                return number_test("result", "", [](const Operation& call) { return call.result; });
            default:
                return name_test();
        }
    }

    Written number_test(const std::string& field, const std::string& unit,
                        const std::function<std::optional<int64_t>(const Operation&)>& read) {
        const auto low = static_cast<int64_t>(below(5)),
                   high = low + static_cast<int64_t>(below(3));
        const auto written = [&](const std::string& text, auto compare) {
            return Written{field + text, [read, compare](const Operation& call) {
                               const auto number = read(call);
                               return number && compare(*number);
                           }};
        };
        const std::string value = std::to_string(low) + unit;
        switch (below(8)) {
            case 0:
                return written("", [](int64_t) { return true; });
            case 1:
                return written("==" + value, [low](int64_t number) { return number == low; });
            case 2:
                return written(" != " + value, [low](int64_t number) { return number != low; });
            case 3:
                return written(" < " + value, [low](int64_t number) { return number < low; });
            case 4:
                return written("<=" + value, [low](int64_t number) { return number <= low; });
            case 5:
                return written(" >" + value, [low](int64_t number) { return number > low; });
            case 6:
                return written(">= " + value, [low](int64_t number) { return number >= low; });
            default:
                return written(fmt::format(" in {{7{}, {}..{}{}}}", unit, value, high, unit),
                               [low, high](int64_t number) {
                                   return number == 7 || (number >= low && number <= high);
                               });
        }
    }

    Written name_test() {
        const auto written = [](const std::string& text, bool is_of_all, auto compare) {
            return Written{
                "path.claimed " + text, [is_of_all, compare](const Operation& call) {
                    std::vector<bool> verdicts;
                    for (const Operand& operand : call.operands)
                        if (operand.entry)
                            verdicts.push_back(compare(std::string(operand.entry->bytes)));
                    const auto is_true = [](bool verdict) { return verdict; };
                    if (verdicts.empty()) return false;
                    return is_of_all ? std::all_of(verdicts.begin(), verdicts.end(), is_true)
                                     : std::any_of(verdicts.begin(), verdicts.end(), is_true);
                }};
        };
        const std::string text = name();
        switch (below(5)) {
            case 0:
                return written("== " + text, false, [text](auto found) { return found == text; });
            case 1:
                return written("!= \"" + text + "\"", true,
                               [text](auto found) { return found != text; });
            case 2:
                return written("contains \"" + text + "\"", false, [text](auto found) {
                    return found.find(text) != std::string::npos;
                });
            case 3: {
                constexpr std::array<std::string_view, 6> kParts = {"*", "**", "?", "a", "b", "."};
                std::string pattern = below(2) == 0 ? "/" : "";
                for (uint64_t i = below(5); i > 0; --i) pattern += one_of(kParts);
                // More than two stars are as two; with slashes on both sides they are something
                // else, which unit tests look at.
                return written("glob \"" + pattern + "\"", false,
                               [pattern](auto found) { return is_like(pattern, found); });
            }
            default: {
                constexpr std::array<std::string_view, 5> kExpressions = {"^/a", "b$", "a+b|//",
                                                                          ".b", "[ab]/"};
                const std::string expression(one_of(kExpressions));
                return written("matches \"" + expression + "\"", false, [expression](auto found) {
                    return std::regex_search(found, std::regex(expression));
                });
            }
        }
    }

    std::mt19937_64 random_;
};

TEST(Filter, TakesWhatItsTreeSays) {
    uint64_t taken = 0, asked = 0;
    for (uint64_t seed = 1; seed <= 1500; ++seed) {
        Writer writer(seed);
        std::vector<Operation> calls;
        for (int i = 0; i < 10; ++i) calls.push_back(writer.call());
        const Written written = seed % 2 == 0 ? writer.filter() : writer.row_of_tests();
        const auto filter = Filter::parse(written.text, RowKind::kCall);
        ASSERT_TRUE(filter) << "seed " << seed << ": " << filter.error().message << " in "
                            << written.text;
        for (const Operation& call : calls) {
            const bool is_so = written.holds(call);
            ASSERT_EQ(filter->matches(Row::of(call, {kStartNs})), is_so)
                << "seed " << seed << ": " << written.text;
            taken += is_so;
            ++asked;
        }
    }
    EXPECT_GT(taken, asked / 10);
    EXPECT_LT(taken, asked - asked / 10);
}

}  // namespace
}  // namespace tocsin
