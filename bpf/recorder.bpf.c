/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The recorder's programs: raw tracepoints with BTF, LSM hooks where the kernel allows them, and
 * the task iterator for the start-up snapshot. They store facts and decide nothing.
 */
#include "bpf/record.bpf.h"
/* the record comes first: it brings the kernel's types */
#include "bpf/attributes.bpf.h"
#include "bpf/call.bpf.h"
#include "bpf/foreign.bpf.h"
#include "bpf/lsm.bpf.h"
#include "bpf/names.bpf.h"
#include "bpf/object.bpf.h"
#include "bpf/operand.bpf.h"
#include "bpf/order.bpf.h"
#include "bpf/socket.bpf.h"
#include "bpf/task.bpf.h"
#include "bpf/transfer.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Set before loading. */
const volatile __u32 iterator_scratch = 0; /* the entry of `scratches` behind the CPUs' */

#define SYSCALL_OPEN 2
#define SYSCALL_IOCTL 16
#define SYSCALL_CONNECT 42
#define SYSCALL_BIND 49
#define SYSCALL_FCNTL 72
#define SYSCALL_CHDIR 80
#define SYSCALL_FCHDIR 81
#define SYSCALL_RENAME 82
#define SYSCALL_CREAT 85
#define SYSCALL_PIVOT_ROOT 155
#define SYSCALL_CHROOT 161
#define SYSCALL_FSCONFIG 431
#define SYSCALL_OPENAT 257
#define SYSCALL_RENAMEAT 264
#define SYSCALL_OPENAT2 437

/* Changed credentials and places are part of the frame, as births, deaths and waits for them are;
 * who reaches another process, writes into its memory or changes directories and files is whom we
 * look for: never filtered. */
static __always_inline bool is_wanted(__u8 group) {
    switch (group) {
        case GROUP_CREDENTIALS:
        case GROUP_MEMORY:
        case GROUP_CHANGE:
        case GROUP_PLACE:
        case GROUP_PROCESS:
        case GROUP_WAIT:
            return true;
    }
    return is_followed();
}

/* Opens and binds that may make or empty a file are changes, too. */
static __always_inline bool may_change(const struct open_call* call) {
    __u64 flags = 0;
    switch (call->syscall) {
        case SYSCALL_BIND:
        case SYSCALL_CREAT:
            return true;
        case SYSCALL_OPEN:
            flags = call->registers[1];
            break;
        case SYSCALL_OPENAT:
            flags = call->registers[2];
            break;
        case SYSCALL_OPENAT2: /* the first member of struct open_how; not readable: who knows */
            if (bpf_probe_read_user(&flags, sizeof flags, (const void*)call->registers[2]))
                return true;
    }
    return flags & (O_CREAT | O_TRUNC);
}

/* Of fcntl(2) only what makes descriptors, says whether an exec closes them or takes a lease; of
 * ioctl(2) only what supervisors are told of calls and answer, and what memory a userfaultfd
 * answers for; of quotactl(2) and fsconfig(2) only what is given a name. */
static __always_inline bool is_of_interest(const struct open_call* call) {
    __u32 command = call->registers[1];
    switch (call->syscall) {
        case SYSCALL_IOCTL:
            return is_recorded_command(call->registers[1]);
        case SYSCALL_FCNTL:
            return command == F_DUPFD || command == F_DUPFD_CLOEXEC || command == F_SETFD ||
                   command == F_SETLEASE;
        case SYSCALL_QUOTACTL:
            return (__u32)call->registers[0] >> 8 == Q_QUOTAON;
        case SYSCALL_FSCONFIG:
            return command == FSCONFIG_SET_PATH || command == FSCONFIG_SET_PATH_EMPTY;
    }
    return true;
}

/* Of calls by other ABIs that read or write: whether they would have been recorded. */
static __always_inline bool is_foreign_transfer_of_note(struct task_struct* task,
                                                        struct pt_regs* regs, __u64 number,
                                                        __u8 group) {
    if (is_compat_call(task)) return is_i386_of_note(task, regs, number, group);
    return is_foreign_of_note(file_of(task, (__u32)regs->di), group);
}

SEC("tp_btf/sys_enter")
int BPF_PROG(on_sys_enter, struct pt_regs* regs, long id) {
    if (!recording) return 0;
    struct task_struct* task = current_task();
    bool is_compat = is_compat_call(task);
    if (is_compat || id & X32_SYSCALL_BIT) {
        /* Numbers differ: 11 is i386's execve and munmap here. Count what is missed. */
        __u8 group = is_compat ? i386_group(regs, id) : x32_group(id);
        if (is_transfer(group)
                ? is_foreign_transfer_of_note(task, regs, id, group)
                : group && is_wanted(group) && is_foreign_of_interest(regs, id, is_compat))
            count_loss(LOSS_FOREIGN_ABI);
        return 0;
    }
    if (id == SYSCALL_FUTEX) note_futex_call(task, regs->si);
    if (id < 0 || id >= MAX_SYSCALLS) return 0;
    const struct syscall_spec* spec = &syscall_specs[id & (MAX_SYSCALLS - 1)];
    if (!spec->group) return 0;
    struct open_call call = {.syscall = id};
    call.registers[0] = regs->di;
    call.registers[1] = regs->si;
    call.registers[2] = regs->dx;
    call.registers[3] = regs->r10;
    call.registers[4] = regs->r8;
    call.registers[5] = regs->r9;

    struct ends ends = {};
    if (is_transfer(spec->group)) {
        if (!find_ends(task, &call, &ends)) return 0;
    } else if (!is_of_interest(&call) || !(is_wanted(spec->group) || may_change(&call))) {
        return 0;
    }
    struct cpu_state* state = this_cpu();
    if (!state) return 0;
    call.number = ++state->calls;
    struct scratch* s = begin(WIRE_SYSCALL_ENTERED, id, 0);
    if (!s) return 0;
    __u64 key = (__u64)task;
    call.cpu = head_of(s)->cpu;
    join(s, &call);
    __u32 scratch = s->index;
    put_task(scratch, SLOT_TASK, key);
    for (int i = 0; i < TOCSIN_MAX_OPERANDS; i++) {
        struct operand_spec operand = spec->operands[i];
        if (operand.kind == OPERAND_NONE) break;
        put_operand(scratch, operand, &call);
    }
    if (is_transfer(spec->group)) {
        send_first(s);
        begin_next(s, WIRE_HOOK_FIRED, HOOK_sys_enter);
        put_ends(s, &ends);
        call.pipe = pipe_written(&ends);
    }
    send(s);
    if (bpf_map_update_elem(&open_calls, &key, &call, BPF_ANY)) count_loss(LOSS_CALLS_FULL);
    return 0;
}

/* What is behind the descriptor of a call that succeeded, at its return. Another thread may have
 * closed it by now and opened something else. */
static __always_inline void send_descriptor(struct task_struct* task, const struct open_call* call,
                                            __s64 result) {
    __u8 group = spec_of(call)->group;
    if (group != GROUP_OPEN && group != GROUP_SOCKET) return;
    struct file* file = file_of(task, group == GROUP_OPEN ? result : (__u32)call->registers[0]);
    struct sock* socket = group == GROUP_SOCKET && file ? socket_behind(file) : 0;
    if (!file || (group == GROUP_SOCKET && !socket)) return;
    struct scratch* s = begin_at_return(call);
    if (!s) return;
    __u32 scratch = s->index;
    if (group == GROUP_OPEN)
        put_path_object(scratch, OBJECT_RETURNED, ADDRESS_OF(&file->f_path));
    else if (call->syscall == SYSCALL_CONNECT)
        put_peer(scratch, socket);
    else
        put_bound_file(scratch, socket);
    send(s);
}

static __always_inline bool moves_the_task(const struct open_call* call) {
    return call->syscall == SYSCALL_CHDIR || call->syscall == SYSCALL_FCHDIR ||
           call->syscall == SYSCALL_CHROOT || call->syscall == SYSCALL_PIVOT_ROOT;
}

/* Where the task is now. Another one that it shares that with may have moved it on. */
static __always_inline void send_place(struct task_struct* task, const struct open_call* call) {
    struct scratch* s = begin_at_return(call);
    if (!s) return;
    __u32 scratch = s->index;
    struct fs_struct* fs = BPF_CORE_READ(task, fs);
    put_path_object(scratch, OBJECT_CWD, ADDRESS_OF(&fs->pwd));
    if (call->syscall != SYSCALL_CHDIR && call->syscall != SYSCALL_FCHDIR)
        put_path_object(scratch, OBJECT_ROOT, ADDRESS_OF(&fs->root));
    send(s);
}

static __always_inline bool is_rename(const struct open_call* call) {
    return call->syscall == SYSCALL_RENAME || call->syscall == SYSCALL_RENAMEAT ||
           call->syscall == SYSCALL_RENAMEAT2;
}

/* What the call made, or left, where its name leads, unless it is gone from there again. */
static __always_inline void send_made(const struct open_call* call) {
    struct dentry* dentry = (struct dentry*)call->made;
    if (!BPF_CORE_READ(dentry, d_inode) ||
        (__u64)BPF_CORE_READ(dentry, d_parent) != call->made_parent)
        return;
    struct scratch* s = begin_at_return(call);
    if (!s) return;
    put_object(s->index, OBJECT_MADE, call->made, call->mount);
    send(s);
}

/* The directory in which nothing had the name, if the kernel still has it there. Of a rename that
 * walked both names it is not known which one was missing. */
static __always_inline void send_absence(const struct open_call* call) {
    if (call->walks > 1 && is_rename(call)) return;
    struct dentry* directory = (struct dentry*)call->directory;
    if (BPF_CORE_READ(directory, d_inode, i_ino) != call->directory_inode) return;
    struct scratch* s = begin_at_return(call);
    if (!s) return;
    __u8 first = argument_of(spec_of(call), OPERAND_PATH);
    __u32 role = call->walking == first ? OBJECT_NAMED : OBJECT_SECOND;
    put_chain(s->index, role, LEAF_IS_ABSENT, call->directory, call->mount);
    send(s);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_sys_exit, struct pt_regs* regs, long result) {
    struct task_struct* task = current_task();
    __u64 key = (__u64)task;
    if (regs->orig_ax == SYSCALL_FUTEX) forget_futex_call(task);
    struct open_call* found = open_call_of(key);
    if (!found) return 0;
    struct open_call call = *found;
    bpf_map_delete_elem(&open_calls, &key);
    if (!recording) return 0;
    const struct syscall_spec* spec = spec_of(&call);
    if (result >= 0 || result == -EINPROGRESS) send_descriptor(task, &call, result);
    if (result == 0 && spec->group == GROUP_PLACE && moves_the_task(&call)) send_place(task, &call);
    if (result == 0 && call.made) send_made(&call);
    if (result == 0 && call.covered) send_mounted(&call);
    if (result == -ENOENT && call.directory && !call.has_object) send_absence(&call);
    struct scratch* s = begin(WIRE_SYSCALL_RETURNED, call.syscall, result);
    if (!s) return 0;
    join(s, &call);
    __u32 scratch = s->index;
    put_task(scratch, SLOT_TASK, key);
    bool replaced = spec->group == GROUP_EXEC && result == 0;
    for (int i = 0; i < TOCSIN_MAX_OPERANDS; i++) {
        struct operand_spec operand = spec->operands[i];
        /* Registers cannot change: only memory is looked at again, unless it is another's now. */
        if (is_in_memory(operand.kind) && !replaced) put_operand(scratch, operand, &call);
        if (is_output(operand.kind) && result >= 0 && operand.argument < TOCSIN_MAX_OPERANDS)
            put_output(scratch, operand, call.registers[operand.argument], result);
    }
    send(s);
    if (call.pipe && result > 0) note_pipe_written(key, call.pipe);
    return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct* task, int old_pid, struct linux_binprm* bprm) {
    if (!recording || !is_followed()) return 0;
    __u64 key = (__u64)current_task();
    struct open_call* found = open_call_of(key);
    struct scratch* s = begin(WIRE_HOOK_FIRED, HOOK_sched_process_exec, old_pid);
    if (!s) return 0;
    __u8 path = TOCSIN_NO_OPERAND, argv = TOCSIN_NO_OPERAND, environ = TOCSIN_NO_OPERAND;
    if (found) {
        struct open_call call = *found;
        const struct syscall_spec* spec = spec_of(&call);
        join(s, &call);
        path = argument_of(spec, OPERAND_PATH);
        argv = argument_of(spec, OPERAND_ARGV);
        environ = argument_of(spec, OPERAND_ENVIRON);
    }
    task = current_task();
    __u32 scratch = s->index;
    put_task(scratch, SLOT_TASK, key);
    __u64 filename = (__u64)BPF_CORE_READ(bprm, filename);
    __u64 interpreter = (__u64)BPF_CORE_READ(bprm, interp);
    /* Composed from a descriptor by execveat: bprm->fdpath is set then. */
    __u8 flags = BPF_CORE_READ(bprm, fdpath) ? ITEM_FDPATH : 0;
    put_kernel_string(scratch, path, OPERAND_PATH, filename, flags);
    if (interpreter != filename)
        put_kernel_string(scratch, TOCSIN_NO_OPERAND, OPERAND_INTERPRETER, interpreter, 0);
    struct mm_struct* mm = BPF_CORE_READ(task, mm);
    put_block_copy(scratch, argv, OPERAND_ARGV, BPF_CORE_READ(mm, arg_start),
                   BPF_CORE_READ(mm, arg_end));
    put_block_copy(scratch, environ, OPERAND_ENVIRON, BPF_CORE_READ(mm, env_start),
                   BPF_CORE_READ(mm, env_end));
    struct file* file = BPF_CORE_READ(bprm, file);
    put_path_object(scratch, OBJECT_EXECUTABLE, ADDRESS_OF(&file->f_path));
    send(s);
    return 0;
}

/* Births and deaths are the frame of everything else: never filtered. */

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct* parent, struct task_struct* child) {
    if (!recording) return 0;
    if (follow_only && is_followed()) {
        __u32 tgid = BPF_CORE_READ(child, tgid);
        __u8 yes = 1;
        if (bpf_map_update_elem(&followed, &tgid, &yes, BPF_ANY)) count_loss(LOSS_FOLLOWED_FULL);
    }
    __s64 shared = 0;
    if (BPF_CORE_READ(child, files) == BPF_CORE_READ(current_task(), files)) shared |= SHARES_FILES;
    if (BPF_CORE_READ(child, fs) == BPF_CORE_READ(current_task(), fs)) shared |= SHARES_PLACE;
    if (BPF_CORE_READ(child, mm) == BPF_CORE_READ(current_task(), mm)) shared |= SHARES_MEMORY;
    struct scratch* s = begin(WIRE_TASK_FORKED, 0, shared);
    if (!s) return 0;
    __u32 scratch = s->index;
    put_task(scratch, SLOT_TASK, (__u64)current_task());
    put_task(scratch, SLOT_OTHER, number_of(child));
    send(s);
    return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct* task) {
    task = current_task();
    __u64 key = (__u64)task;
    bpf_map_delete_elem(&open_calls, &key);
    bool last = BPF_CORE_READ(task, signal, live.counter) == 0;
    if (last && follow_only) {
        __u32 tgid = BPF_CORE_READ(task, tgid);
        bpf_map_delete_elem(&followed, &tgid);
    }
    if (!recording) return 0;
    struct scratch* s = begin(WIRE_TASK_EXITED, last, BPF_CORE_READ(task, exit_code));
    if (!s) return 0;
    put_task(s->index, SLOT_TASK, key);
    send(s);
    return 0;
}

/* The kernel's buffer for an iterator holds 32 KiB, and a record that did not fit it would end the
 * snapshot. Three objects of this size do. */
#define FOUND_OBJECT_MAX 0x2800

static __always_inline void put_found(__u32 scratch, struct scratch* s, __u32 role, __u64 path) {
    s->limit = s->used + FOUND_OBJECT_MAX;
    put_path_object(scratch, role, path);
}

/* Start-up snapshot: one record per thread, files per process. Its sequence numbers are given by
 * the reader: the kernel may show a task again when its buffer is full. */
SEC("iter/task")
int found_task(struct bpf_iter__task* ctx) {
    struct task_struct* task = ctx->task;
    struct seq_file* seq = ctx->meta->seq;
    if (!task) return 0;
    __u32 scratch = iterator_scratch;
    struct scratch* s = scratch_at(scratch);
    if (!s) return 0;
    reset(s, WIRE_TASK_FOUND, 0, 0);
    head_of(s)->time_ns = bpf_ktime_get_boot_ns();
    put_task(scratch, SLOT_TASK, number_of(task));
    struct task_struct* parent = BPF_CORE_READ(task, real_parent);
    fill_task_ids(&head_of(s)->other, parent);
    head_of(s)->has_other = head_of(s)->other.tgid != 0;
    if (BPF_CORE_READ(task, tgid) == BPF_CORE_READ(task, pid)) {
        struct file* exe = BPF_CORE_READ(task, mm, exe_file);
        struct fs_struct* fs = BPF_CORE_READ(task, fs);
        if (exe) put_found(scratch, s, OBJECT_EXECUTABLE, ADDRESS_OF(&exe->f_path));
        if (fs) {
            put_found(scratch, s, OBJECT_CWD, ADDRESS_OF(&fs->pwd));
            put_found(scratch, s, OBJECT_ROOT, ADDRESS_OF(&fs->root));
        }
    }
    __u32 size = s->used;
    head_of(s)->bytes = size;
    opaque(size);
    size &= SCRATCH_MASK;
    bpf_seq_write(seq, s->bytes, size);
    return 0;
}
