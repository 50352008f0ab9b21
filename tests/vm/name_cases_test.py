#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Calls that look names up, with LSM hooks: the kernel's copies and objects are what they were."""
import os
import pathlib
import sys

import vm_test_case

sys.path.append(str(pathlib.Path(os.environ["TOCSIN_SOURCE"]) / "tests/support"))
import recorded_cases  # noqa: E402
import recorded_names  # noqa: E402

# The cases; then changes and looks by processes that are not followed, while one is.
SCRIPT = """
tocsin-record -q --source lsm -o cases.tocsin -- name_cases || exit
exec > /dev/null
mkfifo /tmp/begun /tmp/ended
tocsin-record -q --source lsm -o beside.tocsin -- \\
    sh -c "echo > /tmp/begun; read line < /tmp/ended; cat /tmp/begun/inside" 2> /dev/null &
read line < /tmp/begun
: > /tmp/outside-made
mv /tmp/outside-made /tmp/outside-moved
ln -s target /tmp/outside-link
stat /tmp/outside-moved
cat /tmp/outside-moved
rm /tmp/outside-link
echo > /tmp/ended
wait
"""
NAME_CASES = vm_test_case.BUILD / "tests/name_cases"


class NameCases(vm_test_case.VmTestCase):
    def test_each_case_is_recorded_and_of_others_the_changes(self):
        for kernel in vm_test_case.KERNELS:
            with self.subTest(kernel=kernel):
                result = self.run_in(kernel, "sh", "-c", SCRIPT, programs=[NAME_CASES])
                recording = recorded_names.NameRecording(
                    vm_test_case.TOCSIN, result.files / "cases.tocsin", result.stdout.decode())
                recorded_names.check(self, recording, has_hooks=True)
                self.check_others(recorded_cases.Recording(
                    vm_test_case.TOCSIN, result.files / "beside.tocsin", ""))

    def check_others(self, recording):
        """Of those not followed the changes are there, and the objects; looks are not."""
        calls = [call for calls in recording.calls.values() for call in calls]
        outside = {call.name: call for call in calls if "/tmp/outside-" in call.entry}
        self.assertEqual(set(outside), {"openat", "rename", "symlink", "unlink"})
        looks = [call.name for call in calls if "/inside" in call.entry]
        self.assertEqual(set(looks) - {"execve"}, {"openat"})
        for call, role, path in (("rename", "named", "/tmp/outside-made"),
                                 ("rename", "second", "/tmp/outside-moved"),
                                 ("symlink", "made", "/tmp/outside-link"),
                                 ("unlink", "named", "/tmp/outside-link")):
            labels = outside[call].from_hooks(rf"\b{role}=(\S+)")
            self.assertEqual([recording.path(label) for label in labels], [path])


if __name__ == "__main__":
    vm_test_case.main()
