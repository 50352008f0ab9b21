#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`tocsin explain` on the shipped traces: the story holds every record that the finding names."""
import json
import re

import harness

TRACES = sorted(harness.SOURCE.glob("samples/*/*.tocsin"))
SWAP = harness.SOURCE / "samples/access_then_open/recorded.tocsin"
WIDTH = 80


def explain(*words):
    return harness.run(harness.TOCSIN, "explain", *words)


def findings():
    """Each trace with a finding of each fingerprint."""
    report, _ = harness.analyze(*TRACES)
    for trace, result in zip(TRACES, report["results"]):
        for finding in {one["fingerprint"]: one for one in result["findings"]}.values():
            yield trace, finding


class Explain(harness.EndToEnd):
    def test_tells_every_finding_of_every_trace_on_one_page(self):
        told = 0
        for trace, finding in findings():
            with self.subTest(trace=trace, finding=finding["fingerprint"]):
                done = explain(finding["fingerprint"], trace)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                # A name that is longer than a line of the replay stays whole there.
                story = done.stdout.index("\nStory, ")
                rest = done.stdout.index("\nSet aside if\n")
                wide = [line for line in (done.stdout[:story] + done.stdout[rest:]).splitlines()
                        if len(line) > WIDTH]
                self.assertEqual(wide, [])
                self.assertIn("\nNot recorded, and so not known\n", done.stdout)
                holds = re.findall(r"^  ✓ .*(?:\n    .*)*?\(([a-z-]+)\)$", done.stdout[rest:], re.M)
                self.assertEqual(holds[:1], [finding["set_aside_by"]]
                                 if finding["set_aside_by"] else [])
                told += 1
        self.assertGreater(told, 30)

    def test_has_the_records_of_check_change_and_use_in_its_story(self):
        report, _ = harness.analyze(SWAP)
        swap = next(one for one in report["results"][0]["findings"] if one["rule"] == "F1")
        document = json.loads(explain("--format", "json", swap["fingerprint"], SWAP).stdout)
        told = document["explanations"][0]
        self.assertEqual(told["finding"]["fingerprint"], swap["fingerprint"])
        self.assertEqual([part["part"] for part in told["story"]],
                         ["the check", "the change", "the use"])
        self.assertEqual([part["call"] for part in told["story"]], ["access", "rename", "openat"])
        self.assertEqual({rule["holds"] for rule in told["set_aside_rules"]}, {False})
        text = explain(swap["fingerprint"], SWAP).stdout.partition("\nStory, ")[2]
        times = [float(time) for time in re.findall(r"^ +(\d+\.\d+) ", text, re.M)]
        self.assertEqual(len(times), 3 + sum(len(part["records"]) for part in told["story"]))
        self.assertEqual(times, sorted(times))

    def test_says_what_is_not_recorded(self):
        trace = harness.SOURCE / "samples/exec_swap/recorded.tocsin"
        report, _ = harness.analyze(trace)
        fingerprint = next(one["fingerprint"] for one in report["results"][0]["findings"]
                           if one["rule"] == "A1")
        self.assertIn("who wrote to the memory", explain(fingerprint, trace).stdout)

    def test_takes_the_beginning_of_an_id_and_suggests_the_nearest(self):
        fingerprint = next(one["fingerprint"] for trace, one in findings() if trace == SWAP)
        self.assertEqual(explain(fingerprint[:6], SWAP).stdout, explain(fingerprint, SWAP).stdout)
        wrong = fingerprint[:8] + "x" + fingerprint[9:]
        for unknown, words in ((wrong, fingerprint), ("\x1b[31m", "\\x1b"), ("x" * 5000, "no finding")):
            done = explain(unknown, SWAP)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assert_is_a_sentence(done.stderr)
            self.assertIn(words, done.stderr)
        several = explain("", *TRACES)
        self.assertEqual(several.returncode, 2)
        self.assertIn("write more of its digits", several.stderr)


if __name__ == "__main__":
    harness.main()
