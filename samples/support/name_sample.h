// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "samples/support/attacker_process.h"
#include "samples/support/name_race.h"
#include "samples/support/race_directories.h"

// The names of one try: those of try 7 end in 7.
class TryNames {
  public:
    TryNames(const RaceDirectories& directories, uint32_t number)
        : directories_(directories), number_(number) {}

    // As the attacker calls what lies in its directory.
    std::string own(std::string_view name) const { return numbered(name, number_); }
    std::string users(std::string_view name) const { return directories_.users(own(name)); }
    std::string roots(std::string_view name) const { return directories_.roots(own(name)); }

    const RaceDirectories& directories() const { return directories_; }
    uint32_t number() const { return number_; }

  private:
    const RaceDirectories& directories_;
    uint32_t number_;
};

// One try, as the victim makes it.
class Attempt : public TryNames {
  public:
    Attempt(const TryNames& names, bool attacks, AttackerProcess& attacker)
        : TryNames(names), attacks_(attacks), attacker_(attacker) {}

    bool attacks() const { return attacks_; }  // else the benign twin

    // Has the attacker act, and waits for it. Complains on failure; the try is then to be given up.
    bool swap() { return attacker_.swap(number()); }
    // The same, but the attacker is stopped until the victim's work is done.
    bool swap_after(const std::function<void()>& work) {
        return attacker_.swap_after(number(), work);
    }

  private:
    bool attacks_;
    AttackerProcess& attacker_;
};

// What a sample of a race on a name consists of, beside what all of them share.
struct NameSample {
    // False, with errno, on failure. nullptr: there is nothing to do.
    using AttackersAct = bool (*)(const TryNames&);
    struct Attacker {
        uid_t user = kAttacker;
        bool in_roots_directory = false;  // works in DIR/root, else in DIR/user
        AttackersAct enter = nullptr;     // once, still as root, in its directory
        AttackersAct prepare = nullptr;   // before the victim's part of each try
        AttackersAct swap = nullptr;
    };
    enum class Mounts { kAsTheyAre, kOfItsOwn };

    const char* story;       // whole lines, for --help
    const char* form;        // what the attacker does, in a word
    const char* twin;        // what --control does instead
    const char* roots_file;  // made in DIR/root for each try; nullptr: none
    Attacker attacker;
    std::optional<Attacker> twins_attacker;  // where it is another one
    std::optional<NameRace> (*race)(Attempt&);
    Mounts mounts = Mounts::kAsTheyAre;  // whether the victim mounts, and so must be apart
};

// What a main() does.
int run_name_sample(int argc, char** argv, const NameSample& sample);
