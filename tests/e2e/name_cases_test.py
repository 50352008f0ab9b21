#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Calls that look names up, in every way: each is in the trace, none is taken for a race."""
import os
import signal
import subprocess
import sys
import time

import harness

sys.path.append(str(harness.SOURCE / "tests/support"))
import recorded_cases  # noqa: E402
import recorded_names  # noqa: E402

NAME_CASES = harness.BUILD / "tests/name_cases"
TRACE_FROM_TEXT = harness.BUILD / "tests/trace-from-text"


class NameCases(harness.EndToEnd):
    def test_each_case_is_recorded_and_none_is_a_race(self):
        trace, done = self.record(NAME_CASES, options=("--source", "tracepoint"))
        self.assertEqual(done.returncode, 0, done.stderr)
        recording = recorded_names.NameRecording(harness.TOCSIN, trace, done.stdout)
        recorded_names.check(self, recording, has_hooks=False)
        recorded_cases.check_round_trip(self, recording, TRACE_FROM_TEXT, self.scratch)

    def test_changes_by_others_are_recorded_and_looks_are_not(self):
        """Of who is not followed: changes of directories and files alone."""
        begun, ended = self.scratch / "begun", self.scratch / "ended"
        os.mkfifo(begun)
        os.mkfifo(ended)
        trace = self.scratch / "filtered.tocsin"
        recorder = subprocess.Popen(
            [harness.RECORD, "-q", "-o", trace, "--", "/bin/sh", "-c",
             f"echo > {begun}; read line < {ended}; test -e {self.scratch}/looked-inside"])
        self.addCleanup(recorder.kill)
        begun.read_text(encoding="utf-8")
        self.change_and_look()
        with os.fdopen(os.open(ended, os.O_WRONLY), "w") as writer:
            writer.write("\n")
        recorder.wait(timeout=60)
        self.check_filtered(trace)

    def test_changes_by_others_are_recorded_beside_a_process(self):
        trace = self.scratch / "filtered.tocsin"
        followed = subprocess.Popen(["/bin/sh", "-c", "read line; test -e looked-inside"],
                                    stdin=subprocess.PIPE, cwd=self.scratch)
        self.addCleanup(followed.kill)
        recorder = subprocess.Popen([harness.RECORD, "-q", "-o", trace, "-p", str(followed.pid)])
        self.addCleanup(recorder.kill)
        self.wait_for_snapshot(trace)
        self.change_and_look()
        followed.communicate(b"\n", timeout=60)
        recorder.send_signal(signal.SIGINT)
        recorder.wait(timeout=60)
        self.check_filtered(trace)

    def wait_for_snapshot(self, trace):
        """It is written as soon as everything is recorded."""
        deadline = time.monotonic() + 60
        while " found " not in harness.run(harness.TOCSIN, "dump", trace).stdout:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)

    def change_and_look(self):
        """What this process does, which is not followed."""
        file = self.scratch / "file"
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
        os.rename(file, self.scratch / "renamed")
        os.symlink("renamed", self.scratch / "link")
        os.stat(self.scratch / "renamed")
        os.access(self.scratch / "renamed", os.R_OK)
        os.close(os.open(self.scratch / "renamed", os.O_RDONLY))
        os.unlink(self.scratch / "link")

    def check_filtered(self, trace):
        recording = recorded_cases.Recording(harness.TOCSIN, trace, "")
        mine = [call.name for call in recording.calls.get(os.getpid(), [])
                if str(self.scratch) in call.entry]
        self.assertEqual(mine, ["openat", "rename", "symlink", "unlink"])
        looked = [call for calls in recording.calls.values() for call in calls
                  if "looked-inside" in call.entry and call.name != "execve"]
        self.assertEqual(len(looked), 1)


if __name__ == "__main__":
    harness.main(needs_recording=True)
