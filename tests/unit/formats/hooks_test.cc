// SPDX-License-Identifier: Apache-2.0
#include "formats/hooks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "formats/hooks_markdown.h"

namespace tocsin {
namespace {

using NumbersToNames = std::map<unsigned, std::string>;

// Numbers of syscall_64.tbl that name no call: 335 and 336 grow into this gap from below, and
// "don't use numbers 387 through 423".
constexpr unsigned kFirstHole = 337;
constexpr unsigned kLastHole = 423;

std::string contents_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string in_single_quotes(const std::string& text) {
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::string unified_diff(const std::filesystem::path& accepted, const std::string& new_text) {
    const std::filesystem::path new_file =
        std::filesystem::path(testing::TempDir()) / "HOOKS.md.new";
    std::ofstream(new_file, std::ios::binary) << new_text;
    const std::string command = "diff -uN " + in_single_quotes(accepted.string()) + " " +
                                in_single_quotes(new_file.string()) + " 2>&1";
    const std::unique_ptr<FILE, int (*)(FILE*)> diff(popen(command.c_str(), "r"), pclose);
    std::string output;
    for (int c = 0; diff != nullptr && (c = std::fgetc(diff.get())) != EOF;) {
        output += static_cast<char>(c);
    }
    return output;
}

// Every row, recorded or not. A number that has two rows is left out here; see
// NoNumberHasTwoRows.
NumbersToNames names_in_table() {
    NumbersToNames names;
    for (const SyscallInfo& row : recorded_syscalls()) names.emplace(row.number, row.name);
    for (const NotRecordedSyscall& row : not_recorded_syscalls())
        names.emplace(row.number, row.name);
    return names;
}

struct ForeignCall {
    unsigned number;
    std::string name;
    SyscallGroup group;
};

constexpr SyscallGroup GROUP_EXEC = SyscallGroup::kExec;
constexpr SyscallGroup GROUP_CREDENTIALS = SyscallGroup::kCredentials;
constexpr SyscallGroup GROUP_OPEN = SyscallGroup::kOpen;
constexpr SyscallGroup GROUP_SOCKET = SyscallGroup::kSocket;
constexpr SyscallGroup GROUP_MEMORY = SyscallGroup::kMemory;
constexpr SyscallGroup GROUP_CHECK = SyscallGroup::kCheck;
constexpr SyscallGroup GROUP_CHANGE = SyscallGroup::kChange;
constexpr SyscallGroup GROUP_PLACE = SyscallGroup::kPlace;
constexpr SyscallGroup GROUP_DESCRIPTOR = SyscallGroup::kDescriptor;
constexpr SyscallGroup GROUP_PROCESS = SyscallGroup::kProcess;
constexpr SyscallGroup GROUP_WAIT = SyscallGroup::kWait;
constexpr SyscallGroup GROUP_CONTENT = SyscallGroup::kContent;
constexpr SyscallGroup GROUP_CHANNEL = SyscallGroup::kChannel;

const ForeignCall kI386Calls[] = {
#define TOCSIN_I386_SYSCALL(number, name, group) {number, #name, GROUP_##group},
#include "formats/hooks.def"
};

const ForeignCall kX32Calls[] = {
#define TOCSIN_X32_SYSCALL(number, name, group) {number, #name, GROUP_##group},
#include "formats/hooks.def"
};

// What x86-64 calls the i386 call of that name: it has one call where i386 had several as ids,
// sizes and times grew.
std::string without_32(std::string name) {
    if (name == "fstatat64") return "newfstatat";
    if (name == "umount") return "umount2";
    if (name.ends_with("_time64")) name.resize(name.size() - 7);
    if (name.ends_with("32") || name.ends_with("64")) name.resize(name.size() - 2);
    if (name.starts_with("old")) name.erase(0, 3);
    return name;
}

// A header that <asm/unistd.h> includes: in Debian's multiarch path, then in the others'.
std::optional<std::filesystem::path> installed_header(const std::string& name = "unistd_64.h") {
    for (const char* folder : {"/usr/include/x86_64-linux-gnu/asm/", "/usr/include/asm/",
                               "/usr/x86_64-linux-gnu/include/asm/"}) {
        if (std::filesystem::exists(folder + name)) return folder + name;
    }
    return std::nullopt;
}

// Lines like "#define __NR_read 0".
NumbersToNames names_in_header(const std::filesystem::path& header) {
    constexpr std::string_view kPrefix = "__NR_";
    NumbersToNames names;
    std::ifstream file(header);
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string define;
        std::string name;
        unsigned number = 0;
        if (!(words >> define >> name >> number)) continue;
        if (define != "#define" || !name.starts_with(kPrefix)) continue;
        names.emplace(number, name.substr(kPrefix.size()));
    }
    return names;
}

TEST(HooksMarkdown, TheTreeHoldsWhatTheTableSays) {
    const std::filesystem::path accepted =
        std::filesystem::path(TOCSIN_SOURCE_DIR) / "formats/HOOKS.md";
    const std::string new_text = hooks_markdown();
    if (contents_of(accepted) == new_text) return;
    FAIL() << unified_diff(accepted, new_text)
           << "\nTo accept the new text: build/dev/formats/hooks-markdown > formats/HOOKS.md";
}

TEST(HooksMarkdown, NamesEveryCallAndHook) {
    const std::string text = hooks_markdown();
    for (const auto& [number, name] : names_in_table()) {
        const std::string listed = std::to_string(number) + " " + name;
        const std::string tabulated = "| " + std::to_string(number) + " | `" + name + "` |";
        EXPECT_TRUE(text.find(listed) != std::string::npos ||
                    text.find(tabulated) != std::string::npos)
            << listed;
    }
    for (const HookInfo& hook : hooks()) {
        EXPECT_NE(text.find(hook.sees), std::string::npos) << hook.name;
        EXPECT_NE(text.find(hook.cannot_see), std::string::npos) << hook.name;
    }
}

TEST(HookTable, NoHookIdIsUsedTwiceOrTakenFromARetiredHook) {
    std::map<unsigned, std::string> owners;
    for (const RetiredHook& hook : retired_hooks()) {
        EXPECT_TRUE(owners.emplace(hook.id, hook.name).second)
            << hook.id << " is retired twice: " << owners[hook.id] << " and " << hook.name;
    }
    for (const HookInfo& hook : hooks()) {
        EXPECT_TRUE(owners.emplace(hook.id, hook.name).second)
            << hook.id << " is both " << owners[hook.id] << " and " << hook.name;
    }
}

// Read from the text: in the compiled table a larger number could not show.
TEST(HookTable, HookIdsAreNonzeroAndFitSixteenBits) {
    const std::vector<long long> ids = {
#define TOCSIN_HOOK(id, name, source, sees, cannot_see) id,
#include "formats/hooks.def"
#define TOCSIN_RETIRED_HOOK(id, name) id,
#include "formats/hooks.def"
    };
    ASSERT_FALSE(ids.empty());
    for (const long long id : ids) {
        EXPECT_GT(id, 0);
        EXPECT_LT(id, 65536);
    }
}

TEST(HookTable, EveryHookSaysWhatItSeesAndWhatNot) {
    std::set<std::string_view> names;
    for (const HookInfo& hook : hooks()) {
        EXPECT_TRUE(names.insert(hook.name).second) << hook.name << " has two rows";
        EXPECT_FALSE(hook.sees.empty()) << hook.name;
        EXPECT_FALSE(hook.cannot_see.empty()) << hook.name;
    }
}

TEST(SyscallTable, HoldsEveryNumberOfTheInstalledHeaderByTheSameName) {
    const std::optional<std::filesystem::path> header = installed_header();
    if (!header) GTEST_SKIP() << "no x86-64 <asm/unistd_64.h> is installed here";
    const NumbersToNames expected = names_in_header(*header);
    ASSERT_GT(expected.size(), 300U) << *header << " does not look like a list of system calls";
    const NumbersToNames table = names_in_table();
    for (const auto& [number, name] : expected) {
        const auto row = table.find(number);
        if (row == table.end()) {
            ADD_FAILURE() << number << " " << name << " is in " << *header
                          << " but has no row in formats/hooks.def";
            continue;
        }
        EXPECT_EQ(row->second, name) << "number " << number << " of " << *header;
    }
}

TEST(SyscallTable, NoNumberHasTwoRows) {
    std::vector<unsigned> numbers;
    for (const SyscallInfo& row : recorded_syscalls()) numbers.push_back(row.number);
    for (const NotRecordedSyscall& row : not_recorded_syscalls()) numbers.push_back(row.number);
    std::sort(numbers.begin(), numbers.end());
    const auto twice = std::adjacent_find(numbers.begin(), numbers.end());
    EXPECT_TRUE(twice == numbers.end()) << *twice << " has two rows";
}

TEST(SyscallTable, NoNameHasTwoNumbers) {
    std::map<std::string, unsigned> numbers;
    for (const auto& [number, name] : names_in_table()) {
        EXPECT_TRUE(numbers.emplace(name, number).second)
            << name << " is both " << numbers[name] << " and " << number;
    }
}

TEST(SyscallTable, OnlyTheNumbersThatNameNoCallHaveNoRow) {
    const NumbersToNames table = names_in_table();
    const unsigned last = table.rbegin()->first;
    EXPECT_GE(last, 469U) << "file_setattr, Linux 6.17";
    for (unsigned number = 0; number <= last; ++number) {
        const bool is_hole = number >= kFirstHole && number <= kLastHole;
        EXPECT_EQ(table.contains(number), !is_hole) << "number " << number;
    }
}

TEST(SyscallTable, RowsOfCallsNotRecordedAreInNumericOrder) {
    const auto rows = not_recorded_syscalls();
    EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(), [](const auto& left, const auto& right) {
        return left.number < right.number;
    }));
}

TEST(SyscallTable, OperandsAreDifferentArgumentsOfTheCall) {
    for (const SyscallInfo& syscall : recorded_syscalls()) {
        std::set<unsigned> arguments;
        bool ended = false;
        for (const OperandInfo& operand : syscall.operands) {
            ended = ended || operand.kind == OperandKind::kNone;
            if (ended) {
                EXPECT_EQ(operand.kind, OperandKind::kNone) << syscall.name;
                continue;
            }
            EXPECT_LT(operand.argument, 6) << syscall.name;
            EXPECT_TRUE(arguments.insert(operand.argument).second)
                << syscall.name << " captures argument " << unsigned{operand.argument} << " twice";
        }
        EXPECT_LE(arguments.size(), 6U) << syscall.name;
    }
}

TEST(SyscallTable, FindsEveryRecordedCallAndNoOther) {
    for (const SyscallInfo& row : recorded_syscalls()) {
        EXPECT_EQ(find_syscall(row.number), &row) << row.name;
        EXPECT_EQ(find_syscall(row.name), &row) << row.name;
    }
    for (const NotRecordedSyscall& row : not_recorded_syscalls()) {
        EXPECT_EQ(find_syscall(row.number), nullptr) << row.name;
        EXPECT_EQ(find_syscall(row.name), nullptr) << row.name;
    }
    EXPECT_EQ(find_syscall(uint16_t{65535}), nullptr);
    EXPECT_EQ(find_syscall(""), nullptr);
}

TEST(ForeignCalls, EveryRecordedCallIsCountedWhenA32BitProgramMakesIt) {
    for (const SyscallInfo& recorded : recorded_syscalls())
        EXPECT_TRUE(std::any_of(std::begin(kI386Calls), std::end(kI386Calls),
                                [&](const ForeignCall& call) {
                                    return (call.name == recorded.name ||
                                            without_32(call.name) == recorded.name) &&
                                           call.group == recorded.group;
                                }))
            << recorded.name;
}

TEST(ForeignCalls, NumbersOf32BitCallsAreThoseOfTheInstalledHeader) {
    const std::optional<std::filesystem::path> header = installed_header("unistd_32.h");
    if (!header) GTEST_SKIP() << "no x86 <asm/unistd_32.h> is installed here";
    const NumbersToNames expected = names_in_header(*header);
    for (const ForeignCall& call : kI386Calls) {
        const auto at = expected.find(call.number);
        // A header that is older than the table lacks its last calls.
        if (at == expected.end() && call.number > expected.rbegin()->first) continue;
        ASSERT_NE(at, expected.end()) << call.number;
        EXPECT_EQ(at->second, call.name);
    }
    for (const auto& [number, name] : expected) {
        const SyscallInfo* recorded = find_syscall(without_32(name));
        const bool is_listed =
            std::any_of(std::begin(kI386Calls), std::end(kI386Calls),
                        [&](const ForeignCall& call) { return call.number == number; });
        EXPECT_TRUE(recorded == nullptr || is_listed) << number << " " << name;
    }
}

TEST(ForeignCalls, X32RowsAreRecordedCallsWithNumbersOfTheirOwn) {
    for (const ForeignCall& call : kX32Calls) {
        EXPECT_GE(call.number, 512U) << call.name;
        EXPECT_LE(call.number, 547U) << call.name;
        const SyscallInfo* recorded = find_syscall(std::string_view(call.name));
        ASSERT_NE(recorded, nullptr) << call.name;
        EXPECT_EQ(recorded->group, call.group) << call.name;
    }
}

TEST(HookTable, FindsEveryHookAndNoOther) {
    for (const HookInfo& row : hooks()) {
        EXPECT_EQ(find_hook(row.id), &row) << row.name;
        EXPECT_EQ(find_hook(row.name), &row) << row.name;
    }
    EXPECT_EQ(find_hook(uint16_t{0}), nullptr);
    EXPECT_EQ(find_hook(uint16_t{65535}), nullptr);
    EXPECT_EQ(find_hook("no_such_hook"), nullptr);
}

TEST(OperandKind, IsFoundByItsOwnName) {
    for (size_t value = 0; value < kOperandKinds; ++value) {
        const auto kind = static_cast<OperandKind>(value);
        EXPECT_NE(name_of(kind), "unknown");
        EXPECT_EQ(operand_kind_named(name_of(kind)), kind);
    }
    EXPECT_EQ(operand_kind_named("unknown"), std::nullopt);
    EXPECT_EQ(operand_kind_named("PATH"), std::nullopt);
}

TEST(OperandKind, ValueOutsideTheEnumerationIsCalledUnknown) {
    EXPECT_EQ(name_of(static_cast<OperandKind>(200)), "unknown");
}

}  // namespace
}  // namespace tocsin
