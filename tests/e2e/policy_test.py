#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""--policy and `tocsin rules`: what a policy sets aside, how reports name it, and its mistakes."""
import hashlib

import harness

SWAP = harness.SOURCE / "samples/access_then_open/recorded.tocsin"
WIDTH = 80


class Policy(harness.EndToEnd):
    def policy(self, text):
        path = self.scratch / f"{len(list(self.scratch.iterdir()))}.toml"
        path.write_text(text)
        return path

    def test_sets_findings_aside_and_is_named_by_its_hash(self):
        path = self.policy('[[off]]\nrule = "F1"\nreason = "a test"\n')
        report, _ = harness.analyze("--policy", path, SWAP)
        result = report["results"][0]
        self.assertEqual({one["set_aside_by"] for one in result["findings"]
                          if one["rule"] == "F1"}, {"policy-off"})
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        self.assertEqual(result["policy"], {"name": {"text": str(path)}, "sha256": digest})
        text = harness.run(harness.TOCSIN, "analyze", "--policy", path, SWAP).stdout
        self.assertIn(digest, "".join(text.split()))
        plain, _ = harness.analyze(SWAP)
        self.assertNotIn("policy", plain["results"][0])

    def test_of_its_windows_those_of_the_command_line_win(self):
        path = self.policy('[windows]\ncheck-use = "2ms"\nmutation-use = "2ms"\n')
        narrow, _ = harness.analyze("--window", "2ms", SWAP)
        by_policy, _ = harness.analyze("--policy", path, SWAP)
        wide, _ = harness.analyze("--policy", path, "--window", "unlimited", SWAP)
        plain, _ = harness.analyze(SWAP)
        for one, other in ((narrow, by_policy), (plain, wide)):
            self.assertEqual(one["results"][0]["findings"], other["results"][0]["findings"])
        self.assertNotEqual(narrow["results"][0]["findings"], plain["results"][0]["findings"])

    def test_windows_of_a_class_let_another_say_what_it_does_not(self):
        path = self.policy('[windows.F1]\nmutation-use = "1us"\n')
        report, _ = harness.analyze("--policy", path, SWAP)
        result = report["results"][0]
        self.assertEqual(result["windows"]["classes"], {"F1": {"mutation_use_ns": "1000"}})
        rules = [one["rule"] for one in result["findings"]]
        plain, _ = harness.analyze(SWAP)
        before = [one["rule"] for one in plain["results"][0]["findings"]]
        self.assertNotIn("F1", rules)
        self.assertEqual(rules.count("F2"), before.count("F1"))

    def test_reasons_stand_where_it_sets_aside(self):
        path = self.policy('[[off]]\nrule = "F1"\nreason = "built in a shared place"\n')
        report, _ = harness.analyze("--policy", path, SWAP)
        reasons = {one.get("set_aside_reason") for one in report["results"][0]["findings"]
                   if one["set_aside_by"] == "policy-off"}
        self.assertEqual(reasons, {"built in a shared place"})
        text = harness.run(harness.TOCSIN, "analyze", "--all", "--policy", path, SWAP).stdout
        self.assertIn("by rule policy-off: built in a shared place", text)

    def test_trusts_who_changes_arguments_and_rights_too(self):
        for sample, rule in (("process_vm_writer", "A1"), ("parent_set_uid", "P1"),
                             ("access_then_open", "F1")):
            trace = harness.SOURCE / f"samples/{sample}/recorded.tocsin"
            for program, trusted in (("**", True), ("/usr/bin/nobody-has-this", False)):
                path = self.policy(f'[[trusted]]\nprogram = "{program}"\nreason = "a test"\n')
                report, _ = harness.analyze("--policy", path, "--rule", rule, trace)
                by = {one["set_aside_by"] for one in report["results"][0]["findings"]}
                self.assertEqual("policy-trusted" in by, trusted, (sample, by))

    def test_makes_files_sensitive(self):
        path = self.policy('[[sensitive]]\npath = "/tmp/exec_swap.*/sh"\ncategory = "a test"\n')
        trace = harness.SOURCE / "samples/exec_swap/recorded.tocsin"
        report, _ = harness.analyze("--policy", path, "--rule", "A1", trace)
        finding = report["results"][0]["findings"][0]
        self.assertEqual(finding["severity"], "critical")

    def test_with_mistakes_is_refused_and_linted(self):
        path = self.policy('[[off]]\nrule = "F9"\n[thresholds]\nconfidence = 500\n')
        done = harness.run(harness.TOCSIN, "analyze", "--policy", path, SWAP)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assert_is_a_sentence(done.stderr)
        lint = harness.run(harness.TOCSIN, "rules", "--lint", path)
        self.assertEqual(lint.returncode, 2)
        self.assertEqual([line.split(": ")[1] for line in lint.stderr.splitlines()],
                         [f"{path}:{place}" for place in ("1:1", "2:8", "4:14")])
        self.assertIn("there are A0", lint.stderr)
        good = self.policy('[thresholds]\nconfidence = 50\n')
        lint = harness.run(harness.TOCSIN, "rules", "--lint", good)
        self.assertEqual((lint.returncode, lint.stderr), (0, ""))
        self.assertIn(hashlib.sha256(good.read_bytes()).hexdigest(), lint.stdout)

    def test_that_cannot_be_read_is_a_sentence(self):
        huge = self.scratch / "huge"
        huge.write_bytes(b"#" * (2 << 20))
        binary = self.scratch / "binary"
        binary.write_bytes(bytes(range(256)))
        for path in ("/nonexistent", "/dev/zero", huge, binary, self.scratch, SWAP):
            for words in (("analyze", "--policy", path, SWAP), ("rules", "--lint", path)):
                done = harness.run(harness.TOCSIN, *words)
                self.assertEqual((done.returncode, done.stdout), (2, ""), words)
                self.assert_is_a_sentence(done.stderr)


class Rules(harness.EndToEnd):
    def test_are_listed_for_a_terminal_and_the_policy_shown_is_a_good_one(self):
        text = harness.run(harness.TOCSIN, "rules").stdout
        self.assertTrue(all(len(line) <= WIDTH for line in text.splitlines()))
        self.assertIn("same-principal", text)
        example = self.scratch / "example.toml"
        example.write_text(text[text.index("  [windows]"):])
        lint = harness.run(harness.TOCSIN, "rules", "--lint", example)
        self.assertEqual((lint.returncode, lint.stderr), (0, ""))


if __name__ == "__main__":
    harness.main()
