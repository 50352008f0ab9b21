# SPDX-License-Identifier: Apache-2.0
"""What the end-to-end tests share: where the programs are, running them, recording, skipping."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["TOCSIN_SOURCE"])
BUILD = pathlib.Path(os.environ["TOCSIN_BUILD"])
TOCSIN = BUILD / "analyzer/tocsin"
RECORD = BUILD / "recorder/tocsin-record"
SAMPLES = BUILD / "samples"

OWN_MOUNTS = ("container_open", "container_mount", "volume_mount")

SKIPPED = 77  # what ctest takes for "skipped"


def run(*command, **options):
    """The finished process; output as text unless told otherwise."""
    options.setdefault("text", True)
    options.setdefault("timeout", 60)  # in seconds
    return subprocess.run([str(word) for word in command], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False, **options)


def why_not_recording():
    """Why this machine cannot record, or None where it can."""
    if os.geteuid() != 0:
        return "recording needs root"
    # The probes are loaded before the output is created: this gets as far as that file.
    probe = run(RECORD, "-q", "-o", "/dev/full", "--", "/bin/true")
    return None if "exists" in probe.stderr else probe.stderr.strip()


def why_not_to_race(sample):
    """Why a race cannot be run on this machine, though as root, or None where it can."""
    protected = pathlib.Path("/proc/sys/fs/protected_hardlinks")
    if sample == "hard_link_chmod" and protected.read_text().strip() != "0":
        return "fs.protected_hardlinks is not 0 here"
    if sample == "pid_reuse" and int(pathlib.Path("/proc/sys/kernel/pid_max").read_text()) > 1000:
        return "kernel.pid_max is more than 1000 here, and pids come round late"
    if sample in OWN_MOUNTS and run("unshare", "--mount", "true").returncode != 0:
        return "mount namespaces are refused here"
    return None


def analyze(*arguments):
    """The JSON report of `tocsin analyze` and its exit status."""
    done = run(TOCSIN, "analyze", "--format", "json", *arguments)
    return json.loads(done.stdout), done.returncode


class EndToEnd(unittest.TestCase):
    """A test with a scratch directory of its own."""

    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-e2e."))
        self.addCleanup(shutil.rmtree, self.scratch)

    def record(self, *command, options=()):
        """Records the command; its trace's path and its output. What it skipped is printed."""
        trace = self.scratch / f"{len(list(self.scratch.iterdir()))}.tocsin"
        done = run(RECORD, "-q", "-o", trace, *options, "--", *command)
        self.assertTrue(trace.exists(), done.stderr)
        for line in done.stdout.splitlines():
            if " skipped: " in line:
                print(line)
        return trace, done

    def assert_is_a_sentence(self, stderr, program="tocsin"):
        """One line, from the program, with something to read in it."""
        lines = stderr.strip().splitlines()
        self.assertEqual(len(lines), 1, stderr)
        self.assertTrue(lines[0].startswith(program + ": "), stderr)
        self.assertGreater(len(lines[0].split()), 4, stderr)


def main(needs_recording=False):
    """Runs the module's tests; as skipped where all of them need a recording and none can be."""
    if needs_recording:
        reason = why_not_recording()
        if reason is not None:
            print(f"skipped: {reason}")
            sys.exit(SKIPPED)
    unittest.main(verbosity=2)
