# SPDX-License-Identifier: Apache-2.0
"""What a trace of order_cases must say, whatever recorded it: read from the dump."""
import re
import subprocess

LINE = re.compile(r"^(\d+) (\S+) (\d+|skipped: .*)$", re.MULTILINE)
TASK = re.compile(r"^task (\S+) tgid=(\d+)", re.MULTILINE)
FORK = re.compile(r"^\S+ cpu\d+ (?:#\d+ )?(\S+) fork (\S+)", re.MULTILINE)
HOOK = re.compile(r"^\S+ cpu\d+ (?:#\d+ )?(\S+) (?:\[[^\]]*\] )?@ "
                  r"(signal_\w+|sched_waking|flock_lock_inode|posix_lock_inode)(?: locked=\S+)?"
                  r"(?: detail=(-?\d+))?$", re.MULTILINE)

SIGUSR1, REAL_TIME = 10, 40
SHARED, ALONE, LET_GO = 0, 1, 2
# Who, hook and detail, where "child" stands for its process id: a list in order, a set in any. The
# kernel tells of a lock once others may have got it.
EXPECTED = {
    "signal_to_process": [("parent", "signal_generate", "-child"),
                          ("child", "signal_deliver", SIGUSR1)],
    "signal_to_thread": [("parent", "signal_generate", "child"),
                         ("child", "signal_deliver", SIGUSR1)],
    "signal_twice": [("parent", "signal_generate", "-child"), ("child", "signal_deliver", SIGUSR1)],
    "real_time_signal_twice": [("parent", "signal_generate", "-child")] * 2
                              + [("child", "signal_deliver", REAL_TIME)] * 2,
    "signal_of_the_kernel": [],
    "futex_of_two_processes": [("parent", "sched_waking", "child")],
    "futex_of_one_process": [],
    "flock_alone": {("parent", "flock_lock_inode", ALONE), ("parent", "flock_lock_inode", LET_GO),
                    ("child", "flock_lock_inode", ALONE)},
    "flock_shared": {("parent", "flock_lock_inode", SHARED),
                     ("parent", "flock_lock_inode", LET_GO),
                     ("child", "flock_lock_inode", SHARED)},
    "fcntl_alone": {("parent", "posix_lock_inode", ALONE), ("parent", "posix_lock_inode", LET_GO),
                    ("child", "posix_lock_inode", ALONE)},
    "fcntl_on_a_part": [],
}


def check(test, tocsin, trace, output):
    dump = subprocess.run([str(tocsin), "dump", str(trace)], stdout=subprocess.PIPE, check=True,
                          timeout=120).stdout.decode()
    pid_of = dict(TASK.findall(dump))
    children = {pid_of[parent]: pid_of[child] for parent, child in FORK.findall(dump)
                if pid_of[parent] != pid_of[child]}
    hooks = [(pid_of[task], hook, int(detail or 0)) for task, hook, detail in HOOK.findall(dump)]
    cases = LINE.findall(output)
    test.assertEqual([name for _, name, _ in cases], list(EXPECTED))
    for pid, name, status in cases:
        with test.subTest(case=name):
            if not status.isdigit():
                print(f"{name}: {status}")
                continue
            test.assertEqual(status, "0")
            roles = {pid: "parent", children.get(pid): "child"}
            ids = {children.get(pid): "child", f"-{children.get(pid)}": "-child"}
            found = [(roles[task], hook, ids.get(str(detail), detail))
                     for task, hook, detail in hooks if task in roles]
            expected = EXPECTED[name]
            test.assertEqual(set(found) if isinstance(expected, set) else found, expected)
