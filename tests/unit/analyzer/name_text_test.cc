// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/name_text.h"

#include <gtest/gtest.h>

#include "analyzer/replay/operation_assembler.h"
#include "tests/support/trace_builder.h"

namespace tocsin {
namespace {

// The absolute names of the paths of every call, "?" where one is not known.
std::vector<std::string> names_of(std::string_view lines) {
    const ParsedTrace trace = test::parsed(
        "tocsin-text 1\ntask p tgid=100\ntask c tgid=101\ntask late tgid=102\n"
        "object root 8:1/2 name=\"/\"\nobject home 8:1/3 name=\"home\" in=root\n"
        "object jail 8:1/4 name=\"jail\" in=root\nobject deep 8:1/5 name=\"deep\" cut\n" +
        std::string(lines) + "seal \"stopped\"\n");
    std::vector<std::string> names;
    WorldState world;
    OperationAssembler assembler(world, [&](const std::shared_ptr<const Operation>& operation) {
        for (const Operand& operand : operation->operands)
            if (operand.info.kind == OperandKind::kPath)
                names.push_back(absolute_name(*operation, operand, world).value_or("?"));
        world.observe(*operation);
    });
    for (const Event& event : trace.found) world.observe(event);
    for (const Event& event : trace.events) {
        world.observe(event);
        assembler.observe(event);
    }
    assembler.finish();
    return names;
}

using Names = std::vector<std::string>;

const std::string kFound = "5.0 cpu0 p found cwd=home root=root\n";

std::string looked_at(const std::string& name, const std::string& task = "p",
                      const std::string& fd = "0xffffff9c") {
    return "5.9 cpu0 " + task + " > newfstatat dirfd=" + fd + " path=16:\"" + name +
           "\"\n5.9 cpu0 " + task + " < newfstatat 0 path=16:\"" + name + "\"\n";
}

TEST(NameText, ARelativeNameStartsFromTheWorkingDirectory) {
    EXPECT_EQ(names_of(kFound + looked_at("x/y")), Names{"/home/x/y"});
    EXPECT_EQ(names_of(kFound + looked_at("//x/.///y/")), Names{"/x/y"});
    EXPECT_EQ(names_of(kFound + looked_at("../x")), Names{"/home/../x"});
    EXPECT_EQ(names_of(kFound + looked_at("/")), Names{"/"});
}

TEST(NameText, AProcessOfUnknownPlaceHasNoRelativeNames) {
    EXPECT_EQ(names_of(looked_at("x", "late")), Names{"?"});
    EXPECT_EQ(names_of(looked_at("/x", "late")), Names{"/x"});
}

TEST(NameText, AChdirMovesItsCallerFromItsReturnOn) {
    EXPECT_EQ(names_of(kFound +
                       "5.1 cpu0 p > chdir path=16:\"jail\"\n5.1 cpu0 p @ sys_exit cwd=jail\n"
                       "5.1 cpu0 p < chdir 0 path=16:\"jail\"\n" +
                       looked_at("x")),
              (Names{"/home/jail", "/jail/x"}));
}

TEST(NameText, AChrootIsPartOfTheName) {
    EXPECT_EQ(names_of("5.0 cpu0 p found cwd=jail root=jail\n" + looked_at("/x")),
              Names{"/jail/x"});
}

TEST(NameText, ADescriptorStandsForWhatWasOpened) {
    const std::string opened =
        "5.1 cpu0 p > openat dirfd=0xffffff9c path=16:\"/jail\" flags=0\n"
        "5.1 cpu0 p @ sys_exit returned=jail\n"
        "5.1 cpu0 p < openat 7 path=16:\"/jail\"\n";
    EXPECT_EQ(names_of(kFound + opened + looked_at("x", "p", "7")), (Names{"/jail", "/jail/x"}));
    EXPECT_EQ(names_of(kFound + opened + "5.2 cpu0 p > close dirfd=7\n5.2 cpu0 p < close 0\n" +
                       looked_at("x", "p", "7")),
              (Names{"/jail", "?"}));
    EXPECT_EQ(names_of(kFound + looked_at("x", "p", "9")), Names{"?"});
}

// fsconfig(2) takes the descriptor behind the name.
TEST(NameText, ADescriptorIsTheOneBeforeTheNameInTheRow) {
    const std::string opened =
        "5.1 cpu0 p > openat dirfd=0xffffff9c path=16:\"/jail\" flags=0\n"
        "5.1 cpu0 p @ sys_exit returned=jail\n"
        "5.1 cpu0 p < openat 7 path=16:\"/jail\"\n";
    const auto set_up = [](const std::string& fd) {
        return "5.9 cpu0 p > fsconfig value#0=7 value#1=3 string=8:\"lower\" dirfd=" + fd +
               " path=16:\"x\"\n5.9 cpu0 p < fsconfig 0 path=16:\"x\"\n";
    };
    EXPECT_EQ(names_of(kFound + opened + set_up("7")), (Names{"/jail", "/jail/x"}));
    EXPECT_EQ(names_of(kFound + opened + set_up("0xffffff9c")), (Names{"/jail", "/home/x"}));
}

TEST(NameText, AChildBeginsWhereItsParentIsAndGoesItsOwnWay) {
    const std::string moved =
        "5.2 cpu0 p > chdir path=16:\"/jail\"\n5.2 cpu0 p @ sys_exit cwd=jail\n"
        "5.2 cpu0 p < chdir 0 path=16:\"/jail\"\n";
    EXPECT_EQ(names_of(kFound + "5.1 cpu0 p fork c\n" + moved + looked_at("x", "c")),
              (Names{"/jail", "/home/x"}));
    EXPECT_EQ(names_of(kFound + "5.1 cpu0 p fork c shares-place\n" + moved + looked_at("x", "c")),
              (Names{"/jail", "/jail/x"}));
}

TEST(NameText, ANameThatChangedDuringTheCallIsNone) {
    EXPECT_EQ(
        names_of(kFound +
                 "5.9 cpu0 p > access path=16:\"/a\"\n5.9 cpu0 p < access 0 path=16:\"/b\"\n"),
        Names{"?"});
}

TEST(NameText, ADirectoryThatWasNotSeenUpToTheRootIsNoStart) {
    EXPECT_EQ(names_of("5.0 cpu0 p found cwd=deep root=root\n" + looked_at("x")), Names{"?"});
}

}  // namespace
}  // namespace tocsin
