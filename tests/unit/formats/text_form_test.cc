// SPDX-License-Identifier: Apache-2.0
#include "formats/text_form.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/support/trace_builder.h"

namespace tocsin {
namespace {

using test::parsed;
using test::same;

constexpr std::string_view kFirst = "tocsin-text 1\n";

std::string in_trace(std::string_view lines) {
    return std::string(kFirst) + std::string(lines);
}

// What parse_text() says of a text with these lines after the first.
std::string refusal_of(std::string_view lines) {
    const auto trace = parse_text(in_trace(lines));
    return trace ? "" : trace.error().message;
}

// The canonical text of what these lines say, without the first line.
std::string canonical(std::string_view lines) {
    return text_of(parsed(in_trace(lines))).substr(kFirst.size());
}

std::string with_task(std::string_view lines) {
    return "task t1 tgid=100 comm=\"x\"\n" + std::string(lines);
}

TEST(TextForm, CanonicalTextIsPrintedAsItWasRead) {
    EXPECT_EQ(text_of(parsed(test::kSmallTrace)), test::kSmallTrace);
}

TEST(TextForm, CanonicalTextSurvivesTheTraceFile) {
    const auto reader =
        TraceReader::open(ByteSource::from_memory(test::bytes_of(parsed(test::kSmallTrace))));
    ASSERT_TRUE(reader) << reader.error().message;
    const auto text = test::text_of(*reader);
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_EQ(*text, test::kSmallTrace);
}

TEST(TextForm, AnyTraceSurvivesTextAndFileAndText) {
    for (uint32_t seed = 1; seed <= 60; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const ParsedTrace trace = test::random_trace(seed);
        const std::string text = text_of(trace);
        const auto again = parse_text(text);
        ASSERT_TRUE(again) << again.error().message;
        ASSERT_TRUE(same(trace, *again)) << text;
        ASSERT_EQ(text_of(*again), text);
        const auto reader = TraceReader::open(ByteSource::from_memory(test::bytes_of(*again)));
        ASSERT_TRUE(reader) << reader.error().message;
        const auto from_file = test::text_of(*reader);
        ASSERT_TRUE(from_file) << from_file.error().message;
        ASSERT_EQ(*from_file, text);
    }
}

TEST(TextForm, AHandWrittenLineNeedsOnlyTimeCpuTaskAndOperands) {
    const ParsedTrace trace = parsed(R"(
# A comment, and a blank line

  tocsin-text 1   # the form's version
task victim tgid=100
task other tgid=200 tid=201 started=2.5 uid=1000 permitted=0x3f
object sh 8:1/42 name="sh"
5 cpu0 victim > execve path="/bin/ls"
5.1 cpu1 other > setuid value=0
5.2 cpu0 victim @ sched_process_exec path="/bin/sh" exe=sh
5.3 cpu0 victim < execve 0
)");
    ASSERT_EQ(trace.events.size(), 4U);
    const Event& entered = trace.events[0];
    EXPECT_EQ(entered.time.ns, 5'000'000'000U);
    EXPECT_EQ(entered.sequence, 1U);
    EXPECT_EQ(entered.call, (CallId{0, 1}));
    EXPECT_EQ(entered.task->id, (TaskId{100, 100, {1'000'000'000}}));
    EXPECT_EQ(entered.task->comm, "victim");
    const Claim& path = std::get<SyscallEntered>(entered.body).claims[0];
    EXPECT_EQ(path.argument, 0);
    EXPECT_EQ(path.kind, OperandKind::kPath);
    EXPECT_EQ(path.memory->bytes, "/bin/ls");
    EXPECT_EQ(path.memory->full_length, 7U);
    const Task& other = *trace.events[1].task;
    EXPECT_EQ(other.credentials.fsuid, 1000U);
    EXPECT_EQ(other.credentials.effective, 0x3fU);
    EXPECT_EQ(trace.events[2].sequence, 2U);
    EXPECT_EQ(trace.events[2].call, (CallId{0, 1}));
    EXPECT_EQ(trace.events[3].call, (CallId{0, 1}));
    const ObjectNode& object = *std::get<HookFired>(trace.events[2].body).objects[0].node;
    EXPECT_EQ(object.id, (ObjectId{8U << 20U | 1U, 42, 0}));
    EXPECT_EQ(object.mode, 0100755U);
    EXPECT_FALSE(trace.seal_reason.has_value());
}

TEST(TextForm, AnArgumentIsFoundByTheKindInTheCallsRow) {
    const ParsedTrace trace = parsed(
        in_trace(with_task("1 cpu0 t1 > execveat dirfd=-100 path=\"a\" flags=0x1000\n"
                           "1 cpu0 t1 @ sched_process_exec path=\"b\" interpreter=\"c\" argv=[]\n"
                           "1 cpu0 t1 [-] @ sched_process_exec path=\"b\"\n")));
    const auto claims = std::get<SyscallEntered>(trace.events[0].body).claims;
    EXPECT_EQ(claims[0].argument, 0);
    EXPECT_EQ(claims[0].register_value, static_cast<uint64_t>(-100));
    EXPECT_FALSE(claims[0].memory.has_value());
    EXPECT_EQ(claims[1].argument, 1);
    EXPECT_EQ(claims[2].argument, 4);
    const auto copies = std::get<HookFired>(trace.events[1].body).copies;
    EXPECT_EQ(copies[0].argument, 1);
    EXPECT_EQ(copies[1].argument, kUnknownArgument);
    EXPECT_EQ(copies[2].argument, 2);
    const auto orphan = std::get<HookFired>(trace.events[2].body).copies;
    EXPECT_EQ(orphan[0].argument, kUnknownArgument);
}

TEST(TextForm, AnArgumentIsPrintedOnlyWhereTheRowDoesNotGiveIt) {
    const std::string lines = with_task(
        "1.000000000 cpu0 t1 > execve path#1=0x10 path#?=0x10 argv=0x10 flags#2=0\n"
        "1.000000000 cpu0 t1 > setresuid value#0=1 value#?=2\n"
        "1.000000000 cpu0 t1 > lseek value#0=1 value=2\n"
        "1.000000000 cpu0 t1 > tgkill pid#0=7 pid#1=-1 value=9\n"
        "1.000000000 cpu0 t1 > waitid value#0=1 pid=7 output=0x10 value#3=4\n"
        "1.000000000 cpu0 t1 < waitid 0 output=0x10:\"\\x11\\x00\"\n"
        "1.000000000 cpu0 t1 > splice read-fd=3 write-fd=4 value=5 flags=0\n"
        "1.000000000 cpu0 t1 > syscall:9999 path=\"x\"(full=0)\n");
    EXPECT_EQ(canonical(lines), lines);
}

TEST(TextForm, WhatIsBehindDescriptorsHasRolesOfItsOwn) {
    const std::string lines = with_task(
        "object o1 0:8/7 mode=0140777 name=\"\"\n"
        "1.000000000 cpu0 t1 > read read-fd=3 value=5\n"
        "1.000000000 cpu0 t1 @ sys_enter read=o1 written=o1 opposite=o1\n");
    const ParsedTrace trace = parsed(in_trace(lines));
    const auto objects = std::get<HookFired>(trace.events[1].body).objects;
    ASSERT_EQ(objects.size(), 3U);
    EXPECT_EQ(objects[0].role, ObjectRole::kRead);
    EXPECT_EQ(objects[1].role, ObjectRole::kWritten);
    EXPECT_EQ(objects[2].role, ObjectRole::kOpposite);
}

TEST(TextForm, AnOperandOfSeveralOfItsKindMustSayWhichItIs) {
    EXPECT_EQ(refusal_of(with_task("1 cpu0 t1 > setresuid value=1\n")),
              "line 3: found 'value' where value#N, as setresuid has several operands of that "
              "kind, was expected");
}

TEST(TextForm, AStringHoldsAnyByte) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    ParsedTrace trace = parsed(in_trace(with_task("1 cpu0 t1 > execve path=1:\"\"\n")));
    trace.claims[0][0].memory->bytes = all;
    const std::string text = text_of(trace);
    for (const char c : text) EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f));
    EXPECT_EQ(parsed(text).claims[0][0].memory->bytes, all);
}

TEST(TextForm, ReadableUtf8StaysAndWhatATerminalObeysIsEscaped) {
    ParsedTrace trace = parsed(in_trace(with_task("1 cpu0 t1 exit\n")));
    trace.tasks[0].comm =
        "\xc3\xa4\xe2\x82\xac\xf0\x9f\x94\x94 \xe2\x80\xae\xc2\x9b\xef\xbb\xbf\x1b[";
    EXPECT_NE(text_of(trace).find("\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x94\x94 \\xe2\\x80\\xae\\xc2\\x9b"
                                  "\\xef\\xbb\\xbf\\x1b[\""),
              std::string::npos)
        << text_of(trace);
}

TEST(TextForm, AListSaysWhetherItsLastStringHasItsNul) {
    const std::string lines = with_task(
        "1.000000000 cpu0 t1 > execve argv=[\"ls\" \"-l\"] environ=[\"PATH\" \"HO\"~](cut)\n"
        "1.000000000 cpu0 t1 > execve argv=[] environ=[\"\" \"\"]\n");
    EXPECT_EQ(canonical(lines), lines);
    const ParsedTrace trace = parsed(in_trace(lines));
    const auto claims = std::get<SyscallEntered>(trace.events[0].body).claims;
    EXPECT_EQ(claims[0].memory->bytes, std::string_view("ls\0-l\0", 6));
    EXPECT_EQ(claims[1].memory->bytes, std::string_view("PATH\0HO", 7));
    EXPECT_TRUE(claims[1].memory->cut);
}

TEST(TextForm, NothingReadDiffersFromReadAsEmpty) {
    const std::string lines =
        with_task("1.000000000 cpu0 t1 > execve path=0x10 argv=0x20:[](error=EFAULT)\n");
    EXPECT_EQ(canonical(lines), lines);
    const ParsedTrace trace = parsed(in_trace(lines));
    const auto claims = std::get<SyscallEntered>(trace.events[0].body).claims;
    EXPECT_FALSE(claims[0].memory.has_value());
    EXPECT_EQ(claims[1].memory->error, 14);
}

TEST(TextForm, ErrorsAreNamedAndReadByNameOrNumber) {
    EXPECT_EQ(canonical(with_task("1 cpu0 t1 < execve -2\n1 cpu0 t1 < execve -4095 "
                                  "path=\"\"(error=14)\n")),
              with_task("1.000000000 cpu0 t1 < execve -ENOENT\n1.000000000 cpu0 t1 < execve -4095 "
                        "path=\"\"(error=EFAULT)\n"));
}

TEST(TextForm, ACallThatIsNotTheOpenOneIsStated) {
    const std::string lines = with_task(
        "1.000000000 cpu0 t1 [cpu0#5] > execve\n"
        "1.000000000 cpu1 t1 < execve 0\n"  // cpu0#5
        "1.000000000 cpu1 t1 < execve 0\n"  // none is open any more
        "1.000000000 cpu1 t1 [cpu0#5] < execve 0\n"
        "1.000000000 cpu0 t1 [-] > execve\n"
        "1.000000000 cpu0 t1 [-] < execve 0\n");
    EXPECT_EQ(canonical(lines), lines);
    const ParsedTrace trace = parsed(in_trace(lines));
    EXPECT_EQ(trace.events[1].call, (CallId{0, 5}));
    EXPECT_EQ(trace.events[2].call, std::nullopt);
    EXPECT_EQ(trace.events[4].call, std::nullopt);
}

TEST(TextForm, FoundTasksAreNumberedApart) {
    const ParsedTrace trace = parsed(
        in_trace(with_task("1 cpu0 t1 found\n1 cpu0 t1 exit\n1 cpu0 t1 found\n1 cpu0 t1 exit\n")));
    ASSERT_EQ(trace.found.size(), 2U);
    ASSERT_EQ(trace.events.size(), 2U);
    EXPECT_EQ(trace.found[1].sequence, 2U);
    EXPECT_EQ(trace.events[1].sequence, 2U);
}

TEST(TextForm, ATraceWithoutASealLineIsWrittenUnsealed) {
    const auto reader = TraceReader::open(
        ByteSource::from_memory(test::bytes_of(parsed(in_trace(with_task("1 cpu0 t1 exit\n"))))));
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_EQ(reader->end(), TraceEnd::kCut);
    EXPECT_EQ(reader->chunks().size(), 1U);
}

struct Refused {
    const char* lines;
    const char* message;
};

TEST(TextForm, ARefusalNamesTheLineWhatIsThereAndWhatShouldBe) {
    const Refused cases[] = {
        {"nonsense\n",
         "line 2: found 'nonsense' where an event's time or one of header option "
         "hook sysctl clock task object lost seal was expected"},
        {"\n\nseal \"a\"\nseal \"b\"\n",
         "line 5: found a second seal where one at most was expected"},
        {"header host=\"a\" host=\"b\"\n",
         "line 2: found 'host' again where one of format= recorder= host= kernel= version= "
         "machine= boot= cpus=, each once, was expected"},
        {"header host=\"a\\x00\"\n", "line 2: found a NUL where text without one was expected"},
        {"header cpus=70000\n", "line 2: found '70000' where a number up to 65535 was expected"},
        {"header cpus=-1\n", "line 2: found '-1' where a number up to 65535 was expected"},
        {"seal \"a\n",
         "line 2: found the end of the line where the string's closing '\"' was expected"},
        {"seal \"\\q\"\n",
         "line 2: found '\\q' where one of \\\" \\\\ \\n \\t \\r \\xNN was expected"},
        {"seal \"\\x4\"\n",
         "line 2: found '\\x' where '\\x' and two hexadecimal digits was expected"},
        {"seal \"\x01\"\n",
         "line 2: found control character 1 where \\xNN in its place was expected"},
        {"seal \"a\" b\n", "line 2: found 'b' where the end of the line was expected"},
        {"task t tgid=2147483648\n",
         "line 2: found '2147483648' where a number from -2147483648 to 2147483647 was expected"},
        {"task t\ntask t\n",
         "line 3: found a label that an earlier line gives where a new one was expected"},
        {"task t abi=arm\n", "line 2: found 'arm' where x86-64, i386 or x32 was expected"},
        {"object o 8:1048576/1\n",
         "line 2: found '1048576/1' where a number up to 1048575 was expected"},
        {"object o 8:1/1 mode=9\n",
         "line 2: found '9' where an octal number up to 4294967295 was expected"},
        {"object o 8:1/1 in=o\n",
         "line 2: found 'o' where the label of an object above was expected"},
        {"1 gpu0\n", "line 2: found 'gpu0' where a CPU such as cpu0 was expected"},
        {"1 cpu65536\n", "line 2: found 'cpu65536' where a CPU such as cpu0 was expected"},
        {"1 cpu0 t1 exit\n", "line 2: found 't1' where the label of a task above was expected"},
        {"99999999999 cpu0\n",
         "line 2: found '99999999999' where a time in seconds, with at most "
         "nine digits after the point was expected"},
        {"1.0000000001 cpu0\n",
         "line 2: found '1.0000000001' where a time in seconds, with at "
         "most nine digits after the point was expected"},
        {"task t\n1 cpu0 t ? execve\n",
         "line 3: found '?' where one of > @ < fork exit found was expected"},
        {"task t\n1 cpu0 t > nonsense\n",
         "line 3: found 'nonsense' where a system call's name or syscall:N was expected"},
        {"task t\n1 cpu0 t @ nonsense\n",
         "line 3: found 'nonsense' where a hook's name or hook:N was expected"},
        {"task t\n1 cpu0 #5 t exit\n1 cpu0 #5 t exit\n",
         "line 4: found record 5 where one after record 5 of CPU 0 was expected"},
        {"task t\n1 cpu0 t > execve path#15=1\n",
         "line 3: found '15' where a number up to 14 was expected"},
        {"task t\n1 cpu0 t > execve path=\"\"(from-descriptor)\n",
         "line 3: found 'from-descriptor' where one of full= error= cut, each once, was expected"},
        {"task t\n1 cpu0 t > execve exe=o\n",
         "line 3: found 'exe' where an operand's kind was expected"},
    };
    for (const Refused& refused : cases) EXPECT_EQ(refusal_of(refused.lines), refused.message);
}

TEST(TextForm, TheFirstLineMustSayWhatItIs) {
    EXPECT_EQ(parse_text("").error().message,
              "the text is empty; its first line must be 'tocsin-text 1'");
    EXPECT_EQ(parse_text("# only a comment\n").error().message,
              "the text is empty; its first line must be 'tocsin-text 1'");
    EXPECT_EQ(parse_text("tocsin-text 2\n").error().message,
              "line 1: found '2' where 'tocsin-text 1' was expected");
}

TEST(TextForm, AStringIsBounded) {
    const std::string long_string(size_t{256} << 10U, 'A');
    EXPECT_EQ(refusal_of("seal \"" + long_string + "\"\n"), "");
    EXPECT_EQ(refusal_of("seal \"" + long_string + "A\"\n"),
              "line 2: found more where a string of at most 262144 bytes was expected");
}

TEST(TextForm, WhatIsLongerThanATraceTakesItIsRefused) {
    const auto with = [](std::string_view before, size_t size, std::string_view behind) {
        return std::string(before) + std::string(size, 'A') + std::string(behind);
    };
    EXPECT_EQ(refusal_of(with("task t1 tgid=1 comm=\"", 64, "\"\n")), "");
    EXPECT_EQ(refusal_of(with("task t1 tgid=1 comm=\"", 65, "\"\n")),
              "line 2: found a string of 65 bytes where one of at most 64 was expected");
    EXPECT_EQ(refusal_of(with("object o1 8:1/1 name=\"", 255, "\"\n")), "");
    EXPECT_EQ(refusal_of(with("object o1 8:1/1 name=\"", 256, "\"\n")),
              "line 2: found a string of 256 bytes where one of at most 255 was expected");
    const std::string call = with_task("1 cpu0 t1 > execve path=1:\"");
    EXPECT_EQ(refusal_of(with(call, 65536, "\"\n")), "");
    EXPECT_EQ(refusal_of(with(call, 65537, "\"\n")),
              "line 3: found a string of 65537 bytes where one of at most 65536 was expected");
}

TEST(TextForm, ANodeIsAtMostTwoHundredDirectoriesDeep) {
    std::string lines = "object o0 8:1/1\n";
    for (int i = 1; i <= 200; ++i)
        lines += "object o" + std::to_string(i) + " 8:1/1 in=o" + std::to_string(i - 1) + "\n";
    EXPECT_EQ(refusal_of(lines), "");
    EXPECT_EQ(refusal_of(lines + "object deep 8:1/1 in=o200\n"),
              "line 203: found 'o200' where an object that is at most 200 directories deep was "
              "expected");
}

TEST(TextForm, AnEventHasAtMost255Operands) {
    std::string line = "1 cpu0 t1 > execve";
    for (int i = 0; i < 255; ++i) line += " path=1";
    EXPECT_EQ(refusal_of(with_task(line + "\n")), "");
    EXPECT_EQ(refusal_of(with_task(line + " path=1\n")),
              "line 3: found more where at most 255 operands was expected");
}

TEST(TextForm, AnEventOfTheDeepestObjectsIsStillWritten) {
    std::string text(kFirst);
    std::string line = "1 cpu0 t1 found";
    text += with_task("");
    for (int chain = 0; chain < 255; ++chain)
        for (int depth = 0; depth <= 200; ++depth) {
            const auto label = [&](int at) {
                return "o" + std::to_string(chain) + "-" + std::to_string(at);
            };
            text += "object " + label(depth) + " 8:1/" + std::to_string(chain * 1000 + depth);
            if (depth > 0) text += " in=" + label(depth - 1);
            text += '\n';
            if (depth == 200) line += " exe=" + label(depth);
        }
    const ParsedTrace trace = parsed(text + line + "\n1 cpu0 t1 found\n" + "seal \"\"\n");
    const auto reader = TraceReader::open(ByteSource::from_memory(test::bytes_of(trace)));
    ASSERT_TRUE(reader);
    EXPECT_EQ(*test::text_of(*reader), text_of(trace));
}

// Damaged text, at random: a byte changed, a piece taken out or doubled.
TEST(TextForm, NoTextBreaksTheParser) {
    std::mt19937 engine(1);
    const auto below = [&](size_t limit) { return engine() % limit; };
    const std::string good = text_of(test::random_trace(7)) + std::string(test::kSmallTrace);
    for (int round = 0; round < 3000; ++round) {
        std::string text = round % 2 == 0 ? std::string(test::kSmallTrace) : good.substr(0, 6000);
        for (size_t i = 1 + below(3); i > 0; --i) {
            const size_t at = below(text.size());
            switch (below(3)) {
                case 0:
                    text[at] = static_cast<char>(engine());
                    break;
                case 1:
                    text.erase(at, below(20));
                    break;
                default:
                    text.insert(at, text.substr(below(text.size()), below(20)));
            }
        }
        const auto trace = parse_text(text);
        if (!trace) {
            EXPECT_FALSE(trace.error().message.empty());
            continue;
        }
        const std::string printed = text_of(*trace);
        const auto again = parse_text(printed);
        ASSERT_TRUE(again) << again.error().message << '\n' << printed;
        ASSERT_EQ(text_of(*again), printed);
    }
}

}  // namespace
}  // namespace tocsin
