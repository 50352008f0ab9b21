/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading arguments. A read of user memory never sleeps here, so a page that is not resident ends
 * it: what came before is kept, with the errno.
 */
#ifndef TOCSIN_BPF_OPERAND_BPF_H
#define TOCSIN_BPF_OPERAND_BPF_H

#include "bpf/record.bpf.h"

#define PAGE_BYTES 4096u
/* A byte more than the longest name with its NUL, so that it is seen to end. */
#define NAME_READ (TOCSIN_PATH_MAX + 1)

struct operand_spec {
    __u8 kind;
    __u8 argument;
};
struct syscall_spec {
    __u8 group; /* 0: not recorded */
    struct operand_spec operands[TOCSIN_MAX_OPERANDS];
};

#define MAX_SYSCALLS 512

static const struct syscall_spec syscall_specs[MAX_SYSCALLS] = {
#define TOCSIN_SYSCALL(number, name, group_name, ...) \
    [number] = {.group = GROUP_##group_name, .operands = {__VA_ARGS__}},
#include "formats/hooks.def"
};

struct string_read {
    __u32 bytes; /* in the buffer, with the NUL if `terminated` */
    __s32 error;
    bool terminated;
};

/* Up to `size` bytes (at most NAME_READ) of the string at `address`. The helper gives
 * nothing at all where the string runs into an absent page, so then the bytes up to that page are
 * read as they are: they hold no NUL. */
static __always_inline struct string_read read_user_string(void* to, __u32 size, __u64 address) {
    struct string_read read = {};
    long length = bpf_probe_read_user_str(to, size, (const void*)address);
    if (length >= 0) {
        /* 0 is an empty string on some kernels (measured: 5.10), which others report as 1. */
        read.bytes = length ? length : 1;
        read.terminated = (__u32)length < size;
        if (!read.terminated) read.bytes = length - 1;
        return read;
    }
    read.error = EFAULT;
    __u32 in_page = PAGE_BYTES - (address & (PAGE_BYTES - 1));
    if (in_page >= size) return read;
    opaque(in_page);
    in_page &= 2 * PAGE_BYTES - 1; /* a whole page where the string begins with one */
    if (bpf_probe_read_user(to, in_page, (const void*)address) == 0) read.bytes = in_page;
    return read;
}

SHARED int put_string_claim(__u32 scratch, __u32 argument, __u32 kind, __u64 address) {
    struct scratch* s = scratch_at(scratch);
    if (!s) return 0;
    __u32 at = start_item(s, ITEM_CLAIM, argument, kind, address, NAME_READ);
    if (!at) return 0;
    struct string_read read = read_user_string(payload_at(s, at), NAME_READ, address);
    bool cut = !read.error && !read.terminated;
    __u32 bytes = read.bytes - (read.terminated ? 1 : 0);
    finish_item(s, at, bytes, cut ? ITEM_CUT : 0, read.error, cut || read.error ? 0 : bytes);
    return 0;
}

/* A vector of strings, each with its NUL; of environment strings only as much as may hold the
 * name, which the recorder then cuts at the '='. */
SHARED int put_vector_claim(__u32 scratch, __u32 argument, __u32 kind, __u64 vector) {
    struct scratch* s = scratch_at(scratch);
    if (!s) return 0;
    __u32 payload = start_item(s, ITEM_CLAIM, argument, kind, vector, TOCSIN_VECTOR_MAX);
    if (!payload) return 0;
    s->cursor = 0;
    __s32 error = 0;
    __u8 flags = vector ? 0 : ITEM_REGISTER;
    for (int i = 0; vector && i < TOCSIN_VECTOR_STRINGS; i++) {
        __u64 address = 0;
        if (bpf_probe_read_user(&address, sizeof address, (const void*)(vector + i * 8ull))) {
            error = EFAULT;
            break;
        }
        if (!address) break;
        __u32 used = s->cursor;
        if (i == TOCSIN_VECTOR_STRINGS - 1 || used >= TOCSIN_VECTOR_MAX) {
            flags |= ITEM_CUT;
            break;
        }
        __u32 size = TOCSIN_VECTOR_MAX - used;
        __u32 most = kind == OPERAND_ENVIRON ? TOCSIN_ENV_NAME_MAX : TOCSIN_PATH_MAX - 1;
        if (size > most) size = most;
        opaque(size);
        size &= TOCSIN_PATH_MAX - 1;
        struct string_read read = read_user_string(payload_at(s, payload + used), size, address);
        error = read.error;
        /* Of a long environment string the NUL that the helper ended it with is kept too. */
        bool long_environ =
            kind == OPERAND_ENVIRON && !error && !read.terminated && size == TOCSIN_ENV_NAME_MAX;
        s->cursor = used + read.bytes + (long_environ ? 1 : 0);
        if (error) break;
        if (!read.terminated && !long_environ) {
            flags |= ITEM_CUT;
            break;
        }
    }
    finish_item(s, payload, s->cursor, flags, error, 0);
    return 0;
}

/* A structure, as far as it lies before an absent page. */
SHARED int put_struct_claim(__u32 scratch, __u32 argument, __u32 kind, __u64 address,
                            __u64 length) {
    struct scratch* s = scratch_at(scratch);
    if (!s) return 0;
    __u32 at = start_item(s, ITEM_CLAIM, argument, kind, address, TOCSIN_STRUCT_MAX);
    if (!at) return 0;
    __u32 size = length < TOCSIN_STRUCT_MAX ? length : TOCSIN_STRUCT_MAX;
    opaque(size);
    size &= 2 * TOCSIN_STRUCT_MAX - 1;
    __s32 error = 0;
    if (bpf_probe_read_user(payload_at(s, at), size, (const void*)address)) {
        error = EFAULT;
        __u32 in_page = PAGE_BYTES - (address & (PAGE_BYTES - 1));
        if (in_page > size) in_page = 0;
        opaque(in_page);
        in_page &= 2 * TOCSIN_STRUCT_MAX - 1;
        if (in_page && bpf_probe_read_user(payload_at(s, at), in_page, (const void*)address))
            in_page = 0;
        size = in_page;
    }
    finish_item(s, at, size, length > TOCSIN_STRUCT_MAX ? ITEM_CUT : 0, error,
                length > 0xffffffffu ? 0xffffffffu : length);
    return 0;
}

SHARED int put_register(__u32 scratch, __u32 argument, __u32 kind, __u64 value) {
    struct scratch* s = scratch_at(scratch);
    if (!s) return 0;
    __u32 at = start_item(s, ITEM_CLAIM, argument, kind, value, 0);
    if (at) finish_item(s, at, 0, ITEM_REGISTER, 0, 0);
    return 0;
}

/* The kernel's own copy of a name. */
SHARED int put_kernel_string(__u32 scratch, __u32 argument, __u32 kind, __u64 address,
                             __u32 flags) {
    struct scratch* s = scratch_at(scratch);
    if (!s || !address) return 0;
    __u32 at = start_item(s, ITEM_COPY, argument, kind, 0, NAME_READ);
    if (!at) return 0;
    /* The helper writes one byte before the buffer on some kernels from 5.8 to 6.1 when the very
     * start of a buffer is its target; an item's payload never is. */
    long length = bpf_probe_read_kernel_str(payload_at(s, at), NAME_READ, (const void*)address);
    if (length <= 0)
        finish_item(s, at, 0, flags, EFAULT, 0);
    else
        finish_item(s, at, (length - 1) & (2 * TOCSIN_PATH_MAX - 1),
                    length == NAME_READ ? flags | ITEM_CUT : flags, 0, 0);
    return 0;
}

/* A structure that the kernel copied. */
SHARED int put_kernel_struct(__u32 scratch, __u32 argument, __u32 kind, __u64 address,
                             __u32 length) {
    struct scratch* s = scratch_at(scratch);
    if (!s) return 0;
    __u32 at = start_item(s, ITEM_COPY, argument, kind, 0, TOCSIN_STRUCT_MAX);
    if (!at) return 0;
    __u32 size = length < TOCSIN_STRUCT_MAX ? length : TOCSIN_STRUCT_MAX;
    opaque(size);
    size &= 2 * TOCSIN_STRUCT_MAX - 1;
    long failed = bpf_probe_read_kernel(payload_at(s, at), size, (const void*)address);
    finish_item(s, at, failed ? 0 : size, length > size ? ITEM_CUT : 0, failed ? EFAULT : 0,
                length);
    return 0;
}

/* The first eight bytes of one, which are all that is left of it. */
SHARED int put_kernel_number(__u32 scratch, __u32 argument, __u32 kind, __u64 number) {
    struct scratch* s = scratch_at(scratch);
    if (!s) return 0;
    __u32 at = start_item(s, ITEM_COPY, argument, kind, 0, sizeof number);
    if (!at) return 0;
    *(__u64*)payload_at(s, at) = number;
    finish_item(s, at, sizeof number, ITEM_CUT, 0, 0);
    return 0;
}

/* Argument or environment block of a new program, which the kernel wrote itself: strings with
 * their NULs, from `start` to `end` in user memory. */
SHARED int put_block_copy(__u32 scratch, __u32 argument, __u32 kind, __u64 start, __u64 end) {
    struct scratch* s = scratch_at(scratch);
    if (!s) return 0;
    __u32 at = start_item(s, ITEM_COPY, argument, kind, start, TOCSIN_VECTOR_MAX);
    if (!at) return 0;
    __u64 length = end - start;
    __u32 size = length < TOCSIN_VECTOR_MAX ? length : TOCSIN_VECTOR_MAX;
    opaque(size);
    if (size > TOCSIN_VECTOR_MAX) return 0;
    long failed = bpf_probe_read_user(payload_at(s, at), size, (const void*)start);
    finish_item(s, at, failed ? 0 : size, length > size ? ITEM_CUT : 0, failed ? EFAULT : 0,
                length > 0xffffffffu ? 0xffffffffu : length);
    return 0;
}

/* `next` is the argument behind it. */
static __always_inline void put_claim(__u32 scratch, struct operand_spec spec, __u64 value,
                                      __u64 next) {
    switch (spec.kind) {
        case OPERAND_OPEN_HOW:
            put_struct_claim(scratch, spec.argument, spec.kind, value, next);
            break;
        case OPERAND_SOCKADDR: /* the kernel takes the size as an int */
            put_struct_claim(scratch, spec.argument, spec.kind, value, (__u32)next);
            break;
        case OPERAND_IOVEC:
            put_struct_claim(scratch, spec.argument, spec.kind, value, next * 16);
            break;
        case OPERAND_PATH:
        case OPERAND_STRING:
            put_string_claim(scratch, spec.argument, spec.kind, value);
            break;
        case OPERAND_ARGV:
        case OPERAND_ENVIRON:
            put_vector_claim(scratch, spec.argument, spec.kind, value);
            break;
        default:
            put_register(scratch, spec.argument, spec.kind, value);
    }
}

/* What the first buffer of a vector has got of `bytes` in all. */
SHARED int put_vector_output(__u32 scratch, __u32 argument, __u64 vector, __u64 bytes) {
    struct {
        __u64 base, size;
    } first = {};
    if (bpf_probe_read_user(&first, sizeof first, (const void*)vector)) return 0;
    __u64 length = first.size < bytes ? first.size : bytes;
    return put_struct_claim(scratch, argument, OPERAND_OUTPUT_IOVEC, first.base, length);
}

static __always_inline bool is_output(__u8 kind) {
    return kind == OPERAND_OUTPUT || kind == OPERAND_OUTPUT_IOVEC;
}

/* What a call that did not fail has filled in. */
static __always_inline void put_output(__u32 scratch, struct operand_spec spec, __u64 address,
                                       __s64 result) {
    if (!address) return;
    if (spec.kind == OPERAND_OUTPUT_IOVEC)
        put_vector_output(scratch, spec.argument, address, result);
    else
        put_struct_claim(scratch, spec.argument, spec.kind, address, TOCSIN_OUTPUT_MAX);
}

static __always_inline bool is_in_memory(__u8 kind) {
    switch (kind) {
        case OPERAND_PATH:
        case OPERAND_STRING:
        case OPERAND_ARGV:
        case OPERAND_ENVIRON:
        case OPERAND_OPEN_HOW:
        case OPERAND_SOCKADDR:
            return true;
    }
    return false;
}

/* Argument index of the call's `nth` operand of this kind, from 0. */
static __always_inline __u8 nth_argument_of(const struct syscall_spec* spec, __u8 kind, __u32 nth) {
    for (int i = 0; i < TOCSIN_MAX_OPERANDS; i++)
        if (spec->operands[i].kind == kind && nth-- == 0) return spec->operands[i].argument;
    return TOCSIN_NO_OPERAND;
}

static __always_inline __u8 argument_of(const struct syscall_spec* spec, __u8 kind) {
    return nth_argument_of(spec, kind, 0);
}

#endif
