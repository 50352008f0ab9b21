// SPDX-License-Identifier: Apache-2.0
#include "recorder/options.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace tocsin {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

Result<ParsedOptions> parse(std::initializer_list<const char*> words) {
    std::vector<const char*> argv = {"tocsin-record"};
    argv.insert(argv.end(), words);
    const int argc = static_cast<int>(argv.size());
    argv.push_back(nullptr);
    return parse_options(argc, argv.data());
}

RecorderOptions options_of(std::initializer_list<const char*> words) {
    const auto parsed = parse(words);
    if (!parsed) {
        ADD_FAILURE() << parsed.error().message;
        return {};
    }
    return std::get<RecorderOptions>(*parsed);
}

std::string error_of(std::initializer_list<const char*> words) {
    const auto parsed = parse(words);
    return parsed ? "no error" : parsed.error().message;
}

TEST(RecorderOptions, WithoutAnyEverythingIsRecordedUntilStopped) {
    const RecorderOptions options = options_of({});
    EXPECT_EQ(options.output, "");
    EXPECT_FALSE(options.duration);
    EXPECT_TRUE(options.pids.empty());
    EXPECT_TRUE(options.command.empty());
    EXPECT_EQ(options.ring_bytes, size_t{64} << 20);
    EXPECT_EQ(options.verbosity, Verbosity::kNormal);
    EXPECT_FALSE(options.list_sources);
}

TEST(RecorderOptions, EveryOptionHasItsShortAndLongForm) {
    EXPECT_EQ(options_of({"-o", "x.tocsin"}).output, "x.tocsin");
    EXPECT_EQ(options_of({"--output", "-"}).output, "-");
    EXPECT_EQ(options_of({"--output=x"}).output, "x");
    EXPECT_EQ(options_of({"-d", "30s"}).duration, seconds(30));
    EXPECT_EQ(options_of({"--duration", "5m"}).duration, minutes(5));
    EXPECT_EQ(options_of({"-p", "12"}).pids, std::vector<int>{12});
    EXPECT_EQ(options_of({"--pid", "12"}).pids, std::vector<int>{12});
    EXPECT_EQ(options_of({"--buffer", "1M"}).ring_bytes, size_t{1} << 20);
    EXPECT_EQ(options_of({"-q"}).verbosity, Verbosity::kQuiet);
    EXPECT_EQ(options_of({"--quiet"}).verbosity, Verbosity::kQuiet);
    EXPECT_EQ(options_of({"-v"}).verbosity, Verbosity::kVerbose);
    EXPECT_EQ(options_of({"--verbose"}).verbosity, Verbosity::kVerbose);
    EXPECT_TRUE(options_of({"--list-sources"}).list_sources);
    EXPECT_EQ(options_of({}).source, SourceChoice::kAuto);
    EXPECT_EQ(options_of({"--source", "auto"}).source, SourceChoice::kAuto);
    EXPECT_EQ(options_of({"--source", "lsm"}).source, SourceChoice::kLsm);
    EXPECT_EQ(options_of({"--source", "tracepoint"}).source, SourceChoice::kTracepoint);
}

TEST(RecorderOptions, PidsAddUp) {
    EXPECT_EQ(options_of({"-p", "12", "-p", "13"}).pids, (std::vector<int>{12, 13}));
}

TEST(RecorderOptions, EverythingBehindTheSeparatorIsTheCommands) {
    const RecorderOptions options =
        options_of({"-o", "x", "--", "ls", "-o", "--list-sources", "--", "-d", ""});
    EXPECT_EQ(options.output, "x");
    EXPECT_FALSE(options.list_sources);
    EXPECT_EQ(options.command,
              (std::vector<std::string>{"ls", "-o", "--list-sources", "--", "-d", ""}));
}

TEST(RecorderOptions, HelpAndVersionAreAnswersAndNotErrors) {
    const auto help = parse({"--help"});
    ASSERT_TRUE(help.ok());
    const std::string& text = std::get<std::string>(*help);
    for (const char* word : {"--output", "--duration", "--pid", "--buffer", "--list-sources",
                             "Examples:", "Exit status:"})
        EXPECT_NE(text.find(word), std::string::npos) << word;
    const auto version = parse({"--version"});
    ASSERT_TRUE(version.ok());
    EXPECT_EQ(std::get<std::string>(*version), "tocsin-record " TOCSIN_VERSION "\n");
}

TEST(RecorderOptions, ACommandNeedsTheSeparator) {
    EXPECT_EQ(error_of({"ls"}), "'ls' is not an option; put -- before a command to run");
    EXPECT_EQ(error_of({"-p", "12", "ls"}),
              "'ls' is not an option; put -- before a command to run");
}

TEST(RecorderOptions, ASeparatorNeedsACommand) {
    EXPECT_EQ(error_of({"--"}), "there is no command after --");
    EXPECT_EQ(error_of({"-d", "1s", "--"}), "there is no command after --");
}

TEST(RecorderOptions, PidAndCommandExcludeEachOther) {
    EXPECT_EQ(error_of({"-p", "12", "--", "ls"}), "-p and a command exclude each other");
}

TEST(RecorderOptions, QuietAndVerboseExcludeEachOther) {
    EXPECT_EQ(error_of({"-q", "-v"}), "-q and -v exclude each other");
}

TEST(RecorderOptions, AnUnknownOptionIsNamedWithTheWayToHelp) {
    const std::string error = error_of({"--frobnicate"});
    EXPECT_NE(error.find("--frobnicate"), std::string::npos) << error;
    EXPECT_NE(error.find("see tocsin-record --help"), std::string::npos) << error;
}

TEST(RecorderOptions, AnUnknownSourceIsNamedWithTheKnownOnes) {
    EXPECT_EQ(error_of({"--source", "kprobe"}),
              "source 'kprobe' is not one that this version records from; use auto, lsm or "
              "tracepoint");
}

TEST(RecorderOptions, AnOptionWithoutItsValueIsAnError) {
    for (const char* option : {"-o", "-d", "-p", "--buffer", "--source"})
        EXPECT_NE(error_of({option}), "no error") << option;
}

// A variable that a script forgot to set must not turn a limit off.
TEST(RecorderOptions, AnEmptyValueIsAnError) {
    for (const char* option : {"-o", "-d", "-p", "--buffer", "--source"})
        EXPECT_NE(error_of({option, ""}), "no error") << option;
    EXPECT_EQ(error_of({"-o", ""}), "there is no file name after -o");
}

TEST(RecorderOptions, APidIsAPositiveNumber) {
    for (const char* pid : {"0", "-1", "self", "1.5", "99999999999", "nan", "12x"})
        EXPECT_NE(error_of({"-p", pid}), "no error") << pid;
}

TEST(RecorderOptions, ErrorsBeginWithWhatIsWrongAndFitALine) {
    for (const auto& words : std::initializer_list<std::initializer_list<const char*>>{
             {"ls"}, {"--"}, {"-q", "-v"}, {"--no"}, {"-d", "1"}, {"--buffer", "1"}, {"-p", "0"}}) {
        const std::string error = error_of(words);
        EXPECT_EQ(error.find('\n'), std::string::npos) << error;
        EXPECT_GT(error.size(), 10U) << error;
        EXPECT_LT(error.size(), 200U) << error;
        EXPECT_NE(error.back(), '.') << error;
    }
}

TEST(ParseRingBytes, TakesBytesAndBinaryUnits) {
    EXPECT_EQ(parse_ring_bytes("65536").value(), size_t{65536});
    EXPECT_EQ(parse_ring_bytes("64K").value(), size_t{64} << 10);
    EXPECT_EQ(parse_ring_bytes("64M").value(), size_t{64} << 20);
    EXPECT_EQ(parse_ring_bytes("1G").value(), size_t{1} << 30);
}

TEST(ParseRingBytes, RoundsUpToAPowerOfTwo) {
    EXPECT_EQ(parse_ring_bytes("65537").value(), size_t{131072});
    EXPECT_EQ(parse_ring_bytes("3M").value(), size_t{4} << 20);
    EXPECT_EQ(parse_ring_bytes("1.5M").value(), size_t{2} << 20);
    EXPECT_EQ(parse_ring_bytes("1023M").value(), size_t{1} << 30);
}

TEST(ParseRingBytes, RefusesWhatIsNotOneAndQuotesIt) {
    for (const std::string text : {"",        "0",
                                   "-64M",    "65535",
                                   "63K",     "1025M",
                                   "1.01G",   "2G",
                                   "64Q",     "64k",
                                   "64MB",    "M",
                                   "abc",     "nan",
                                   "nanM",    "inf",
                                   "infG",    "1e9",
                                   " 64M",    "64 M",
                                   "0x10000", "99999999999999999999999G"}) {
        const auto parsed = parse_ring_bytes(text);
        ASSERT_FALSE(parsed.ok()) << text;
        EXPECT_EQ(parsed.error().message, "'" + text +
                                              "' is not a buffer size; write a size from 64K to "
                                              "1G, for example 64M");
    }
}

}  // namespace
}  // namespace tocsin
