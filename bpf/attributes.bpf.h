/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a call shows of a file beyond its mode, owner, length and times: extended attributes, access
 * lists, flags, its file system, and who wants to be told of what is done to it. lsm.bpf.h says
 * what holds for all LSM programs.
 */
#ifndef TOCSIN_BPF_ATTRIBUTES_BPF_H
#define TOCSIN_BPF_ATTRIBUTES_BPF_H

#include "bpf/names.bpf.h"

/* Set before loading: hooks that change attributes have another first argument since 5.12. */
const volatile bool xattr_has_idmap = false;

#define SYSCALL_LISTXATTR 194
#define SYSCALL_LLISTXATTR 195
#define SYSCALL_LISTXATTRAT 465

/* The file, and the kernel's copy of the attribute's name, if any. The first one of a call is what
 * it was made for: file systems that lie over others ask again, during a walk and after it. */
static __always_inline void send_attribute(enum hook_id hook, struct open_call* call, __u64 dentry,
                                           __u64 name) {
    if (call && (call->has_object || name_looked_up())) return;
    struct scratch* s = begin_hook(hook, 0, call);
    if (!s) return;
    __u32 scratch = s->index;
    __u8 argument = TOCSIN_NO_OPERAND;
    __u64 mnt = 0;
    if (call) {
        call->has_object = 1;
        argument = argument_of(spec_of(call), OPERAND_STRING);
        mnt = mount_taken(call, dentry);
    }
    put_kernel_string(scratch, argument, OPERAND_STRING, name, 0);
    put_object(scratch, OBJECT_NAMED, dentry, mnt);
    send(s);
}

/* Looks are shown of calls that are recorded. */
static __always_inline void send_look(enum hook_id hook, const void* dentry, const void* name) {
    if (!is_recorded(hook)) return;
    struct open_call* call = current_call();
    if (group_of(call) == GROUP_CHECK)
        send_attribute(hook, call, number_of(dentry), number_of(name));
}

/* Changes whoever makes them, with or without a call: io_uring does. */
static __always_inline void send_change(enum hook_id hook, __u64 dentry, __u64 name) {
    if (!is_recorded(hook)) return;
    struct open_call* call = current_call();
    if (!call || group_of(call) == GROUP_CHANGE) send_attribute(hook, call, dentry, name);
}

SEC("lsm/inode_getxattr")
int BPF_PROG(on_inode_getxattr, struct dentry* dentry, const char* name, int earlier) {
    send_look(HOOK_inode_getxattr, dentry, name);
    return earlier;
}

static __always_inline bool lists_attributes(const struct open_call* call) {
    return call && (call->syscall == SYSCALL_LISTXATTR || call->syscall == SYSCALL_LLISTXATTR ||
                    call->syscall == SYSCALL_LISTXATTRAT);
}

/* Asked when a file is copied up to the upper one of two file systems, too. */
SEC("lsm/inode_listxattr")
int BPF_PROG(on_inode_listxattr, struct dentry* dentry, int earlier) {
    if (!is_recorded(HOOK_inode_listxattr)) return earlier;
    struct open_call* call = current_call();
    if (lists_attributes(call)) send_attribute(HOOK_inode_listxattr, call, number_of(dentry), 0);
    return earlier;
}

SEC("lsm/inode_setxattr")
int on_inode_setxattr(unsigned long long* ctx) {
    __u64 dentry = 0, earlier = 0, name = 0;
    if (xattr_has_idmap) {
        take_arguments(dentry, ctx[1], earlier, ctx[6]);
        name = ctx[2];
        opaque(name);
    } else {
        take_arguments(dentry, ctx[0], earlier, ctx[5]);
        name = ctx[1];
        opaque(name);
    }
    send_change(HOOK_inode_setxattr, number_of((void*)dentry), number_of((void*)name));
    return earlier;
}

SEC("lsm/inode_removexattr")
int on_inode_removexattr(unsigned long long* ctx) {
    __u64 dentry = 0, earlier = 0, name = 0;
    if (xattr_has_idmap) {
        take_arguments(dentry, ctx[1], earlier, ctx[3]);
        name = ctx[2];
        opaque(name);
    } else {
        take_arguments(dentry, ctx[0], earlier, ctx[2]);
        name = ctx[1];
        opaque(name);
    }
    send_change(HOOK_inode_removexattr, number_of((void*)dentry), number_of((void*)name));
    return earlier;
}

SEC("lsm/inode_get_acl")
int BPF_PROG(on_inode_get_acl, void* idmap, struct dentry* dentry, const char* name, int earlier) {
    send_look(HOOK_inode_get_acl, dentry, name);
    return earlier;
}

SEC("lsm/inode_set_acl")
int BPF_PROG(on_inode_set_acl, void* idmap, struct dentry* dentry, const char* name, void* acl,
             int earlier) {
    send_change(HOOK_inode_set_acl, number_of(dentry), number_of(name));
    return earlier;
}

SEC("lsm/inode_remove_acl")
int BPF_PROG(on_inode_remove_acl, void* idmap, struct dentry* dentry, const char* name,
             int earlier) {
    send_change(HOOK_inode_remove_acl, number_of(dentry), number_of(name));
    return earlier;
}

SEC("lsm/sb_statfs")
int BPF_PROG(on_sb_statfs, struct dentry* dentry, int earlier) {
    send_look(HOOK_sb_statfs, dentry, 0);
    return earlier;
}

SEC("lsm/inode_file_getattr")
int BPF_PROG(on_inode_file_getattr, struct dentry* dentry, void* attributes, int earlier) {
    send_look(HOOK_inode_file_getattr, dentry, 0);
    return earlier;
}

/* ioctl(2) sets them, too; that of a descriptor is not recorded. */
SEC("lsm/inode_file_setattr")
int BPF_PROG(on_inode_file_setattr, struct dentry* dentry, void* attributes, int earlier) {
    if (!is_recorded(HOOK_inode_file_setattr)) return earlier;
    struct open_call* call = current_call();
    if (group_of(call) == GROUP_CHANGE)
        send_attribute(HOOK_inode_file_setattr, call, number_of(dentry), 0);
    return earlier;
}

SEC("lsm/path_notify")
int BPF_PROG(on_path_notify, struct path* path, __u64 mask, unsigned int kind, int earlier) {
    if (is_recorded(HOOK_path_notify))
        send_looked_up(HOOK_path_notify, (__u64)BPF_CORE_READ(path, dentry),
                       (__u64)BPF_CORE_READ(path, mnt));
    return earlier;
}

#endif
