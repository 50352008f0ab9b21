#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Signals, futexes and locks by which processes wait for each other, on real kernels."""
import os
import pathlib
import sys

import vm_test_case

sys.path.append(str(pathlib.Path(os.environ["TOCSIN_SOURCE"]) / "tests/support"))
import recorded_order  # noqa: E402

ORDER_CASES = vm_test_case.BUILD / "tests/order_cases"


class OrderCases(vm_test_case.VmTestCase):
    def test_each_case_is_recorded(self):
        for kernel in vm_test_case.KERNELS:
            with self.subTest(kernel=kernel):
                result = self.run_in(kernel, "tocsin-record", "-q", "-o", "cases.tocsin", "--",
                                     "order_cases", programs=[ORDER_CASES])
                recorded_order.check(self, vm_test_case.TOCSIN, result.files / "cases.tocsin",
                                     result.stdout.decode())


if __name__ == "__main__":
    vm_test_case.main()
