/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which system call a task is in: given at its entry, asked for by everything that happens in it.
 */
#ifndef TOCSIN_BPF_CALL_BPF_H
#define TOCSIN_BPF_CALL_BPF_H

#include "bpf/operand.bpf.h"
#include "bpf/record.bpf.h"
#include "bpf/task.bpf.h"

#define MAX_OPEN_CALLS 65536
#define MAX_FOLLOWED 65536
#define MAX_HOOKS 64
#define MAX_WALKS 2

enum hook_id {
#define TOCSIN_HOOK(id, name, source, sees, cannot_see) HOOK_##name = id,
#include "formats/hooks.def"
};

/* Set before loading. */
const volatile bool follow_only = false; /* checks and uses of followed processes alone */

/* Set to begin; cleared to stop at once, as detaching takes longer. */
bool recording = false;
/* How often each hook fired while this was asked: attaching alone proves nothing. */
bool counting = false;
__u64 fired[MAX_HOOKS] = {};

/* An open system call, by task pointer: an exec from a thread that is not the leader changes both
 * tid and start time, never the task_struct. */
struct open_call {
    __u64 number;
    __u16 cpu;
    __u16 syscall;
    __u8 has_object; /* 1: a hook has recorded what a name led to, or what is to have one */
    __u8 walks;      /* how many are known */
    __u8 walking;    /* the argument that the last one of them is along */
    __u64 registers[TOCSIN_MAX_OPERANDS];
    /* What the walks are told apart by, in their order; 0: none. Their names are recorded. */
    __u64 walked[MAX_WALKS];
    /* The directory that the last walk looked a name up in last: dentry, vfsmount, inode number. */
    __u64 directory, mount, directory_inode;
    /* The dentry that is to get what the call makes, or to be seen again, and its parent; 0: none.
     */
    __u64 made, made_parent;
    /* The dentry and the mount that a mount is to cover; 0: none. */
    __u64 covered, covered_mount;
    __u64 pipe; /* that it writes, if it does nothing else; 0: none */
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, MAX_OPEN_CALLS);
    __type(key, __u64);
    __type(value, struct open_call);
} open_calls SEC(".maps");

/* Process ids whose checks and uses are recorded; children are added as they are born. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, MAX_FOLLOWED);
    __type(key, __u32);
    __type(value, __u8);
} followed SEC(".maps");

static __always_inline bool is_followed(void) {
    if (!follow_only) return true;
    __u32 tgid = bpf_get_current_pid_tgid() >> 32;
    return bpf_map_lookup_elem(&followed, &tgid) != 0;
}

/* Of ioctl(2): SECCOMP_IOCTL_NOTIF_RECV, _SEND and _ADDFD (linux/seccomp.h) and UFFDIO_REGISTER
 * (linux/userfaultfd.h), whatever the size of their structures. */
static __always_inline bool is_recorded_command(__u64 command) {
    __u32 kind = command & 0xffff;
    return kind == ('!' << 8 | 0) || kind == ('!' << 8 | 1) || kind == ('!' << 8 | 3) ||
           kind == 0xaa00;
}

static __always_inline struct task_struct* current_task(void) {
    return (struct task_struct*)bpf_get_current_task();
}

static __always_inline void join(struct scratch* s, const struct open_call* call) {
    head_of(s)->call_cpu = call->cpu;
    head_of(s)->call_number = call->number;
}

static __always_inline struct open_call* open_call_of(__u64 task) {
    return bpf_map_lookup_elem(&open_calls, &task);
}

/* The call that this task is in, if it is recorded. */
static __always_inline struct open_call* current_call(void) {
    return open_call_of((__u64)current_task());
}

static __always_inline const struct syscall_spec* spec_of(const struct open_call* call) {
    return &syscall_specs[call->syscall & (MAX_SYSCALLS - 1)];
}

static __always_inline __u8 group_of(const struct open_call* call) {
    return call ? spec_of(call)->group : 0;
}

/* Begins the record of a hook that fired in this task. */
static __always_inline struct scratch* begin_hook(enum hook_id hook, __s64 detail,
                                                  const struct open_call* call) {
    struct scratch* s = begin(WIRE_HOOK_FIRED, hook, detail);
    if (!s) return 0;
    if (call) join(s, call);
    put_task(s->index, SLOT_TASK, (__u64)current_task());
    return s;
}

/* Of what is looked at when the call returns. */
static __always_inline struct scratch* begin_at_return(const struct open_call* call) {
    struct scratch* s = begin(WIRE_HOOK_FIRED, HOOK_sys_exit, 0);
    if (!s) return 0;
    join(s, call);
    put_task(s->index, SLOT_TASK, (__u64)current_task());
    return s;
}

/* E or X of one operand. */
static __always_inline void put_operand(__u32 scratch, struct operand_spec operand,
                                        const struct open_call* call) {
    __u32 at = operand.argument;
    if (at >= TOCSIN_MAX_OPERANDS) return;
    __u64 next = at + 1 < TOCSIN_MAX_OPERANDS ? call->registers[at + 1] : 0;
    put_claim(scratch, operand, call->registers[at], next);
}

/* Whether a hook that fired is to be recorded. */
static __always_inline bool is_recorded(enum hook_id hook) {
    if (counting) __sync_fetch_and_add(&fired[hook], 1);
    return recording;
}

#endif
