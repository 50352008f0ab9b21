#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ordinary work by Debian's own programs, with LSM hooks: nothing at MEDIUM or above, nothing lost.

The guest gets this machine's git, gcc, make, dpkg, tar, coreutils and so on with their libraries;
busybox's applets, of which one program is many, would be another story.
"""
import pathlib
import re
import subprocess

import host_programs
import vm_test_case

WORK = pathlib.Path(__file__).resolve().parent / "ordinary_work.sh"
KINDS_OF_WORK = ("archives", "searches", "versions", "builds", "packages", "edits", "rotates",
                 "administers", "users", "contains", "caches")
# {program: its Debian package}; what ordinary_work.sh runs, and what those run.
PROGRAMS = {
    **dict.fromkeys((
        "cat", "chmod", "chown", "chroot", "cp", "cut", "df", "du", "env", "id", "install", "ln",
        "ls", "md5sum", "mkdir", "mkfifo", "mktemp", "mv", "readlink", "rm", "rmdir", "seq",
        "sleep", "sort", "stat", "touch", "wc"),
        "coreutils"),
    **dict.fromkeys(("cmp", "diff"), "diffutils"),
    **dict.fromkeys(("dpkg", "dpkg-deb", "dpkg-split", "start-stop-daemon"), "dpkg"),
    **dict.fromkeys(("find", "xargs"), "findutils"),
    **dict.fromkeys(("setpriv", "unshare"), "util-linux"),
    **dict.fromkeys(("mount", "umount"), "mount"),
    "ar": "binutils", "as": "binutils", "bash": "bash", "gcc": "gcc", "git": "git", "grep": "grep",
    "gzip": "gzip", "ld": "binutils", "ldconfig": "libc-bin", "make": "make", "sed": "sed",
    "sh": "dash", "tar": "tar",
}
HEADERS = ("stdio.h", "stdlib.h", "string.h")  # that the C files of ordinary_work.sh include
# Before the recording: names for the users, the names under which git calls itself.
PREPARATION = r"""
printf 'root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000::/:/bin/sh\nbob:x:1001:1001::/:/bin/sh\n' > /etc/passwd
printf 'root:x:0:\nann:x:1000:\nbob:x:1001:\n' > /etc/group
for name in upload-pack receive-pack; do ln -s git /usr/bin/git-$name; done
tocsin-record -q --source lsm --buffer 256M -o work.tocsin -- ordinary_work.sh
"""
# Silence is a result only where there was something to hear: the least number of calls of a name
# that the trace must hold, about half of what a run has. Calls recorded from now on belong here.
AT_LEAST = {"execve": 200, "openat": 8000, "connect": 40}
REPORT_LINES = 100  # of a report that is not silent


def first_findings(trace):
    """The beginning of the report for people."""
    done = subprocess.run([str(vm_test_case.TOCSIN), "analyze", str(trace)], text=True,
                          stdout=subprocess.PIPE, check=True, timeout=300)
    return "\n".join(done.stdout.splitlines()[:REPORT_LINES])


class OrdinaryWork(vm_test_case.VmTestCase):
    def test_it_is_silent(self):
        tree = host_programs.programs(PROGRAMS) | host_programs.c_compiler(HEADERS)
        for kernel in vm_test_case.KERNELS:
            with self.subTest(kernel=kernel):
                result = self.run_in(kernel, "sh", "-ec", PREPARATION, programs=[WORK], tree=tree)
                done = re.findall(r"^done: (\w+)$", result.stdout.decode(), re.MULTILINE)
                self.assertEqual(tuple(done), KINDS_OF_WORK)
                self.check(kernel, result.files / "work.tocsin")

    def check(self, kernel, trace):
        report = vm_test_case.report(trace)
        coverage = report["coverage"]
        counts = {name: calls["calls"] for name, calls in coverage["calls"].items()}
        compared = coverage["arguments"]["compared whole"]
        print(f"{kernel}: {', '.join(f'{count} {name}' for name, count in counts.items())}; "
              f"{compared} arguments compared", flush=True)

        self.assertEqual({cause: count for cause, count in coverage["lost"].items() if count}, {})
        self.assertFalse(report["records_missing"])
        self.assertEqual(report["trace"]["end"], "sealed")
        for name, least in AT_LEAST.items():
            self.assertGreaterEqual(counts.get(name, 0), least, name)
        self.assertGreaterEqual(compared, sum(AT_LEAST.values()))
        loud = {level: report["severities"][level] for level in ("medium", "high", "critical")}
        self.assertFalse(any(loud.values()), f"{loud}\n{first_findings(trace)}")


if __name__ == "__main__":
    vm_test_case.main(PROGRAMS)
