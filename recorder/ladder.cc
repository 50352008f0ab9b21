// SPDX-License-Identifier: Apache-2.0
#include <bpf/libbpf.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <string>

#include "bpf/ladder.skel.h"
#include "formats/hooks.h"
#include "recorder/bpf_refusal.h"
#include "recorder/canary.h"
#include "recorder/probes.h"

namespace tocsin {
namespace {

struct Rung {
    const char* source;
    const char* hook;
    const char* program;
};

constexpr std::array<Rung, 2> kRungs = {{
    {"fentry", "security_bprm_check", "fentry_rung"},
    {"kprobe", "security_bprm_check", "kprobe_rung"},
}};

uint64_t hits_of(const ladder_bpf* skeleton, const Rung& rung) {
    return std::string(rung.source) == "fentry" ? skeleton->bss->fentry_hits
                                                : skeleton->bss->kprobe_hits;
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
    make_hooks_fire();
    const uint64_t hits = hits_of(skeleton, rung);
    bpf_link__destroy(link);
    return hits == 0 ? "attaches but never fires" : "";
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

std::vector<RungStatus> probe_ladder() {
    std::vector<RungStatus> list;
    auto probes = Probes::load({size_t{1} << 16, false, false, SourceChoice::kAuto});
    if (probes) {
        for (const HookStatus& hook : (*probes)->hooks())
            list.push_back({hook.source, hook.name, hook.refusal});
        (*probes)->leave_detaching_to_a_child();
        probes->reset();
    } else {
        for (const HookInfo& hook : hooks())
            list.push_back({std::string(name_of(hook.source)), std::string(hook.name),
                            probes.error().message});
    }
    for (const Rung& rung : kRungs)
        list.push_back({rung.source, rung.hook, refusal_of(rung), false});
    return list;
}

}  // namespace tocsin
