#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The samples, not recorded: each race is won, each twin never, and nothing is left behind."""
import os
import re
import shutil
import unittest

import harness

# Sample, options; what a try prints after its pid, tid and fd when it wins, and in the twin.
CERTAIN = [
    ("open_swap", (), "file=hidden", "file=decoy"),
    ("rewrite_after_open", (), "file=hidden after=decoy", "file=hidden after=hidden"),
    ("shared_memfd_writer", (), "file=hidden claimed=decoy", "file=hidden claimed=hidden"),
    ("process_vm_writer", (), "file=hidden claimed=decoy", "file=hidden claimed=hidden"),
    ("process_vm_writer", ("--form", "mem"), "file=hidden claimed=decoy",
     "file=hidden claimed=hidden"),
    ("seccomp_supervisor", (), "file=hidden claimed=decoy", "file=decoy claimed=decoy"),
]
LOOPED = [
    ("open_swap", ("--form", "flip"), "file"),
    ("connect_swap", (), "listener"),
    ("connect_swap", ("--family", "inet6"), "listener"),
    ("connect_swap", ("--family", "unix"), "listener"),
]
# Sample, the name that try 1 checks and what it reaches when it wins; what the twin's try prints.
NAME_RACES = [
    ("access_then_open", "user/report1", "root/passwd1",
     "kept", "user/report1", "root/passwd1"),
    ("lstat_open_exchange", "user/report1", "root/shadow1",
     "changed", "user/report1", "user/report1"),
    ("create_chown", "user/draft1", "root/passwd1",
     "kept", "user/draft1", "user/draft1"),
    ("rename_directory", "user/log1/app.log", "root/cron.d1/app.log",
     "kept", "root/log1/app.log", "root/log1/app.log"),
    ("absent_then_create", "user/spool1", "root/passwd1",
     "kept", "user/spool1.next", "user/spool1.next"),
    ("rename_chown", "user/draft1", "root/passwd1",
     "kept", "user/draft1", "user/draft1"),
    ("create_chmod", "user/lock1", "root/shadow1",
     "kept", "user/lock1", "user/lock1"),
    ("list_chown", "user/tree1/shadow", "root/etc1/shadow",
     "kept", "user/tree1/shadow", "user/tree1/shadow"),
    ("hard_link_chmod", "user/report1", "root/shadow1",
     "kept", "user/report1", "user/report1"),
    ("container_open", "user/data1/passwd", "root/etc1/passwd",
     "kept", "user/data1/passwd", "user/data1/passwd"),
    ("container_mount", "user/rootfs1/etc", "root/host1/etc",
     "kept", "user/rootfs1/etc", "user/rootfs1/etc"),
    ("volume_mount", "user/data1", "root/host1",
     "kept", "user/data1", "user/data1"),
    ("script_append", "root/script1", "root/attackers1",
     "kept", "root/script1", "root/script1"),
    ("verify_exec", "user/program1", "root/attackers1",
     "kept", "user/program1", "user/program1"),
    ("swap_back", "user/report1", "user/report1",
     "kept", "user/report1", "user/report1"),
    ("open_beneath", "user/data1/passwd", "nothing",
     "kept", "root/data1/passwd", "root/data1/passwd"),
]
# Sample, user whom a try reaches when it wins, and in the twin.
PROCESS_RACES = [("parent_set_uid", 0, 1000), ("pid_reuse", 1000, 1001)]
ROOTS = [name for name, *_ in NAME_RACES + PROCESS_RACES]
USER = 1000  # the attacker
TRY = re.compile(r"^(?:opened|connected) try=(\d+) pid=(\d+) tid=\2 fd=\d+ (.*)$")
NAME_TRY = re.compile(r"^(\w+) try=(\d+) pid=(\d+) tid=\3 attacker=(\d+) check=(\S+) used=(\S+)$")


class Samples(harness.EndToEnd):
    TRIES = 200

    def run_sample(self, name, *options):
        """The last line, the pairs that each try printed, and the exit status."""
        folder = self.scratch / "scratch"
        done = harness.run(harness.SAMPLES / name / name, "--scratch", folder, *options)
        if "userfaultfd is refused" in done.stderr:
            self.skipTest(done.stderr.strip())
        self.assertEqual(done.stderr, "")
        self.assertFalse(folder.exists(), "the scratch directory was left behind")
        *tries, closing = done.stdout.splitlines()
        matches = [TRY.match(line) for line in tries]
        self.assertNotIn(None, matches, done.stdout)
        self.assertEqual([int(match[1]) for match in matches], list(range(1, len(tries) + 1)))
        return closing, [match[3] for match in matches], done.returncode

    def test_every_try_of_a_certain_form_wins_and_none_of_its_twin(self):
        for name, options, winning, benign in CERTAIN:
            for twin, truth in (((), winning), (("--control",), benign)):
                with self.subTest(sample=name, options=options + twin):
                    closing, tries, status = self.run_sample(
                        name, "--tries", self.TRIES, *options, *twin)
                    self.assertTrue(all(line.startswith(truth) for line in tries), tries)
                    wins = 0 if twin else self.TRIES
                    self.assertIn(f"control={len(twin)} tries={self.TRIES} wins={wins}", closing)
                    self.assertEqual(status, 0)

    def test_wins_of_a_looped_form_are_the_tries_that_reached_the_hidden_one(self):
        for name, options, key in LOOPED:
            with self.subTest(sample=name, options=options):
                closing, tries, _ = self.run_sample(
                    name, "--tries", 1000, "--until-wins", 0, *options)
                wins = sum(line.startswith(f"{key}=hidden") for line in tries)
                self.assertTrue(closing.endswith(f"control=0 tries=1000 wins={wins}"), closing)
                print(f"{name} {' '.join(options)}: {wins} of 1000 tries were won")

    def test_the_twin_of_a_looped_form_never_reaches_the_hidden_one(self):
        for name, options, key in LOOPED:
            with self.subTest(sample=name, options=options):
                closing, tries, status = self.run_sample(
                    name, "--control", "--tries", self.TRIES, *options)
                self.assertTrue(all(line.startswith(f"{key}=decoy") for line in tries), tries)
                self.assertTrue(closing.endswith(f"tries={self.TRIES} wins=0"), closing)
                self.assertEqual(status, 0)

    def test_trouble_is_a_sentence_and_status_2(self):
        file = self.scratch / "file"
        file.write_text("in the way")
        for name in ("open_swap", "rewrite_after_open", "shared_memfd_writer",
                     "process_vm_writer", "seccomp_supervisor", *ROOTS):
            for options in (("--scratch", file), ("--tries", "many"), ("--form", "other"),
                            ("--until-wins", "1"), ("surplus",)):
                if name == "pid_reuse" and file in options:
                    continue  # has no files
                with self.subTest(sample=name, options=options):
                    done = harness.run(harness.SAMPLES / name / name, *options)
                    self.assertEqual(done.returncode, 2)
                    self.assert_is_a_sentence(done.stderr, name)
        self.assertEqual(os.listdir(self.scratch), ["file"])


class NameRaces(harness.EndToEnd):
    TRIES = 50

    def run_sample(self, name, *options):
        """The last line, and (word, pid, attacker, name, path reached) of each try."""
        folder = self.scratch / "scratch"
        done = harness.run(harness.SAMPLES / name / name, "--scratch", folder,
                           "--tries", self.TRIES, *options)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertFalse(folder.exists(), "the scratch directory was left behind")
        *tries, closing = done.stdout.splitlines()
        matches = [NAME_TRY.match(line) for line in tries]
        self.assertNotIn(None, matches, done.stdout)
        self.assertEqual([int(match[2]) for match in matches], list(range(1, self.TRIES + 1)))
        return closing, [match.group(1, 3, 4, 5, 6) for match in matches]

    def path_in(self, path, number):
        return f"{self.scratch}/scratch/{path.replace('1', str(number))}" if "/" in path else path

    def assert_each_try_says(self, tries, word, check, used):
        for number, (said, pid, attacker, *paths) in enumerate(tries, 1):
            self.assertEqual(said, word)
            self.assertNotEqual(pid, attacker)
            self.assertEqual(paths, [self.path_in(path, number) for path in (check, used)])

    @unittest.skipIf(os.geteuid() != 0, "the victim's part is root's")
    def test_every_try_wins_and_none_of_the_twin(self):
        for name, check, used, *benign in NAME_RACES:
            if why_not := harness.why_not_to_race(name):
                print(f"{name}: skipped: {why_not}")
                continue
            with self.subTest(sample=name):
                closing, tries = self.run_sample(name)
                self.assertTrue(closing.endswith(f"control=0 tries={self.TRIES} "
                                                 f"wins={self.TRIES}"), closing)
                self.assert_each_try_says(tries, "won", check, used)
            with self.subTest(sample=name, options="--control"):
                closing, tries = self.run_sample(name, "--control")
                self.assertTrue(closing.endswith(f"control=1 tries={self.TRIES} wins=0"), closing)
                self.assert_each_try_says(tries, *benign)

    @unittest.skipIf(os.geteuid() != 0, "the victim's part is root's")
    def test_every_try_on_a_process_wins_and_none_of_the_twin(self):
        for name, won, kept in PROCESS_RACES:
            if why_not := harness.why_not_to_race(name):
                print(f"{name}: skipped: {why_not}")
                continue
            for twin, word, user, wins in (((), "won", won, self.TRIES),
                                           (("--control",), "kept", kept, 0)):
                with self.subTest(sample=name, options=twin):
                    closing, tries = self.run_sample(name, *twin)
                    self.assertTrue(closing.endswith(f"tries={self.TRIES} wins={wins}"), closing)
                    for said, _, _, check, used in tries:
                        self.assertEqual((said, used), (word, f"uid:{user}"))
                        self.assertRegex(check, r"^/proc/\d+/status$")

    def test_who_is_not_root_is_told_so(self):
        self.scratch.chmod(0o711)
        become = {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}
        for name in ROOTS:
            with self.subTest(sample=name):
                program = shutil.copy(harness.SAMPLES / name / name, self.scratch)
                done = harness.run(program, **become)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assert_is_a_sentence(done.stderr, name)
                self.assertIn("start it as root", done.stderr)

    @unittest.skipIf(os.geteuid() != 0, "only root gets as far as that")
    def test_no_race_is_run_where_others_could_meddle(self):
        folder = self.scratch / "open_to_all"
        folder.mkdir()
        folder.chmod(0o755)
        for name, *_ in NAME_RACES:
            with self.subTest(sample=name):
                done = harness.run(harness.SAMPLES / name / name, "--scratch", folder)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assert_is_a_sentence(done.stderr, name)
                self.assertEqual(os.listdir(folder), [])


if __name__ == "__main__":
    harness.main()
