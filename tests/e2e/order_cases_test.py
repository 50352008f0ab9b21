#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Signals, futexes and locks by which processes wait for each other: each is in the trace."""
import sys

import harness

sys.path.append(str(harness.SOURCE / "tests/support"))
import recorded_order  # noqa: E402

ORDER_CASES = harness.BUILD / "tests/order_cases"


class OrderCases(harness.EndToEnd):
    def test_each_case_is_recorded(self):
        trace, done = self.record(ORDER_CASES)
        self.assertEqual(done.returncode, 0, done.stderr)
        recorded_order.check(self, harness.TOCSIN, trace, done.stdout)


if __name__ == "__main__":
    harness.main(needs_recording=True)
