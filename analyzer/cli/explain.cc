// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <iterator>
#include <memory>

#include "analyzer/cli/analysis_options.h"
#include "analyzer/cli/command.h"
#include "analyzer/cli/output_file.h"
#include "analyzer/judge/comparison.h"
#include "analyzer/judge/set_aside.h"
#include "analyzer/report/asked.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/json_report.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/text_explanation.h"
#include "formats/nearest.h"

namespace tocsin {
namespace {

struct ExplainOptions {
    std::string finding;
    std::string format = "text";
    AnalysisWords analysis;
    std::string output;
    std::string color = "auto";
};

constexpr size_t kMostWrongDigits = 2;

// Errors: the beginning of several fingerprints.
Result<Alike> find(const AnalysisResult& result, const std::string& id) {
    const auto alike = alike_of(result, Which::kAll);
    const auto at = alike.lower_bound(id);
    if (at == alike.end() || !at->first.starts_with(id)) return Alike();
    if (const auto next = std::next(at); next != alike.end() && next->first.starts_with(id))
        return Error{fmt::format("{} may be finding {} or {}; write more of its digits", quote(id),
                                 at->first, next->first)};
    return at->second;
}

Json json_explanation(const AnalysisResult& result, const Alike& alike) {
    const Finding& finding = *alike.gravest;
    Json out = {{"trace", json_trace(result.trace)},
                {"finding", json_finding(result.trace, finding)},
                {"cases", alike.count}};
    Json story = Json::array();
    for (const StoryPart& part : parts_of(finding.candidate)) {
        const Operation& call = *part.operation;
        Json records = Json::array();
        if (call.entry_event) records.push_back(event_text(*call.entry_event));
        for (const EventRef& hook : call.hook_events) records.push_back(event_text(hook));
        if (call.exit_event) records.push_back(event_text(*call.exit_event));
        story.push_back(
            {{"part", part.what}, {"call", call.syscall->name}, {"records", std::move(records)}});
    }
    out.update(json_asked(result));
    out["story"] = std::move(story);
    Json rules = Json::array();
    for (size_t i = 0; i < set_aside_rules().size(); ++i) {
        const SetAsideRule& rule = set_aside_rules()[i];
        if (rule.concerns(finding.candidate))
            rules.push_back({{"rule", rule.name},
                             {"when", rule.when},
                             {"holds", finding.judgement.set_aside_rules[i]}});
    }
    out["set_aside_rules"] = std::move(rules);
    out["not_recorded"] = not_recorded_of(result, finding);
    return out;
}

// What the findings of several traces are explained as, and whether there was one.
class Explanations {
  public:
    Explanations(const ExplainOptions& options, OutputFile output)
        : options_(options), output_(std::move(output)) {}

    Result<> add(const TraceReader& trace, const AnalysisResult& result) {
        const auto alike = find(result, options_.finding);
        if (!alike) return alike.error();
        for (const Finding& finding : result.findings) known_.push_back(finding.fingerprint);
        not_kept_ += result.not_kept;
        has_seen_any_ = true;
        if (alike->gravest == nullptr) return {};
        const std::string& found = alike->gravest->fingerprint;
        if (!found_.empty() && found_ != found)
            return Error{fmt::format("{} may be finding {} or {}; write more of its digits",
                                     quote(options_.finding), found_, found)};
        found_ = found;
        if (options_.format == "json") {
            results_.push_back(json_explanation(result, *alike));
            return {};
        }
        std::string text = is_first_ ? "" : "\n";
        is_first_ = false;
        text += text_of_explanation(trace, result, *alike->gravest, alike->count,
                                    output_.colour_for(options_.color));
        return output_.write(text);
    }

    // Whether any trace could be read.
    bool has_seen_any() const { return has_seen_any_; }

    Result<> finish() {
        if (!is_found()) return Error{none_of_it()};
        if (options_.format == "json") {
            Json document = json_head();
            document["explanations"] = std::move(results_);
            if (auto written = output_.write(document.dump() + '\n'); !written) return written;
        }
        return output_.close();
    }

  private:
    bool is_found() const { return !found_.empty(); }
    std::string none_of_it() const {
        const std::string none = "there is no finding " + quote(options_.finding);
        if (known_.empty())
            return none + ", nor any other; --rule, --window, --from and --to leave findings out";
        if (not_kept_ != 0)
            return none + fmt::format(
                              " among those kept, and {} more are only counted; narrow the "
                              "run by --rule, --from and --to",
                              not_kept_);
        // As many digits of each as were written.
        std::vector<std::string> beginnings;
        for (const std::string& known : known_)
            beginnings.push_back(known.substr(0, options_.finding.size()));
        const std::string_view like = nearest(options_.finding, beginnings, kMostWrongDigits);
        return fmt::format(
            "{}; `tocsin analyze --all` says the id of each{}", none,
            like.empty() ? std::string() : fmt::format(", and the nearest begins with {}", like));
    }

    const ExplainOptions& options_;
    OutputFile output_;
    std::vector<std::string> known_;
    Json results_ = Json::array();
    bool is_first_ = true;
    bool has_seen_any_ = false;
    uint64_t not_kept_ = 0;
    std::string found_;  // the fingerprint
};

ExitStatus run_explain(ExplainOptions options) {
    for (char& digit : options.finding)
        if (digit >= 'A' && digit <= 'F') digit = static_cast<char>(digit - 'A' + 'a');
    const auto analysis = analysis_options(options.analysis);
    if (!analysis) return fail(analysis.error());
    auto output = OutputFile::open(options.output);
    if (!output) return fail(output.error());
    Explanations explanations(options, std::move(*output));
    const auto status = for_each_result(
        options.analysis, *analysis,
        [&](const AnalysisResult& result, const TraceReader& trace) -> Result<ExitStatus> {
            if (auto added = explanations.add(trace, result); !added) return added.error();
            return status_of(result);
        });
    if (!status) return fail(status.error());
    if (!explanations.has_seen_any()) return *status;
    if (auto finished = explanations.finish(); !finished) return fail(finished.error());
    return *status;
}

}  // namespace

void add_explain_command(CLI::App& app, const SetRun& set_run) {
    auto* command = app.add_subcommand("explain", "Tell the whole story of one finding");
    const auto options = std::make_shared<ExplainOptions>();
    command
        ->add_option("FINDING", options->finding,
                     "Its id, as reports give it, or the beginning of that")
        ->required()
        ->option_text(" ");
    add_analysis_options(*command, options->analysis);
    command->add_option("--format", options->format, "text (default) or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->option_text("FORMAT");
    add_output_option(*command, options->output);
    add_colour_option(*command, options->color);
    command->footer(
        "Examples:\n"
        "  tocsin explain 885165d078643852 victim.tocsin\n"
        "  tocsin explain 885 victim.tocsin | less -R");
    command->callback([options, set_run] { set_run([options] { return run_explain(*options); }); });
}

}  // namespace tocsin
