#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`tocsin man` and `tocsin completion`: they have what --help has, and their readers take them."""
import re
import shutil
import subprocess
import unittest

import harness

SHELLS = ("bash", "zsh", "fish")


def tocsin(*words):
    return harness.run(harness.TOCSIN, *words)


def subcommands():
    listed = tocsin("--help").stdout.partition("Subcommands:\n")[2].partition("\n\n")[0]
    return re.findall(r"^  (\S+) ", listed, re.M)


def options_of(command):
    """Of {its long options: whether they take a value}, by --help."""
    return {option: value.strip() != "" for option, value in
            re.findall(r"^  (?:-\w,)?(--[a-z-]+)((?: [A-Z][A-Z.,]*)?)", tocsin(command, "--help").stdout,
                       re.M)}


def completed(*words):
    """What bash offers for the last one of the words."""
    script = f"""
eval "$('{harness.TOCSIN}' completion bash)"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_tocsin
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    done = harness.run("bash", "-c", script, "bash", "tocsin", *words)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout.split()


class Man(harness.EndToEnd):
    def test_has_every_subcommand_and_option(self):
        page = tocsin("man").stdout.replace("\\-", "-")
        self.assertTrue(page.startswith(".TH TOCSIN 1 "))
        for command in subcommands():
            section = page.partition(f"\n.SS {command}\n")[2].partition("\n.SS ")[0]
            self.assertNotEqual(section, "", command)
            for option in options_of(command):
                self.assertIn(f"\\fB{option}\\fR", section, command)

    @unittest.skipUnless(shutil.which("groff"), "there is no groff here")
    def test_is_good_roff(self):
        page = tocsin("man").stdout
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z"], input=page, text=True,
                              stderr=subprocess.PIPE, check=False, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        shown = subprocess.run(["groff", "-man", "-Tascii", "-P-c"], input=page, text=True,
                               stdout=subprocess.PIPE, check=True, timeout=60).stdout
        self.assertIn("--where 'severity >= high && gap < 5ms'", shown)


class Completion(harness.EndToEnd):
    def test_offers_subcommands_options_and_values(self):
        self.assertLessEqual(set(subcommands()), set(completed("")))
        self.assertEqual(completed("ana"), ["analyze"])
        for command in subcommands():
            self.assertLessEqual(set(options_of(command)), set(completed(command, "--")), command)
        self.assertEqual(completed("analyze", "--format", ""), ["text", "json", "html"])
        self.assertEqual(completed("sweep", "--format", "s"), ["svg"])
        self.assertEqual(completed("analyze", "--format", "=", "j"), ["json"])
        self.assertLessEqual(set(SHELLS), set(completed("completion", "")))
        self.assertEqual(completed("analyze", "--policy", ""), [], "files, by default")

    def test_has_every_option_in_every_shell(self):
        for shell in SHELLS:
            text = tocsin("completion", shell).stdout
            for command in subcommands():
                for option in options_of(command):
                    spelt = f" -l {option[2:]}" if shell == "fish" else option
                    self.assertIn(spelt, text, shell)
            self.assertNotRegex(text, r"[^\x0a\x20-\x7e]")

    def test_is_good_for_its_shell(self):
        tried = 0
        for shell in SHELLS:
            if shutil.which(shell) is None:
                continue
            tried += 1
            file = self.scratch / shell
            file.write_text(tocsin("completion", shell).stdout)
            done = harness.run(shell, "-n", file)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertGreater(tried, 0)

    def test_of_no_shell_is_a_sentence(self):
        for words in ((), ("csh",)):
            done = tocsin("completion", *words)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assert_is_a_sentence(done.stderr)


if __name__ == "__main__":
    harness.main()
