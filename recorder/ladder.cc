// SPDX-License-Identifier: Apache-2.0
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <string>

#include "bpf/ladder.skel.h"
#include "recorder/bpf_refusal.h"
#include "recorder/probes.h"

namespace tocsin {
namespace {

struct Rung {
    const char* source;
    const char* program;
    const char* section;
};

constexpr std::array<Rung, 3> kRungs = {{
    {"lsm", "lsm_rung", "lsm/bprm_check_security"},
    {"fentry", "fentry_rung", "fentry/security_bprm_check"},
    {"kprobe", "kprobe_rung", "kprobe/security_bprm_check"},
}};

// An exec that changes nothing: this program printing its version to nowhere.
void exec_once() {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    std::string name = "tocsin-record", argument = "--version";
    std::array<char*, 3> argv = {name.data(), argument.data(), nullptr};
    std::array<char*, 1> environment = {nullptr};
    pid_t child = 0;
    if (posix_spawn(&child, "/proc/self/exe", &actions, nullptr, argv.data(), environment.data()) ==
        0)
        waitpid(child, nullptr, 0);
    posix_spawn_file_actions_destroy(&actions);
}

uint64_t hits_of(const ladder_bpf* skeleton, const Rung& rung) {
    const std::string source = rung.source;
    if (source == "lsm") return skeleton->bss->lsm_hits;
    if (source == "fentry") return skeleton->bss->fentry_hits;
    return skeleton->bss->kprobe_hits;
}

std::string try_rung(ladder_bpf* skeleton, const Rung& rung) {
    bpf_program* wanted = nullptr;
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, skeleton->obj) {
        const bool is_it = std::string(bpf_program__name(program)) == rung.program;
        bpf_program__set_autoload(program, is_it);
        if (is_it) wanted = program;
    }
    if (const int failed = ladder_bpf__load(skeleton); failed != 0)
        return "cannot load: " + explain_refusal(-failed);
    bpf_link* link = bpf_program__attach(wanted);
    if (link == nullptr) return "cannot attach: " + explain_refusal(errno);
    exec_once();
    const uint64_t hits = hits_of(skeleton, rung);
    bpf_link__destroy(link);
    if (hits == 0) return "attaches but never fires; is bpf missing from the lsm= list?";
    return "";
}

std::string refusal_of(const Rung& rung) {
    // Refusals are what this is about: the answer reports them, libbpf need not.
    const auto print =
        libbpf_set_print([](enum libbpf_print_level, const char*, va_list) { return 0; });
    ladder_bpf* skeleton = ladder_bpf__open();
    std::string refusal =
        skeleton == nullptr ? "cannot open: " + explain_refusal(errno) : try_rung(skeleton, rung);
    ladder_bpf__destroy(skeleton);
    libbpf_set_print(print);
    return refusal;
}

}  // namespace

std::string probe_lsm() {
    return refusal_of(kRungs.front());
}

std::vector<RungStatus> probe_ladder() {
    std::vector<RungStatus> list;
    list.reserve(kRungs.size() + 1);
    for (const Rung& rung : kRungs) list.push_back({rung.source, rung.section, refusal_of(rung)});
    Probes::Options options{size_t{1} << 16, false, false, SourceChoice::kTracepoint};
    auto probes = Probes::load(options);
    std::string refusal = probes ? "" : probes.error().message;
    if (probes)
        if (auto attached = (*probes)->attach(); !attached) refusal = attached.error().message;
    list.push_back({"tracepoint", "tp_btf/sched_process_exec", refusal});
    return list;
}

}  // namespace tocsin
