#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`tocsin diff` on the shipped traces, and on the same race recorded twice where that can be done."""
import json

import harness

SAMPLES = harness.SOURCE / "samples"
SWAP = SAMPLES / "access_then_open/recorded.tocsin"
TWIN = SAMPLES / "access_then_open/recorded_twin.tocsin"
ELSEWHERE = SAMPLES / "exec_swap/recorded.tocsin"
WIDTH = 80


def diff(*words):
    return harness.run(harness.TOCSIN, "diff", *words)


def compared(*words):
    return json.loads(diff("--format", "json", *words).stdout)


def shown(trace, *words):
    """How often each fingerprint is shown."""
    report, _ = harness.analyze(*words, trace)
    counts = {}
    for finding in report["results"][0]["findings"]:
        if finding["set_aside_by"] is None:
            count = counts.get(finding["fingerprint"], 0)
            counts[finding["fingerprint"]] = count + 1 + finding["more_like_it"]
    return counts


def listed(findings, side):
    return {one["finding"]["fingerprint"]: one[f"cases_{side}"] for one in findings}


class Diff(harness.EndToEnd):
    def test_has_what_one_trace_has_and_the_other_has_not(self):
        for before, after in ((SWAP, TWIN), (TWIN, SWAP), (SWAP, ELSEWHERE), (SWAP, SWAP)):
            document = compared(before, after)
            ones, others = shown(before), shown(after)
            self.assertEqual(listed(document["new"], "after"),
                             {key: others[key] for key in others if key not in ones})
            self.assertEqual(listed(document["gone"], "before"),
                             {key: ones[key] for key in ones if key not in others})
            for side, counts in (("before", ones), ("after", others)):
                self.assertEqual(listed(document["same"], side),
                                 {key: counts[key] for key in counts
                                  if key in ones and key in others})

    def test_compares_two_windows_of_one_trace(self):
        document = compared(SWAP, "--window", "1s", "--after-window", "2ms")
        self.assertEqual(document["new"], [])
        self.assertEqual(listed(document["same"], "after"), shown(SWAP, "--window", "2ms"))
        self.assertEqual(listed(document["same"] + document["gone"], "before"),
                         shown(SWAP, "--window", "1s"))

    def test_fails_for_new_findings_alone(self):
        self.assertEqual(diff("--fail-on", "high", TWIN, SWAP).returncode, 1)
        self.assertEqual(diff("--fail-on", "high", SWAP, TWIN).returncode, 0)
        self.assertEqual(diff("--fail-on", "high", SWAP, SWAP).returncode, 0)

    def test_says_so_where_records_are_missing(self):
        cut = self.scratch / "cut.tocsin"
        cut.write_bytes(SWAP.read_bytes()[:-100])
        done = diff(SWAP, cut)
        self.assertEqual(done.returncode, 3)
        self.assertIn("Records are missing after: what is gone may still be there.", done.stdout)
        self.assertEqual(compared(SWAP, TWIN)["cautions"], [])

    def test_is_a_page_for_a_terminal(self):
        for words in ((SWAP, TWIN), (SWAP, ELSEWHERE), ("--all", ELSEWHERE, TWIN)):
            text = diff(*words).stdout
            self.assertEqual([line for line in text.splitlines() if len(line) > WIDTH], [])

    def test_that_compares_nothing_is_refused(self):
        for words, reason in (((SWAP,), "--after-window"), ((SWAP, TWIN, SWAP), "two traces"),
                              ((SWAP, "/nonexistent"), "/nonexistent"), (("-", "-"), "standard"),
                              ((SWAP, SAMPLES), "directory"),
                              ((SWAP, "--after-window", "-5ms"), "-5ms")):
            done = diff(*words)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assert_is_a_sentence(done.stderr)
            self.assertIn(reason, done.stderr)

    def test_finds_a_race_again_that_is_recorded_again(self):
        reason = harness.why_not_recording()
        if reason is not None:
            self.skipTest(reason)
        # Its every try wins, however busy the machine is.
        sample = harness.SAMPLES / "shared_memfd_writer/shared_memfd_writer"
        # In one place: a name that is drawn is now and then like a word, and not known for one.
        place = self.scratch / "place"
        traces = []
        for _ in range(2):
            place.mkdir(exist_ok=True)
            traces.append(self.record(sample, "--scratch", place, "--tries", "3")[0])
        grave = [{one["finding"]["fingerprint"] for one in compared(*traces)[kind]
                  if one["finding"]["severity"] == "high"} for kind in ("new", "gone", "same")]
        self.assertEqual(grave[:2], [set(), set()])
        self.assertTrue(grave[2])


class Inputs(harness.EndToEnd):
    def test_that_can_be_read_once_are_read_once(self):
        with open(SWAP, "rb") as trace:
            done = harness.run(harness.TOCSIN, "diff", "--window", "1s", "--after-window", "5ms", "-",
                               stdin=trace)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        policy = self.scratch / "policy.toml"
        policy.write_text('[[off]]\nrule = "F1"\nreason = "a test"\n')
        command = f"cat '{policy}' | '{harness.TOCSIN}' diff --policy /dev/stdin '{SWAP}' '{SWAP}'"
        piped = harness.run("sh", "-c", command)
        self.assertEqual((piped.returncode, piped.stderr), (0, ""))
        # The policy's name, and with it the lines' ends, differ.
        named = diff("--policy", policy, SWAP, SWAP).stdout.replace(str(policy), "/dev/stdin")
        self.assertEqual(piped.stdout.split(), named.split())

    def test_that_fail_do_so_whatever_is_shown(self):
        words = ("--fail-on", "high", TWIN, SWAP)
        self.assertEqual(diff(*words).returncode, 1)
        self.assertEqual(diff("--all", *words).returncode, 1)


class ClosedPipes(harness.EndToEnd):
    def test_are_silent(self):
        for command in ("dump", "replay", "analyze --all --format json", "stats", "rules", "fields"):
            trace = "" if command in ("rules", "fields") else f"'{SWAP}'"
            done = harness.run("sh", "-c", f"'{harness.TOCSIN}' {command} {trace} | true")
            self.assertEqual((done.returncode, done.stderr), (0, ""), command)


if __name__ == "__main__":
    harness.main()
