#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Opens, connects and binds in every way: each is in the trace, none is taken for a race."""
import sys

import harness

sys.path.append(str(harness.SOURCE / "tests/support"))
import recorded_cases  # noqa: E402

OPEN_CASES = harness.BUILD / "tests/open_cases"
TRACE_FROM_TEXT = harness.BUILD / "tests/trace-from-text"


class OpenCases(harness.EndToEnd):
    def test_each_case_is_recorded_and_none_is_a_race(self):
        trace, done = self.record(OPEN_CASES)
        self.assertEqual(done.returncode, 0, done.stderr)
        recording = recorded_cases.Recording(harness.TOCSIN, trace, done.stdout)
        recorded_cases.check(self, recording)
        recorded_cases.check_round_trip(self, recording, TRACE_FROM_TEXT, self.scratch)
        recorded_cases.check_odd_names(self, recording)


if __name__ == "__main__":
    harness.main(needs_recording=True)
