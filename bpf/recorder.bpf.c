/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The recorder's programs: raw tracepoints with BTF, LSM hooks where the kernel allows them, and
 * the task iterator for the start-up snapshot. They store facts and decide nothing.
 */
#include "bpf/record.bpf.h"
/* the record comes first: it brings the kernel's types */
#include "bpf/object.bpf.h"
#include "bpf/operand.bpf.h"
#include "bpf/task.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define MAX_OPEN_CALLS 65536
#define MAX_FOLLOWED 65536

enum hook_id {
#define TOCSIN_HOOK(id, name, source, sees, cannot_see) HOOK_##name = id,
#include "formats/hooks.def"
};

/* Set before loading. */
const volatile bool follow_only = false;   /* checks and uses of followed processes alone */
const volatile __u32 iterator_scratch = 0; /* the entry of `scratches` behind the CPUs' */

/* Cleared to stop at once: detaching takes longer. */
bool recording = true;

/* An open system call, by task pointer: an exec from a thread that is not the leader changes both
 * tid and start time, never the task_struct. */
struct open_call {
    __u64 number;
    __u16 cpu;
    __u16 syscall;
    __u32 padding;
    __u64 registers[TOCSIN_MAX_OPERANDS];
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, MAX_OPEN_CALLS);
    __type(key, __u64);
    __type(value, struct open_call);
} open_calls SEC(".maps");

/* Process ids whose checks and uses are recorded; children are added as they are born. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, MAX_FOLLOWED);
    __type(key, __u32);
    __type(value, __u8);
} followed SEC(".maps");

static __always_inline bool is_followed(void) {
    if (!follow_only) return true;
    __u32 tgid = bpf_get_current_pid_tgid() >> 32;
    return bpf_map_lookup_elem(&followed, &tgid) != 0;
}

static __always_inline struct task_struct* current_task(void) {
    return (struct task_struct*)bpf_get_current_task();
}

static __always_inline void join(struct scratch* s, const struct open_call* call) {
    head_of(s)->call_cpu = call->cpu;
    head_of(s)->call_number = call->number;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(on_sys_enter, struct pt_regs* regs, long id) {
    if (!recording) return 0;
    struct task_struct* task = current_task();
    bool compat = is_compat_call(task);
    if (compat || id & X32_SYSCALL_BIT) {
        /* Numbers differ: 11 is i386's execve and munmap here. Count the execs that are missed. */
        if (is_followed() &&
            (compat ? id == 11 || id == 358
                    : id == (X32_SYSCALL_BIT | 520) || id == (X32_SYSCALL_BIT | 545)))
            count_loss(LOSS_FOREIGN_ABI);
        return 0;
    }
    if (id < 0 || id >= MAX_SYSCALLS) return 0;
    const struct syscall_spec* spec = &syscall_specs[id & (MAX_SYSCALLS - 1)];
    if (!spec->group) return 0;
    /* Changed credentials are part of the frame, as births and deaths are: never filtered. */
    if (spec->group != GROUP_CREDENTIALS && !is_followed()) return 0;

    struct open_call call = {.syscall = id};
    call.registers[0] = BPF_CORE_READ(regs, di);
    call.registers[1] = BPF_CORE_READ(regs, si);
    call.registers[2] = BPF_CORE_READ(regs, dx);
    call.registers[3] = BPF_CORE_READ(regs, r10);
    call.registers[4] = BPF_CORE_READ(regs, r8);
    call.registers[5] = BPF_CORE_READ(regs, r9);

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
        if (operand.argument < TOCSIN_MAX_OPERANDS)
            put_claim(scratch, operand, call.registers[operand.argument]);
    }
    send(s);
    if (bpf_map_update_elem(&open_calls, &key, &call, BPF_ANY)) count_loss(LOSS_CALLS_FULL);
    return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_sys_exit, struct pt_regs* regs, long result) {
    struct task_struct* task = current_task();
    __u64 key = (__u64)task;
    struct open_call* found = bpf_map_lookup_elem(&open_calls, &key);
    if (!found) return 0;
    struct open_call call = *found;
    bpf_map_delete_elem(&open_calls, &key);
    if (!recording) return 0;
    const struct syscall_spec* spec = &syscall_specs[call.syscall & (MAX_SYSCALLS - 1)];
    struct scratch* s = begin(WIRE_SYSCALL_RETURNED, call.syscall, result);
    if (!s) return 0;
    join(s, &call);
    __u32 scratch = s->index;
    put_task(scratch, SLOT_TASK, key);
    bool replaced = spec->group == GROUP_EXEC && result == 0;
    for (int i = 0; i < TOCSIN_MAX_OPERANDS; i++) {
        struct operand_spec operand = spec->operands[i];
        /* Registers cannot change: only memory is looked at again, unless it is another's now. */
        if (operand.kind == OPERAND_NONE || operand.kind >= OPERAND_DIRFD || replaced) continue;
        if (operand.argument < TOCSIN_MAX_OPERANDS)
            put_claim(scratch, operand, call.registers[operand.argument]);
    }
    send(s);
    return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct* task, int old_pid, struct linux_binprm* bprm) {
    if (!recording || !is_followed()) return 0;
    __u64 key = (__u64)current_task();
    struct open_call* found = bpf_map_lookup_elem(&open_calls, &key);
    struct scratch* s = begin(WIRE_HOOK_FIRED, HOOK_sched_process_exec, old_pid);
    if (!s) return 0;
    __u8 path = TOCSIN_NO_OPERAND, argv = TOCSIN_NO_OPERAND, environ = TOCSIN_NO_OPERAND;
    if (found) {
        struct open_call call = *found;
        const struct syscall_spec* spec = &syscall_specs[call.syscall & (MAX_SYSCALLS - 1)];
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
    put_object(scratch, OBJECT_EXECUTABLE, ADDRESS_OF(&file->f_path));
    send(s);
    return 0;
}

/* LSM programs give back what programs before them decided: never a denial of their own. */

/* Fires for the named file, then for each interpreter that is to run in its place. */
SEC("lsm/bprm_check_security")
int BPF_PROG(on_bprm_check, struct linux_binprm* bprm, int earlier) {
    if (!recording || !is_followed()) return earlier;
    __u64 key = (__u64)current_task();
    struct open_call* found = bpf_map_lookup_elem(&open_calls, &key);
    struct scratch* s = begin(WIRE_HOOK_FIRED, HOOK_bprm_check_security, 0);
    if (!s) return earlier;
    __u8 path = TOCSIN_NO_OPERAND;
    if (found) {
        struct open_call call = *found;
        join(s, &call);
        path = argument_of(&syscall_specs[call.syscall & (MAX_SYSCALLS - 1)], OPERAND_PATH);
    }
    __u32 scratch = s->index;
    put_task(scratch, SLOT_TASK, key);
    put_kernel_string(scratch, path, OPERAND_PATH, (__u64)BPF_CORE_READ(bprm, filename),
                      BPF_CORE_READ(bprm, fdpath) ? ITEM_FDPATH : 0);
    struct file* file = BPF_CORE_READ(bprm, file);
    put_object(scratch, OBJECT_CHECKED, ADDRESS_OF(&file->f_path));
    send(s);
    return earlier;
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
    struct scratch* s = begin(WIRE_TASK_FORKED, 0, 0);
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
    put_object(scratch, role, path);
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
