/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel types that the programs look into: only the fields they use. CO-RE moves each access
 * to where the running kernel has the field, so order and neighbours do not matter.
 */
#ifndef TOCSIN_BPF_KERNEL_BPF_H
#define TOCSIN_BPF_KERNEL_BPF_H

/* libbpf's tracing header looks for it, to know that kernel types are there. */
#define __VMLINUX_H__

typedef unsigned char __u8;
typedef signed char __s8;
typedef unsigned short __u16;
typedef short __s16;
typedef unsigned int __u32;
typedef int __s32;
typedef unsigned long long __u64;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;
#define true 1
#define false 0

enum bpf_map_type {
    BPF_MAP_TYPE_HASH = 1,
    BPF_MAP_TYPE_ARRAY = 2,
    BPF_MAP_TYPE_PERCPU_ARRAY = 6,
    BPF_MAP_TYPE_LRU_HASH = 9,
    BPF_MAP_TYPE_RINGBUF = 27,
};
enum { BPF_ANY = 0, BPF_NOEXIST = 1 };
enum { BPF_RB_NO_WAKEUP = 1, BPF_RB_FORCE_WAKEUP = 2 };
enum { BPF_RB_AVAIL_DATA = 0, BPF_RB_RING_SIZE = 1 };

#define ENOENT 2
#define EFAULT 14
#define EINPROGRESS 115
#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define S_IFREG 0100000
#define S_IFIFO 0010000
#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define FMODE_CREATED 0x100000 /* include/linux/fs.h: this open made the file */
#define MAY_ACCESS 0x10        /* include/linux/fs.h: asked for by access(2) */
#define O_CREAT 0100
#define O_TRUNC 01000
#define F_DUPFD 0
#define F_SETFD 2
#define F_SETLEASE 1024
#define F_DUPFD_CLOEXEC 1030
#define FSCONFIG_SET_PATH 3
#define FSCONFIG_SET_PATH_EMPTY 4
#define Q_QUOTAON 0x800002
#define TCP_CLOSE 7 /* of a socket of any protocol: not connected */

/* Where the running kernel has this field, as a number. */
#define ADDRESS_OF(field) ((__u64)__builtin_preserve_access_index(field))

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
    unsigned int val;
} kuid_t;
typedef struct {
    unsigned int val;
} kgid_t;
typedef struct {
    int counter;
} atomic_t;
/* Two 32-bit words until 6.2, one 64-bit value since: read as 8 bytes, never by field. */
typedef struct {
    __u64 val;
} kernel_cap_t;

struct ns_common {
    unsigned int inum;
};
struct user_namespace {
    struct ns_common ns;
};
struct mnt_namespace {
    struct ns_common ns;
};
struct pid_namespace {
    struct ns_common ns;
};
struct upid {
    int nr;
    struct pid_namespace* ns;
};
struct pid {
    unsigned int level;
    struct upid numbers[1];
};
struct nsproxy {
    struct mnt_namespace* mnt_ns;
};

struct cred {
    kuid_t uid, suid, euid, fsuid;
    kgid_t gid, sgid, egid, fsgid;
    kernel_cap_t cap_permitted, cap_effective;
    struct user_namespace* user_ns;
};

struct qstr {
    const unsigned char* name;
};
struct super_block {
    __u32 s_dev;
};
struct pipe_inode_info {
    unsigned int head, tail; /* of its ring of buffers */
};
struct inode {
    unsigned short i_mode;
    kuid_t i_uid;
    kgid_t i_gid;
    struct super_block* i_sb;
    unsigned long i_ino;
    unsigned int i_nlink;
    __u32 i_generation;
    struct pipe_inode_info* i_pipe;
    char* i_link; /* NULL where a symbolic link's target is not kept in memory */
};
struct dentry {
    struct dentry* d_parent;
    struct qstr d_name;
    struct inode* d_inode;
    struct super_block* d_sb;
};
struct vfsmount {
    struct dentry* mnt_root;
    struct super_block* mnt_sb;
};
struct list_head {
    struct list_head *next, *prev;
};
struct mount {
    struct mount* mnt_parent;
    struct dentry* mnt_mountpoint;
    struct vfsmount mnt;
    /* Those on it, in the order in which they came, and its own place among its parent's. */
    struct list_head mnt_mounts, mnt_child;
    int mnt_id;
};
struct path {
    struct vfsmount* mnt;
    struct dentry* dentry;
};
struct file {
    struct path f_path;
    struct inode* f_inode;
    unsigned int f_flags, f_mode;
    void* private_data;
};
struct fs_struct {
    struct path root, pwd;
};
struct fdtable {
    unsigned int max_fds;
    struct file** fd;
};
struct files_struct {
    struct fdtable* fdt;
};

/* A walk along a name, while it lasts (fs/namei.c). */
struct filename {
    const char* name;
    const char* uptr; /* where it was copied from; newer kernels do not keep it */
};
struct nameidata {
    struct path path; /* as far as the walk has come */
    struct filename* name;
};

struct in6_addr {
    __u8 in6_u[16];
};
struct sock_common {
    unsigned short skc_family;
    volatile unsigned char skc_state;
    __be16 skc_dport;
    __be32 skc_daddr;
    struct in6_addr skc_v6_daddr;
};
struct sk_buff_head {
    __u32 qlen;
};
struct socket;
struct sock {
    struct sock_common __sk_common;
    struct sk_buff_head sk_receive_queue;
    struct socket* sk_socket; /* NULL: no descriptor leads to it, or no longer */
};
struct socket {
    struct sock* sk;
};
struct socket_alloc {
    struct socket socket;
    struct inode vfs_inode;
};
struct sockaddr_un {
    unsigned short sun_family;
};
struct unix_address {
    int len;
    struct sockaddr_un name[];
};
struct unix_sock {
    struct unix_address* addr;
    struct path path;
    struct sock* peer;
};
struct sockaddr;

struct mm_struct {
    unsigned long arg_start, arg_end, env_start, env_end;
    struct file* exe_file;
};
struct signal_struct {
    atomic_t live;
};
struct kernel_siginfo {
    int si_code;
};
struct file_lock_core {
    unsigned char flc_type;
    struct file* flc_file;
};
struct file_lock {
    struct file_lock_core c; /* since 6.9 */
    __u64 fl_start, fl_end;
};
struct thread_info {
    __u32 status;
};
struct task_struct {
    struct thread_info thread_info;
    struct mm_struct* mm;
    unsigned int flags;
    int exit_code;
    int pid, tgid;
    struct task_struct* real_parent;
    struct pid* thread_pid;
    __u64 start_boottime;
    const struct cred* cred;
    char comm[16];
    struct fs_struct* fs;
    struct nsproxy* nsproxy;
    struct signal_struct* signal;
    struct files_struct* files;
    struct nameidata* nameidata; /* NULL outside of walks */
};

struct linux_binprm {
    struct file* file;
    const char* filename;
    const char* interp;
    const char* fdpath;
};

struct pt_regs {
    unsigned long di, si, dx, r10, r8, r9;
    unsigned long bx, cx;  /* first argument of a 32-bit call */
    unsigned long orig_ax; /* the call's number */
};

struct seq_file;
struct bpf_iter_meta {
    struct seq_file* seq;
};
struct bpf_iter__task {
    struct bpf_iter_meta* meta;
    struct task_struct* task;
};

#pragma clang attribute pop

#endif
