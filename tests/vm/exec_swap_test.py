#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The argv form of samples/exec_swap, which always wins, and its benign twin, on real kernels."""
import vm_test_case

TRIES = 50
SCRIPT = f"""
tocsin-record -q -o swap.tocsin -- exec_swap --form argv --tries {TRIES} >/dev/null
tocsin-record -q -o twin.tocsin -- exec_swap --form argv --control --tries {TRIES} >/dev/null
"""


class ExecSwap(vm_test_case.VmTestCase):
    def test_every_try_is_found_and_the_twin_is_silent(self):
        for kernel in vm_test_case.KERNELS:
            with self.subTest(kernel=kernel):
                files = self.run_in(kernel, "sh", "-ec", SCRIPT,
                                    programs=vm_test_case.sample("exec_swap")).files
                found = vm_test_case.findings(files / "swap.tocsin")
                self.assertEqual([finding["rule"] for finding in found], ["A4"] * TRIES)
                self.assertEqual(vm_test_case.findings(files / "twin.tocsin"), [])


if __name__ == "__main__":
    vm_test_case.main()
