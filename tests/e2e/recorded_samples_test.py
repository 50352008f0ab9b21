#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The samples whose every try wins, recorded live by whatever this kernel allows.

Without LSM hooks there is no copy of the kernel's: what A1 says with it, A5 says from the object
and the claim at return; of a rewrite after the copy only that there was one is known (A0). A swap
of a name leaves nothing to compare: hooks.def gives tracepoints no object of a check or a change.
"""
import harness

TRIES = 100
RACES = [
    ("open_swap", (), {"lsm": "A1", "tracepoint": "A5"}),
    ("shared_memfd_writer", (), {"lsm": "A1", "tracepoint": "A5"}),
    ("process_vm_writer", (), {"lsm": "A1", "tracepoint": "A5"}),
    ("process_vm_writer", ("--form", "mem"), {"lsm": "A1", "tracepoint": "A5"}),
    ("seccomp_supervisor", (), {"lsm": "A1", "tracepoint": "A1"}),
    ("rewrite_after_open", (), {"lsm": "A3", "tracepoint": "A0"}),
]
# Where names lead is shown by hooks alone; what opens find and whose a pid is by tracepoints, too.
NAME_RACES = dict.fromkeys(
    ("access_then_open", "lstat_open_exchange", "create_chown", "rename_directory",
     "absent_then_create", "rename_chown", "create_chmod", "list_chown", "hard_link_chmod",
     "container_open", "container_mount", "volume_mount"), "F1") | {"swap_back": "F3", "open_beneath": "F3"}
OTHER_RACES = {"script_append": "F5", "verify_exec": "F5", "parent_set_uid": "P1",
               "pid_reuse": "P1"}


class RecordedSamples(harness.EndToEnd):
    def findings(self, name, *options):
        """The races shown, and the best source that was recorded from."""
        trace, done = self.record(harness.SAMPLES / name / name, "--tries", TRIES, *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        report, _ = harness.analyze(trace)
        result, = report["results"]
        sources = {hook["source"] for hook in result["trace"]["hooks"] if hook["refusal"] is None}
        shown = [finding for finding in result["findings"]
                 if finding["set_aside_by"] is None and finding["rule"] != "F4"]
        return shown, min(sources, key=["lsm", "tracepoint"].index)

    def test_every_try_is_found(self):
        for name, options, rules in RACES:
            with self.subTest(sample=name, options=options):
                found, source = self.findings(name, *options)
                self.assertEqual([finding["rule"] for finding in found], [rules[source]] * TRIES)
                if name == "process_vm_writer":
                    self.assertNotIn(None, [finding["writer"] for finding in found])
                if name == "seccomp_supervisor":
                    self.assertNotIn(None, [finding["supervisor"] for finding in found])

    def test_races_with_others_are_found_where_the_source_shows_what_is_named(self):
        for name, rule in (NAME_RACES | OTHER_RACES).items():
            if why_not := harness.why_not_to_race(name):
                print(f"{name}: skipped: {why_not}")
                continue
            with self.subTest(sample=name):
                found, source = self.findings(name)
                is_seen = source == "lsm" or name in OTHER_RACES
                rules = [rule] * TRIES if is_seen else []
                self.assertEqual([finding["rule"] for finding in found], rules)

    def test_the_twins_are_silent(self):
        of_root = [(name, (), None) for name in NAME_RACES | OTHER_RACES
                   if harness.why_not_to_race(name) is None]
        for name, options, _ in RACES + of_root:
            with self.subTest(sample=name, options=options):
                self.assertEqual(self.findings(name, "--control", *options)[0], [])


if __name__ == "__main__":
    harness.main(needs_recording=True)
