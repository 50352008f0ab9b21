#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One trace, one output to the byte: whatever the locale, zone, threads, memory layout and company.

TOCSIN_OTHER_BUILD=build/release in the environment has another build give the same bytes, too.
"""
import os
import platform
import shutil
import subprocess

import harness

TRACES = sorted(harness.SOURCE.glob("samples/*/*.tocsin"))
ZONE = "Asia/Kathmandu"  # no whole hours from UTC
LOCALE = "tr_TR"         # another decimal point, other capitals of "i"
OTHER_BUILD = os.environ.get("TOCSIN_OTHER_BUILD")


class Determinism(harness.EndToEnd):
    def setUp(self):
        super().setUp()
        env = {**os.environ, "TZ": "UTC", "LC_ALL": "C"}
        abroad = {**os.environ, "TZ": ZONE, "LC_ALL": f"{LOCALE}.UTF-8", "LANGUAGE": LOCALE}
        abroad.update(self.locale())
        fixed = ["setarch", platform.machine(), "--addr-no-randomize"]
        if shutil.which("setarch") is None or harness.run(*fixed, "true").returncode != 0:
            print("no setarch(8) here: the memory layout is random in all runs")
            fixed = []
        this = [harness.TOCSIN]
        self.ways = [(this, env), (this, abroad), (fixed + this, env), (fixed + this, abroad)]
        if OTHER_BUILD is None:
            print("no TOCSIN_OTHER_BUILD is set: all runs are of one build")
        else:
            self.ways.append(([harness.SOURCE / OTHER_BUILD / "analyzer/tocsin"], env))

    def locale(self):
        """The environment in which glibc finds LOCALE, made here: few machines have it."""
        place = self.scratch / "locales"
        place.mkdir()
        done = shutil.which("localedef") and harness.run(
            "localedef", "-i", LOCALE, "-f", "UTF-8", place / f"{LOCALE}.UTF-8")
        if not done or done.returncode != 0:
            print(f"no localedef(1) with {LOCALE} here: all runs are in the C locale")
            return {}
        return {"LOCPATH": str(place)}

    def assert_one_output(self, *words):
        """All ways at once give what the first one gives alone."""
        commands = [([str(word) for word in (*program, *words)], env)
                    for program, env in self.ways]
        alone = subprocess.run(commands[0][0], env=commands[0][1], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, timeout=60, check=False)
        self.assertIn(alone.returncode, (0, 3), alone.stdout)
        self.assertTrue(alone.stdout)
        running = [subprocess.Popen(command, env=env, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT) for command, env in commands]
        for process in running:
            output, _ = process.communicate(timeout=60)
            self.assertEqual(process.returncode, alone.returncode, output)
            self.assertTrue(output == alone.stdout, f"{words} gave another output")

    def test_of_reports(self):
        for words in (["--format", "text"], ["--format", "text", "--all"], ["--format", "json"],
                      ["--format", "html"], ["--format", "html", "--all"]):
            self.assert_one_output("analyze", *words, *TRACES)

    def test_of_threads(self):
        for command in ("analyze", "sweep"):
            one = subprocess.run([harness.TOCSIN, command, "--threads", "1", *TRACES],
                                 stdout=subprocess.PIPE, timeout=60, check=False)
            self.assertEqual((one.returncode, bool(one.stdout)), (0, True))
            for threads in ("2", "8", "64"):
                self.assert_one_output(command, "--threads", threads, *TRACES)
                more = subprocess.run([harness.TOCSIN, command, "--threads", threads, *TRACES],
                                      stdout=subprocess.PIPE, timeout=60, check=False)
                self.assertTrue(more.stdout == one.stdout, f"{command}: {threads} threads")

    def test_of_sweeps(self):
        for form in ("text", "json"):
            self.assert_one_output("sweep", "--format", form, *TRACES)
        self.assert_one_output("sweep", "--format", "svg", TRACES[0])

    def test_of_replays_dumps_and_facts(self):
        for trace in TRACES:
            for command in ("replay", "dump", "info", "stats"):
                self.assert_one_output(command, trace)

    def test_of_comparisons_and_explanations(self):
        self.assert_one_output("diff", "--all", TRACES[0], TRACES[-1])
        report, _ = harness.analyze(TRACES[0])
        for finding in report["results"][0]["findings"]:
            self.assert_one_output("explain", finding["fingerprint"], TRACES[0])


if __name__ == "__main__":
    harness.main()
