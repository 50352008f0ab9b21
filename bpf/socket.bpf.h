/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where a socket leads: the address of its peer, and socket files. */
#ifndef TOCSIN_BPF_SOCKET_BPF_H
#define TOCSIN_BPF_SOCKET_BPF_H

#include "bpf/object.bpf.h"
#include "bpf/operand.bpf.h"

/* Of a struct sockaddr_in and a struct sockaddr_in6. */
#define INET_ADDRESS_BYTES 16
#define INET6_ADDRESS_BYTES 28
/* An address in AF_UNIX: family, 108 bytes, and a NUL that the kernel adds where there is none. */
#define UNIX_ADDRESS_MAX 111

/* The file that a socket in AF_UNIX is bound to, if it is. */
static __always_inline void put_socket_file(__u32 scratch, __u32 role, __u64 socket) {
    if (!bpf_core_type_exists(struct unix_sock)) return;
    struct unix_sock* own = (struct unix_sock*)socket;
    if (BPF_CORE_READ(own, path.dentry)) put_path_object(scratch, role, ADDRESS_OF(&own->path));
}

/* Whether a connect gave the peer up, as it does with AF_UNSPEC. A datagram socket that is
 * connected to port 0 is still "established"; a stream that was refused meanwhile keeps its peer's
 * port. */
static __always_inline bool has_no_inet_peer(struct sock* own) {
    return BPF_CORE_READ(own, __sk_common.skc_dport) == 0 &&
           BPF_CORE_READ(own, __sk_common.skc_state) == TCP_CLOSE;
}

SHARED int put_inet_peer(__u32 scratch, __u64 socket, __u32 family) {
    struct scratch* s = scratch_at(scratch);
    struct sock* own = (struct sock*)socket;
    if (!s) return 0;
    __u32 at = start_item(s, ITEM_COPY, TOCSIN_NO_OPERAND, OPERAND_PEER, 0, INET6_ADDRESS_BYTES);
    if (!at) return 0;
    __u16* address = payload_at(s, at);
    __builtin_memset(address, 0, INET6_ADDRESS_BYTES);
    address[0] = family;
    address[1] = BPF_CORE_READ(own, __sk_common.skc_dport);
    bool is_inet = family == AF_INET;
    if (is_inet)
        bpf_core_read(address + 2, 4, &own->__sk_common.skc_daddr);
    else
        bpf_core_read(address + 4, 16, &own->__sk_common.skc_v6_daddr);
    finish_item(s, at, is_inet ? INET_ADDRESS_BYTES : INET6_ADDRESS_BYTES, 0, 0, 0);
    return 0;
}

SHARED int put_unix_peer(__u32 scratch, __u64 socket) {
    if (!bpf_core_type_exists(struct unix_sock)) return 0;
    struct unix_sock* own = (struct unix_sock*)socket;
    struct unix_sock* peer = (struct unix_sock*)BPF_CORE_READ(own, peer);
    if (!peer) return 0;
    struct unix_address* address = BPF_CORE_READ(peer, addr);
    __u32 length = BPF_CORE_READ(address, len);
    if (address && length <= UNIX_ADDRESS_MAX)
        put_kernel_struct(scratch, TOCSIN_NO_OPERAND, OPERAND_PEER, ADDRESS_OF(&address->name),
                          length);
    put_socket_file(scratch, OBJECT_PEER, (__u64)peer);
    return 0;
}

static __always_inline struct sock* socket_behind(struct file* file) {
    if ((BPF_CORE_READ(file, f_path.dentry, d_inode, i_mode) & S_IFMT) != S_IFSOCK) return 0;
    struct socket* socket = BPF_CORE_READ(file, private_data);
    return BPF_CORE_READ(socket, sk);
}

/* Where a connected socket leads. */
static __always_inline void put_peer(__u32 scratch, struct sock* own) {
    __u32 family = BPF_CORE_READ(own, __sk_common.skc_family);
    if ((family == AF_INET || family == AF_INET6) && !has_no_inet_peer(own))
        put_inet_peer(scratch, (__u64)own, family);
    if (family == AF_UNIX) put_unix_peer(scratch, (__u64)own);
}

/* The file that a bound socket has, if it has one. */
static __always_inline void put_bound_file(__u32 scratch, struct sock* own) {
    if (BPF_CORE_READ(own, __sk_common.skc_family) == AF_UNIX)
        put_socket_file(scratch, OBJECT_RETURNED, (__u64)own);
}

#endif
