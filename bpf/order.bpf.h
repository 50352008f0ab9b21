/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * By what tasks make one another wait, other than by what they write: signals, futexes and locks
 * on files. None of it says what they told each other, only that one came after the other.
 */
#ifndef TOCSIN_BPF_ORDER_BPF_H
#define TOCSIN_BPF_ORDER_BPF_H

#include "bpf/call.bpf.h"
#include "bpf/object.bpf.h"

#define SYSCALL_FUTEX 202
#define FUTEX_PRIVATE_FLAG 128 /* linux/futex.h */
/* include/trace/events/signal.h: it was queued; the same, without room for who sent it */
#define TRACE_SIGNAL_DELIVERED 0
#define TRACE_SIGNAL_LOSE_INFO 4
#define SI_USER 0 /* asm-generic/siginfo.h: sent by kill(2), sigqueue(3), tgkill(2) */
#define SI_QUEUE (-1)
#define SI_TKILL (-6)
#define PF_EXITING 0x4             /* include/linux/sched.h */
#define OFFSET_MAX ((~0ULL) >> 1U) /* include/linux/fs.h: the end of a lock on a whole file */

/* By task pointer: those that are in a call of futex(2) that may concern another process. */
#define MAX_FUTEX_CALLS 65536
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, MAX_FUTEX_CALLS);
    __type(key, __u64);
    __type(value, __u8);
} futex_calls SEC(".maps");

static __always_inline void note_futex_call(struct task_struct* task, __u64 operation) {
    if (operation & FUTEX_PRIVATE_FLAG || !is_followed()) return;
    __u64 key = (__u64)task;
    __u8 yes = 1;
    bpf_map_update_elem(&futex_calls, &key, &yes, BPF_ANY);
}

static __always_inline void forget_futex_call(struct task_struct* task) {
    __u64 key = (__u64)task;
    bpf_map_delete_elem(&futex_calls, &key);
}

static __always_inline bool is_in_futex_call(__u64 task) {
    return bpf_map_lookup_elem(&futex_calls, &task) != 0;
}

SEC("tp_btf/sched_waking")
int BPF_PROG(on_waking, struct task_struct* woken) {
    if (!recording || !is_in_futex_call((__u64)current_task()) ||
        !is_in_futex_call(number_of(woken)))
        return 0;
    struct scratch* s = begin_hook(HOOK_sched_waking, BPF_CORE_READ(woken, pid), 0);
    if (s) send(s);
    return 0;
}

SEC("tp_btf/signal_generate")
int BPF_PROG(on_signal_generate, int signal, struct kernel_siginfo* info,
             struct task_struct* receiver, int is_to_process, int result) {
    if (!recording || (result != TRACE_SIGNAL_DELIVERED && result != TRACE_SIGNAL_LOSE_INFO))
        return 0;
    struct open_call* call = current_call();
    if (group_of(call) != GROUP_PROCESS) return 0;
    __s64 to = is_to_process ? -(__s64)BPF_CORE_READ(receiver, tgid) : BPF_CORE_READ(receiver, pid);
    struct scratch* s = begin_hook(HOOK_signal_generate, to, call);
    if (s) send(s);
    return 0;
}

SEC("tp_btf/signal_deliver")
int BPF_PROG(on_signal_deliver, int signal, struct kernel_siginfo* info) {
    if (!recording) return 0;
    int code = BPF_CORE_READ(info, si_code);
    if (code != SI_USER && code != SI_QUEUE && code != SI_TKILL) return 0;
    struct scratch* s = begin_hook(HOOK_signal_deliver, signal, 0);
    if (s) send(s);
    return 0;
}

/* The lock as kernels up to 6.8 have it. */
struct file_lock___before_6_9 {
    unsigned char fl_type;
    struct file* fl_file;
} __attribute__((preserve_access_index));

/* A lock on a whole file that was given or let go of. What an exit lets go of comes behind the
 * task's last record. */
static __always_inline void send_lock(enum hook_id hook, __u64 address, int result) {
    if (!recording || result || !is_followed()) return;
    struct file_lock* lock = (struct file_lock*)address;
    if (BPF_CORE_READ(lock, fl_start) || BPF_CORE_READ(lock, fl_end) != OFFSET_MAX) return;
    if (BPF_CORE_READ(current_task(), flags) & PF_EXITING) return;
    struct file_lock___before_6_9* before = (void*)lock;
    bool is_before = bpf_core_field_exists(before->fl_type);
    __u8 type = is_before ? BPF_CORE_READ(before, fl_type) : BPF_CORE_READ(lock, c.flc_type);
    struct file* file =
        is_before ? BPF_CORE_READ(before, fl_file) : BPF_CORE_READ(lock, c.flc_file);
    if (!file) return;
    struct scratch* s = begin_hook(hook, type, 0);
    if (!s) return;
    put_path_object(s->index, OBJECT_LOCKED, ADDRESS_OF(&file->f_path));
    send(s);
}

SEC("tp_btf/posix_lock_inode")
int BPF_PROG(on_posix_lock, struct inode* inode, struct file_lock* lock, int result) {
    send_lock(HOOK_posix_lock_inode, number_of(lock), result);
    return 0;
}

SEC("tp_btf/flock_lock_inode")
int BPF_PROG(on_flock, struct inode* inode, struct file_lock* lock, int result) {
    send_lock(HOOK_flock_lock_inode, number_of(lock), result);
    return 0;
}

#endif
