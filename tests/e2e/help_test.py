#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""--help of every subcommand: a page for a terminal, with examples whose options there are."""
import re
import shlex

import harness

WIDTH = 80


def help_of(*command):
    return harness.run(harness.TOCSIN, *command, "--help")


def subcommands():
    listed = help_of().stdout.partition("Subcommands:\n")[2].partition("\n\n")[0]
    return re.findall(r"^  (\S+) ", listed, re.M)


class Help(harness.EndToEnd):
    def test_fits_a_terminal_and_has_examples(self):
        self.assertGreater(len(subcommands()), 8)
        for command in ((), *((name,) for name in subcommands())):
            with self.subTest(command=command):
                done = help_of(*command)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertEqual([line for line in done.stdout.splitlines() if len(line) > WIDTH],
                                 [])
                self.assertIn("Example", done.stdout)

    def test_has_no_example_with_an_option_that_is_none(self):
        tried = 0
        for name in subcommands():
            text = help_of(name).stdout
            for example in re.findall(r"^  .*?tocsin (" + name + r"\b[^|\n]*)", text, re.M):
                for word in shlex.split(example.split("   ")[0]):
                    option = re.match(r"--[a-z-]+", word)
                    if option:
                        self.assertRegex(text, rf"(?m)^  (-\w,)?{option[0]}\b")
                        tried += 1
        self.assertGreater(tried, 10)


if __name__ == "__main__":
    harness.main()
