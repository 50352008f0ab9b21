# SPDX-License-Identifier: Apache-2.0
"""How tocsin-gui begins, and what it says where it cannot."""
import os
import unittest

import harness

GUI = harness.BUILD / "gui/tocsin-gui"
NO_DISPLAY = {name: value for name, value in os.environ.items()
              if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}


class Start(harness.EndToEnd):
    def assert_refuses(self, *arguments, says=(), **environment):
        done = harness.run(GUI, *arguments, env={**NO_DISPLAY, **environment})
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assert_is_a_sentence(done.stderr, "tocsin-gui")
        for words in says:
            self.assertIn(words, done.stderr)

    def test_without_a_display_it_names_the_command_line(self):
        self.assert_refuses(says=["DISPLAY", "tocsin analyze"])

    def test_a_display_that_is_not_there_is_no_crash(self):
        self.assert_refuses(says=["tocsin analyze"], DISPLAY=":987654")

    def test_help_and_version_need_no_display(self):
        done = harness.run(GUI, "--help", env=NO_DISPLAY)
        self.assertEqual(done.returncode, 0, done.stderr)
        for word in ("TRACE", "--window", "--where", "Examples:"):
            self.assertIn(word, done.stdout)
        done = harness.run(GUI, "--version", env=NO_DISPLAY)
        self.assertEqual((done.returncode, len(done.stdout.split())), (0, 2))

    def test_wrong_words_are_named(self):
        self.assert_refuses("--window", "5parsecs", says=["5parsecs"])
        self.assert_refuses("--where", "severity >= ", says=["--where, column"])
        self.assert_refuses("--wibble", says=["--wibble", "--help"])


if __name__ == "__main__":
    harness.main()
