// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <memory>

#include "analyzer/cli/analysis_options.h"
#include "analyzer/cli/command.h"
#include "analyzer/judge/set_aside.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/text_page.h"

namespace tocsin {
namespace {

constexpr size_t kIndent = 2, kColumn = 11;

constexpr std::string_view kPolicy =
    "A policy (--policy FILE, in TOML) adds to these:\n"
    "\n"
    "  [windows]                        # as --window has them; that wins\n"
    "  check-use = \"2s\"\n"
    "  F1 = {mutation-use = \"100ms\"}   # of one class\n"
    "  [thresholds]\n"
    "  confidence = 50                  # findings below are set aside\n"
    "  [[trusted]]                      # changes by them are set aside\n"
    "  program = \"/usr/bin/dpkg\"        # a glob; uid, program or both\n"
    "  uid = 0\n"
    "  reason = \"package management\"\n"
    "  [[sensitive]]                    # what a race must never reach\n"
    "  path = \"/srv/keys/**\"\n"
    "  category = \"signing keys\"\n"
    "  [[off]]                          # set aside: a class, or one finding\n"
    "  rule = \"F4\"\n"
    "  finding = \"885165d078643852\"\n"
    "  reason = \"shared on purpose\"\n";

std::string rules_text() {
    TextPage page;
    page.line("Classes of findings:");
    page.blank_line();
    for (size_t i = 0; i < kRules; ++i) {
        const auto rule = static_cast<Rule>(i);
        page.field(name_of(rule), meaning_of(rule), kIndent, kColumn);
    }
    page.blank_line();
    page.line("Findings are set aside, and counted, if");
    page.blank_line();
    for (const SetAsideRule& rule : set_aside_rules())
        page.field("", fmt::format("{} ({})", rule.when, rule.name), 0, kIndent);
    page.blank_line();
    return page.text() + std::string(kPolicy);
}

ExitStatus run_lint(const std::string& path) {
    const auto text = read_policy_text(path);
    if (!text) return fail({"cannot read the policy " + quote(path) + ": " + text.error().message});
    const ParsedPolicy parsed = parse_policy(*text, path);
    for (const PolicyMistake& mistake : parsed.mistakes)
        complain(fmt::format("{}:{}:{}: {}", escape(path), mistake.line, mistake.column,
                             readable(mistake.what)));
    if (!parsed.mistakes.empty()) return ExitStatus::kTrouble;
    const Policy& policy = parsed.policy;
    return print(fmt::format("{}: {} trusted, {} sensitive, {} off, SHA-256 {}\n", quote(path),
                             policy.trusted.size(), policy.sensitive.size(), policy.off.size(),
                             hex(policy.hash)));
}

ExitStatus run_rules(const std::string& policy) {
    if (!policy.empty()) return run_lint(policy);
    return print(rules_text());
}

}  // namespace

void add_rules_command(CLI::App& app, const SetRun& set_run) {
    auto* command =
        app.add_subcommand("rules", "List the classes, what is set aside, and policies");
    const auto policy = std::make_shared<std::string>();
    command->add_option("--lint", *policy, "Say what is wrong in this policy, by line and column")
        ->option_text("FILE");
    command->footer("Examples:\n  tocsin rules\n  tocsin rules --lint site.toml");
    command->callback([policy, set_run] { set_run([policy] { return run_rules(*policy); }); });
}

}  // namespace tocsin
