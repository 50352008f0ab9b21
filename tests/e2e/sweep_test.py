#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`tocsin sweep` on the shipped traces: it agrees with `tocsin analyze` at every window."""
import json
import os
import re
import shutil
import xml.etree.ElementTree

import harness

TRACES = sorted(harness.SOURCE.glob("samples/*/*.tocsin"))


def sweep(*arguments):
    """The JSON of `tocsin sweep`."""
    done = harness.run(harness.TOCSIN, "sweep", "--format", "json", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def counts_of(result):
    """How many findings of each class a result of `tocsin analyze` shows."""
    counts = {}
    for finding in result["findings"]:
        if finding["set_aside_by"] is None:
            rule = finding["rule"]
            counts[rule] = counts.get(rule, 0) + 1 + finding["more_like_it"]
    return counts


class Sweep(harness.EndToEnd):
    def test_counts_what_analyze_finds_in_the_chosen_window_and_around_it(self):
        for window in ("unlimited", "50ms", "3ns"):
            tables = sweep("--window", window, *TRACES)["results"]
            self.assertEqual(len(tables), len(TRACES))
            report, _ = harness.analyze("--window", window, *TRACES)
            for swept, result in zip(tables, report["results"]):
                self.assertEqual(swept["sensitivity"], result["sensitivity"])
                chosen = [row for row in swept["sensitivity"][0]["rows"] if row["mark"] == "chosen"]
                self.assertEqual(len(chosen), 1)
                found = {rule: n for rule, n in chosen[0]["counts"].items() if n}
                self.assertEqual(found, counts_of(result))

    def test_has_a_row_for_half_and_twice_the_window(self):
        rows = sweep("--window", "30ms", TRACES[0])["results"][0]["sensitivity"][0]["rows"]
        marks = {row["mark"]: row["limit_ns"] for row in rows if row["mark"]}
        self.assertEqual(marks, {"half": "15000000", "chosen": "30000000", "twice": "60000000"})

    def test_moves_the_limit_that_it_is_told_to(self):
        for words, axes in (([], ["both"]), (["--window", "check-use=2s"], ["check-use",
                                                                           "mutation-use"]),
                            (["--axis", "mutation-use"], ["mutation-use"])):
            tables = sweep(*words, TRACES[0])["results"][0]["sensitivity"]
            self.assertEqual([table["axis"] for table in tables], axes)

    def test_counts_only_the_classes_that_were_asked_for(self):
        rows = sweep("--rule", "A0,A2", TRACES[0])["results"][0]["sensitivity"][0]["rows"]
        self.assertLessEqual(set(rows[0]["counts"]), {"A0", "A2"})

    def test_draws_what_it_counts(self):
        # A name that would be markup.
        trace = self.scratch / "<b>&amp;.tocsin"
        shutil.copy(harness.SOURCE / "samples/rename_directory/recorded.tocsin", trace)
        done = harness.run(harness.TOCSIN, "sweep", "--format", "svg", trace)
        self.assertEqual(done.returncode, 0, done.stderr)
        drawing = xml.etree.ElementTree.fromstring(done.stdout)
        texts = [text.text for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
        self.assertIn("/<b>&amp;.tocsin\"", texts[0])
        rows = sweep(trace)["results"][0]["sensitivity"][0]["rows"]
        legend = dict(text.split() for text in texts if re.fullmatch(r"[A-Zo]\w+ \d+", text))
        self.assertEqual({rule: int(count) for rule, count in legend.items()},
                         rows[-1]["counts"])
        longest = 7 * len("orphan 1000000")  # in pixels, or less
        legend_at = max(int(text.get("x")) for text in
                        drawing.iter("{http://www.w3.org/2000/svg}text"))
        self.assertLessEqual(legend_at + longest, int(drawing.get("width")))
        for path in drawing.iter("{http://www.w3.org/2000/svg}path"):
            self.assertRegex(path.get("d"), r"^M60 \d+(H\d+V\d+)*H680M718 \d+h24$")

    def test_gives_the_same_narrow_page_whatever_the_locale(self):
        pages = {
            harness.run(harness.TOCSIN, "sweep", "--window", "check-use=90s,orphan=3us", *TRACES,
                        env={**os.environ, "TZ": zone, "LC_ALL": locale}).stdout
            for zone, locale in (("UTC", "C"), ("Asia/Kathmandu", "tr_TR.UTF-8"))}
        self.assertEqual(len(pages), 1)
        page = pages.pop()
        self.assertIn("90 s       chosen", page)
        for line in page.splitlines():
            self.assertLessEqual(len(line), 80, line)
            self.assertEqual(line, line.rstrip())


if __name__ == "__main__":
    harness.main()
