# SPDX-License-Identifier: Apache-2.0
"""The real window on a screen, driven by keys and mouse, judged by what comes out of it: its
title, the clipboard, the files it writes."""
import re
import shlex
import shutil
import sys
import unittest

import harness
import xvfb

GUI = harness.BUILD / "gui/tocsin-gui"
UNITS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9,
         "d": 86400 * 10**9}
SAMPLES = harness.SOURCE / "samples"


class Window(harness.EndToEnd):
    def setUp(self):
        super().setUp()
        self.screen = xvfb.Screen(self.scratch)
        self.addCleanup(self.screen.close)
        self.trace = self.scratch / "evidence.tocsin"
        shutil.copy(SAMPLES / "access_then_open/recorded.tocsin", self.trace)

    def start(self, *arguments, title):
        program = self.screen.start(GUI, *arguments)
        self.addCleanup(self.end, program)
        window = self.screen.find(title)
        self.screen.focus(window)
        return program, window

    def end(self, program):
        if program.poll() is None:
            program.kill()
        program.communicate()

    def quit(self, program):
        self.screen.key("ctrl+q")
        self.assertEqual(program.wait(xvfb.PATIENCE), 0)

    def copied_command(self):
        """What "Copy as Command" gives, once it is that of an analyzed trace."""
        self.screen.key("ctrl+shift+c")
        return xvfb.wait_for(self.screen.clipboard, "a command line in the clipboard")

    def loaded(self):
        """Waits until findings are there: only then is one of them selected, and copied."""
        def copied():
            self.screen.key("ctrl+shift+t")
            return len(self.screen.clipboard()) > 200
        xvfb.wait_for(copied, "a finding in the clipboard")

    def export_report(self, main, report):
        self.screen.key("ctrl+e")
        self.screen.focus(self.screen.find("Export report"))
        self.screen.key("ctrl+a")
        self.screen.type(str(report))
        self.screen.key("Return")
        xvfb.wait_for(report.exists, f"{report} is written")
        self.screen.focus(main)

    def test_copies_a_command_that_prints_the_report(self):
        program, _ = self.start(self.trace, "--window", "5ms", title="evidence.tocsin")
        self.loaded()
        words = shlex.split(self.copied_command())
        self.assertEqual(words[:2], ["tocsin", "analyze"])
        done = harness.run(harness.TOCSIN, *words[1:])
        expected = harness.run(harness.TOCSIN, "analyze", "--window", "5ms", self.trace)
        self.assertEqual(done.stdout, expected.stdout)
        self.quit(program)

    def test_exports_the_bytes_of_the_command_line(self):
        program, main = self.start(self.trace, title="evidence.tocsin")
        self.loaded()
        report = self.scratch / "out.txt"
        self.export_report(main, report)
        expected = harness.run(harness.TOCSIN, "analyze", self.trace)
        self.assertEqual(report.read_text(), expected.stdout)
        self.assertEqual(report.stat().st_mode & 0o777, 0o600)
        self.quit(program)

    def chosen_limit(self):
        """Of the window, as the command line has it: in nanoseconds."""
        self.screen.key("ctrl+shift+c")
        words = shlex.split(self.screen.clipboard())
        if "--window" not in words:
            return float("inf")
        number, unit = re.match(r"check-use=(\d+)(\w+)", words[words.index("--window") + 1]).groups()
        return int(number) * UNITS[unit]

    def test_drags_the_window_on_the_histogram(self):
        program, main = self.start(self.trace, title="evidence.tocsin")
        self.loaded()
        self.assertEqual(self.chosen_limit(), float("inf"))
        left, top, width, height = self.screen.geometry(main)
        place = (left + width * 35 // 100, top + height * 83 // 100)
        self.screen.xdotool("mousemove", *place, "click", "--repeat", 2, "--delay", 80, 1)
        xvfb.wait_for(lambda: self.chosen_limit() < float("inf"), "a limit where it was clicked")
        before = self.chosen_limit()
        self.screen.drag(place, (place[0] - 120, place[1]))
        xvfb.wait_for(lambda: self.chosen_limit() < before, "a smaller limit, by the drag")
        command = shlex.split(self.screen.clipboard())
        self.export_report(main, self.scratch / "narrow.txt")
        self.assertEqual((self.scratch / "narrow.txt").read_text(),
                         harness.run(harness.TOCSIN, *command[1:]).stdout)
        self.quit(program)

    def test_opens_again_what_was_open(self):
        program, _ = self.start(self.trace, title="evidence.tocsin")
        self.loaded()
        self.quit(program)
        program, _ = self.start(title="evidence.tocsin")
        self.quit(program)

    def test_says_in_its_window_what_cannot_be_opened(self):
        program, _ = self.start(self.scratch / "missing.tocsin", title="Cannot open")
        self.quit(program)

    def test_runs_a_command_from_the_palette(self):
        program, main = self.start(self.trace, title="evidence.tocsin")
        self.loaded()
        self.screen.key("ctrl+k")
        self.screen.type("copy as comm")
        self.screen.key("Return")
        xvfb.wait_for(lambda: self.screen.clipboard().startswith("tocsin analyze"),
                      "the palette's command was run")
        self.screen.focus(main)
        self.quit(program)


if __name__ == "__main__":
    reason = xvfb.why_not()
    if reason is not None:
        print(f"skipped: {reason}")
        sys.exit(harness.SKIPPED)
    harness.main()
