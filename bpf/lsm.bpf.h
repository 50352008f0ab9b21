/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * LSM programs: what the kernel is about to act on, at its own checks. They give back what programs
 * before them decided, never a denial of their own, and may be preempted.
 */
#ifndef TOCSIN_BPF_LSM_BPF_H
#define TOCSIN_BPF_LSM_BPF_H

#include "bpf/call.bpf.h"
#include "bpf/object.bpf.h"
#include "bpf/operand.bpf.h"
#include "bpf/socket.bpf.h"
#include "bpf/task.bpf.h"

/* Begins the record of a hook that fired in this task. */
static __always_inline struct scratch* begin_hook(enum hook_id hook, __s64 detail,
                                                  const struct open_call* call) {
    struct scratch* s = begin(WIRE_HOOK_FIRED, hook, detail);
    if (!s) return 0;
    if (call) join(s, call);
    put_task(s->index, SLOT_TASK, (__u64)current_task());
    return s;
}

/* The call that this task is in, if it is recorded. */
static __always_inline struct open_call* current_call(void) {
    return open_call_of((__u64)current_task());
}

/* Fires for the named file, then for each interpreter that is to run in its place. */
SEC("lsm/bprm_check_security")
int BPF_PROG(on_bprm_check, struct linux_binprm* bprm, int earlier) {
    if (!is_recorded(HOOK_bprm_check_security) || !is_followed()) return earlier;
    struct open_call* call = current_call();
    __u8 path = call ? argument_of(spec_of(call), OPERAND_PATH) : TOCSIN_NO_OPERAND;
    struct scratch* s = begin_hook(HOOK_bprm_check_security, 0, call);
    if (!s) return earlier;
    __u32 scratch = s->index;
    put_kernel_string(scratch, path, OPERAND_PATH, (__u64)BPF_CORE_READ(bprm, filename),
                      BPF_CORE_READ(bprm, fdpath) ? ITEM_FDPATH : 0);
    struct file* file = BPF_CORE_READ(bprm, file);
    put_path_object(scratch, OBJECT_CHECKED, ADDRESS_OF(&file->f_path));
    send(s);
    return earlier;
}

/* The kernel's copy of the name that this task is looking up; 0 where it is not. */
static __always_inline __u64 name_looked_up(void) {
    return (__u64)BPF_CORE_READ(current_task(), nameidata, name, name);
}

/* Fires for each directory of each walk of every call: what is not needed leaves early. */
SEC("lsm/inode_permission")
int BPF_PROG(on_inode_permission, struct inode* inode, int mask, int earlier) {
    if (!is_recorded(HOOK_inode_permission)) return earlier;
    struct open_call* call = current_call();
    if (!call || call->copied || spec_of(call)->group != GROUP_OPEN) return earlier;
    __u64 name = name_looked_up();
    if (!name) return earlier;
    __u8 path = argument_of(spec_of(call), OPERAND_PATH);
    struct scratch* s = begin_hook(HOOK_inode_permission, 0, call);
    if (!s) return earlier;
    call->copied = 1;
    put_kernel_string(s->index, path, OPERAND_PATH, name, 0);
    send(s);
    return earlier;
}

SEC("lsm/inode_follow_link")
int BPF_PROG(on_inode_follow_link, struct dentry* link, struct inode* inode, bool rcu,
             int earlier) {
    if (!is_recorded(HOOK_inode_follow_link)) return earlier;
    struct open_call* call = current_call();
    if (!call) return earlier;
    __u8 group = spec_of(call)->group;
    if (group != GROUP_OPEN && group != GROUP_SOCKET) return earlier;
    __u64 mnt = (__u64)BPF_CORE_READ(current_task(), nameidata, path.mnt);
    if (!mnt) return earlier;
    struct scratch* s = begin_hook(HOOK_inode_follow_link, 0, call);
    if (!s) return earlier;
    __u32 scratch = s->index;
    put_kernel_string(scratch, TOCSIN_NO_OPERAND, OPERAND_LINK_TARGET,
                      (__u64)BPF_CORE_READ(inode, i_link), 0);
    put_object(scratch, OBJECT_SYMLINK, number_of(link), mnt);
    send(s);
    return earlier;
}

SEC("lsm/file_open")
int BPF_PROG(on_file_open, struct file* file, int earlier) {
    if (!is_recorded(HOOK_file_open)) return earlier;
    struct open_call* call = current_call();
    if (call ? spec_of(call)->group != GROUP_OPEN : !is_followed()) return earlier;
    __u8 path = TOCSIN_NO_OPERAND, how = TOCSIN_NO_OPERAND;
    bool copied = false;
    if (call) {
        path = argument_of(spec_of(call), OPERAND_PATH);
        how = argument_of(spec_of(call), OPERAND_OPEN_HOW);
        copied = call->copied;
    }
    struct scratch* s = begin_hook(HOOK_file_open, 0, call);
    if (!s) return earlier;
    if (call) call->copied = 1;
    __u32 scratch = s->index;
    if (!copied) put_kernel_string(scratch, path, OPERAND_PATH, name_looked_up(), 0);
    /* Of struct open_how the flags alone are still to be seen here: its first member. */
    if (how != TOCSIN_NO_OPERAND)
        put_kernel_number(scratch, how, OPERAND_OPEN_HOW, BPF_CORE_READ(file, f_flags));
    put_path_object(scratch, OBJECT_OPENED, ADDRESS_OF(&file->f_path));
    send(s);
    return earlier;
}

static __always_inline void send_address(enum hook_id hook, const void* address, int length) {
    struct open_call* call = current_call();
    if (call ? spec_of(call)->group != GROUP_SOCKET : !is_followed()) return;
    __u8 argument = call ? argument_of(spec_of(call), OPERAND_SOCKADDR) : TOCSIN_NO_OPERAND;
    struct scratch* s = begin_hook(hook, 0, call);
    if (!s) return;
    put_kernel_struct(s->index, argument, OPERAND_SOCKADDR, number_of(address), length);
    send(s);
}

SEC("lsm/socket_connect")
int BPF_PROG(on_socket_connect, struct socket* socket, struct sockaddr* address, int length,
             int earlier) {
    if (is_recorded(HOOK_socket_connect)) send_address(HOOK_socket_connect, address, length);
    return earlier;
}

SEC("lsm/socket_bind")
int BPF_PROG(on_socket_bind, struct socket* socket, struct sockaddr* address, int length,
             int earlier) {
    if (is_recorded(HOOK_socket_bind)) send_address(HOOK_socket_bind, address, length);
    return earlier;
}

SEC("lsm/unix_stream_connect")
int BPF_PROG(on_unix_stream_connect, struct sock* sock, struct sock* listener,
             struct sock* accepted, int earlier) {
    if (!is_recorded(HOOK_unix_stream_connect)) return earlier;
    struct open_call* call = current_call();
    if (call ? spec_of(call)->group != GROUP_SOCKET : !is_followed()) return earlier;
    struct scratch* s = begin_hook(HOOK_unix_stream_connect, 0, call);
    if (!s) return earlier;
    put_socket_file(s->index, OBJECT_PEER, number_of(listener));
    send(s);
    return earlier;
}

SEC("lsm/ptrace_access_check")
int BPF_PROG(on_ptrace_access_check, struct task_struct* target, unsigned int mode, int earlier) {
    if (!is_recorded(HOOK_ptrace_access_check)) return earlier;
    struct open_call* call = current_call();
    if (!call) return earlier;
    __u8 group = spec_of(call)->group;
    if (group != GROUP_OPEN && group != GROUP_MEMORY) return earlier;
    struct scratch* s = begin_hook(HOOK_ptrace_access_check, BPF_CORE_READ(target, tgid), call);
    if (s) send(s);
    return earlier;
}

#endif
