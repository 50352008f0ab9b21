/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * LSM programs: what the kernel is about to act on, at its own checks. They give back what programs
 * before them decided, never a denial of their own, and may be preempted.
 */
#ifndef TOCSIN_BPF_LSM_BPF_H
#define TOCSIN_BPF_LSM_BPF_H

#include "bpf/call.bpf.h"
#include "bpf/names.bpf.h"
#include "bpf/object.bpf.h"
#include "bpf/operand.bpf.h"
#include "bpf/socket.bpf.h"

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

#define SYSCALL_ACCT 163
#define SYSCALL_SWAPON 167

/* Whether a call is told what to open. acct(2) may open it once more for itself. */
static __always_inline bool opens_by_name(const struct open_call* call) {
    return group_of(call) == GROUP_OPEN ||
           ((call->syscall == SYSCALL_ACCT || call->syscall == SYSCALL_SWAPON) &&
            !call->has_object);
}

SEC("lsm/file_open")
int BPF_PROG(on_file_open, struct file* file, int earlier) {
    if (!is_recorded(HOOK_file_open)) return earlier;
    struct open_call* call = current_call();
    if (call ? !opens_by_name(call) : !is_followed()) return earlier;
    __u8 path = TOCSIN_NO_OPERAND, how = TOCSIN_NO_OPERAND;
    bool copied = false;
    if (call) {
        path = argument_of(spec_of(call), OPERAND_PATH);
        how = argument_of(spec_of(call), OPERAND_OPEN_HOW);
        copied = call->walked[0] != 0;
    }
    bool is_made = BPF_CORE_READ(file, f_mode) & FMODE_CREATED;
    struct scratch* s = begin_hook(HOOK_file_open, is_made, call);
    if (!s) return earlier;
    if (call) call->has_object = 1;
    __u32 scratch = s->index;
    __u64 filename = copied ? 0 : name_looked_up();
    if (filename) put_kernel_string(scratch, path, OPERAND_PATH, characters_of(filename), 0);
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
    if (group != GROUP_OPEN && group != GROUP_MEMORY && group != GROUP_PROCESS) return earlier;
    struct scratch* s = begin_hook(HOOK_ptrace_access_check, BPF_CORE_READ(target, tgid), call);
    if (s) send(s);
    return earlier;
}

#endif
