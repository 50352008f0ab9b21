/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What: a file and the directories above it, across mounts, by the kernel's own dentries. */
#ifndef TOCSIN_BPF_OBJECT_BPF_H
#define TOCSIN_BPF_OBJECT_BPF_H

#include "bpf/record.bpf.h"
#include "bpf/task.bpf.h"

#define STACKED_MOUNTS_MAX 4
#define MAX_WRITTEN_FILES 65536

/* Who wrote a regular file last, as long as nobody has looked at it since: only the first of a row
 * of writes is recorded (transfer.bpf.h). What is forgotten too early is recorded once more. */
struct writer {
    __u64 credentials;
    __u64 tgid;
};
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, MAX_WRITTEN_FILES);
    __type(key, struct inode_key);
    __type(value, struct writer);
} last_writers SEC(".maps");

/* Somebody is shown the file: the next write to it is a first one. */
static __always_inline void forget_writer(struct inode* inode) {
    struct inode_key key = key_of(inode);
    bpf_map_delete_elem(&last_writers, &key);
}

static __always_inline struct mount* mount_of(struct vfsmount* mnt) {
    return (struct mount*)((char*)mnt - bpf_core_field_offset(struct mount, mnt));
}

/* What is behind a descriptor of the task; NULL: nothing. */
static __always_inline struct file* file_of(struct task_struct* task, __u64 descriptor) {
    struct fdtable* table = BPF_CORE_READ(task, files, fdt);
    if (descriptor >= BPF_CORE_READ(table, max_fds)) return 0;
    struct file** files = BPF_CORE_READ(table, fd);
    struct file* file = 0;
    bpf_probe_read_kernel(&file, sizeof file, files + descriptor);
    return file;
}

/* All zeros without an inode. */
static __always_inline struct wire_node* put_inode(struct scratch* s, __u32 at, struct inode* inode,
                                                   struct mount* mount) {
    struct wire_node* node = payload_at(s, at);
    node->device = BPF_CORE_READ(inode, i_sb, s_dev);
    node->inode = BPF_CORE_READ(inode, i_ino);
    node->generation = BPF_CORE_READ(inode, i_generation);
    node->mode = BPF_CORE_READ(inode, i_mode);
    node->uid = BPF_CORE_READ(inode, i_uid.val);
    node->gid = BPF_CORE_READ(inode, i_gid.val);
    node->links = BPF_CORE_READ(inode, i_nlink);
    node->mount = BPF_CORE_READ(mount, mnt_id);
    node->cut = 0;
    node->padding = 0;
    node->name_bytes = 0;
    return node;
}

/* `object` gives the identity, `named` the name: they differ where a file system is mounted, where
 * the root of the mounted one has the mount point's name. */
static __always_inline __u32 put_node(struct scratch* s, __u32 at, struct dentry* object,
                                      struct dentry* named, struct mount* mount) {
    struct wire_node* node = put_inode(s, at, BPF_CORE_READ(object, d_inode), mount);
    const unsigned char* name = BPF_CORE_READ(named, d_name.name);
    long length =
        bpf_probe_read_kernel_str(payload_at(s, at + sizeof *node), TOCSIN_NAME_MAX, name);
    __u32 bytes = length > 0 && length <= TOCSIN_NAME_MAX ? (__u32)length - 1 : 0;
    node->name_bytes = bytes;
    return at + sizeof *node + ((bytes + 7) & ~7u);
}

/* What put_chain() begins with: the dentry, an inode in it, or a name in it that has none. */
#define LEAF_IS_DENTRY 0
#define LEAF_IS_ABSENT 1

/* Appends an ITEM_OBJECT: the leaf's node, then its ancestors up to the root of the mount tree.
 * Those above are cut off where the mount is not known (0), as all of them are of an inode alone,
 * where the dentry is not (0). */
SHARED int put_chain(__u32 scratch, __u32 role, __u64 leaf, __u64 dentry_address,
                     __u64 mnt_address) {
    struct scratch* s = scratch_at(scratch);
    struct dentry* dentry = (struct dentry*)dentry_address;
    if (!s || (!dentry && leaf <= LEAF_IS_ABSENT)) return 0;
    struct mount* mount = mount_of((struct vfsmount*)mnt_address);
    __u32 payload =
        start_item(s, ITEM_OBJECT, role, 0, 0, sizeof(struct wire_node) + TOCSIN_NAME_MAX);
    if (!payload) return 0;
    s->cursor = s->last = payload;
    if (leaf != LEAF_IS_DENTRY) {
        put_inode(s, payload, leaf == LEAF_IS_ABSENT ? 0 : (struct inode*)leaf, mount);
        s->cursor = payload + sizeof(struct wire_node);
    }
    bool whole = false;
    for (int i = 0; dentry && i < TOCSIN_ANCESTORS_MAX; i++) {
        __u32 at = s->cursor;
        if (at + sizeof(struct wire_node) + TOCSIN_NAME_MAX > s->limit) break;
        struct dentry* named = dentry;
        struct mount* own = mount;
        for (int j = 0; j < STACKED_MOUNTS_MAX; j++) {
            struct mount* above = BPF_CORE_READ(mount, mnt_parent);
            if (named != BPF_CORE_READ(mount, mnt.mnt_root) || above == mount) break;
            named = BPF_CORE_READ(mount, mnt_mountpoint);
            mount = above;
        }
        s->last = at;
        s->cursor = put_node(s, at, dentry, named, own);
        struct dentry* parent = BPF_CORE_READ(named, d_parent);
        if (parent == named) {
            whole = mnt_address != 0;
            break;
        }
        dentry = parent;
    }
    if (!whole) {
        struct wire_node* node = payload_at(s, s->last);
        node->cut = 1;
    }
    finish_item(s, payload, s->cursor - payload, 0, 0, 0);
    struct dentry* first = (struct dentry*)dentry_address;
    if (leaf == LEAF_IS_DENTRY)
        forget_writer(BPF_CORE_READ(first, d_inode));
    else if (leaf != LEAF_IS_ABSENT)
        forget_writer((struct inode*)leaf);
    return 0;
}

static __always_inline void put_object(__u32 scratch, __u32 role, __u64 dentry, __u64 mnt) {
    put_chain(scratch, role, LEAF_IS_DENTRY, dentry, mnt);
}

static __always_inline void put_path_object(__u32 scratch, __u32 role, __u64 address) {
    struct path* path = (struct path*)address;
    put_object(scratch, role, (__u64)BPF_CORE_READ(path, dentry), (__u64)BPF_CORE_READ(path, mnt));
}

#endif
