/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Calls by other ABIs: not decoded. Those that do what a recorded call does are counted. */
#ifndef TOCSIN_BPF_FOREIGN_BPF_H
#define TOCSIN_BPF_FOREIGN_BPF_H

#include "bpf/call.bpf.h"
#include "bpf/operand.bpf.h"
#include "bpf/record.bpf.h"

#define X32_SYSCALL_BIT 0x40000000
#define FIRST_X32_SYSCALL 512
#define X32_SYSCALLS 64 /* 36 are used */

#define I386_IOCTL 54
#define X32_IOCTL 514

/* The one number of all of i386's older socket calls; which one is the first argument. */
#define I386_SOCKETCALL 102
#define SOCKETCALL_BIND 2
#define SOCKETCALL_CONNECT 3

static const __u8 i386_groups[MAX_SYSCALLS] = {
#define TOCSIN_I386_SYSCALL(number, name, group) [number] = GROUP_##group,
#include "formats/hooks.def"
};

static const __u8 x32_groups[X32_SYSCALLS] = {
#define TOCSIN_X32_SYSCALL(number, name, group) [number - FIRST_X32_SYSCALL] = GROUP_##group,
#include "formats/hooks.def"
};

/* Group of the recorded call that a 32-bit one stands for; 0: for none. */
static __always_inline __u8 i386_group(struct pt_regs* regs, __u64 number) {
    if (number >= MAX_SYSCALLS) return 0;
    if (number == I386_SOCKETCALL) {
        __u32 which = BPF_CORE_READ(regs, bx);
        if (which != SOCKETCALL_BIND && which != SOCKETCALL_CONNECT) return 0;
    }
    return i386_groups[number & (MAX_SYSCALLS - 1)];
}

/* The same for one of x32, whose number is that of the 64-bit call or from 512 on. */
static __always_inline __u8 x32_group(__u64 number) {
    number &= ~(__u64)X32_SYSCALL_BIT;
    if (number < MAX_SYSCALLS) return syscall_specs[number & (MAX_SYSCALLS - 1)].group;
    number -= FIRST_X32_SYSCALL;
    return number < X32_SYSCALLS ? x32_groups[number & (X32_SYSCALLS - 1)] : 0;
}

/* Of ioctl(2) what the 64-bit one is recorded for. */
static __always_inline bool is_foreign_of_interest(struct pt_regs* regs, __u64 number,
                                                   bool is_i386) {
    if (number != (is_i386 ? I386_IOCTL : (X32_SYSCALL_BIT | X32_IOCTL))) return true;
    __u64 command = is_i386 ? regs->cx : regs->si;
    return is_recorded_command(command);
}

#endif
