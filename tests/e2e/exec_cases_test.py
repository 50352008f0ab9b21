#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Execs in every way that is hard to record: each is in the trace, none is taken for a race."""
import re

import harness

EXEC_CASES = harness.BUILD / "tests/exec_cases"
TASK = re.compile(r"^task (\S+) tgid=(\d+)")
CALL = re.compile(r"^\S+ cpu\d+ (?:#\d+ )?(\S+) (?:\[[^\]]*\] )?([>@<]) (execve|execveat|sched_process_exec)\b")


def calls_by_pid(trace):
    """For each pid the marks of its exec records in order: entry >, hook @, return <."""
    pid_of, marks = {}, {}
    for line in harness.run(harness.TOCSIN, "dump", trace).stdout.splitlines():
        if task := TASK.match(line):
            pid_of[task[1]] = int(task[2])
        elif call := CALL.match(line):
            pid = pid_of[call[1]]
            marks[pid] = marks.get(pid, "") + call[2]
    return marks


class ExecCases(harness.EndToEnd):
    def test_each_case_is_recorded_and_none_is_a_race(self):
        trace, done = self.record(EXEC_CASES)
        self.assertEqual(done.returncode, 0, done.stderr)
        cases = {name: int(pid) for pid, name, _ in
                 re.findall(r"^(\d+) (\S+) (-?\d+)$", done.stdout, re.MULTILINE)}
        ran = {name for _, name, status in
               re.findall(r"^(\d+) (\S+) (-?\d+)$", done.stdout, re.MULTILINE) if status == "0"}
        self.assertGreater(len(cases), 20, done.stdout)
        marks = calls_by_pid(trace)
        for name, pid in cases.items():
            with self.subTest(case=name):
                if name == "int_0x80":
                    # A 32-bit call: its arguments are not decoded, what ran is seen all the same.
                    self.assertEqual(marks.get(pid), "@")
                elif name in ran:
                    self.assertEqual(marks.get(pid), ">@<")
                else:
                    self.assertEqual(marks.get(pid), "><")
        report, status = harness.analyze("--fail-on", "low", trace)
        result = report["results"][0]
        self.assertEqual(status, 0, harness.run(harness.TOCSIN, "analyze", trace).stdout)
        lost = {cause: count for cause, count in result["coverage"]["lost"].items() if count}
        self.assertLessEqual(set(lost), {"foreign-abi"})
        # Where LSM hooks are recorded, too, there are two hook records of such a call.
        self.assertEqual(result["coverage"]["unjoined"]["hooks_without_call"] > 0,
                         "foreign-abi" in lost)
        self.assertEqual(result["coverage"]["gaps"], [])


if __name__ == "__main__":
    harness.main(needs_recording=True)
