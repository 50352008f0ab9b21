#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each trace that samples/ ships gives the report beside it, to the byte, whatever the locale."""
import difflib
import os

import harness


class ShippedTraces(harness.EndToEnd):
    def test_the_reports_are_the_expected_ones(self):
        traces = sorted(harness.SOURCE.glob("samples/*/*.tocsin"))
        self.assertTrue(traces)
        for trace in traces:
            expected = trace.with_name(trace.stem.replace("recorded", "expected_report") + ".txt")
            folder, name = trace.parent, trace.name
            done = harness.run(harness.TOCSIN, "analyze", name, cwd=folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            difference = "".join(difflib.unified_diff(
                expected.read_text().splitlines(True), done.stdout.splitlines(True),
                str(expected), "now"))
            self.assertEqual(difference, "", f"accept the new text with:\n  (cd {folder} && "
                             f"{harness.TOCSIN} analyze {name} > {expected.name})")

    def test_locale_and_time_zone_change_nothing(self):
        trace = harness.SOURCE / "samples/exec_swap/recorded.tocsin"
        for form in ("text", "json", "html"):
            reports = {
                harness.run(harness.TOCSIN, "analyze", "--format", form, trace,
                            env={**os.environ, "TZ": zone, "LC_ALL": locale}).stdout
                for zone, locale in (("UTC", "C"), ("Asia/Kathmandu", "tr_TR.UTF-8"))}
            self.assertEqual(len(reports), 1)

    def test_no_line_is_wider_than_a_terminal(self):
        for report in harness.SOURCE.glob("samples/*/expected_report*.txt"):
            widest = max(report.read_text().splitlines(), key=len)
            self.assertLessEqual(len(widest), 80, widest)


if __name__ == "__main__":
    harness.main()
