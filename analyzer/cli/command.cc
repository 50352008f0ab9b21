// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/command.h"

#include <fmt/format.h>

#include <cstdio>

#include "analyzer/cli/output_file.h"
#include "analyzer/report/json_report.h"

namespace tocsin {
namespace {

bool complains_in_json = false;

}  // namespace

ExitStatus worse_of(ExitStatus a, ExitStatus b) {
    for (const ExitStatus status :
         {ExitStatus::kTrouble, ExitStatus::kFindings, ExitStatus::kDamaged})
        if (a == status || b == status) return status;
    return ExitStatus::kDone;
}

void add_output_option(CLI::App& command, std::string& output) {
    command.add_option("-o,--output", output, "Write to this file, which must not exist")
        ->option_text("FILE");
}

void add_colour_option(CLI::App& command, std::string& when) {
    command.add_option("--color", when, "auto (default), always or never")
        ->check(CLI::IsMember({"auto", "always", "never"}))
        ->option_text("WHEN");
}

void complain_in_json() {
    complains_in_json = true;
}

void complain(std::string_view sentence) {
    if (sentence.empty()) return;
    if (!complains_in_json) {
        fmt::print(stderr, "tocsin: {}\n", sentence);
        return;
    }
    Json line = json_head();
    line["error"] = sentence;
    fmt::print(stderr, "{}\n", line.dump(-1, ' ', false, Json::error_handler_t::replace));
}

ExitStatus fail(const Error& error) {
    complain(error.message);
    return ExitStatus::kTrouble;
}

ExitStatus print(std::string_view text, const std::string& output) {
    auto opened = OutputFile::open(output);
    if (!opened) return fail(opened.error());
    Result<> written = opened->write(text);
    if (written) written = opened->close();
    return written ? ExitStatus::kDone : fail(written.error());
}

}  // namespace tocsin
