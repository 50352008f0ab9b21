#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""--where in dump, replay and analyze, on shipped traces; and what `tocsin fields` lists."""
import re

import harness

TRACE = harness.SOURCE / "samples/access_then_open/recorded.tocsin"
WIDTH = 80


def tocsin(*words):
    return harness.run(harness.TOCSIN, *words)


class Where(harness.EndToEnd):
    def test_shows_some_findings_as_they_are_and_counts_all(self):
        everything, _ = harness.analyze(TRACE)
        some, status = harness.analyze("--where", "severity >= high", TRACE)
        self.assertEqual(status, 0)
        everything, some = everything["results"][0], some["results"][0]
        grave = [finding for finding in everything["findings"]
                 if finding["severity"] in ("high", "critical")]
        self.assertTrue(0 < len(grave) < len(everything["findings"]))
        self.assertEqual(some["findings"], grave)
        self.assertEqual(some["where"], {"text": "severity >= high"})
        for result in (everything, some):
            del result["findings"]
        del some["where"]
        self.assertEqual(some, everything)

    def test_of_fail_on_hides_nothing(self):
        words = ("analyze", "--fail-on", "critical", TRACE)
        self.assertEqual(tocsin(*words).returncode, 1)
        self.assertEqual(tocsin(*words, "--where", "rule == P1").returncode, 1)

    def test_says_in_the_text_how_many_it_shows(self):
        where = "rule == F1 && mutator.uid != 0"
        text = tocsin("analyze", "--where", where, TRACE).stdout
        report, _ = harness.analyze("--where", where, TRACE)
        count = len(report["results"][0]["findings"])
        self.assertGreater(count, 0)
        self.assertRegex(text, rf"(?m)^  shown +{count} where {re.escape(where)}$")
        self.assertTrue(all(len(line) <= WIDTH for line in text.splitlines()))

    def test_shows_calls_with_all_their_records(self):
        whole = tocsin("replay", TRACE).stdout.splitlines()
        text = tocsin("replay", "--where", "call == access", TRACE).stdout
        lines = text.splitlines()
        self.assertLessEqual(set(lines), set(whole))
        self.assertEqual(len(re.findall(r" access\(", text)),
                         len(re.findall(r" access\(", "\n".join(whole))))
        self.assertNotIn(" openat(", text)
        self.assertNotIn(" forks process", text)

    def test_shows_records_that_read_back(self):
        whole = tocsin("dump", TRACE).stdout.splitlines()
        dump = tocsin("dump", "--where", "record == enter && call == access", TRACE).stdout
        entries = [line for line in whole if re.search(r"> access ", line)]
        self.assertTrue(entries)
        self.assertEqual(dump.count("> access "), len(entries))
        text = self.scratch / "dump"
        text.write_text(dump)
        again = self.scratch / "again.tocsin"
        made = harness.run(harness.BUILD / "tests/trace-from-text", text, again)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual(tocsin("dump", again).stdout, dump)

    def test_that_are_wrong_are_one_sentence_with_the_column(self):
        for command, where, column, words in (
                ("analyze", "sevrity >= high", 1, "did you mean severity?"),
                ("analyze", "severity >= hgih", 13, "critical"),
                ("analyze", "gap < 5", 7, "5ms"),
                ("analyze", 'path == "x', 9, "end"),
                ("analyze", "proc.pid == 1 &&", 17, ""),
                ("analyze", "(" * 100000, None, "200"),
                ("dump", "gap < 5ms", 1, "analyze"),
                ("replay", "cpu == 0", 1, "dump"),
                ("replay", 'path matches "("', 14, ""),
                ("dump", "address in {10.0.0.0/33}", 13, "10.0.0.0/8")):
            with self.subTest(where=where[:30]):
                done = tocsin(command, "--where", where, TRACE)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assert_is_a_sentence(done.stderr)
                self.assertLess(len(done.stderr), 400)
                if column is not None:
                    self.assertIn(f"--where, column {column}: ", done.stderr)
                self.assertIn(words, done.stderr)

    def test_of_a_megabyte_is_taken_or_refused_at_once(self):
        pids = ", ".join(str(pid) for pid in range(1000, 10000))
        for where in ("call == access" + " && call == access" * 5000, f"proc.pid in {{{pids}}}"):
            self.assertEqual(tocsin("dump", "--where", where, TRACE).returncode, 0)
        self.assertEqual(tocsin("dump", "--where", '"' + "x" * 100000, TRACE).returncode, 2)

    def test_in_a_file_may_be_longer_than_an_argument(self):
        file = self.scratch / "filter"
        file.write_text("call == access\n  && proc.exe\n")
        whole = tocsin("replay", "--where", "call == access && proc.exe", TRACE).stdout
        self.assertIn("access(", whole)
        self.assertEqual(tocsin("replay", "--where", f"@{file}", TRACE).stdout, whole)
        names = ",\n".join(f'"/nobody/has/this/name/{i}"' for i in range(60000))
        for where in ("call == access" + "\n&& call == access" * 100000,
                      f"path in {{{names}, \"/\"}} || call == access"):
            self.assertGreater(len(where), 1 << 20)
            file.write_text(where)
            report, status = harness.analyze("--where", f"@{file}", TRACE)
            self.assertEqual(status, 0)
            said = bytes.fromhex(report["results"][0]["where"]["hex"])
            self.assertTrue(said == where.encode(), "a difference of this size is not shown")
            text = tocsin("analyze", "--where", f"@{file}", TRACE).stdout
            self.assertLess(len(text), 20000)
            self.assertNotEqual(tocsin("dump", "--where", f"@{file}", TRACE).stdout, "")

    def test_in_a_file_that_is_wrong_is_one_sentence_with_the_line(self):
        file = self.scratch / "filter"
        file.write_text("call == access\n&& gap <\n")
        done = tocsin("analyze", "--where", f"@{file}", TRACE)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn(f'--where, "{file}", line 2, column 9: the filter ends where', done.stderr)
        file.write_bytes(b'"' * (17 << 20))
        for path in ("/nonexistent", "/dev/zero", self.scratch, file, ""):
            done = tocsin("analyze", "--where", f"@{path}", TRACE)
            self.assertEqual((done.returncode, done.stdout), (2, ""), path)
            self.assert_is_a_sentence(done.stderr)
            self.assertLess(len(done.stderr), 400)

    def test_that_is_empty_is_refused(self):
        for words in (("--where", ""), ("--where=",)):
            done = tocsin("replay", *words, TRACE)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assert_is_a_sentence(done.stderr)


class Fields(harness.EndToEnd):
    def test_are_listed_for_a_terminal_and_each_can_be_asked_for(self):
        text = tocsin("fields").stdout
        self.assertTrue(all(len(line) <= WIDTH for line in text.splitlines()))
        commands, asked = [], 0
        for line in text.splitlines():
            if line.startswith("In "):
                commands = line[3:-1].split(", ")
            field = re.match(r"  ([a-z_.]+) +(text|number|duration|severity|address) ", line)
            for command in commands if field else []:
                done = tocsin(command, "--where", field[1], TRACE)
                self.assertEqual(done.returncode, 0, done.stderr)
                asked += 1
        self.assertGreater(asked, 80)


class Span(harness.EndToEnd):
    def records(self, *words):
        text = tocsin("dump", *words, TRACE).stdout
        return re.findall(r"(?m)^[0-9.]+ cpu\d+ \S+ (?!found).*$", text)

    def test_of_a_dump_is_what_a_filter_on_time_gives(self):
        whole = self.records()
        for first, last in (("0s", "1s"), ("10ms", "20ms"), ("5ms", "1h")):
            some = self.records("--from", first, "--to", last)
            self.assertTrue(0 < len(some) <= len(whole))
            self.assertEqual(len(some),
                             len(self.records("--where", f"time >= {first} && time <= {last}")))
        self.assertEqual(self.records("--from", "0s", "--to", "1000d"), whole)

    def test_is_named_by_the_report(self):
        report, status = harness.analyze("--from", "1ms", "--to", "30ms", TRACE)
        self.assertEqual(status, 0)
        span = report["results"][0]["span"]
        self.assertEqual((span["from_ns"], span["to_ns"]), ("1000000", "30000000"))
        text = tocsin("analyze", "--from", "1ms", TRACE).stdout
        self.assertIn("Only a part of the trace was judged", " ".join(text.split()))
        self.assertRegex(text, r"(?m)^  span +from 0\.001000 s of the trace")

    def test_that_holds_nothing_is_refused(self):
        for command in ("analyze", "stats", "dump", "replay", "sweep"):
            done = tocsin(command, "--from", "2h", TRACE)
            self.assertEqual((done.returncode, done.stdout), (2, ""), command)
            self.assertRegex(done.stderr, r"nothing was recorded from 7200\.0+ s on: the trace is "
                                          r"[0-9.]+ s long\n$")
            done = tocsin(command, "--from", "2s", "--to", "1s", TRACE)
            self.assertEqual(done.returncode, 2)
            self.assertIn("lies before --from", done.stderr)


if __name__ == "__main__":
    harness.main()
