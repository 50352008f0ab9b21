#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The virtual machine gives back what its command did: status, output, files to the byte."""
import hashlib

import guest
import kernels
import vm_test_case


class Machine(vm_test_case.VmTestCase):
    def test_status_output_and_files_come_back(self):
        for kernel in vm_test_case.KERNELS:
            with self.subTest(kernel=kernel):
                script = ("head -c 300000 /dev/urandom > random; sha256sum < random; "
                          "test -e /etc/tocsin-vm && hostname >&2; exit 7")
                result = guest.run(kernel, ["sh", "-c", script], [], self.scratch)
                self.assertEqual(result.status, 7)
                self.assertEqual(result.stderr, b"suspect\n")
                digest = hashlib.sha256((result.files / "random").read_bytes()).hexdigest()
                self.assertEqual(result.stdout.split()[0].decode(), digest)
                if kernel != "newest":
                    self.assertTrue(result.release.startswith(kernel + "."), result.release)

    def test_a_machine_that_dies_is_an_error(self):
        with self.assertRaisesRegex(RuntimeError, "died before its command ended"):
            guest.run("6.1", ["poweroff", "-f"], [], self.scratch)

    def test_a_command_that_hangs_is_an_error_that_shows_its_tasks(self):
        with self.assertRaisesRegex(RuntimeError, r"(?s)has not ended.*\(sleep\) S.*nanosleep"):
            guest.run("6.1", ["sleep", "1000"], [], self.scratch, timeout=5)

    def test_an_unknown_kernel_is_said_to_be_unknown(self):
        with self.assertRaisesRegex(kernels.Unavailable, "no kernel '2.4'; known are 5.10, 6.1"):
            kernels.fetch("2.4")


if __name__ == "__main__":
    vm_test_case.main()
