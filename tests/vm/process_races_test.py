#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The samples of races on processes, recorded by the LSM hooks of real kernels.

What each try prints is the ground truth: every try is found, once, with the process that the pid
stood for; the benign twins are silent.
"""
import re

import vm_test_case

TRIES = 20
TWIN_TRIES = 50
# Call that checks, call that uses, user then (effective) and now.
RACES = {
    "parent_set_uid": ("execve", "openat", 1000, 0),
    "pid_reuse": ("openat", "setpriority", 1001, 1000),
}
NEEDED_BY_PID_REUSE = "echo 500 >/proc/sys/kernel/pid_max"
TRY = re.compile(r"^(\w+) try=\d+ pid=(\d+) tid=\d+ attacker=\d+ check=/proc/(\d+)/status "
                 r"used=uid:(\d+)$", re.MULTILINE)


def what_happened(finding):
    """Victim, pid named, the calls of a finding, and the users."""
    race = finding["process_race"]
    return (finding["caller"]["pid"], race["found"]["pid"], race["check"]["name"],
            finding["call"]["name"], race["expected"]["uid"][1], race["found"]["uid"][1])


class ProcessRaces(vm_test_case.VmTestCase):
    def run_all(self, kernel, options):
        script = f"{NEEDED_BY_PID_REUSE}\n" + "\n".join(
            f"tocsin-record -q --source lsm -o {name}.tocsin -- {name} {options} >{name}.out"
            for name in RACES)
        programs = [program for name in RACES for program in vm_test_case.sample(name)]
        return self.run_in(kernel, "sh", "-ec", script, programs=programs, timeout=900).files

    def test_every_try_is_found_with_its_process(self):
        for kernel in vm_test_case.KERNELS:
            files = self.run_all(kernel, f"--tries {TRIES}")
            for name, (check, use, before, now) in RACES.items():
                with self.subTest(kernel=kernel, sample=name):
                    tries = TRY.findall((files / f"{name}.out").read_text())
                    self.assertEqual([(word, int(user)) for word, _, _, user in tries],
                                     [("won", now)] * TRIES)
                    found = vm_test_case.findings(files / f"{name}.tocsin")
                    self.assertEqual({finding["rule"] for finding in found}, {"P1"})
                    self.assertEqual({finding["severity"] for finding in found}, {"critical"})
                    self.assertEqual([what_happened(finding) for finding in found],
                                     [(int(victim), int(pid), check, use, before, now)
                                      for _, victim, pid, _ in tries])
                    print(f"{kernel}, {name}: {len(found)} of {TRIES} tries found, "
                          "each as P1 critical")

    def test_the_twins_are_silent(self):
        for kernel in vm_test_case.KERNELS:
            files = self.run_all(kernel, f"--control --tries {TWIN_TRIES}")
            for name in RACES:
                with self.subTest(kernel=kernel, sample=name):
                    tries = TRY.findall((files / f"{name}.out").read_text())
                    self.assertEqual([word for word, *_ in tries], ["kept"] * TWIN_TRIES)
                    self.assertEqual(vm_test_case.findings(files / f"{name}.tocsin"), [])


if __name__ == "__main__":
    vm_test_case.main()
