#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""samples/exec_swap, recorded live: the findings are exactly the tries that were won.

Ground truth is what the program that ran printed; the claim is what the trace holds from the
call's entry. A try is won where the two differ.
"""
import re

import harness

EXEC_SWAP = harness.SAMPLES / "exec_swap/exec_swap"
WITNESS = re.compile(r"^witness pid=(\d+) exe=(\S+) argv=(.*)$", re.MULTILINE)
TASK = re.compile(r"^task (\S+) tgid=(\d+)")
ENTRY = re.compile(r'^\S+ cpu\d+ (?:#\d+ )?(\S+) > execve path=\S+?:"([^"]*)"')


def entry_names(trace):
    """The base name that each process's execve claimed at entry, by pid."""
    pid_of, claimed = {}, {}
    for line in harness.run(harness.TOCSIN, "dump", trace).stdout.splitlines():
        if task := TASK.match(line):
            pid_of[task[1]] = int(task[2])
        elif entry := ENTRY.match(line):
            claimed[pid_of[entry[1]]] = entry[2].rsplit("/", 1)[-1]
    return claimed


def findings_by_pid(report, rule):
    return {finding["caller"]["pid"]: finding
            for result in report["results"] for finding in result["findings"]
            if finding["rule"] == rule}


class ExecSwap(harness.EndToEnd):
    WINS_WANTED = 20
    ROUNDS = 40

    def swap(self, *options):
        trace, done = self.record(EXEC_SWAP, *options)
        truth = {int(pid): (exe, argv.split("|")) for pid, exe, argv in WITNESS.findall(done.stdout)}
        self.assertTrue(truth, done.stdout + done.stderr)
        return trace, truth

    def test_every_won_swap_of_the_name_is_an_a1_and_no_other_try_is(self):
        wins = tries = 0
        for _ in range(self.ROUNDS):
            trace, truth = self.swap("--tries", 500, "--until-wins", 0)
            claimed = entry_names(trace)
            self.assertLessEqual(set(truth), set(claimed), "a try without its entry in the trace")
            won = {pid for pid, (exe, _) in truth.items() if exe != claimed[pid]}
            report, _ = harness.analyze(trace)
            found = findings_by_pid(report, "A1")
            self.assertEqual(set(found), won)
            for pid in won:
                self.assertEqual(found[pid]["severity"], "high")
                self.assertTrue(found[pid]["truth"]["text"].endswith("/" + truth[pid][0]))
            tries += len(truth)
            wins += len(won)
            if wins >= self.WINS_WANTED:
                break
        print(f"{wins} of {tries} tries were won, each of them an A1")
        self.assertGreaterEqual(wins, self.WINS_WANTED,
                                "the race was not won often enough to judge by")

    def test_the_control_of_the_name_form_is_silent(self):
        trace, truth = self.swap("--control", "--tries", 200)
        self.assertEqual({exe for exe, _ in truth.values()}, {"ls"})
        report, _ = harness.analyze(trace)
        self.assertEqual(report["results"][0]["findings"], [])

    def test_each_of_200_rewritten_argvs_is_an_a4(self):
        trace, truth = self.swap("--form", "argv", "--tries", 200)
        self.assertEqual(len(truth), 200)
        self.assertTrue(all("--evil" in argv for _, argv in truth.values()))
        report, _ = harness.analyze(trace)
        found = findings_by_pid(report, "A4")
        self.assertEqual(set(found), set(truth))
        for finding in found.values():
            self.assertEqual(finding["severity"], "high")
            self.assertIn("--list", finding["claim"]["text"])
            self.assertIn("--evil", finding["truth"]["text"])

    def test_none_of_200_controls_of_the_argv_form_is_shown(self):
        trace, truth = self.swap("--form", "argv", "--control", "--tries", 200)
        self.assertEqual(len(truth), 200)
        report, status = harness.analyze("--fail-on", "low", trace)
        self.assertEqual(findings_by_pid(report, "A4"), {})
        self.assertEqual(status, 0)


if __name__ == "__main__":
    harness.main(needs_recording=True)
