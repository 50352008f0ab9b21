#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the LSM hooks add to the tracepoints, and what happens where the kernel has them silent."""
import re
import subprocess

import vm_test_case

EXEC_CASES = vm_test_case.BUILD / "tests/exec_cases"
SCRIPT = r"""
printf '#!/bin/sh\ntrue\n' > script
printf 'no program\n' > garbage
chmod 755 script garbage
cat > cases <<'END'
./script
./garbage 2>/dev/null
./missing 2>/dev/null
true
END
tocsin-record -q --source lsm -o lsm.tocsin -- sh cases
tocsin-record -q --source tracepoint -o tracepoint.tocsin -- sh cases
"""


def dump(trace):
    return subprocess.run([str(vm_test_case.TOCSIN), "dump", str(trace)], text=True,
                          stdout=subprocess.PIPE, check=True, timeout=60).stdout


def names_checked(text):
    """The kernel's copies of file names in a dump's records of the check, in order."""
    return re.findall(r'@ bprm_check_security path="([^"]*)"', text)


class Lsm(vm_test_case.VmTestCase):
    def test_scripts_and_execs_that_fail_at_the_check_are_seen(self):
        for kernel in vm_test_case.KERNELS:
            with self.subTest(kernel=kernel):
                files = self.run_in(kernel, "sh", "-ec", SCRIPT).files
                text = dump(files / "lsm.tocsin")
                names = names_checked(text)
                # Once for the script, once for the interpreter in its place.
                self.assertEqual(names.count("./script"), 2, names)
                self.assertEqual(names.count("./garbage"), 1, names)
                self.assertEqual(names.count("./missing"), 0, names)
                node = re.search(r'^object (o\d+) .*name="script"', text, re.MULTILINE)[1]
                self.assertRegex(text, rf'@ bprm_check_security path="./script" checked={node}\b')
                self.assertEqual(vm_test_case.findings(files / "lsm.tocsin"), [])
                self.assertEqual(names_checked(dump(files / "tracepoint.tocsin")), [])

    def test_no_way_to_name_a_program_is_taken_for_a_race(self):
        for kernel in vm_test_case.KERNELS:
            with self.subTest(kernel=kernel):
                result = self.run_in(
                    kernel, "tocsin-record", "-q", "--source", "lsm", "-o", "cases.tocsin", "--",
                    "exec_cases", programs=[EXEC_CASES])
                self.assertGreater(len(result.stdout.splitlines()), 20)
                trace = result.files / "cases.tocsin"
                self.assertGreater(len(names_checked(dump(trace))), 15)
                self.assertEqual(vm_test_case.findings(trace), [])

    def test_hooks_that_never_fire_are_refused_or_done_without(self):
        # Up to 5.10 and wherever lsm= does not name bpf, programs attach and stay silent.
        script = ("tocsin-record -q --source lsm -o lsm.tocsin -- true 2>refusal; echo $?; "
                  "tocsin-record -q -o auto.tocsin -- true")
        result = self.run_in("6.1", "sh", "-c", script, arguments="lsm=lockdown,yama")
        self.assertEqual(result.stdout, b"2\n")
        self.assertIn("attaches but never fires", (result.files / "refusal").read_text())
        self.assertFalse((result.files / "lsm.tocsin").exists())
        text = dump(result.files / "auto.tocsin")
        self.assertRegex(text, r'hook "bprm_check_security" source="lsm" refusal="attaches but')


if __name__ == "__main__":
    vm_test_case.main()
