#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The samples of races on names, recorded by the LSM hooks of real kernels.

What each try prints is the ground truth: every try is found, once, with the victim's check and use
and the attacker's change; the benign twins are silent.
"""
import re

import vm_test_case

TRIES = 20
TWIN_TRIES = 50
# Check, what explains the race, use, class, severity.
RACES = {
    "access_then_open": ("access", "rename", "openat", "F1", "critical"),
    "lstat_open_exchange": ("newfstatat", "renameat2", "openat", "F1", "high"),
    "create_chown": ("openat", "rename", "chown", "F1", "critical"),
    "rename_directory": ("rename", "symlink", "openat", "F1", "critical"),
    "absent_then_create": ("newfstatat", "symlink", "openat", "F1", "critical"),
    "rename_chown": ("rename", "rename", "chown", "F1", "critical"),
    "create_chmod": ("openat", "symlink", "chmod", "F1", "critical"),
    "list_chown": ("newfstatat", "symlink", "chown", "F1", "critical"),
    "hard_link_chmod": ("newfstatat", "linkat", "chmod", "F1", "critical"),
    "container_open": ("newfstatat", "renameat2", "openat", "F1", "critical"),
    "container_mount": ("newfstatat", "renameat2", "mount", "F1", "critical"),
    "volume_mount": ("newfstatat", "renameat2", "mount", "F1", "critical"),
    "script_append": ("openat", "write", "openat", "F5", "critical"),
    "verify_exec": ("openat", "write", "execve", "F5", "critical"),
    "swap_back": ("access", "renameat2", "openat", "F3", "medium"),
    "open_beneath": ("newfstatat", "renameat2", "openat2", "F3", "low"),
}
NEEDED_BY_HARD_LINK_CHMOD = "echo 0 >/proc/sys/fs/protected_hardlinks"
TRY = re.compile(r"^(\w+) try=\d+ pid=(\d+) tid=\d+ attacker=(\d+) check=(\S+) used=(\S+)$",
                 re.MULTILINE)


def what_happened(finding):
    """Victim, attacker, name and the calls of a finding."""
    race = finding["race"]
    explanation = race["mutations"][race["explained_by"]]
    return (finding["caller"]["pid"], explanation["caller"]["pid"], race["name"]["text"],
            race["check"]["name"], explanation["call"]["name"], finding["call"]["name"])


class NameRaces(vm_test_case.VmTestCase):
    def run_all(self, kernel, options):
        script = f"{NEEDED_BY_HARD_LINK_CHMOD}\n" + "\n".join(
            f"tocsin-record -q --source lsm -o {name}.tocsin -- {name} {options} >{name}.out"
            for name in RACES)
        programs = [program for name in RACES for program in vm_test_case.sample(name)]
        return self.run_in(kernel, "sh", "-ec", script, programs=programs, timeout=900).files

    def test_every_try_is_found_with_its_mutation(self):
        for kernel in vm_test_case.KERNELS:
            files = self.run_all(kernel, f"--tries {TRIES}")
            for name, (check, change, use, rule, severity) in RACES.items():
                with self.subTest(kernel=kernel, sample=name):
                    tries = TRY.findall((files / f"{name}.out").read_text())
                    self.assertEqual([word for word, *_ in tries], ["won"] * TRIES)
                    found = vm_test_case.findings(files / f"{name}.tocsin")
                    self.assertEqual({finding["rule"] for finding in found}, {rule})
                    self.assertEqual({finding["severity"] for finding in found}, {severity})
                    self.assertEqual(
                        [what_happened(finding) for finding in found],
                        [(int(victim), int(attacker), path, check, change, use)
                         for _, victim, attacker, path, _ in tries])
                    print(f"{kernel}, {name}: {len(found)} of {TRIES} tries found, "
                          f"each as {rule} {severity}")

    def test_the_twins_are_silent(self):
        for kernel in vm_test_case.KERNELS:
            files = self.run_all(kernel, f"--control --tries {TWIN_TRIES}")
            for name in RACES:
                with self.subTest(kernel=kernel, sample=name):
                    tries = TRY.findall((files / f"{name}.out").read_text())
                    self.assertEqual(len(tries), TWIN_TRIES)
                    self.assertEqual(vm_test_case.findings(files / f"{name}.tocsin"), [])


if __name__ == "__main__":
    vm_test_case.main()
