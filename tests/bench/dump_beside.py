#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`tocsin dump` beside `trace-cmd report`, `perf script` and `strace-log-merge`: the same work is
recorded by each of them in a virtual machine, and each prints its own recording here, in rounds.

Usage: dump_beside.py [BUILD [ROUNDS [REPEATS]]]: how often each prints, how often the work is done;
default build/release, 5 and 4. It fails where a recording lost events or a program failed. Quote
ratios: these are CPU seconds of a machine that others use.
"""
import glob
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/vm"))
import guest  # noqa: E402
import host_programs  # noqa: E402
import kernels  # noqa: E402

# Their events have a call's number and registers and no names; Tocsin's have both, and hooks. All
# four recordings must fit into the guest's memory, and a call under ptrace takes milliseconds there.
WORK = r"""
for round in $(seq {repeats}); do
    find / -xdev > /dev/null
    for i in 0 1 2 3 4 5 6 7 8 9; do
        for j in 0 1 2 3 4 5 6 7 8 9; do cat /proc/self/status > /dev/null; done
    done
done
"""
SCRIPT = r"""
mount -t tracefs tracefs /sys/kernel/tracing
tocsin-record -q --buffer 64M -o work.tocsin -- sh /opt/tocsin/work
trace-cmd record -q -b 16000 -e raw_syscalls -o work.dat sh /opt/tocsin/work >&2
perf record -q -m 16M -e 'raw_syscalls:*' -o work.data -- sh /opt/tocsin/work >&2
strace -f -ff -ttt -o work.strace sh /opt/tocsin/work
"""
PACKAGES = {"perf": "linux-perf", "strace": "strace", "strace-log-merge": "strace",
            "trace-cmd": "trace-cmd"}


def perf_program():
    """Where there are several, `perf` itself is a script that starts the kernel's own."""
    return (sorted(glob.glob("/usr/bin/perf_*")) or [host_programs.find("perf")])[-1]


def record(build, folder, repeats, kernel="6.1"):
    work = folder / "work"
    work.write_text(WORK.format(repeats=repeats))
    perf = perf_program()
    tree = host_programs.programs(["strace", "trace-cmd", perf])
    tree["/usr/bin/perf"] = tree[perf]
    result = guest.run(kernel, ["sh", "-ec", SCRIPT], [build / "recorder/tocsin-record", work],
                       folder, tree=tree, timeout=900)
    if result.status != 0:
        sys.exit(f"the recorders failed: {result.stderr.decode(errors='replace')}")
    return result.files


def run(command, folder):
    """Lines of its output, CPU seconds."""
    with open(folder / "printed", "wb") as out:
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, cwd=folder)
        errors = child.stderr.read()
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{command[0]} failed: {errors.decode(errors='replace')}")
    return used.ru_utime + used.ru_stime


def events_in(text, pattern):
    return sum(1 for line in text if re.match(pattern, line))


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release").resolve()
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    repeats = int(sys.argv[3]) if len(sys.argv) > 3 else 4
    missing = guest.why_unavailable(PACKAGES)
    if missing is not None:
        sys.exit(f"skipped: {missing}")
    # Command, what one of its events looks like, how many events a line stands for.
    printers = {
        "tocsin dump": ([str(build / "analyzer/tocsin"), "dump", "work.tocsin"],
                        rb"\d+\.\d{9} cpu", 1),
        "trace-cmd report": (["trace-cmd", "report", "-i", "work.dat"], rb" *\S.*: sys_", 1),
        "perf script": ([perf_program(), "script", "-i", "work.data"],
                        rb" *\S.*: +raw_syscalls:", 1),
        "strace-log-merge": (["strace-log-merge", "work.strace"], rb"\d+ +\d+\.\d+ .*\) += ", 2),
    }
    with tempfile.TemporaryDirectory(prefix="tocsin-bench.") as scratch:
        try:
            folder = record(build, pathlib.Path(scratch), repeats)
        except kernels.Unavailable as reason:
            sys.exit(f"skipped: {reason}")
        events, seconds = {}, {name: [] for name in printers}
        for _ in range(rounds):
            for name, (command, pattern, each) in printers.items():
                seconds[name].append(run(command, folder))
                if name not in events:
                    with open(folder / "printed", "rb") as text:
                        lines = text.readlines()
                    if any(b"EVENTS DROPPED" in line or b"LOST" in line for line in lines) \
                            or any(re.match(rb"lost \S+ events=\d+ .", line) for line in lines):
                        sys.exit(f"{name}: its recording lost events")
                    events[name] = each * events_in(lines, pattern)
        rates = {name: events[name] / statistics.median(seconds[name]) for name in printers}
        print(f"{'':18}{'events':>10}{'CPU s':>9}{'events/s':>12}{'tocsin is':>12}")
        for name, rate in rates.items():
            print(f"{name:18}{events[name]:>10}{statistics.median(seconds[name]):>9.3f}"
                  f"{rate:>12.0f}{rates['tocsin dump'] / rate:>10.1f} x")


if __name__ == "__main__":
    main()
