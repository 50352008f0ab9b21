// SPDX-License-Identifier: Apache-2.0
// A program that claims to open "decoy" and opens "hidden": the path lies in memory
// that it shares with another process, which rewrites it after the call has begun.
// See README.md.
#include <limits.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

#include "samples/support/absent_page.h"
#include "samples/support/child_process.h"
#include "samples/support/complain.h"
#include "samples/support/opened_file.h"
#include "samples/support/request.h"
#include "samples/support/scratch.h"

namespace {

constexpr char kUsage[] =
    "Usage: shared_memfd_writer [options]\n"
    "Opens a file named decoy while another process rewrites the name, which lies in a\n"
    "memfd that both have mapped, to hidden. Needs userfaultfd; every try wins.\n"
    "  --form fault   while the kernel waits for a page; the only form\n"
    "  --control      the same, but the other process writes before the call begins\n"
    "  --tries N      N calls; default 200\n"
    "  --scratch DIR  a new or empty directory for the files; default below /tmp\n"
    "  --help         this text\n"
    "Exit status: 0 done as asked, 1 fewer wins than asked for, 2 trouble.\n";

// PATH_MAX bytes of a memfd, or nothing, with errno.
char* map_name(int memfd) {
    void* const name = mmap(nullptr, PATH_MAX, PROT_READ | PROT_WRITE, MAP_SHARED, memfd, 0);
    return name == MAP_FAILED ? nullptr : static_cast<char*>(name);
}

// The other process: its own mapping of the same memory.
int write_when_asked(int channel, int memfd, const std::string& path) {
    char* const name = map_name(memfd);
    if (name == nullptr) {
        complain("the writer cannot map the shared name: %s; free some memory",
                 std::strerror(errno));
        return 2;
    }
    while (take_request(channel)) {
        std::memcpy(name, path.c_str(), path.size() + 1);
        if (!answer_request(channel)) break;
    }
    return 0;
}

void race_once(Tally& tally, char* name, AbsentPage& page, ChildProcess* early_writer,
               const std::string& more) {
    if (!page.empty_again() || (early_writer != nullptr && !early_writer->ask())) {
        tally.in_trouble = true;
        return;
    }
    const std::string claimed = base_name(name);
    const auto* const how = reinterpret_cast<const open_how*>(page.address());
    const OpenedFile opened = identify(open_with(name, how));
    report_open(tally, opened, opened.name != claimed, " claimed=" + claimed + more);
}

Tally race(const Request& request, const std::string& directory, int memfd) {
    Tally tally{.in_trouble = true};
    char* const name = map_name(memfd);
    const std::string decoy = directory + "/" + std::string(kDecoy);
    const std::string hidden = directory + "/" + std::string(kHidden);
    if (name == nullptr || hidden.size() >= PATH_MAX) {
        complain(
            "cannot put %s into shared memory: %s; name a shorter directory with --scratch DIR",
            hidden.c_str(), std::strerror(name == nullptr ? errno : ENAMETOOLONG));
        return tally;
    }
    AbsentPage page;
    ChildProcess writer("writer");
    if (a_debugger_would_hang() || !page.open(plain_open_how()) ||
        !writer.start([&](int channel) { return write_when_asked(channel, memfd, hidden); }))
        return tally;
    const bool rewrites = request.rewrite == Rewrite::kYes;
    FaultHandler handler(page, [&writer, rewrites] { return !rewrites || writer.ask(); });
    const std::string more = " writer=" + std::to_string(writer.pid());
    tally.in_trouble = false;
    while (wants_another_try(request, tally)) {
        std::memcpy(name, decoy.c_str(), decoy.size() + 1);
        race_once(tally, name, page, rewrites ? nullptr : &writer, more);
        if (handler.in_trouble()) tally.in_trouble = true;
    }
    return tally;
}

int run(const Request& request) {
    std::optional<Scratch> scratch = Scratch::create(request.scratch);
    if (!scratch || !add_decoy_and_hidden(*scratch)) return 2;
    const int memfd = memfd_create("name", MFD_CLOEXEC);
    if (memfd < 0 || ftruncate(memfd, PATH_MAX) != 0) {
        complain("cannot make a memfd of %d bytes: %s; free some memory or descriptors", PATH_MAX,
                 std::strerror(errno));
        return 2;
    }
    return conclude(request, race(request, scratch->directory(), memfd), kAdviceOnOpens);
}

}  // namespace

int main(int argc, char** argv) {
    const Offer offer{
        .usage = kUsage,
        .form_option = "form",
        .forms = {{.name = "fault", .every_try_wins = true, .default_tries = 200}},
    };
    return run_sample(argc, argv, offer, run);
}
