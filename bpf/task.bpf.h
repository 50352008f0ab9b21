/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who: a task's identity, credentials and namespaces, as every record states them. */
#ifndef TOCSIN_BPF_TASK_BPF_H
#define TOCSIN_BPF_TASK_BPF_H

#include "bpf/record.bpf.h"

#define TS_COMPAT 2 /* arch/x86/include/asm/thread_info.h: a 32-bit call is running */

static __always_inline bool is_compat_call(struct task_struct* task) {
    return BPF_CORE_READ(task, thread_info.status) & TS_COMPAT;
}

static __always_inline void fill_task_ids(struct wire_task* out, struct task_struct* task) {
    out->tgid = BPF_CORE_READ(task, tgid);
    out->tid = BPF_CORE_READ(task, pid);
    out->started_ns = BPF_CORE_READ(task, start_boottime);
}

static __always_inline __u64 capability_word(const kernel_cap_t* set) {
    __u64 word = 0;
    bpf_probe_read_kernel(&word, sizeof word, set);
    return word;
}

static __always_inline __u32 pid_namespace_of(struct task_struct* task) {
    struct pid* pid = BPF_CORE_READ(task, thread_pid);
    __u32 level = BPF_CORE_READ(pid, level);
    const char* numbers = (const char*)pid + bpf_core_field_offset(struct pid, numbers);
    const struct upid* own =
        (const struct upid*)(numbers + level * (__u64)bpf_core_type_size(struct upid));
    return BPF_CORE_READ(own, ns, ns.inum);
}

/* An inode in memory; i_ino alone is not unique. */
struct inode_key {
    __u64 inode;
    __u64 number;
};

static __always_inline struct inode_key key_of(struct inode* inode) {
    struct inode_key key = {.inode = (__u64)inode, .number = BPF_CORE_READ(inode, i_ino)};
    return key;
}

/* By task pointer: the pipe that it wrote when it was last heard of. Any other record of it puts
 * that to nothing. */
#define MAX_PIPE_WRITERS 16384
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, MAX_PIPE_WRITERS);
    __type(key, __u64);
    __type(value, struct inode_key);
} pipes_written SEC(".maps");

enum task_slot { SLOT_TASK, SLOT_OTHER };

/* Writes the task at `address` into the record. */
SHARED int put_task(__u32 scratch, __u32 slot, __u64 address) {
    struct scratch* s = scratch_at(scratch);
    if (!s) return 0;
    struct wire_task* out = slot == SLOT_TASK ? &head_of(s)->task : &head_of(s)->other;
    struct task_struct* task = (struct task_struct*)address;
    const struct cred* cred = BPF_CORE_READ(task, cred);
    fill_task_ids(out, task);
    struct inode_key* written = bpf_map_lookup_elem(&pipes_written, &address);
    if (written) written->inode = 0;
    out->uid = BPF_CORE_READ(cred, uid.val);
    out->euid = BPF_CORE_READ(cred, euid.val);
    out->suid = BPF_CORE_READ(cred, suid.val);
    out->fsuid = BPF_CORE_READ(cred, fsuid.val);
    out->gid = BPF_CORE_READ(cred, gid.val);
    out->egid = BPF_CORE_READ(cred, egid.val);
    out->sgid = BPF_CORE_READ(cred, sgid.val);
    out->fsgid = BPF_CORE_READ(cred, fsgid.val);
    out->permitted = capability_word(&cred->cap_permitted);
    out->effective = capability_word(&cred->cap_effective);
    out->user_ns = BPF_CORE_READ(cred, user_ns, ns.inum);
    out->mount_ns = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
    out->pid_ns = pid_namespace_of(task);
    out->abi = is_compat_call(task) ? ABI_I386 : ABI_X86_64;
    BPF_CORE_READ_STR_INTO(&out->comm, task, comm);
    if (slot == SLOT_OTHER) head_of(s)->has_other = 1;
    return 0;
}

#endif
