// SPDX-License-Identifier: Apache-2.0
//
// Random traces of processes that check, use and rebind a few names, against an oracle that looks
// at every triple of check, change and use. What a name leads to comes from a simulated directory,
// so that the traces are such as a kernel would give.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "analyzer/judge/analysis.h"
#include "tests/support/trace_builder.h"

namespace tocsin {
namespace {

constexpr uint64_t kStartNs = 5'000'000'000;
constexpr uint64_t kSlackNs = 100'000, kUncertaintyNs = 1'000;  // as mutations.h has them
constexpr int kNames = 3;

struct Actor {
    const char* task;
    int uid;
    int cpu;
};
constexpr Actor kActors[] = {{"v", 0, 0}, {"w", 0, 1}, {"a", 1000, 2}, {"r", 0, 3}};

enum class Kind { kCheck, kUse, kRename, kUnlink };

struct Call {
    Kind kind = Kind::kCheck;
    int actor = 0, name = 0;
    uint64_t began = 0, decided = 0, ended = 0;
    bool failed = false;
    uint64_t made = 0;               // inode that a rename brings
    uint64_t before = 0, after = 0;  // inode of the name; 0: none
};

class Story {
  public:
    explicit Story(uint64_t seed) : random_(seed) {
        for (int actor = 0; actor < 4; ++actor) add_calls(actor);
        std::sort(calls_.begin(), calls_.end(),
                  [](const Call& a, const Call& b) { return a.decided < b.decided; });
        run();
    }

    const std::vector<Call>& calls() const { return calls_; }
    std::string text() const;

  private:
    uint64_t below(uint64_t limit) { return random_() % limit; }

    void add_calls(int actor) {
        uint64_t time = kStartNs + below(50'000);
        for (int i = 0; i < 25; ++i) {
            Call call;
            call.actor = actor;
            const bool is_victim = actor < 2;
            call.kind = is_victim ? (below(2) != 0 ? Kind::kCheck : Kind::kUse)
                                  : (below(3) != 0 ? Kind::kRename : Kind::kUnlink);
            call.name = static_cast<int>(below(kNames));
            call.failed = !is_victim && below(5) == 0;
            call.began = time += 1 + below(below(2) != 0 ? 300'000 : 3'000);
            // No two at the same time: the simulated directory has one order.
            call.decided = (time += 8 + below(20'000)) / 8 * 8 + static_cast<uint64_t>(actor);
            time = call.decided;
            call.ended = time += 1 + below(20'000);
            calls_.push_back(call);
        }
    }
    void run() {
        std::map<int, uint64_t> directory = {{0, 100}, {1, 101}}, displaced;
        uint64_t next = 200;
        for (Call& call : calls_) {
            call.before = call.after = directory[call.name];
            // What was there before comes back, or something new comes.
            const uint64_t old = below(3) == 0 ? displaced[call.name] : 0;
            if (call.kind == Kind::kRename) call.made = old != 0 ? old : next++;
            // There is nothing to unlink: the kernel fires no hook.
            if (call.kind == Kind::kUnlink && call.before == 0) call.failed = true;
            if (call.failed) continue;
            if (call.kind == Kind::kRename) call.after = call.made;
            if (call.kind == Kind::kUnlink) call.after = 0;
            if (call.before != call.after) displaced[call.name] = call.before;
            directory[call.name] = call.after;
        }
    }

    std::mt19937_64 random_;
    std::vector<Call> calls_;
};

std::string seconds(uint64_t ns) {
    return fmt::format("{}.{:09}", ns / 1'000'000'000, ns % 1'000'000'000);
}

std::string Story::text() const {
    std::string text =
        "tocsin-text 1\nobject root 8:1/2 mode=040755 name=\"/\"\n"
        "object d 8:1/3 mode=040755 owner=1000:1000 name=\"d\" in=root\n"
        "task v tgid=100 uid=0 permitted=0x1ffffffffff\n"
        "task w tgid=101 uid=0 permitted=0x1ffffffffff\n"
        "task a tgid=200 uid=1000 gid=1000\ntask r tgid=300 uid=0 permitted=0x1ffffffffff\n";
    const auto object = [&](const std::string& label, uint64_t inode, const std::string& name) {
        text += inode == 0
                    ? fmt::format("object {} 0:0/0 mode=0 links=0 name=\"{}\" in=d\n", label, name)
                    : fmt::format("object {} 8:1/{} gen=1 mode=0100600 name=\"{}\" in=d\n", label,
                                  inode, name);
    };
    std::vector<std::pair<uint64_t, std::string>> lines;
    int number = 0;
    for (const Call& call : calls_) {
        const Actor& actor = kActors[call.actor];
        const std::string o = fmt::format("o{}", number), m = fmt::format("m{}", number);
        ++number;
        object(o, call.before, fmt::format("n{}", call.name));
        if (call.kind == Kind::kRename) object(m, call.made, "new");
        static constexpr const char* kCalls[] = {"access", "openat", "rename", "unlink"};
        const std::string name = kCalls[static_cast<int>(call.kind)];
        const bool is_rename = call.kind == Kind::kRename;
        const std::string path = fmt::format("\"/d/n{}\"", call.name);
        const std::string claims =
            is_rename ? "path#0=16:\"/d/new\" path#1=32:" + path : "path=16:" + path;
        const auto put = [&](uint64_t time, const std::string& rest) {
            lines.emplace_back(
                time, fmt::format("{} cpu{} {} {}\n", seconds(time), actor.cpu, actor.task, rest));
        };
        put(call.began, "> " + name + " " + claims);
        const bool finds = call.kind == Kind::kCheck || call.kind == Kind::kUse;
        std::string hook;
        if (finds && call.before == 0)
            hook = "sys_exit named=" + o;
        else if (call.kind == Kind::kCheck)
            hook = "inode_permission named=" + o;
        else if (call.kind == Kind::kUse)
            hook = "file_open opened=" + o;
        else if (is_rename)
            hook = "path_rename named=" + m + " second=" + o;
        else if (call.before != 0)
            hook = "path_unlink named=" + o;
        if (!hook.empty()) put(call.decided, "@ " + hook);
        const bool fails = call.failed || (finds && call.before == 0);
        put(call.ended, "< " + name + (fails ? " -ENOENT" : " 0"));
    }
    std::sort(lines.begin(), lines.end());
    for (const auto& [time, line] : lines) text += line;
    return text + "seal \"stopped\"\n";
}

using Found = std::set<std::pair<Rule, uint64_t>>;  // and when its use began

bool is_change(const Call& call) {
    return (call.kind == Kind::kRename || call.kind == Kind::kUnlink) && !call.failed;
}

uint64_t gap(uint64_t from, uint64_t to) {
    return to > from ? to - from : 0;
}

bool is_between(const Call& change, const Call& check, const Call& use, uint64_t slack) {
    return is_change(change) && change.name == use.name && change.ended + slack >= check.began &&
           change.decided <= use.decided + slack;
}

// Check and use found the same: from the last change by others that led the name elsewhere, and
// after which it may have been led back, to the use.
std::optional<uint64_t> age_of_interference(const std::vector<Call>& calls, const Call& check,
                                            const Call& use) {
    std::optional<uint64_t> least;
    for (const Call& away : calls) {
        if (!is_between(away, check, use, kUncertaintyNs) || kActors[away.actor].uid == 0) continue;
        if (away.before != check.after || away.after == check.after) continue;
        for (const Call& back : calls) {
            if (!is_between(back, check, use, kUncertaintyNs) || back.after != check.after)
                continue;
            if (away.decided > back.decided + kUncertaintyNs) continue;
            const uint64_t age = gap(away.decided, use.decided);
            least = std::min(least.value_or(age), age);
        }
    }
    return least;
}

// What is found of one use, or not.
void ask(const std::vector<Call>& calls, const Call& use, const CorrelationWindow& window,
         Found& found) {
    const Call* check = nullptr;
    for (const Call& call : calls)
        if (call.actor == use.actor && call.name == use.name && call.ended <= use.began &&
            (check == nullptr || call.ended > check->ended))
            check = &call;
    if (check == nullptr) return;
    const auto within = [](uint64_t ns, std::chrono::nanoseconds limit) {
        return ns <= static_cast<uint64_t>(limit.count());
    };
    const bool is_near = within(gap(check->decided, use.decided), window.check_use);
    if (check->after == use.before) {
        const auto away = age_of_interference(calls, *check, use);
        if (is_near && away && within(*away, window.mutation_use))
            found.emplace(Rule::kF3, use.began);
        return;
    }
    // From the last change that explains it to the use, by others and by the same principal.
    std::optional<uint64_t> others, own;
    for (const Call& change : calls) {
        if (!is_between(change, *check, use, kSlackNs) || change.after != use.before) continue;
        auto& least = kActors[change.actor].uid == 0 ? own : others;
        const uint64_t age = gap(change.decided, use.decided);
        least = std::min(least.value_or(age), age);
    }
    if (own && !others) return;  // set aside
    if (!is_near) return;
    const bool is_by_others = others && within(*others, window.mutation_use);
    if (!is_by_others && own && within(*own, window.mutation_use)) return;  // set aside
    const Rule explained = use.before == 0 ? Rule::kF3 : Rule::kF1;  // the use failed: ENOENT
    found.emplace(is_by_others ? explained : Rule::kF2, use.began);
}

Found asked_of_the_oracle(const Story& story, const CorrelationWindow& window) {
    Found found;
    for (const Call& call : story.calls())
        if (call.kind == Kind::kUse) ask(story.calls(), call, window, found);
    return found;
}

Found analyzed(const std::string& text, const CorrelationWindow& window) {
    auto reader = TraceReader::open(ByteSource::from_memory(test::bytes_of(test::parsed(text))));
    EXPECT_TRUE(reader.ok());
    AnalysisOptions options;
    options.window = window;
    Found found;
    for (const Finding& finding : analyze(*reader, "random", options).findings) {
        const std::string_view rule = finding.judgement.set_aside_by;
        // Changes are uses, too: they are not asked about.
        const bool is_use = finding.candidate.operation->syscall->name == "openat";
        if (rule == "same-principal" || !is_use || finding.candidate.rule == Rule::kF4) continue;
        found.emplace(finding.candidate.rule, finding.candidate.operation->began.ns);
    }
    return found;
}

std::string shown(const Found& found) {
    std::string text;
    for (const auto& [rule, time] : found) text += fmt::format("{}@{} ", name_of(rule), time);
    return text;
}

TEST(NameRaceProperty, FindsWhatAnOracleThatLooksAtEveryTripleFinds) {
    size_t races = 0, interferences = 0;
    for (uint64_t seed = 1; seed <= 60; ++seed) {
        const Story story(seed);
        const std::string text = story.text();
        std::mt19937_64 random(seed);
        for (int i = 0; i < 6; ++i) {
            CorrelationWindow window;
            if (i > 0) window.check_use = std::chrono::nanoseconds(1 + random() % 2'000'000);
            if (i > 1) window.mutation_use = std::chrono::nanoseconds(1 + random() % 1'000'000);
            const Found expected = asked_of_the_oracle(story, window);
            const Found found = analyzed(text, window);
            races += found.size();
            interferences +=
                static_cast<size_t>(std::count_if(found.begin(), found.end(), [](const auto& one) {
                    return one.first == Rule::kF3;
                }));
            ASSERT_EQ(shown(found), shown(expected)) << "seed " << seed << ", " << text_of(window);
        }
    }
    EXPECT_GT(races, 1000U) << "the random traces hold hardly any races";
    EXPECT_GT(interferences, 100U) << "the random traces hold hardly any interferences";
}

}  // namespace
}  // namespace tocsin
