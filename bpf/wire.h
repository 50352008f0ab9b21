/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Records as they travel from BPF to the recorder, through the ring buffer and the task iterator.
 * A record is a wire_record followed by `items` wire_items, each followed by its payload and
 * padded to 8 bytes. Host byte order: records never leave the machine in this form. The
 * recorder numbers the records of each CPU as they arrive: programs that may be preempted cannot.
 */
#ifndef TOCSIN_BPF_WIRE_H
#define TOCSIN_BPF_WIRE_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define TOCSIN_MAX_OPERANDS 6
#define TOCSIN_NO_OPERAND 0xff
#define TOCSIN_PATH_MAX 4096   /* of a name, with its NUL: what the kernel takes */
#define TOCSIN_VECTOR_MAX 8192 /* bytes kept of an argv or of environment names */
#define TOCSIN_VECTOR_STRINGS 256
#define TOCSIN_ENV_NAME_MAX 64
#define TOCSIN_STRUCT_MAX 1024 /* bytes kept of a structure or a vector of iovecs */
#define TOCSIN_OUTPUT_MAX 32   /* bytes kept of what a call filled in */
#define TOCSIN_ANCESTORS_MAX 64
#define TOCSIN_NAME_MAX 256

enum operand_kind {
    OPERAND_NONE,
    OPERAND_PATH,
    OPERAND_ARGV,
    OPERAND_ENVIRON,
    OPERAND_DIRFD,
    OPERAND_FLAGS,
    OPERAND_VALUE,
    OPERAND_INTERPRETER, /* no argument: the name of the program that runs a script */
    OPERAND_OPEN_HOW,
    OPERAND_SOCKADDR,
    OPERAND_IOVEC,
    OPERAND_LINK_TARGET,  /* no argument: what a symbolic link that was followed says */
    OPERAND_PEER,         /* no argument: the address that a socket is connected to */
    OPERAND_STRING,       /* a name that the kernel keeps and does not look up */
    OPERAND_PID,          /* of a process, thread or group, in the caller's namespace */
    OPERAND_OUTPUT,       /* what the call fills in, at a return without failure alone */
    OPERAND_READ_FD,      /* descriptor of what the call reads */
    OPERAND_WRITE_FD,     /* descriptor of what it writes */
    OPERAND_OUTPUT_IOVEC, /* what the call puts in the first of several buffers */
};
enum syscall_group {
    GROUP_EXEC = 1,
    GROUP_CREDENTIALS = 2,
    GROUP_OPEN = 3,
    GROUP_SOCKET = 4,
    GROUP_MEMORY = 5,
    GROUP_CHECK = 6,
    GROUP_CHANGE = 7,
    GROUP_PLACE = 8,
    GROUP_DESCRIPTOR = 9,
    GROUP_PROCESS = 10,
    GROUP_WAIT = 11,
    GROUP_CONTENT = 12,
    GROUP_CHANNEL = 13,
};

enum wire_kind {
    WIRE_SYSCALL_ENTERED = 1,  /* code: system call number */
    WIRE_HOOK_FIRED = 2,       /* code: hook id; value: the hook's own detail */
    WIRE_SYSCALL_RETURNED = 3, /* code: system call number; value: result */
    WIRE_TASK_FORKED = 4,      /* task: the parent; other: the child; value: enum wire_sharing */
    WIRE_TASK_EXITED = 5,      /* value: exit code as wait(2) reports it; code: 1 = last thread */
    WIRE_TASK_FOUND = 6,       /* start-up snapshot; other: the parent, its ids only */
};

enum loss_cause {
    LOSS_RING_FULL,     /* the ring buffer had no room for the record */
    LOSS_SCRATCH_BUSY,  /* a program was interrupted by another one on the same CPU */
    LOSS_CALLS_FULL,    /* the table of open calls was full: the return will not be joined */
    LOSS_FOLLOWED_FULL, /* the table of followed processes was full: a child is not followed */
    LOSS_TOO_LARGE,     /* the record outgrew its buffer: its last operands are missing */
    LOSS_FOREIGN_ABI,   /* a 32-bit or x32 call: its arguments are not decoded */
    LOSS_UNDECODABLE,   /* counted by the recorder: a record that it could not decode */
    LOSS_CAUSES,
};

struct wire_task {
    __s32 tgid;
    __s32 tid;
    __u64 started_ns; /* CLOCK_BOOTTIME of the thread's creation */
    __u32 uid, euid, suid, fsuid;
    __u32 gid, egid, sgid, fsgid;
    __u64 permitted;
    __u64 effective;
    __u32 user_ns, mount_ns, pid_ns;
    __u32 abi; /* enum wire_abi */
    char comm[16];
};

enum wire_abi { ABI_X86_64, ABI_I386, ABI_X32 };

/* What a child has in common with its parent. */
enum wire_sharing { SHARES_FILES = 1, SHARES_PLACE = 2 /* cwd and root */, SHARES_MEMORY = 4 };

struct wire_record {
    __u32 bytes; /* the whole record */
    __u16 kind;
    __u16 code;
    __u64 time_ns;     /* CLOCK_BOOTTIME */
    __u64 lost;        /* records of this CPU that could not be sent before this one */
    __u64 call_number; /* with call_cpu names the call, from 1; 0: belongs to none */
    __s64 value;
    __u16 cpu;
    __u16 call_cpu;
    __u16 items;
    __u16 has_other;
    struct wire_task task;
    struct wire_task other;
};

enum wire_item_kind {
    ITEM_CLAIM = 1,  /* E or X: read from user memory at entry or exit */
    ITEM_COPY = 2,   /* S: the kernel's own copy */
    ITEM_OBJECT = 3, /* K: wire_node records, leaf first; `operand` holds the object_role */
};

enum wire_item_flags {
    ITEM_CUT = 1,      /* the capture limit was reached: payload is a prefix */
    ITEM_FDPATH = 2,   /* the kernel composed the name from a descriptor (bprm->fdpath) */
    ITEM_REGISTER = 4, /* no memory behind it: `address` is the register's value */
};

struct wire_item {
    __u8 kind;
    __u8 operand; /* argument index; TOCSIN_NO_OPERAND where the call is not known */
    __u8 operand_kind;
    __u8 flags;
    __s32 error;       /* 0, or the errno that ended the read; the payload is what came before */
    __u32 bytes;       /* payload, without padding */
    __u32 full_length; /* of the operand in memory; 0: not known */
    __u64 address;
};

enum object_role {
    OBJECT_EXECUTABLE = 1,
    OBJECT_CWD = 2,
    OBJECT_ROOT = 3,
    OBJECT_CHECKED = 4,
    OBJECT_OPENED = 5,
    OBJECT_RETURNED = 6,
    OBJECT_SYMLINK = 7,
    OBJECT_PEER = 8,
    OBJECT_NAMED = 9,     /* what a call's first name led to */
    OBJECT_SECOND = 10,   /* what its second one led to */
    OBJECT_MADE = 11,     /* what it made */
    OBJECT_READ = 12,     /* behind the descriptor that the call reads, at its entry */
    OBJECT_WRITTEN = 13,  /* behind the one that it writes */
    OBJECT_OPPOSITE = 14, /* the other end of the socket read or written */
    OBJECT_LOCKED = 15,
};

/* One file or directory; followed by `name_bytes` of its name, padded to 8. The next node is its
 * parent. The last node is the root of the mount tree unless the walk was cut. A first node that is
 * all zeros but for its name says that there was nothing of that name; without a name that is the
 * last component of the one that was looked up. */
struct wire_node {
    __u64 device; /* s_dev in the kernel's own encoding */
    __u64 inode;
    __u32 generation;
    __u32 mode;
    __u32 uid, gid;
    __u32 links;
    __u32 mount;
    __u16 name_bytes;
    __u16 cut; /* 1: more ancestors follow in the kernel, the walk stopped here */
    __u32 padding;
};

#endif
