// SPDX-License-Identifier: Apache-2.0
#include <limits.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include "attempt.h"
#include "complain.h"
#include "forms.h"
#include "stop_signals.h"

namespace {

constexpr uint32_t kLeadSpins = 4000;      // child, from "go" to execve
constexpr uint32_t kYieldAfter = 1 << 20;  // polls of "go", about a millisecond
constexpr size_t kCacheLine = 64;

enum class Phase : int { kIdle, kArmed, kReady, kGo, kQuit };

// What the threads and the vfork child share. The lines of the cache are apart, so
// that polling does not slow down what is timed.
struct Race {
    alignas(kCacheLine) std::atomic<Phase> phase{Phase::kIdle};
    uint32_t delay_spins = 0;
    bool one_cpu = false;
    alignas(kCacheLine) uint16_t decoy = 0;
    alignas(kCacheLine) char path[PATH_MAX] = {};
    uint16_t* target = nullptr;  // the path's last two letters, or the decoy
};

void spin(uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) asm volatile("" ::: "memory");
}

uint16_t two_letters(const char* letters) {
    uint16_t both;
    std::memcpy(&both, letters, sizeof both);
    return both;
}

// Finds the delay at which half of the stores come too late for the kernel's copy:
// the moment of the copy itself. A step shrinks when the answers alternate and
// grows when they agree, so that it follows a tracer which comes or goes.
class Staircase {
  public:
    uint32_t next_delay() {
        std::uniform_int_distribution<int32_t> jitter(-kJitter, kJitter);
        return static_cast<uint32_t>(std::clamp(center_ + jitter(random_), 0, kLongest));
    }

    void learn(bool store_was_in_time) {
        agreeing_ = store_was_in_time == last_ ? agreeing_ + 1 : 0;
        if (agreeing_ == 0) step_ = std::max(step_ / 2, kShortestStep);
        if (agreeing_ >= 8) step_ = std::min(step_ * 2, kLongestStep);
        last_ = store_was_in_time;
        center_ = std::clamp(center_ + (store_was_in_time ? step_ : -step_), 0, kLongest);
    }

  private:
    static constexpr int32_t kLongest = 1 << 18;
    static constexpr int32_t kLongestStep = 1 << 12;
    static constexpr int32_t kShortestStep = 64;
    static constexpr int32_t kJitter = 512;

    // Comes down from late: a store before the call begins also makes sh run, but
    // deceives nobody, so the first win must not be one of those.
    int32_t center_ = 1 << 14;
    int32_t step_ = 1024;
    int agreeing_ = 0;
    bool last_ = false;
    std::minstd_rand random_;
};

// Puts DIR/ls where one aligned two-byte store makes it DIR/sh. An even prefix at
// an aligned start also keeps both letters in one of the words that the kernel
// copies by, so that no torn name is seen (lib/strncpy_from_user.c).
bool lay_out(Race& race, const std::string& directory, Rewrite rewrite) {
    std::string prefix = directory + "/";
    if (prefix.size() % 2 != 0) prefix += '/';
    if (prefix.size() + sizeof "ls" > sizeof race.path) {
        complain("%s is %zu bytes long, too long for a path; name another with --scratch DIR",
                 directory.c_str(), directory.size());
        return false;
    }
    std::memcpy(race.path, (prefix + "ls").c_str(), prefix.size() + sizeof "ls");
    void* const letters = race.path + prefix.size();
    race.target = rewrite == Rewrite::kYes ? static_cast<uint16_t*>(letters) : &race.decoy;
    return true;
}

void store(const Race& race, uint16_t letters) {
    std::atomic_ref<uint16_t>(*race.target).store(letters, std::memory_order_seq_cst);
}

void wait_while(const Race& race, Phase phase) {
    race.phase.wait(phase);
}

void enter(Race& race, Phase phase) {
    race.phase.store(phase);
    race.phase.notify_all();
}

// The second thread: sleeps until a try is armed, then polls for the child's "go".
// With one CPU it gives way at each poll, since the child could not run otherwise.
void rewrite_names(Race& race) {
    const uint16_t real = two_letters("sh");
    for (;;) {
        wait_while(race, Phase::kIdle);
        if (race.phase.load() == Phase::kQuit) return;
        const uint32_t delay = race.delay_spins;
        enter(race, Phase::kReady);
        for (uint32_t polls = 0; race.phase.load(std::memory_order_acquire) == Phase::kReady;)
            if (race.one_cpu || ++polls > kYieldAfter) sched_yield();
        spin(delay);
        store(race, real);
        enter(race, Phase::kIdle);
    }
}

std::optional<Attempt> race_once(Race& race, uint32_t delay_spins) {
    char program[] = "ls", option[] = "-l", variable[] = "EXEC_SWAP=name";
    char* const argv[] = {program, option, nullptr};
    char* const envp[] = {variable, nullptr};
    store(race, two_letters("ls"));
    race.delay_spins = delay_spins;
    enter(race, Phase::kArmed);
    wait_while(race, Phase::kArmed);
    std::optional<Attempt> attempt = attempt_exec(race.path, argv, envp, [&race] {
        race.phase.store(Phase::kGo);
        spin(kLeadSpins);
    });
    Phase ready = Phase::kReady;  // still, if there was no child
    race.phase.compare_exchange_strong(ready, Phase::kGo);
    wait_while(race, Phase::kGo);
    return attempt;
}

bool has_one_cpu() {
    cpu_set_t usable;
    return sched_getaffinity(0, sizeof usable, &usable) == 0 && CPU_COUNT(&usable) == 1;
}

void count(Tally& tally, Staircase& staircase, const Attempt& attempt) {
    ++tally.tries;
    if (attempt.exec_errno != 0) tally.last_errno = attempt.exec_errno;
    if (attempt.line.empty()) return;
    ++tally.ran;
    const bool won = attempt.line.find(" exe=sh ") != std::string::npos;
    tally.wins += won;
    staircase.learn(won);
}

}  // namespace

Tally run_name_form(const std::string& directory, Rewrite rewrite, uint32_t tries,
                    uint32_t until_wins) {
    Tally tally;
    Race race;
    race.one_cpu = has_one_cpu();
    if (!lay_out(race, directory, rewrite)) return tally.in_trouble = true, tally;
    Staircase staircase;
    std::thread rewriter([&race] { rewrite_names(race); });
    while (tally.tries < tries && !stop_requested()) {
        const std::optional<Attempt> attempt = race_once(race, staircase.next_delay());
        tally.in_trouble = !attempt || !print_attempt(*attempt);
        if (tally.in_trouble) break;
        count(tally, staircase, *attempt);
        if (until_wins != 0 && tally.wins >= until_wins) break;
    }
    enter(race, Phase::kQuit);
    rewriter.join();
    return tally;
}
