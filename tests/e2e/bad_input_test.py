#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input of every kind: one sentence, the documented exit status, nothing half done."""
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import time
import unittest

import harness

SHIPPED = harness.SOURCE / "samples/exec_swap/recorded.tocsin"
NOBODY = 65534


def as_nobody(*command):
    """Runs it without any privilege, from a directory that anybody may enter."""
    return harness.run(*command, user=NOBODY, group=NOBODY, extra_groups=[], cwd="/tmp")


class Analyzer(harness.EndToEnd):
    def assert_refused(self, done, status=2):
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assert_is_a_sentence(done.stderr)
        return done.stderr

    def analyze_bytes(self, content):
        trace = self.scratch / "trace.tocsin"
        trace.write_bytes(content)
        return harness.run(harness.TOCSIN, "analyze", trace)

    def test_a_missing_file(self):
        done = harness.run(harness.TOCSIN, "analyze", self.scratch / "no.tocsin")
        self.assertIn("No such file", self.assert_refused(done))

    def test_an_empty_file(self):
        self.assertIn("empty", self.assert_refused(self.analyze_bytes(b"")))

    def test_a_text_file(self):
        self.assertIn("no Tocsin trace", self.assert_refused(self.analyze_bytes(b"hello\n" * 99)))

    def test_random_bytes(self):
        self.assert_refused(self.analyze_bytes(random.Random(1).randbytes(100000)))

    def test_a_newer_version(self):
        header = bytearray(SHIPPED.read_bytes())
        done = self.analyze_bytes(newer_version(header))
        self.assertIn("newer Tocsin", self.assert_refused(done))

    def test_a_directory_without_traces(self):
        self.assert_refused(harness.run(harness.TOCSIN, "analyze", self.scratch))

    @unittest.skipUnless(os.geteuid() == 0, "needs root, to become somebody else")
    def test_a_file_that_may_not_be_read(self):
        trace = self.scratch / "private.tocsin"
        shutil.copy(SHIPPED, trace)
        trace.chmod(0o600)
        self.scratch.chmod(0o755)
        tool = self.scratch / "tocsin"
        shutil.copy(harness.TOCSIN, tool)
        tool.chmod(0o755)
        self.assertIn("Permission denied", self.assert_refused(as_nobody(tool, "analyze", trace)))

    def test_a_trace_cut_anywhere_is_read_to_its_last_whole_chunk(self):
        whole = SHIPPED.read_bytes()
        step = max(1, len(whole) // 60)
        for size in list(range(1, len(whole), step)) + [len(whole) - 1]:
            done = self.analyze_bytes(whole[:size])
            self.assertIn(done.returncode, (2, 3), f"cut at {size}: {done.stderr}")
            if done.returncode == 3:
                self.assertIn("cut short", done.stdout)
            else:
                self.assert_is_a_sentence(done.stderr)

    def test_a_trace_with_a_flipped_byte_is_damaged(self):
        whole = SHIPPED.read_bytes()
        for offset in range(0, len(whole), max(1, len(whole) // 60)):
            content = bytearray(whole)
            content[offset] ^= 0x20
            done = self.analyze_bytes(bytes(content))
            self.assertIn(done.returncode, (2, 3), f"flipped at {offset}: {done.stderr}")

    def test_a_trace_from_a_pipe(self):
        with SHIPPED.open("rb") as trace:
            done = harness.run(harness.TOCSIN, "analyze", "-", stdin=trace)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_an_output_that_exists_stays_as_it_is(self):
        output = self.scratch / "report.txt"
        output.write_text("mine")
        for command in (("analyze",), ("sweep",), ("stats",), ("dump",), ("replay",),
                        ("explain", "885"), ("diff", SHIPPED)):
            with self.subTest(command=command):
                done = harness.run(harness.TOCSIN, *command, "-o", output, SHIPPED)
                self.assertIn("exists", self.assert_refused(done))
                self.assertEqual(output.read_text(), "mine")

    def test_complaints_are_json_where_the_report_is(self):
        for words in (("analyze", "--format", "json", "/no/such"),
                      ("analyze", "--format=json", "--no-such-option"),
                      ("stats", "--format", "json", "--where", "pth", SHIPPED),
                      ("explain", "--format", "json", "ffff", SHIPPED),
                      ("diff", "--format", "json", SHIPPED),
                      ("sweep", "--format", "json", "--window", "5", SHIPPED)):
            with self.subTest(words=words):
                done = harness.run(harness.TOCSIN, *words)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                said = json.loads(done.stderr)
                self.assertEqual(said["tool"]["name"], "tocsin")
                self.assertGreater(len(said["error"].split()), 4)

    def test_a_full_disk_below_the_report(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run([harness.TOCSIN, "analyze", SHIPPED], stdout=full,
                                  stderr=subprocess.PIPE, text=True, check=False)
        self.assertIn("No space left", self.assert_refused(
            subprocess.CompletedProcess([], done.returncode, "", done.stderr)))

    def test_a_replay_of_no_trace_writes_no_file(self):
        output = self.scratch / "replay.txt"
        done = harness.run(harness.TOCSIN, "replay", "-o", output, self.scratch / "no.tocsin")
        self.assertIn("No such file", self.assert_refused(done))
        self.assertFalse(output.exists())

    def test_a_replay_leaves_an_existing_file_as_it_is(self):
        output = self.scratch / "replay.txt"
        output.write_text("mine")
        done = harness.run(harness.TOCSIN, "replay", "-o", output, SHIPPED)
        self.assertIn("exists", self.assert_refused(done))
        self.assertEqual(output.read_text(), "mine")

    def test_a_replay_of_a_cut_trace_shows_what_is_sound(self):
        whole = harness.run(harness.TOCSIN, "replay", SHIPPED).stdout.splitlines()
        content = SHIPPED.read_bytes()
        trace = self.scratch / "cut.tocsin"
        trace.write_bytes(content[:-1])
        done = harness.run(harness.TOCSIN, "replay", trace)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assert_is_a_sentence(done.stderr)
        self.assertIn("cut short", done.stderr)
        self.assertEqual(done.stdout.splitlines(), whole)

    def test_a_replay_of_a_damaged_trace_ends_with_the_documented_status(self):
        whole = SHIPPED.read_bytes()
        trace = self.scratch / "flipped.tocsin"
        for offset in range(0, len(whole), max(1, len(whole) // 40)):
            content = bytearray(whole)
            content[offset] ^= 0x20
            trace.write_bytes(content)
            done = harness.run(harness.TOCSIN, "replay", trace)
            self.assertIn(done.returncode, (2, 3), f"flipped at {offset}: {done.stderr}")
            self.assertTrue(done.stderr.startswith("tocsin: "), done.stderr)

    def test_a_replay_of_a_process_that_is_not_there_says_so(self):
        done = harness.run(harness.TOCSIN, "replay", "--pid", "99999", SHIPPED)
        self.assertEqual(done.returncode, 0)
        self.assert_is_a_sentence(done.stderr)
        self.assertIn("99999", done.stderr)
        whole = harness.run(harness.TOCSIN, "replay", SHIPPED).stdout
        pid = re.search(r"^ *\d+\.\d{6} (\d+) ", whole, re.MULTILINE)[1]
        self.assertEqual(harness.run(harness.TOCSIN, "replay", "--pid", pid, SHIPPED).stderr, "")

    def test_a_replay_says_the_same_to_a_file_a_pipe_and_at_any_speed(self):
        with SHIPPED.open("rb") as trace:
            piped = harness.run(harness.TOCSIN, "replay", "-", stdin=trace)
        self.assertEqual(piped.returncode, 0, piped.stderr)
        output = self.scratch / "replay.txt"
        done = harness.run(harness.TOCSIN, "replay", "--speed", "100", "-o", output, SHIPPED)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        self.assertEqual(output.read_text(), piped.stdout)
        self.assertIn("@ sched_process_exec != path", piped.stdout)

    def test_a_replay_waits_as_long_as_it_took(self):
        began = time.monotonic()
        done = harness.run(harness.TOCSIN, "replay", "--speed", "1", "--from", "50ms", "--to",
                           "250ms", SHIPPED)
        self.assertEqual(done.returncode, 0, done.stderr)
        # Lines that go on with the one above begin further to the right.
        times = re.findall(r"^ {0,3}(-?\d+\.\d{6}) ", done.stdout, re.MULTILINE)
        first, last = float(times[0]), float(times[-1])
        self.assertGreaterEqual(time.monotonic() - began, last - first)

    def test_an_interrupt_ends_a_replay_that_waits(self):
        waiting = subprocess.Popen([harness.TOCSIN, "replay", "--speed", "0.0001", SHIPPED],
                                   stdout=subprocess.PIPE, text=True)
        self.assertIn("UTC", waiting.stdout.readline())  # it comes before the waiting
        waiting.send_signal(signal.SIGINT)
        self.assertEqual(waiting.wait(timeout=30), -signal.SIGINT)
        waiting.stdout.close()

    def test_a_window_that_is_none(self):
        for window in ("0", "-5ms", "abc", "", "1e30s", "5", "check-use=", "=5ms", "foo=5ms",
                       "check-use=5ms=3", "5ms\n", "check-use=\x1b[2J", "\u202e5ms", "\udcff",
                       "0ms", "mutation-use=0ns", "orphan=unlimited", "orphan=-1ns", ",", "5ms,",
                       "5ms,,check-use=2s", "5 ms", "[5ms]", "3651d"):
            for command in ("analyze", "sweep"):
                refused = self.assert_refused(
                    harness.run(harness.TOCSIN, command, "--window", window, SHIPPED))
                self.assertIn("the window '", refused)
                self.assertTrue(refused[:-1].isprintable(), refused)

    def test_an_axis_on_which_the_window_has_no_place(self):
        done = harness.run(harness.TOCSIN, "sweep", "--axis", "both", "--window", "check-use=2s",
                           SHIPPED)
        self.assertIn("--axis check-use", self.assert_refused(done))

    def test_a_sweep_of_a_cut_trace_counts_what_is_sound(self):
        trace = self.scratch / "cut.tocsin"
        trace.write_bytes(SHIPPED.read_bytes()[:-1])
        done = harness.run(harness.TOCSIN, "sweep", trace)
        self.assertEqual((done.returncode, done.stderr), (3, ""))
        self.assertIn("cut short", done.stdout)

    def test_a_sweep_passes_over_what_is_no_trace(self):
        text = self.scratch / "text.tocsin"
        text.write_text("hello\n" * 99)
        done = harness.run(harness.TOCSIN, "sweep", text, SHIPPED)
        self.assertIn("no Tocsin trace", self.assert_refused(done))
        self.assertIn("chosen", done.stdout)

    def test_unknown_options_and_values(self):
        for words in (["--nonsense"], ["analyze"], ["analyze", "--format", "pdf", SHIPPED],
                      ["analyze", "--fail-on", "bad", SHIPPED], ["analyze", "--rule", "Z9", SHIPPED],
                      ["sweep"], ["sweep", "--axis", "time", SHIPPED],
                      ["sweep", "--format", "pdf", SHIPPED], ["sweep", "--rule", "Z9", SHIPPED],
                      ["replay"], ["replay", "--speed", "fast", SHIPPED],
                      ["replay", "--speed", "-1", SHIPPED], ["replay", "--speed", "nan", SHIPPED],
                      ["replay", "--from", "5", SHIPPED], ["replay", "--to", "-1s", SHIPPED],
                      ["replay", "--from", "2s", "--to", "1s", SHIPPED],
                      ["replay", "--pid", "0", SHIPPED], ["replay", "--pid", "sh", SHIPPED],
                      ["replay", "--color", "blue", SHIPPED], ["replay", SHIPPED, SHIPPED],
                      ["frobnicate"], []):
            self.assert_refused(harness.run(harness.TOCSIN, *words))

    def test_what_is_written_wrong_is_answered_with_what_is_like_it(self):
        for words, like in ((["analyse", SHIPPED], "analyze"), (["--versoin"], "--version"),
                            (["analyze", "--wher", "gap", SHIPPED], "--where"),
                            (["dump", "--form=1s", SHIPPED], "--from"),
                            (["analyze", "--format", "jsno", SHIPPED], "json"),
                            (["sweep", "--rule", "A1,f4", SHIPPED], "F4")):
            said = self.assert_refused(harness.run(harness.TOCSIN, *words))
            self.assertIn(f"did you mean {like}?", said)
        said = self.assert_refused(harness.run(harness.TOCSIN, "dump", SHIPPED, "two"))
        self.assertIn('"two" is one operand too many for tocsin dump', said)
        said = self.assert_refused(harness.run(harness.TOCSIN, "analyze", SHIPPED, "--format"))
        self.assertIn("--format needs a value", said)


class Recorder(harness.EndToEnd):
    def assert_refused(self, done):
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assert_is_a_sentence(done.stderr, "tocsin-record")
        return done.stderr

    def test_unknown_options_and_values(self):
        for words in (["--nonsense"], ["-d", "0"], ["-d", "-5ms"], ["-d", "abc"], ["-d", ""],
                      ["-d", "1e30s"], ["--buffer", "12Q"], ["--source", "magic"], ["-p", "0"],
                      ["--"], ["ls"], ["-q", "-v"]):
            output = self.scratch / "x.tocsin"
            done = harness.run(harness.RECORD, "-o", output, *words)
            self.assert_refused(done)
            self.assertFalse(output.exists())

    @unittest.skipUnless(os.geteuid() == 0, "needs root, to become somebody else")
    def test_without_privilege(self):
        tool = self.scratch / "tocsin-record"
        shutil.copy(harness.RECORD, tool)
        tool.chmod(0o755)
        self.scratch.chmod(0o777)
        output = self.scratch / "x.tocsin"
        done = as_nobody(tool, "-o", output, "-d", "1s")
        self.assertIn("root", self.assert_refused(done))
        self.assertFalse(output.exists())


@unittest.skipIf(harness.why_not_recording(), f"{harness.why_not_recording()}")
class Recording(harness.EndToEnd):
    def assert_refused(self, done):
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assert_is_a_sentence(done.stderr, "tocsin-record")
        return done.stderr

    def test_an_output_that_exists_stays_as_it_is(self):
        output = self.scratch / "mine"
        output.write_text("mine")
        done = harness.run(harness.RECORD, "-o", output, "--", "/bin/true")
        self.assertIn("exists", self.assert_refused(done))
        self.assertEqual(output.read_text(), "mine")

    def test_a_symbolic_link_is_not_followed(self):
        target, link = self.scratch / "target", self.scratch / "link"
        link.symlink_to(target)
        self.assert_refused(harness.run(harness.RECORD, "-o", link, "--", "/bin/true"))
        self.assertFalse(target.exists())

    def test_a_directory_that_is_not_there(self):
        self.assert_refused(harness.run(harness.RECORD, "-o", self.scratch / "no/x", "-d", "1s"))

    def test_a_command_that_is_not_there_leaves_no_trace_behind(self):
        output = self.scratch / "x.tocsin"
        done = harness.run(harness.RECORD, "-o", output, "--", "/no/such/program")
        self.assertIn("No such file", self.assert_refused(done))
        self.assertFalse(output.exists())

    def test_the_commands_exit_status_is_passed_on(self):
        for script, status in (("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)):
            done = self.record("/bin/sh", "-c", script)[1]
            self.assertEqual(done.returncode, status, done.stderr)

    def test_a_kernel_without_type_information(self):
        done = harness.run("unshare", "--mount", "sh", "-c",
                           "mount -t tmpfs none /sys/kernel/btf && exec \"$@\"", "sh",
                           harness.RECORD, "-o", self.scratch / "x.tocsin", "-d", "1s")
        self.assertIn("/sys/kernel/btf/vmlinux", self.assert_refused(done))

    def test_a_disk_that_fills_up_leaves_a_readable_trace(self):
        disk = self.scratch / "disk"
        disk.mkdir()
        script = (f"mount -t tmpfs -o size=128k none {disk} && "
                  f"{harness.RECORD} -q -o {disk}/x.tocsin -- sh -c "
                  "'i=0; while [ $i -lt 3000 ]; do /bin/true $i-$i-$i; i=$((i+1)); done'; "
                  f"status=$?; cp {disk}/x.tocsin {self.scratch}/; exit $status")
        done = harness.run("unshare", "--mount", "sh", "-c", script)
        self.assertIn("No space left", self.assert_refused(done))
        info = harness.run(harness.TOCSIN, "info", self.scratch / "x.tocsin")
        self.assertIn(info.returncode, (0, 3), info.stderr)
        self.assertIn("write-error", info.stdout)


def newer_version(content):
    """The trace with a header that states format version 2, digest and all."""
    prefix, size = 32, int.from_bytes(content[4:8], "little") - 24
    message = bytearray(content[prefix:prefix + size])
    root = 8 + 8  # segment table, root pointer; formatVersion is the struct's first field
    assert message[root:root + 2] == b"\x01\x00"
    message[root] = 2
    import hashlib
    digest = hashlib.sha256(message).digest()[:8]
    return bytes(content[:24]) + digest + bytes(message) + bytes(content[prefix + size:])


if __name__ == "__main__":
    harness.main()
