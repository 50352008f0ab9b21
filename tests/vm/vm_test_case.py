# SPDX-License-Identifier: Apache-2.0
"""What tests in a virtual machine share: the kernels asked for, running, analyzing, skipping."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import guest
import kernels

BUILD = pathlib.Path(os.environ["TOCSIN_BUILD"])
TOCSIN = BUILD / "analyzer/tocsin"
KERNELS = os.environ.get("TOCSIN_VM_KERNELS", "6.1").split(",")
SKIPPED = 77


def sample(name):
    """The programs of a sample."""
    return [path for path in sorted((BUILD / "samples" / name).iterdir())
            if path.is_file() and path.stat().st_mode & 0o100]


def report(trace):
    """The JSON report's result for a trace."""
    done = subprocess.run([str(TOCSIN), "analyze", "--format", "json", str(trace)],
                          stdout=subprocess.PIPE, check=True, timeout=300)
    result, = json.loads(done.stdout)["results"]
    return result


def findings(trace):
    """The races in the JSON report of a trace that no rule set aside: without names that others
    could have swapped, and did not."""
    return [found for found in report(trace)["findings"]
            if found["set_aside_by"] is None and found["rule"] != "F4"]


class VmTestCase(unittest.TestCase):
    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-vm-test."))
        self.addCleanup(shutil.rmtree, self.scratch)

    def run_in(self, kernel, *command, programs=(), **options):
        """The guest.Result of a command that must have ended with status 0."""
        output = pathlib.Path(tempfile.mkdtemp(dir=self.scratch))
        programs = [BUILD / "recorder/tocsin-record", *programs]
        result = guest.run(kernel, list(command), programs, output, **options)
        self.assertEqual(result.status, 0, result.stderr.decode(errors="replace"))
        return result


def main(packages=None):
    """Runs the module's tests; as skipped, with the reason, where a kernel cannot be had or one of
    `packages`, {program of this machine: its package}, is missing."""
    try:
        missing = guest.why_unavailable(packages)
        if missing is not None:
            raise kernels.Unavailable(missing)
        for kernel in KERNELS:
            kernels.fetch(kernel)
    except kernels.Unavailable as reason:
        print(f"skipped: {reason}")
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
