// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/asked.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"

namespace tocsin {
namespace {

bool has_own_limits(const AnalysisOptions& options) {
    return std::any_of(options.own_limits.begin(), options.own_limits.end(),
                       [](const OwnLimits& own) { return own.any(); });
}

Json json_windows(const AnalysisOptions& options) {
    const CorrelationWindow& window = options.window;
    Json out = {{"check_use_ns", json_limit(window.check_use)},
                {"mutation_use_ns", json_limit(window.mutation_use)},
                {"orphan_ns", json_limit(window.orphan)}};
    for (size_t i = 0; i < kRules; ++i) {
        const OwnLimits& own = options.own_limits[i];
        Json limits = Json::object();
        if (own.check_use) limits["check_use_ns"] = json_limit(*own.check_use);
        if (own.mutation_use) limits["mutation_use_ns"] = json_limit(*own.mutation_use);
        if (own.any()) out["classes"][std::string(name_of(static_cast<Rule>(i)))] = limits;
    }
    return out;
}

}  // namespace

void put_asked(Fields& fields, const AnalysisResult& result) {
    const AnalysisOptions& options = result.options;
    if (const Policy* policy = options.policy.get())
        fields.put("policy", fmt::format("{}, SHA-256 {}", quote(policy->name), hex(policy->hash)));
    if (options.window != CorrelationWindow() || has_own_limits(options))
        fields.put("window", window_text(result));
    const auto& asked = options.rules;
    if (std::find(asked.begin(), asked.end(), false) != asked.end()) {
        std::string rules;
        for (size_t i = 0; i < kRules; ++i)
            if (asked[i])
                rules +=
                    fmt::format("{}{}", rules.empty() ? "" : ", ", name_of(static_cast<Rule>(i)));
        fields.put("rules", "only " + rules + ", as asked by --rule");
    }
    if (!options.span.is_whole()) fields.put("span", span_text(result));
}

Json json_asked(const AnalysisResult& result) {
    const AnalysisOptions& options = result.options;
    Json rules = Json::array();
    for (size_t i = 0; i < kRules; ++i)
        if (options.rules[i]) rules.push_back(name_of(static_cast<Rule>(i)));
    Json out;
    out["rules"] = std::move(rules);
    if (const Policy* policy = options.policy.get())
        out["policy"] = {{"name", json_bytes(policy->name)}, {"sha256", hex(policy->hash)}};
    out["windows"] = json_windows(options);
    if (!options.span.is_whole()) {
        out["span"] = json_span(options.span);
        out["span"]["chunks_left_out"] = result.coverage.chunks_left_out;
    }
    return out;
}

std::string own_limits_text(const AnalysisOptions& options) {
    std::string text;
    for (size_t i = 0; i < kRules; ++i)
        if (const OwnLimits& own = options.own_limits[i]; own.any())
            text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", name_of(static_cast<Rule>(i)),
                                text_of(own));
    return text;
}

std::string windows_text(const AnalysisOptions& options) {
    const std::string own = own_limits_text(options);
    return text_of(options.window) + (own.empty() ? "" : "; " + own);
}

std::string window_text(const AnalysisResult& result) {
    std::string text = windows_text(result.options);
    if (result.options.window != CorrelationWindow() || has_own_limits(result.options))
        text += ", as asked";
    text += result.outside_window == 0
                ? "; no candidate lies outside it"
                : fmt::format("; {} outside it", count_text(result.outside_window, "candidate lies",
                                                            "candidates lie"));
    if (result.superseded != 0)
        text += fmt::format(", {} gave way to a better explanation", result.superseded);
    return text;
}

std::string json_limit(std::chrono::nanoseconds limit) {
    return limit == kUnlimited ? limit_text(limit) : std::to_string(limit.count());
}

}  // namespace tocsin
