#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`tocsin stats` on the shipped traces: it counts what `tocsin analyze` counts."""
import json

import harness

TRACES = sorted(harness.SOURCE.glob("samples/*/*.tocsin"))
WIDTH = 80


def stats(*words):
    return harness.run(harness.TOCSIN, "stats", *words)


class Stats(harness.EndToEnd):
    def test_counts_each_call_once(self):
        results = json.loads(stats("--format", "json", "--top", "1000", *TRACES).stdout)["results"]
        reports, _ = harness.analyze(*TRACES)
        self.assertEqual(len(results), len(TRACES))
        for counted, report in zip(results, reports["results"]):
            calls = report["coverage"]["calls"]
            self.assertEqual({one["call"]: one["calls"] for one in counted["by_call"]},
                             {name: one["calls"] for name, one in calls.items()})
            everything = sum(one["calls"] for one in calls.values())
            self.assertEqual(counted["calls"], everything)
            self.assertEqual(sum(counted["calls_by_interval"]), everything)
            self.assertEqual(sum(one["calls"] for one in counted["by_process"]), everything)
            for one in counted["by_call"]:
                times = one["latency_ns"]
                self.assertLessEqual(times["of"], one["calls"])
                if times["of"]:
                    self.assertLessEqual(int(times["median"]), int(times["p99"]))
                    self.assertLessEqual(int(times["p99"]), int(times["most"]))

    def test_info_counts_the_same_events(self):
        done = harness.run(harness.TOCSIN, "info", "--format", "json", *TRACES)
        self.assertEqual(done.returncode, 0, done.stderr)
        infos = json.loads(done.stdout)["results"]
        reports, _ = harness.analyze(*TRACES)
        for info, report in zip(infos, reports["results"], strict=True):
            coverage = report["coverage"]
            self.assertEqual(info["events"] + info["threads_found_running"], coverage["events"])
            self.assertEqual(info["threads_found_running"], coverage["snapshot_threads"])
            self.assertEqual(info["trace"], report["trace"])
            self.assertFalse(info["damaged"])

    def test_of_some_calls_is_of_those(self):
        counted = json.loads(stats("--format", "json", "--where", "call == openat && error",
                                   *TRACES).stdout)["results"]
        for result in counted:
            self.assertEqual(result["where"], {"text": "call == openat && error"})
            for one in result["by_call"]:
                self.assertEqual((one["call"], one["calls"]), ("openat", one["failed"]))

    def test_name_what_they_rest_on(self):
        text = stats("--from", "10ms", "--top", "1", "--where", "call != close", TRACES[0]).stdout
        for said in ("where", "call != close", "from 0.010000 s on", "lost         nothing",
                     "more; --top N shows N"):
            self.assertIn(said, text)
        result = json.loads(stats("--format", "json", "--from", "10ms", TRACES[0]).stdout)
        result = result["results"][0]
        self.assertEqual(result["span"], {"from_ns": "10000000", "to_ns": None})
        self.assertEqual((result["damaged"], result["records_missing"]), (False, 0))

    def test_is_a_page_for_a_terminal(self):
        for trace in TRACES:
            text = stats("--top", "3", trace).stdout
            self.assertEqual([line for line in text.splitlines() if len(line) > WIDTH], [])

    def test_says_so_where_the_trace_is_damaged(self):
        cut = self.scratch / "cut.tocsin"
        cut.write_bytes(TRACES[0].read_bytes()[:-100])
        self.assertEqual(stats(cut).returncode, 3)
        done = stats("/nonexistent")
        self.assertEqual(done.returncode, 2)
        self.assert_is_a_sentence(done.stderr)


if __name__ == "__main__":
    harness.main()
