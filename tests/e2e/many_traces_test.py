#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Several traces in one run: in order whatever --jobs says, with progress, and stopped by a signal."""
import json
import os
import pty
import shutil
import signal
import subprocess
import threading
import time

import harness

SWAP = harness.SOURCE / "samples/access_then_open/recorded.tocsin"
MANY = [str(SWAP)] * 12000  # some seconds of work
LONG = 600  # seconds: it takes minutes where others use the machine, too


class Jobs(harness.EndToEnd):
    def test_change_nothing_but_the_time(self):
        traces = self.scratch / "traces"
        traces.mkdir()
        for trace in harness.SOURCE.glob("samples/*/*.tocsin"):
            shutil.copy(trace, traces / f"{trace.parent.name}.tocsin")
        (traces / "broken.tocsin").write_bytes(b"no trace")
        for command in (("analyze", "--format", "json"), ("analyze", "--format", "html"),
                        ("sweep",), ("stats",), ("explain", "885165d078643852")):
            with self.subTest(command=command):
                one = harness.run(harness.TOCSIN, *command, "--jobs", 1, traces)
                for jobs in (2, 7):
                    some = harness.run(harness.TOCSIN, *command, "--jobs", jobs, traces)
                    self.assertEqual((some.returncode, some.stdout, some.stderr),
                                     (one.returncode, one.stdout, one.stderr))
                self.assertEqual(one.returncode, 2)
                if "json" in command:
                    self.assertIn("no Tocsin trace", json.loads(one.stderr)["error"])
                else:
                    self.assert_is_a_sentence(one.stderr)
                self.assertTrue(one.stdout)

    def test_read_standard_input_once(self):
        done = harness.run(harness.TOCSIN, "analyze", "-", SWAP, "-", stdin=subprocess.DEVNULL)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("named twice", done.stderr)


class ASignal(harness.EndToEnd):
    def test_stops_a_run_with_a_sentence(self):
        for jobs in (1, 2):
            with self.subTest(jobs=jobs):
                output = self.scratch / f"report{jobs}"
                process = subprocess.Popen(
                    [harness.TOCSIN, "analyze", "--jobs", str(jobs), "-o", output, *MANY],
                    stderr=subprocess.PIPE, text=True)
                while not output.exists() and process.poll() is None:
                    time.sleep(0.01)
                process.send_signal(signal.SIGINT)
                _, stderr = process.communicate(timeout=60)
                self.assertEqual(process.returncode, -signal.SIGINT, stderr)
                self.assert_is_a_sentence(stderr)
                self.assertIn("not all", stderr)


class Progress(harness.EndToEnd):
    def test_is_shown_on_a_terminal_and_taken_away(self):
        ours, terminal = pty.openpty()
        said = []

        def listen():
            try:
                while data := os.read(ours, 4096):
                    said.append(data)
            except OSError:  # the other end is closed
                pass

        listener = threading.Thread(target=listen)
        listener.start()
        done = subprocess.run([harness.TOCSIN, "analyze", *MANY], stdout=subprocess.DEVNULL,
                              stderr=terminal, timeout=LONG, check=False)
        os.close(terminal)
        listener.join()
        os.close(ours)
        self.assertEqual(done.returncode, 0)
        lines = b"".join(said).split(b"\r")
        self.assertRegex(lines[1], rb"^tocsin: \d+ % of \d+ events; \d+ of 12000 traces done\x1b\[K")
        self.assertEqual(lines[-1], b"\x1b[K")

    def test_is_not_shown_elsewhere(self):
        done = harness.run(harness.TOCSIN, "analyze", *MANY, timeout=LONG)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    harness.main()
