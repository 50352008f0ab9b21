/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Calls that read and write by descriptors. There are many, and few of them matter: those that
 * change a regular file after others have looked at it, and those by which tasks tell each other
 * something: of pipes, FIFOs and sockets in AF_UNIX. All others leave after a look at the inode.
 */
#ifndef TOCSIN_BPF_TRANSFER_BPF_H
#define TOCSIN_BPF_TRANSFER_BPF_H

#include "bpf/call.bpf.h"
#include "bpf/object.bpf.h"
#include "bpf/operand.bpf.h"
#include "bpf/socket.bpf.h"

#define SYSCALL_MMAP 9
/* Of i386: what has its descriptor elsewhere than in the first argument. */
#define I386_MMAP2 192
#define I386_SPLICE 313
#define I386_COPY_FILE_RANGE 377
/* include/uapi/asm-generic/mman-common.h, linux/mman.h, linux/fs.h */
#define MAP_SHARED 0x01 /* and of MAP_SHARED_VALIDATE, not of MAP_PRIVATE */
#define MAP_ANONYMOUS 0x20
#define FMODE_WRITE 0x2

/* What is behind the descriptors of a call, as far as it is to be recorded. */
struct ends {
    struct file *read, *written;
};

static __always_inline bool is_transfer(__u8 group) {
    return group == GROUP_CONTENT || group == GROUP_CHANNEL;
}

static __always_inline struct writer this_writer(void) {
    struct writer own = {.credentials = (__u64)BPF_CORE_READ(current_task(), cred),
                         .tgid = bpf_get_current_pid_tgid() >> 32};
    return own;
}

/* Whether somebody else wrote the file last, or anybody looked at it since. */
static __always_inline bool is_first_write(struct inode* inode) {
    struct inode_key key = key_of(inode);
    struct writer* last = bpf_map_lookup_elem(&last_writers, &key);
    if (!last) return true;
    struct writer own = this_writer();
    return last->credentials != own.credentials || last->tgid != own.tgid;
}

static __always_inline void note_writer(struct file* file) {
    struct inode* inode = BPF_CORE_READ(file, f_inode);
    if ((BPF_CORE_READ(inode, i_mode) & S_IFMT) != S_IFREG) return;
    struct inode_key key = key_of(inode);
    struct writer own = this_writer();
    bpf_map_update_elem(&last_writers, &key, &own, BPF_ANY);
}

static __always_inline bool is_unix_socket(struct file* file) {
    struct socket* socket = BPF_CORE_READ(file, private_data);
    return BPF_CORE_READ(socket, sk, __sk_common.skc_family) == AF_UNIX;
}

/* Whether this task's last record is that it wrote the pipe: to write on tells its readers nothing
 * of what it did, as it did nothing in between. */
static __always_inline bool was_written_just_now(struct inode* inode) {
    __u64 task = (__u64)current_task();
    struct inode_key* last = bpf_map_lookup_elem(&pipes_written, &task);
    return last && last->inode == (__u64)inode && last->number == BPF_CORE_READ(inode, i_ino);
}

/* Whether to record that the file is read, or written. */
static __always_inline bool is_of_note(struct file* file, bool is_written) {
    if (!file) return false;
    struct inode* inode = BPF_CORE_READ(file, f_inode);
    switch (BPF_CORE_READ(inode, i_mode) & S_IFMT) {
        case S_IFREG:
            return is_written && is_first_write(inode);
        case S_IFIFO:
            return is_followed() && !(is_written && was_written_just_now(inode));
        case S_IFSOCK:
            return is_unix_socket(file) && is_followed();
    }
    return false;
}

/* A mapping that may change a file, now or once mprotect(2) has made it writable. */
static __always_inline struct file* mapped_for_writing(struct task_struct* task, __u64 flags,
                                                       __u64 descriptor) {
    if (!(flags & MAP_SHARED) || flags & MAP_ANONYMOUS) return 0;
    struct file* file = file_of(task, (__u32)descriptor);
    if (!file || !(BPF_CORE_READ(file, f_mode) & FMODE_WRITE)) return 0;
    return (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) == S_IFREG ? file : 0;
}

/* Finds what is behind the call's descriptors; false: nothing of note. In the rows of all these
 * calls but mmap's they are the first one or two operands. */
static __always_inline bool find_ends(struct task_struct* task, const struct open_call* call,
                                      struct ends* ends) {
    const struct syscall_spec* spec = spec_of(call);
    if (call->syscall == SYSCALL_MMAP) {
        ends->written = mapped_for_writing(task, call->registers[3], call->registers[4]);
        return ends->written != 0;
    }
    for (int i = 0; i < 2; i++) {
        struct operand_spec operand = spec->operands[i];
        bool is_written = operand.kind == OPERAND_WRITE_FD;
        if ((!is_written && operand.kind != OPERAND_READ_FD) ||
            operand.argument >= TOCSIN_MAX_OPERANDS)
            break;
        struct file* file = file_of(task, (__u32)call->registers[operand.argument]);
        if (!is_of_note(file, is_written)) continue;
        if (is_written)
            ends->written = file;
        else
            ends->read = file;
    }
    return ends->read || ends->written;
}

/* The other end of a connected socket in AF_UNIX, if there is a descriptor of it: its inode alone
 * is known. */
static __always_inline void put_opposite(__u32 scratch, struct file* file) {
    if (!bpf_core_type_exists(struct unix_sock)) return;
    struct sock* own = socket_behind(file);
    if (!own) return;
    struct sock* peer = BPF_CORE_READ((struct unix_sock*)own, peer);
    struct socket* socket = BPF_CORE_READ(peer, sk_socket);
    if (!socket) return;
    struct socket_alloc* whole =
        (struct socket_alloc*)((char*)socket - bpf_core_field_offset(struct socket_alloc, socket));
    put_chain(scratch, OBJECT_OPPOSITE, ADDRESS_OF(&whole->vfs_inode), 0, 0);
}

/* How many buffers of a pipe, or pieces in the queue of a socket in AF_UNIX, wait to be read. */
static __always_inline __u32 waiting_in(struct file* file) {
    struct inode* inode = BPF_CORE_READ(file, f_inode);
    struct pipe_inode_info* pipe = BPF_CORE_READ(inode, i_pipe);
    if ((BPF_CORE_READ(inode, i_mode) & S_IFMT) == S_IFIFO)
        return BPF_CORE_READ(pipe, head) - BPF_CORE_READ(pipe, tail);
    struct sock* own = socket_behind(file);
    return BPF_CORE_READ(own, sk_receive_queue.qlen);
}

/* The record behind the call's entry, which was sent. */
static __always_inline void put_ends(struct scratch* s, const struct ends* ends) {
    __u32 scratch = s->index;
    struct file *read = ends->read, *written = ends->written;
    if (read) {
        head_of(s)->value = 1 + (__u64)waiting_in(read);
        put_path_object(scratch, OBJECT_READ, ADDRESS_OF(&read->f_path));
        put_opposite(scratch, read);
    }
    if (written) {
        put_path_object(scratch, OBJECT_WRITTEN, ADDRESS_OF(&written->f_path));
        put_opposite(scratch, written);
        note_writer(written);
    }
}

/* Which pipe the call writes, if it does nothing else; 0: none. */
static __always_inline __u64 pipe_written(const struct ends* ends) {
    struct file* written = ends->written;
    if (ends->read || !written) return 0;
    struct inode* inode = BPF_CORE_READ(written, f_inode);
    return (BPF_CORE_READ(inode, i_mode) & S_IFMT) == S_IFIFO ? (__u64)inode : 0;
}

/* At the return of a call that wrote a pipe, behind its record. */
static __always_inline void note_pipe_written(__u64 task, __u64 pipe) {
    struct inode_key key = key_of((struct inode*)pipe);
    bpf_map_update_elem(&pipes_written, &task, &key, BPF_ANY);
}

/* Whether a call of another ABI would have been recorded. */
static __always_inline bool is_foreign_of_note(struct file* file, __u8 group) {
    if (!is_of_note(file, group == GROUP_CONTENT)) return false;
    note_writer(file);
    return true;
}

static __always_inline bool is_i386_of_note(struct task_struct* task, struct pt_regs* regs,
                                            __u64 number, __u8 group) {
    __u64 descriptor = regs->bx, third = regs->dx, flags = regs->si, fifth = regs->di;
    opaque(descriptor);
    opaque(third);
    if (number == I386_MMAP2) return mapped_for_writing(task, flags, fifth) != 0;
    if (number == I386_SPLICE || number == I386_COPY_FILE_RANGE) descriptor = third;
    return is_foreign_of_note(file_of(task, (__u32)descriptor), group);
}

#endif
