#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`tocsin-gui` beside KernelShark: one program's work is recorded by tocsin-record and by trace-cmd
in a virtual machine, and each opens its own recording on a screen that only memory holds (Xvfb).

Usage: gui_beside.py [BUILD [ROUNDS]]; default build/release and 3. It prints, as medians: when the
first pixel changed, when the program had nothing more to do, and the most memory it had. Quote
ratios: the machine is used by others.
"""
import hashlib
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import dump_beside

QUIET_S = 1.0  # so long without work is nothing more to do
PATIENCE_S = 300.0
DISPLAY = ":97"
REPEATS = 4  # of the work


def cpu_ticks(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def peak_kb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


def opened(command, screen, home):
    """Seconds to the first pixel and to rest, and kilobytes at the most."""
    blank = hashlib.sha256(screen.read_bytes()).digest()
    began = time.monotonic()
    environment = dict(os.environ, DISPLAY=DISPLAY, HOME=str(home), QT_QPA_PLATFORM="xcb",
                       XDG_RUNTIME_DIR=str(home))
    child = subprocess.Popen(command, env=environment, cwd=home, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    first, ticks, busy = None, 0, began
    try:
        while True:
            now = time.monotonic()
            if child.poll() is not None:
                sys.exit(f"{command[0]} ended with {child.returncode}")
            if first is None and hashlib.sha256(screen.read_bytes()).digest() != blank:
                first = now
            used = cpu_ticks(child.pid)
            if used > ticks + 2:  # a cursor that blinks is no work
                ticks, busy = used, now
            if first is not None and now - busy > QUIET_S:
                return first - began, busy - began, peak_kb(child.pid)
            if now - began > PATIENCE_S:
                sys.exit(f"{command[0]} was still busy after {PATIENCE_S:.0f} s")
            time.sleep(0.02)
    finally:
        child.kill()
        child.wait()


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1
                         else dump_beside.ROOT / "build/release").resolve()
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    for program in ("Xvfb", "kernelshark"):
        if shutil.which(program) is None:
            sys.exit(f"skipped: {program} is not installed (apt-get install xvfb kernelshark)")
    with tempfile.TemporaryDirectory(prefix="tocsin-bench.") as scratch:
        scratch = pathlib.Path(scratch)
        folder = dump_beside.record(build, scratch, REPEATS)
        viewers = {
            "tocsin-gui": ([str(build / "gui/tocsin-gui"), str(folder / "work.tocsin")],
                           folder / "work.tocsin"),
            "kernelshark": (["kernelshark", "-i", str(folder / "work.dat")], folder / "work.dat"),
        }
        screen = subprocess.Popen(["Xvfb", DISPLAY, "-screen", "0", "1600x1000x24", "-fbdir",
                                   str(scratch)], stderr=subprocess.DEVNULL)
        try:
            frame = scratch / "Xvfb_screen0"
            while not frame.exists() and screen.poll() is None:
                time.sleep(0.05)
            time.sleep(1)
            figures = {name: [] for name in viewers}
            for number in range(rounds):
                for name, (command, _) in viewers.items():
                    home = scratch / f"home-{name}-{number}"
                    home.mkdir(mode=0o700)
                    figures[name].append(opened(command, frame, home))
                    time.sleep(0.5)
        finally:
            screen.terminate()
            screen.wait()
        print(f"{'':14}{'file MB':>9}{'first pixel s':>15}{'at rest s':>11}{'memory MB':>11}")
        for name, (_, file) in viewers.items():
            first, rest, peak = (statistics.median(column) for column in zip(*figures[name]))
            print(f"{name:14}{file.stat().st_size / 1e6:>9.1f}{first:>15.2f}{rest:>11.2f}"
                  f"{peak / 1e3:>11.0f}")


if __name__ == "__main__":
    main()
