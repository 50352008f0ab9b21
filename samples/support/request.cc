// SPDX-License-Identifier: Apache-2.0
#include "samples/support/request.h"

#include <getopt.h>
#include <limits.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <optional>

#include "samples/support/complain.h"
#include "samples/support/output.h"
#include "samples/support/stop_signals.h"

namespace {

struct Given {
    std::optional<uint32_t> tries;
    std::optional<uint32_t> until_wins;
    bool help = false;
};

bool read_count(const char* option, std::string_view text, uint32_t least,
                std::optional<uint32_t>& value) {
    const char* const end = text.data() + text.size();
    uint32_t number = 0;
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    value = number;
    if (error == std::errc() && stopped == end && number >= least) return true;
    complain("%s takes a number from %u to %u, not \"%s\"; see --help", option, least, UINT_MAX,
             text.data());
    return false;
}

bool read_form(const Offer& offer, std::string_view text, Form& form) {
    const auto found = std::ranges::find(offer.forms, text, &Form::name);
    if (found != offer.forms.end()) return form = *found, true;
    std::string known;
    for (const Form& one : offer.forms) known.append(known.empty() ? "" : " or ").append(one.name);
    complain("--%s is %s, not \"%s\"; see --help", offer.form_option, known.c_str(), text.data());
    return false;
}

bool take_option(int letter, const Offer& offer, Request& request, Given& given) {
    switch (letter) {
        case 'f':
            return read_form(offer, optarg, request.form);
        case 'c':
            request.rewrite = Rewrite::kNo;
            return true;
        case 't':
            return read_count("--tries", optarg, 1, given.tries);
        case 'u':
            return read_count("--until-wins", optarg, 0, given.until_wins);
        case 's':
            request.scratch = optarg;
            return true;
        case 'w':
            request.witness = optarg;
            return true;
        case 'h':
            given.help = true;
            return true;
        default:
            return false;  // getopt_long has said why
    }
}

std::vector<option> options_of(const Offer& offer) {
    std::vector<option> options = {
        {offer.form_option, required_argument, nullptr, 'f'},
        {"control", no_argument, nullptr, 'c'},
        {"tries", required_argument, nullptr, 't'},
        {"until-wins", required_argument, nullptr, 'u'},
        {"scratch", required_argument, nullptr, 's'},
        {"help", no_argument, nullptr, 'h'},
    };
    if (offer.takes_witness) options.push_back({"witness", required_argument, nullptr, 'w'});
    options.push_back({nullptr, 0, nullptr, 0});
    return options;
}

bool has_won_enough(const Request& request, const Tally& tally) {
    return request.until_wins != 0 && tally.wins >= request.until_wins;
}

int judge(const Request& request, const Tally& tally, const char* advice) {
    if (tally.answered == 0 && tally.tries != 0) {
        complain("none of %u tries succeeded: %s; %s", tally.tries, std::strerror(tally.last_errno),
                 advice);
        return 2;
    }
    if (request.rewrite == Rewrite::kNo) {
        if (tally.wins == 0) return 0;
        complain("%u of %u control tries won, though nothing was rewritten; report this bug",
                 tally.wins, tally.tries);
        return 2;
    }
    return tally.wins >= request.wins_wanted ? 0 : 1;
}

// With the defaults of the form that was taken.
Request complete(Request request, const Given& given) {
    const bool certain = request.form.every_try_wins;
    request.tries = given.tries.value_or(request.form.default_tries);
    request.until_wins = certain ? 0 : given.until_wins.value_or(1);
    request.wins_wanted = certain ? request.tries : request.until_wins;
    return request;
}

bool parse(int argc, char** argv, const Offer& offer, Request& request, Given& given) {
    const std::vector<option> options = options_of(offer);
    for (int letter; (letter = getopt_long(argc, argv, "", options.data(), nullptr)) != -1;)
        if (!take_option(letter, offer, request, given)) return false;
    if (optind < argc) {
        complain("\"%s\" is not an option; see --help", argv[optind]);
        return false;
    }
    if (request.form.every_try_wins && given.until_wins) {
        complain("--until-wins is of no use where every try wins, as with --%s %s; use --tries",
                 offer.form_option, request.form.name.data());
        return false;
    }
    return true;
}

}  // namespace

int run_sample(int argc, char** argv, const Offer& offer,
               const std::function<int(const Request&)>& run) {
    Request request{.form = offer.forms.front(), .scratch = {}, .witness = {}};
    Given given;
    if (!parse(argc, argv, offer, request, given)) return 2;
    if (given.help) return std::fputs(offer.usage, stdout) < 0 ? 2 : 0;
    const HeldStopSignals held;
    return run(complete(request, given));
}

bool wants_another_try(const Request& request, const Tally& tally) {
    return !tally.in_trouble && tally.tries < request.tries && !has_won_enough(request, tally) &&
           !stop_requested();
}

int conclude(const Request& request, const Tally& tally, const char* advice) {
    if (tally.in_trouble) return 2;
    const int status = judge(request, tally, advice);
    std::string line = program_invocation_short_name;
    line.append(": form=").append(request.form.name);
    line.append(request.rewrite == Rewrite::kNo ? " control=1" : " control=0");
    line += " tries=" + std::to_string(tally.tries) + " wins=" + std::to_string(tally.wins);
    return print_line(line) ? status : 2;
}
