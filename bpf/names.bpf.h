/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Names that calls look up: the walk along each, with the kernel's copy of it, and the LSM hooks
 * that show what a name led to or is to lead to. lsm.bpf.h says what holds for all LSM programs.
 *
 * The walk is over when a call's own hook fires, so what it left is kept with the open call: which
 * names were walked, and the last directory that one was looked up in.
 */
#ifndef TOCSIN_BPF_NAMES_BPF_H
#define TOCSIN_BPF_NAMES_BPF_H

#include "bpf/call.bpf.h"
#include "bpf/object.bpf.h"
#include "bpf/operand.bpf.h"

/* Set before loading: inode_setattr has another first argument since 6.9, path_rename another last
 * one since 5.19. */
const volatile bool setattr_has_idmap = false;
const volatile bool rename_has_flags = false;

#define SYSCALL_MOUNT 165
#define SYSCALL_QUOTACTL 179
#define SYSCALL_LINKAT 265
#define SYSCALL_RENAMEAT2 316
#define SYSCALL_MOVE_MOUNT 429
/* include/uapi/linux: fcntl.h, fs.h, mount.h */
#define AT_EMPTY_PATH 0x1000
#define RENAME_EXCHANGE 0x2
#define MS_REMOUNT 0x20
#define MS_BIND 0x1000
#define MS_MOVE 0x2000
#define MOVE_MOUNT_F_EMPTY_PATH 0x4
#define MOVE_MOUNT_T_EMPTY_PATH 0x40

#define NAME_BEGINNING 128
#define SPREAD 0x9e3779b97f4a7c15ull /* odd, its bits all over: 2^64 by the golden ratio */

/* Whether calls of the group look names up that their hooks then show. */
static __always_inline bool looks_names_up(__u8 group) {
    return group == GROUP_OPEN || group == GROUP_CHECK || group == GROUP_CHANGE ||
           group == GROUP_PLACE;
}

/* The struct filename that this task is looking up; 0: it is not. */
static __always_inline __u64 name_looked_up(void) {
    return (__u64)BPF_CORE_READ(current_task(), nameidata, name);
}

static __always_inline __u64 characters_of(__u64 filename) {
    return (__u64)BPF_CORE_READ((struct filename*)filename, name);
}

/* The name's first bytes as a number. */
static __always_inline __u64 beginning_of(__u64 filename) {
    __u64 words[NAME_BEGINNING / sizeof(__u64)] = {};
    bpf_probe_read_kernel_str(words, sizeof words, (const void*)characters_of(filename));
    __u64 number = 0;
    for (__u32 i = 0; i < sizeof words / sizeof words[0]; i++)
        number = (number + words[i]) * SPREAD;
    return number;
}

/* What a call's walks are told apart by: the struct filename is not enough, as a call that is done
 * with one name has the next one copied to the same place. Kernels that do not keep where a name
 * was copied from take both names of a rename or link before they walk. */
static __always_inline __u64 walk_along(const struct open_call* call, __u64 filename) {
    struct filename* name = (struct filename*)filename;
    if (bpf_core_field_exists(name->uptr))
        return filename + (__u64)BPF_CORE_READ(name, uptr) * SPREAD;
    return group_of(call) == GROUP_PLACE ? filename + beginning_of(filename) : filename;
}

/* Whether the call takes a descriptor alone for the first or the second of two names, in place of
 * an empty one or NULL. */
static __always_inline bool is_descriptor_alone(const struct open_call* call, __u32 nth) {
    __u64 flags = call->registers[4];
    __u64 name = nth ? call->registers[3] : call->registers[1];
    bool may_be = false;
    if (call->syscall == SYSCALL_LINKAT)
        may_be = !nth && flags & AT_EMPTY_PATH;
    else if (call->syscall == SYSCALL_MOVE_MOUNT)
        may_be = flags & (nth ? MOVE_MOUNT_T_EMPTY_PATH : MOVE_MOUNT_F_EMPTY_PATH);
    __u8 first = 0;
    if (may_be) bpf_probe_read_user(&first, sizeof first, (const void*)name);
    return may_be && !first;
}

/* Whether mount(2)'s source is a name, which is looked up when sb_mount has shown the target. */
static __always_inline bool mounts_a_name(const struct open_call* call) {
    __u64 flags = call->registers[3];
    return call->syscall == SYSCALL_MOUNT && flags & (MS_BIND | MS_MOVE) && !(flags & MS_REMOUNT);
}

/* Which argument a name that is walked is of: the one that it was copied from, where the kernel
 * keeps that, else by the order of the walks. That is the order of the arguments but for quotactl,
 * and for move_mount, which looks the second name up first on the kernels that do not keep it. */
static __always_inline __u8 argument_walked(const struct open_call* call, __u64 filename,
                                            __u32 walk) {
    const struct syscall_spec* spec = spec_of(call);
    struct filename* name = (struct filename*)filename;
    bool has_origin = bpf_core_field_exists(name->uptr);
    if (call->syscall == SYSCALL_QUOTACTL || (!has_origin && call->syscall == SYSCALL_MOVE_MOUNT))
        walk = !walk;
    if (call->syscall == SYSCALL_MOUNT && call->has_object)
        return mounts_a_name(call) ? argument_of(spec, OPERAND_STRING) : TOCSIN_NO_OPERAND;
    __u8 in_order = nth_argument_of(spec, OPERAND_PATH, walk);
    __u8 other = nth_argument_of(spec, OPERAND_PATH, !walk);
    if (!has_origin) return is_descriptor_alone(call, walk) ? other : in_order;
    __u64 from = (__u64)BPF_CORE_READ(name, uptr);
    if (!from) return in_order;
    if (in_order < TOCSIN_MAX_OPERANDS && call->registers[in_order] == from) return in_order;
    if (other < TOCSIN_MAX_OPERANDS && call->registers[other] == from) return other;
    return in_order;
}

/* False: there is no room for the record. */
static __always_inline bool send_name(struct open_call* call, __u8 argument, __u64 filename) {
    struct scratch* s = begin_hook(HOOK_inode_permission, 0, call);
    if (!s) return false;
    put_kernel_string(s->index, argument, OPERAND_PATH, characters_of(filename), 0);
    send(s);
    return true;
}

/* A step of a walk: where it has come to, and the kernel's copy of the name if it is the first. */
static __always_inline void note_step(struct open_call* call, struct inode* inode) {
    __u64 filename = name_looked_up();
    if (!filename) return;
    struct task_struct* task = current_task();
    call->directory = (__u64)BPF_CORE_READ(task, nameidata, path.dentry);
    call->mount = (__u64)BPF_CORE_READ(task, nameidata, path.mnt);
    call->directory_inode = inode->i_ino;
    __u64 along = walk_along(call, filename);
    if (along == call->walked[0] || along == call->walked[1]) return;
    __u32 walk = call->walked[0] != 0;
    if (call->walked[1]) return;
    __u8 argument = argument_walked(call, filename, walk);
    if (argument == TOCSIN_NO_OPERAND) return; /* the device of a mount is looked up, too */
    /* sb_mount has shown the copy of a mount's source. */
    bool is_shown = argument == argument_of(spec_of(call), OPERAND_STRING);
    if (!is_shown && !send_name(call, argument, filename)) return;
    call->walked[walk & 1] = along;
    call->walks = walk + 1;
    call->walking = argument;
}

/* access(2) shows an inode alone: it goes by the last component of the name. */
static __always_inline void send_accessed(struct open_call* call, struct inode* inode) {
    struct scratch* s = begin_hook(HOOK_inode_permission, 0, call);
    if (!s) return;
    call->has_object = 1;
    put_chain(s->index, OBJECT_NAMED, number_of(inode), call->directory, call->mount);
    send(s);
}

/* Fires for each directory of each walk of every call: what is not needed leaves early. */
SEC("lsm/inode_permission")
int BPF_PROG(on_inode_permission, struct inode* inode, int mask, int earlier) {
    if (!is_recorded(HOOK_inode_permission)) return earlier;
    struct open_call* call = current_call();
    if (!call) return earlier;
    __u8 group = group_of(call);
    if (!looks_names_up(group)) return earlier;
    if (group == GROUP_CHECK && mask & MAY_ACCESS)
        send_accessed(call, inode);
    else
        note_step(call, inode);
    return earlier;
}

SEC("lsm/inode_follow_link")
int BPF_PROG(on_inode_follow_link, struct dentry* link, struct inode* inode, bool rcu,
             int earlier) {
    if (!is_recorded(HOOK_inode_follow_link)) return earlier;
    struct open_call* call = current_call();
    __u8 group = group_of(call);
    if (!looks_names_up(group) && group != GROUP_SOCKET) return earlier;
    __u64 mnt = (__u64)BPF_CORE_READ(current_task(), nameidata, path.mnt);
    if (!mnt) return earlier;
    /* Counted from 1. */
    __s64 argument = call && call->walks != 0 ? call->walking + 1 : 0;
    struct scratch* s = begin_hook(HOOK_inode_follow_link, argument, call);
    if (!s) return earlier;
    __u32 scratch = s->index;
    put_kernel_string(scratch, TOCSIN_NO_OPERAND, OPERAND_LINK_TARGET,
                      (__u64)BPF_CORE_READ(inode, i_link), 0);
    put_object(scratch, OBJECT_SYMLINK, number_of(link), mnt);
    send(s);
    return earlier;
}

/* The mount of what the call was given in place of a name, or started its name from: 0 where that
 * is another dentry. */
static __always_inline __u64 mount_given(const struct open_call* call, __u64 dentry) {
    struct task_struct* task = current_task();
    struct fs_struct* fs = BPF_CORE_READ(task, fs);
    if ((__u64)BPF_CORE_READ(fs, pwd.dentry) == dentry) return (__u64)BPF_CORE_READ(fs, pwd.mnt);
    if ((__u64)BPF_CORE_READ(fs, root.dentry) == dentry) return (__u64)BPF_CORE_READ(fs, root.mnt);
    __u8 argument = argument_of(spec_of(call), OPERAND_DIRFD);
    if (argument >= TOCSIN_MAX_OPERANDS) return 0;
    struct file* file = file_of(task, (__u32)call->registers[argument]);
    if (!file || (__u64)BPF_CORE_READ(file, f_path.dentry) != dentry) return 0;
    return (__u64)BPF_CORE_READ(file, f_path.mnt);
}

/* The mount that a call came to a dentry by; 0: not known, as of one that is mounted there itself,
 * which no step of the walk was in. */
static __always_inline __u64 mount_taken(const struct open_call* call, __u64 dentry) {
    if (!call->mount) return mount_given(call, dentry);
    struct vfsmount* mnt = (struct vfsmount*)call->mount;
    struct super_block* own = BPF_CORE_READ((struct dentry*)dentry, d_sb);
    return BPF_CORE_READ(mnt, mnt_sb) == own ? call->mount : 0;
}

/* A call that looked a name up and shows what it led to: what others do is not recorded, and to be
 * told of it would be to be told of fstat(2). */
static __always_inline void send_looked_up(enum hook_id hook, __u64 dentry, __u64 mnt) {
    struct open_call* call = current_call();
    __u8 group = group_of(call);
    if (group != GROUP_CHECK && group != GROUP_CHANGE) return;
    struct scratch* s = begin_hook(hook, 0, call);
    if (!s) return;
    call->has_object = 1;
    put_object(s->index, OBJECT_NAMED, dentry, mnt ? mnt : mount_taken(call, dentry));
    send(s);
}

SEC("lsm/inode_getattr")
int BPF_PROG(on_inode_getattr, struct path* path, int earlier) {
    if (is_recorded(HOOK_inode_getattr))
        send_looked_up(HOOK_inode_getattr, (__u64)BPF_CORE_READ(path, dentry),
                       (__u64)BPF_CORE_READ(path, mnt));
    return earlier;
}

SEC("lsm/inode_readlink")
int BPF_PROG(on_inode_readlink, struct dentry* dentry, int earlier) {
    if (is_recorded(HOOK_inode_readlink)) send_looked_up(HOOK_inode_readlink, number_of(dentry), 0);
    return earlier;
}

/* Keeps the offset a constant: the verifier refuses one that the compiler chose between. */
#define take_arguments(a, from_a, b, from_b) \
    do {                                     \
        a = from_a;                          \
        opaque(a);                           \
        b = from_b;                          \
        opaque(b);                           \
    } while (0)

/* Mode, owner, length or times are to change. */
SEC("lsm/inode_setattr")
int on_inode_setattr(unsigned long long* ctx) {
    __u64 dentry = 0, earlier = 0;
    if (setattr_has_idmap) {
        take_arguments(dentry, ctx[1], earlier, ctx[3]);
    } else {
        take_arguments(dentry, ctx[0], earlier, ctx[2]);
    }
    if (is_recorded(HOOK_inode_setattr))
        send_looked_up(HOOK_inode_setattr, number_of((void*)dentry), 0);
    return earlier;
}

/*
 * Directories are to change. They may be changed for an io_uring or by a call that is not decoded:
 * changes are recorded whoever makes them, with or without a call.
 */
static __always_inline struct scratch* begin_change(enum hook_id hook, struct open_call* call) {
    /* An open that makes a file shows it itself. */
    if (!is_recorded(hook) || group_of(call) == GROUP_OPEN) return 0;
    struct scratch* s = begin_hook(hook, 0, call);
    if (s && call) call->has_object = 1;
    return s;
}

/* The entry of a directory that is to go. */
static __always_inline void send_removal(enum hook_id hook, struct path* directory,
                                         struct dentry* dentry) {
    struct scratch* s = begin_change(hook, current_call());
    if (!s) return;
    put_object(s->index, OBJECT_NAMED, number_of(dentry), (__u64)BPF_CORE_READ(directory, mnt));
    send(s);
}

/* The entry that is to get what the call makes; a link's target is `target`, else 0. */
static __always_inline void send_making(enum hook_id hook, struct path* directory,
                                        struct dentry* dentry, __u64 target) {
    struct open_call* call = current_call();
    struct scratch* s = begin_change(hook, call);
    if (!s) return;
    __u64 mnt = (__u64)BPF_CORE_READ(directory, mnt);
    __u8 argument = TOCSIN_NO_OPERAND;
    if (call) {
        call->made = number_of(dentry);
        call->made_parent = (__u64)BPF_CORE_READ(dentry, d_parent);
        call->mount = mnt;
        argument = argument_of(spec_of(call), OPERAND_STRING);
    }
    __u32 scratch = s->index;
    if (target) put_kernel_string(scratch, argument, OPERAND_STRING, target, 0);
    put_object(scratch, OBJECT_NAMED, number_of(dentry), mnt);
    send(s);
}

SEC("lsm/path_unlink")
int BPF_PROG(on_path_unlink, struct path* directory, struct dentry* dentry, int earlier) {
    send_removal(HOOK_path_unlink, directory, dentry);
    return earlier;
}

SEC("lsm/path_rmdir")
int BPF_PROG(on_path_rmdir, struct path* directory, struct dentry* dentry, int earlier) {
    send_removal(HOOK_path_rmdir, directory, dentry);
    return earlier;
}

SEC("lsm/path_mkdir")
int BPF_PROG(on_path_mkdir, struct path* directory, struct dentry* dentry, int mode, int earlier) {
    send_making(HOOK_path_mkdir, directory, dentry, 0);
    return earlier;
}

SEC("lsm/path_mknod")
int BPF_PROG(on_path_mknod, struct path* directory, struct dentry* dentry, int mode,
             unsigned int device, int earlier) {
    send_making(HOOK_path_mknod, directory, dentry, 0);
    return earlier;
}

SEC("lsm/path_symlink")
int BPF_PROG(on_path_symlink, struct path* directory, struct dentry* dentry, const char* target,
             int earlier) {
    send_making(HOOK_path_symlink, directory, dentry, number_of(target));
    return earlier;
}

SEC("lsm/path_link")
int BPF_PROG(on_path_link, struct dentry* old, struct path* directory, struct dentry* dentry,
             int earlier) {
    struct scratch* s = begin_change(HOOK_path_link, current_call());
    if (!s) return earlier;
    __u32 scratch = s->index;
    __u64 mnt = (__u64)BPF_CORE_READ(directory, mnt); /* of both: links do not cross mounts */
    put_object(scratch, OBJECT_NAMED, number_of(old), mnt);
    put_object(scratch, OBJECT_SECOND, number_of(dentry), mnt);
    send(s);
    return earlier;
}

/* What has the old name, and what has the new one. */
SEC("lsm/path_rename")
int on_path_rename(unsigned long long* ctx) {
    __u64 earlier = 0, old_directory_address = 0;
    if (rename_has_flags) {
        take_arguments(old_directory_address, ctx[0], earlier, ctx[5]);
    } else {
        take_arguments(old_directory_address, ctx[0], earlier, ctx[4]);
    }
    struct open_call* call = current_call();
    /* Where no flags are given an exchange is shown the other way round first. */
    if (!rename_has_flags && call && call->syscall == SYSCALL_RENAMEAT2 &&
        call->registers[4] & RENAME_EXCHANGE && !call->has_object) {
        call->has_object = 1;
        return earlier;
    }
    struct scratch* s = begin_change(HOOK_path_rename, call);
    if (!s) return earlier;
    struct path* old_directory = (struct path*)old_directory_address;
    struct path* new_directory = (struct path*)ctx[2];
    __u32 scratch = s->index;
    put_object(scratch, OBJECT_NAMED, number_of((void*)ctx[1]),
               (__u64)BPF_CORE_READ(old_directory, mnt));
    put_object(scratch, OBJECT_SECOND, number_of((void*)ctx[3]),
               (__u64)BPF_CORE_READ(new_directory, mnt));
    send(s);
    return earlier;
}

SEC("lsm/sb_mount")
int BPF_PROG(on_sb_mount, const char* source, struct path* target, const char* type,
             unsigned long flags, void* data, int earlier) {
    struct open_call* call = current_call();
    struct scratch* s = begin_change(HOOK_sb_mount, call);
    if (!s) return earlier;
    __u32 scratch = s->index;
    put_kernel_string(scratch, call ? 0 : TOCSIN_NO_OPERAND, OPERAND_STRING, number_of(source), 0);
    if (call) put_kernel_string(scratch, 2, OPERAND_STRING, number_of(type), 0);
    put_path_object(scratch, OBJECT_NAMED, number_of(target));
    send(s);
    if (!call) return earlier;
    call->covered = (__u64)BPF_CORE_READ(target, dentry);
    call->covered_mount = (__u64)BPF_CORE_READ(target, mnt);
    return earlier;
}

/* The newest mount that covers the target of one; NULL: nothing was mounted there. */
static __always_inline struct mount* mounted_on_target(const struct open_call* call) {
    struct mount* below = mount_of((struct vfsmount*)call->covered_mount);
    struct list_head* newest = BPF_CORE_READ(below, mnt_mounts.prev);
    struct mount* mounted =
        (struct mount*)((char*)newest - bpf_core_field_offset(struct mount, mnt_child));
    if (number_of(newest) == ADDRESS_OF(&below->mnt_mounts)) return 0;
    return (__u64)BPF_CORE_READ(mounted, mnt_mountpoint) == call->covered ? mounted : 0;
}

/* Where a mount's target leads now; of a bind mount that is what its source led to, too, in the
 * directory that this was looked up in. A mount that was moved has left that one. */
static __always_inline void send_mounted(const struct open_call* call) {
    struct mount* mounted = mounted_on_target(call);
    if (!mounted) return;
    struct scratch* s = begin_at_return(call);
    if (!s) return;
    __u32 scratch = s->index;
    __u64 root = (__u64)BPF_CORE_READ(mounted, mnt.mnt_root);
    put_object(scratch, OBJECT_MADE, root, ADDRESS_OF(&mounted->mnt));
    if (mounts_a_name(call) && call->registers[3] & MS_BIND)
        put_object(scratch, OBJECT_SECOND, root, mount_taken(call, root));
    send(s);
}

/* The mount is to go from where it is: the name will lead to what it covers there. */
static __always_inline void note_covered(struct open_call* call, struct vfsmount* mnt) {
    struct mount* own = mount_of(mnt);
    struct mount* parent = BPF_CORE_READ(own, mnt_parent);
    if (!call || parent == own) return;
    struct dentry* covered = BPF_CORE_READ(own, mnt_mountpoint);
    call->made = (__u64)covered;
    call->made_parent = (__u64)BPF_CORE_READ(covered, d_parent);
    call->mount = ADDRESS_OF(&parent->mnt);
}

SEC("lsm/sb_umount")
int BPF_PROG(on_sb_umount, struct vfsmount* mnt, int flags, int earlier) {
    struct open_call* call = current_call();
    struct scratch* s = begin_change(HOOK_sb_umount, call);
    if (!s) return earlier;
    put_object(s->index, OBJECT_NAMED, (__u64)BPF_CORE_READ(mnt, mnt_root), number_of(mnt));
    send(s);
    note_covered(call, mnt);
    return earlier;
}

SEC("lsm/sb_pivotroot")
int BPF_PROG(on_sb_pivotroot, struct path* old_root, struct path* new_root, int earlier) {
    struct open_call* call = current_call();
    struct scratch* s = begin_change(HOOK_sb_pivotroot, call);
    if (!s) return earlier;
    __u32 scratch = s->index;
    put_path_object(scratch, OBJECT_NAMED, number_of(new_root));
    put_path_object(scratch, OBJECT_SECOND, number_of(old_root));
    send(s);
    note_covered(call, BPF_CORE_READ(new_root, mnt));
    return earlier;
}

SEC("lsm/move_mount")
int BPF_PROG(on_move_mount, struct path* from, struct path* to, int earlier) {
    struct open_call* call = current_call();
    struct scratch* s = begin_change(HOOK_move_mount, call);
    if (!s) return earlier;
    __u32 scratch = s->index;
    put_path_object(scratch, OBJECT_NAMED, number_of(from));
    put_path_object(scratch, OBJECT_SECOND, number_of(to));
    send(s);
    note_covered(call, BPF_CORE_READ(from, mnt));
    return earlier;
}

#endif
