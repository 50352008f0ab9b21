#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Opens, connects and binds in every way, with LSM hooks: what they say of each is so."""
import errno
import os
import pathlib
import re
import sys

import vm_test_case

sys.path.append(str(pathlib.Path(os.environ["TOCSIN_SOURCE"]) / "tests/support"))
import recorded_cases  # noqa: E402

OPEN_CASES = vm_test_case.BUILD / "tests/open_cases"
TRACE_FROM_TEXT = vm_test_case.BUILD / "tests/trace-from-text"
ANCESTORS_MAX = 64
LONGEST_NAME = 4095
# Of names that the kernel looks up in no directory it records no copy: where it refuses another
# argument, or the name before the walk.
NOT_WALKED = {"at_file", "o_path_of_root", "empty_name", "too_long_name"}
REFUSED_BEFORE_WALK = {errno.EBADF, errno.EFAULT, errno.EINVAL, errno.E2BIG}
# What hooks show of each request to a ring.
RINGS = {
    "io_uring_openat": [("file_open", "file")],
    "io_uring_openat_worker": [("file_open", "file")],
    "io_uring_openat_polled": [("file_open", "file")],
    "io_uring_renameat": [("path_rename", "ring_old"), ("path_rename", "ring_new")],
    "io_uring_unlinkat": [("path_unlink", "ring_unlinked")],
    "io_uring_mkdirat": [("path_mkdir", "ring_directory")],
    "io_uring_symlinkat": [("path_symlink", "ring_symlink")],
    "io_uring_linkat": [("path_link", "file"), ("path_link", "ring_link")],
    "io_uring_setxattr": [("inode_setxattr", "file")],
}


class OpenCases(vm_test_case.VmTestCase):
    def test_each_case_is_recorded_and_none_is_a_race(self):
        for kernel in vm_test_case.KERNELS:
            with self.subTest(kernel=kernel):
                result = self.run_in(
                    kernel, "tocsin-record", "-q", "--source", "lsm", "-o", "cases.tocsin", "--",
                    "open_cases", programs=[OPEN_CASES])
                recording = recorded_cases.Recording(
                    vm_test_case.TOCSIN, result.files / "cases.tocsin", result.stdout.decode())
                recorded_cases.check(self, recording)
                recorded_cases.check_round_trip(self, recording, TRACE_FROM_TEXT,
                                                result.files.parent)
                recorded_cases.check_odd_names(self, recording)
                self.check_links(recording)
                self.check_objects(recording)
                self.check_names(recording)
                self.check_rings(recording)

    def links(self, recording, case):
        """Of each link that was followed its path and where it leads."""
        followed = [text for hook, text in recording.call_of(case).hooks
                    if hook == "inode_follow_link"]
        return [(recording.path(re.search(r"symlink=(\S+)", text)[1]),
                 (target := re.search(r'target="(.*?)"', text)) and target[1])
                for text in followed]

    def objects(self, recording, case, role):
        """The paths of the objects that hooks give this role."""
        return [recording.path(label)
                for label in recording.call_of(case).from_hooks(rf"\b{role}=(\S+)")]

    def check_links(self, recording):
        directory = self.objects(recording, "plain", "opened")[0].removesuffix("/file")
        self.assertEqual(self.links(recording, "symlink_chain"), [
            (f"{directory}/first_link", "second_link"),
            (f"{directory}/second_link", f"{directory}/third_link"),
            (f"{directory}/third_link", "dir/../file")])
        self.assertEqual(self.objects(recording, "symlink_chain", "opened"), [f"{directory}/file"])
        self.assertEqual(set(self.links(recording, "symlink_loop")),
                         {(f"{directory}/loop", "loop")})
        self.assertEqual(self.links(recording, "symlinked_directory"),
                         [(f"{directory}/directory_link", "dir")])
        for case in ("nofollow_symlink", "o_path_of_symlink", "openat2_no_symlinks", "dotdot"):
            self.assertEqual(self.links(recording, case), [], case)
        self.assertEqual(self.links(recording, "connect_unix_through_symlinks"), [
            (f"{directory}/directory_link", "dir"), (f"{directory}/dir/socket_link", "listener")])
        self.assertEqual(self.objects(recording, "connect_unix_through_symlinks", "peer"),
                         [f"{directory}/dir/listener"] * 2)

    def check_objects(self, recording):
        directory = self.objects(recording, "plain", "opened")[0].removesuffix("/file")
        deep, = recording.call_of("deep").from_hooks(r"opened=(\S+)")
        chain = recording.chain(deep)
        self.assertEqual(len(chain), ANCESTORS_MAX)
        self.assertEqual([node.name for node in chain[:2]], ["leaf", "d69"])
        self.assertEqual([node.is_cut for node in chain],
                         [False] * (ANCESTORS_MAX - 1) + [True])

        self.assertEqual(self.objects(recording, "bind_mount", "opened"),
                         [f"{directory}/mount_point/file"])
        file, mount_point, above = recording.chain(
            recording.call_of("bind_mount").from_hooks(r"opened=(\S+)")[0])[:3]
        self.assertEqual(file.mount, mount_point.mount)
        self.assertNotEqual(mount_point.mount, above.mount)
        self.assertEqual(self.objects(recording, "chroot", "opened"), [f"{directory}/dir/file"])

        for case in ("o_path", "openat2_o_path"):
            self.assertEqual(self.objects(recording, case, "opened"), [], case)
            self.assertEqual(self.objects(recording, case, "returned"), [f"{directory}/file"], case)
        self.assertEqual(self.objects(recording, "o_path_of_root", "returned"), ["/"])
        absent, = recording.call_of("missing").from_hooks(r"\bnamed=(\S+)")
        self.assertEqual(recording.nodes[absent].identity, "0:0/0")
        self.assertEqual(recording.path(recording.nodes[absent].parent), directory)
        for case in ("denied_in_walk", "denied_file", "openat2_beneath_escaped"):
            self.assertEqual(recording.call_of(case).from_hooks(r"\w+=(o\d+)"), [], case)

    def check_rings(self, recording):
        """What a ring does is its owner's, whichever thread does it, and nobody else's."""
        directory = self.objects(recording, "plain", "opened")[0].split("/")[-2]
        for case, acts in RINGS.items():
            if case in recording.skipped:
                continue
            # Of a file whose mount is not known its path begins where it is mounted.
            shown = [(hook, recording.path(label).split("/")[-2:])
                     for hook, text in recording.orphans[recording.pids[case]]
                     for label in re.findall(r"\b(?:opened|named|second)=(\S+)", text)]
            with self.subTest(case=case):
                self.assertEqual(shown, [(hook, [directory, name]) for hook, name in acts])

    def check_names(self, recording):
        """The kernel's copies are what was claimed; none where the walk is not reached."""
        for case in recording.statuses:
            if case.startswith(recorded_cases.FOREIGN):
                continue
            call = recording.call_of(case)
            if call.name in ("bind", "connect"):
                continue
            copies = call.from_hooks(r' ?path="((?:[^"\\]|\\.)*)"')
            claimed = re.search(r'path=(?:\w+:)?"((?:[^"\\]|\\.)*)"', call.entry)[1]
            is_walked = case not in NOT_WALKED and call.status not in REFUSED_BEFORE_WALK
            with self.subTest(case=case):
                if case in recorded_cases.UNTOUCHED:
                    self.assertEqual(len(copies), 1)
                else:
                    self.assertEqual(copies, [claimed] if is_walked else [])
        longest, = recording.call_of("longest_name").from_hooks(r'path="([^"]*)"(?!\()')
        self.assertEqual(len(longest), LONGEST_NAME)


if __name__ == "__main__":
    vm_test_case.main()
