/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Building and sending a record. A program takes its CPU's scratch memory, appends items, and
 * sends exactly what it appended. What cannot be sent is counted, and the next record of the CPU
 * says how many there were, so that the loss can be placed in time.
 */
#ifndef TOCSIN_BPF_RECORD_BPF_H
#define TOCSIN_BPF_RECORD_BPF_H

#include "bpf/kernel.bpf.h"
/* kernel types come first */
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "bpf/wire.h"

#define SCRATCH_MASK 0xffff
#define SCRATCH_LIMIT 0xe000 /* where items stop; what one step appends fits behind it */

/* Keeps the compiler from moving or dropping a bound that the verifier has to see. */
#define opaque(x) asm volatile("" : "+r"(x))

struct scratch {
    __u32 used;
    __u32 claims; /* programs that want it; who counts itself as the only one has it */
    /* Progress of a loop kept in memory: the verifier forgets a value that it reloads, and so
     * need not follow every course of the loop. */
    __u32 cursor;
    __u32 last;
    __u32 limit; /* where a chain of nodes stops */
    __u32 index; /* its own */
    __u8 bytes[SCRATCH_MASK + 1 + 0x4000];
};

struct cpu_state {
    __u64 calls; /* recorded entries */
    __u64 sent;
    __u64 lost[LOSS_CAUSES];
};

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 64 << 20);
} ring SEC(".maps");

/* An array by CPU number, not a per-CPU map: those take at most 32 KiB a value. Each CPU has
 * several, for programs that interrupt or preempt one another. The recorder sizes it: those of the
 * CPUs, and a last one for the task iterator. */
#define SCRATCHES_PER_CPU 3

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct scratch);
} scratches SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct cpu_state);
} cpu_states SEC(".maps");

/* Functions that the programs share are global: the verifier then looks at each once, not once a
 * call, without which kernels up to 6.1 give up. Until 5.12 they take numbers only, so a record
 * under construction is named by its scratch's index and a kernel object by its address. */
#define SHARED __attribute__((noinline))

/* A typed kernel pointer as the number that such functions take: a plain conversion keeps its type
 * in the verifier's eyes. */
static __always_inline __u64 number_of(const void* pointer) {
    __u64 number = 0;
    bpf_probe_read_kernel(&number, sizeof number, &pointer);
    return number;
}

static __always_inline struct scratch* scratch_at(__u32 index) {
    return bpf_map_lookup_elem(&scratches, &index);
}

static __always_inline struct cpu_state* this_cpu(void) {
    __u32 zero = 0;
    return bpf_map_lookup_elem(&cpu_states, &zero);
}

static __always_inline void count_loss(enum loss_cause cause) {
    struct cpu_state* state = this_cpu();
    if (state) __sync_fetch_and_add(&state->lost[cause], 1);
}

/* Records of this CPU that are missing in the ring. */
static __always_inline __u64 lost_records(const struct cpu_state* state) {
    return state->lost[LOSS_RING_FULL] + state->lost[LOSS_SCRATCH_BUSY];
}

static __always_inline struct wire_record* head_of(struct scratch* s) {
    return (struct wire_record*)s->bytes;
}

static __always_inline void reset(struct scratch* s, __u16 kind, __u16 code, __s64 value) {
    struct wire_record* head = head_of(s);
    __builtin_memset(head, 0, sizeof *head);
    head->kind = kind;
    head->code = code;
    head->value = value;
    s->used = sizeof *head;
    s->limit = SCRATCH_LIMIT;
}

/* Fetching atomics are not for 5.10, so this counts first and looks then: two that meet may both
 * go on to the next scratch, never both stay. */
static __always_inline bool claim(struct scratch* s) {
    __sync_fetch_and_add(&s->claims, 1);
    if (*(volatile __u32*)&s->claims == 1) return true;
    __sync_fetch_and_add(&s->claims, -1);
    return false;
}

/* NULL, counted, where programs that this one interrupted hold all of the CPU's scratches. */
static __always_inline struct scratch* begin(__u16 kind, __u16 code, __s64 value) {
    __u32 cpu = bpf_get_smp_processor_id();
    for (__u32 i = 0; i < SCRATCHES_PER_CPU; i++) {
        __u32 index = cpu * SCRATCHES_PER_CPU + i;
        struct scratch* s = scratch_at(index);
        if (!s || !claim(s)) continue;
        s->index = index;
        reset(s, kind, code, value);
        head_of(s)->time_ns = bpf_ktime_get_boot_ns();
        head_of(s)->cpu = cpu;
        return s;
    }
    count_loss(LOSS_SCRATCH_BUSY);
    return 0;
}

/* Sends the record and keeps the scratch. */
static __always_inline void send_first(struct scratch* s) {
    struct cpu_state* state = this_cpu();
    __u32 size = s->used;
    head_of(s)->bytes = size;
    if (state) head_of(s)->lost = lost_records(state);
    opaque(size);
    size &= SCRATCH_MASK;
    /* Waking the reader per record costs several times the record: it polls, and is woken when a
     * quarter of the ring is full. */
    __u64 waiting = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA);
    __u64 flags = waiting > bpf_ringbuf_query(&ring, BPF_RB_RING_SIZE) / 4 ? BPF_RB_FORCE_WAKEUP
                                                                           : BPF_RB_NO_WAKEUP;
    long failed = bpf_ringbuf_output(&ring, s->bytes, size, flags);
    if (failed)
        count_loss(LOSS_RING_FULL);
    else if (state)
        __sync_fetch_and_add(&state->sent, 1);
}

/* Begins another record of the same task and call where the one before was sent. */
static __always_inline void begin_next(struct scratch* s, __u16 kind, __u16 code) {
    struct wire_record* head = head_of(s);
    head->kind = kind;
    head->code = code;
    head->value = 0;
    head->items = 0;
    head->time_ns = bpf_ktime_get_boot_ns();
    s->used = sizeof *head;
    s->limit = SCRATCH_LIMIT;
}

static __always_inline void send(struct scratch* s) {
    send_first(s);
    __sync_fetch_and_add(&s->claims, -1);
}

/* Room for `wanted` more bytes at the returned offset; 0, counted, where there is none. */
static __always_inline __u32 room(struct scratch* s, __u32 wanted) {
    __u32 used = s->used;
    if (used + wanted > SCRATCH_LIMIT) {
        count_loss(LOSS_TOO_LARGE);
        return 0;
    }
    return used;
}

/* Starts an item; its payload goes to the returned offset, and finish_item() closes it. */
static __always_inline __u32 start_item(struct scratch* s, __u8 kind, __u8 operand,
                                        __u8 operand_kind, __u64 address, __u32 payload_max) {
    __u32 at = room(s, sizeof(struct wire_item) + payload_max + 8);
    if (!at) return 0;
    opaque(at);
    at &= SCRATCH_MASK;
    struct wire_item* item = (struct wire_item*)(s->bytes + at);
    __builtin_memset(item, 0, sizeof *item);
    item->kind = kind;
    item->operand = operand;
    item->operand_kind = operand_kind;
    item->address = address;
    return at + sizeof *item;
}

static __always_inline void finish_item(struct scratch* s, __u32 payload, __u32 bytes, __u8 flags,
                                        __s32 error, __u32 full_length) {
    __u32 at = payload - sizeof(struct wire_item);
    opaque(at);
    at &= SCRATCH_MASK;
    struct wire_item* item = (struct wire_item*)(s->bytes + at);
    item->bytes = bytes;
    item->flags = flags;
    item->error = error;
    item->full_length = full_length;
    head_of(s)->items++;
    s->used = (payload + bytes + 7) & ~7u;
}

static __always_inline void* payload_at(struct scratch* s, __u32 at) {
    opaque(at);
    return s->bytes + (at & SCRATCH_MASK);
}

#endif
