/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One program for each rung of the ladder that nothing is recorded from yet, all at the same check
 * of an exec. They only count: loading and attaching them tells what the running kernel allows, and
 * firing tells whether it means it.
 */
#include "bpf/kernel.bpf.h"
/* kernel types come first */
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

__u64 fentry_hits = 0;
__u64 kprobe_hits = 0;

SEC("fentry/security_bprm_check")
int BPF_PROG(fentry_rung, struct linux_binprm* bprm) {
    __sync_fetch_and_add(&fentry_hits, 1);
    return 0;
}

SEC("kprobe/security_bprm_check")
int kprobe_rung(void* ctx) {
    __sync_fetch_and_add(&kprobe_hits, 1);
    return 0;
}
