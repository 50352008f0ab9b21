#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The samples, recorded by the LSM hooks of real kernels: the findings are exactly the races won.

Ground truth is what the samples print of each try; the claim is what the trace holds from the
call's entry. A try is a race where the two differ: what was rewritten before the call began
deceives nobody.
"""
import ast
import re
import socket
import subprocess

import vm_test_case

CERTAIN_TRIES = 200
REWRITE_TRIES = 50
WINS = 20
# Trace, command, rule of its findings, key of what each try prints.
RACES = [
    ("open_fault", f"open_swap --tries {CERTAIN_TRIES}", "A1", "file"),
    ("memfd", f"shared_memfd_writer --tries {CERTAIN_TRIES}", "A1", "file"),
    ("vm", f"process_vm_writer --tries {CERTAIN_TRIES}", "A1", "file"),
    ("mem", f"process_vm_writer --form mem --tries {CERTAIN_TRIES}", "A1", "file"),
    ("rewrite", f"rewrite_after_open --tries {REWRITE_TRIES}", "A3", "after"),
    ("open_flip", f"open_swap --form flip --tries 1500 --until-wins {WINS}", "A1", "file"),
    ("inet", f"connect_swap --tries 1500 --until-wins {WINS}", "A4", "address"),
    ("inet6", f"connect_swap --family inet6 --tries 1500 --until-wins {WINS}", "A4", "address"),
    ("unix", f"connect_swap --family unix --tries 1500 --until-wins {WINS}", "A4", "address"),
]
CERTAIN = {"open_fault", "memfd", "vm", "mem", "rewrite"}
TWIN_TRIES = 200
SAMPLES = ("open_swap", "connect_swap", "rewrite_after_open", "shared_memfd_writer",
           "process_vm_writer", "seccomp_supervisor")
TRY = re.compile(r"^(?:opened|connected|failed) try=\d+ pid=(\d+) tid=\d+ (.*)$", re.MULTILINE)
TASK = re.compile(r"^task (\S+) tgid=(\d+)(?: tid=(\d+))?")
ENTRY = re.compile(r'^(\d+)\.(\d{9}) cpu\d+ (?:#\d+ )?(\S+) (?:\[\S+\] )?> '
                   r'(openat2?|connect) .*?(?:path|address)=0x[0-9a-f]+:"((?:[^"\\]|\\.)*)"(.*)$')
CREATES = 0o100


def address_text(raw):
    """A sockaddr as the samples print it."""
    family = int.from_bytes(raw[:2], "little")
    if family == socket.AF_UNIX:
        return raw[2:].split(b"\0")[0].decode()
    port = int.from_bytes(raw[2:4], "big")
    if family == socket.AF_INET6:
        return f"[{socket.inet_ntop(family, raw[8:24])}]:{port}"
    return f"{socket.inet_ntop(family, raw[4:8])}:{port}"


def spelled_bytes(text):
    """The bytes that the text form spells: escapes, and well-formed UTF-8 as it is."""
    return ast.literal_eval(f'"{text.encode().decode("latin-1")}"').encode("latin-1")


def entries(trace, pid):
    """What the process's tries claimed at entry: (ns since boot, name or address), in order."""
    text = subprocess.run([str(vm_test_case.TOCSIN), "dump", str(trace)], check=True, timeout=300,
                          stdout=subprocess.PIPE, text=True).stdout
    tasks, claims = set(), []
    for line in text.splitlines():
        if task := TASK.match(line):
            # The main thread races; the other one only helps.
            if int(task[2]) == pid and task[3] in (None, task[2]):
                tasks.add(task[1])
        elif (entry := ENTRY.match(line)) and entry[3] in tasks:
            raw = spelled_bytes(entry[5])
            flags = re.search(r"flags=(\S+)", entry[6])
            if entry[4] == "connect":
                claim = address_text(raw)
            elif not raw.startswith(b"/tmp/") or flags and int(flags[1], 0) & CREATES:
                continue
            else:
                claim = raw.decode().rsplit("/", 1)[-1]
            claims.append((int(entry[1]) * 10**9 + int(entry[2]), claim))
    return claims


class Samples(vm_test_case.VmTestCase):
    def run_all(self, kernel, commands):
        script = "\n".join(f"tocsin-record -q --source lsm -o {name}.tocsin -- {command} >{name}.out"
                           f" || test $? -eq 1" for name, command in commands)
        programs = [program for name in SAMPLES for program in vm_test_case.sample(name)]
        return self.run_in(kernel, "sh", "-ec", script, programs=programs, timeout=900).files

    def test_each_race_is_found_and_no_other_try(self):
        for kernel in vm_test_case.KERNELS:
            files = self.run_all(kernel, [(name, command) for name, command, _, _ in RACES])
            for name, _, rule, key in RACES:
                with self.subTest(kernel=kernel, sample=name):
                    self.check(files, name, rule, key)

    def check(self, files, name, rule, key):
        output = (files / f"{name}.out").read_text()
        tries = TRY.findall(output)
        claims = entries(files / f"{name}.tocsin", int(tries[0][0]))
        self.assertEqual(len(claims), len(tries), output)
        truths = [dict(word.split("=", 1) for word in rest.split()) for _, rest in tries]
        raced = {time for (time, claim), truth in zip(claims, truths)
                 if key in truth and truth[key] != claim}
        found = [finding for finding in vm_test_case.findings(files / f"{name}.tocsin")
                 if finding["rule"] == rule]
        self.assertEqual({int(finding["call"]["entered_ns"]) for finding in found}, raced)
        self.assertEqual({finding["severity"] for finding in found} - {"high"}, set())
        if name in CERTAIN:
            self.assertEqual(len(raced), len(tries))
        if name in ("vm", "mem"):
            writer = int(truths[0]["writer"])
            self.assertEqual({finding["writer"]["pid"] for finding in found}, {writer})
        print(f"{name}: {len(raced)} of {len(tries)} tries are races, each found as {rule}")

    def test_a_supervisor_that_was_deceived_is_named(self):
        command = f"seccomp_supervisor --tries {REWRITE_TRIES}"
        for kernel in vm_test_case.KERNELS:
            with self.subTest(kernel=kernel):
                files = self.run_all(kernel, [("race", command), ("twin", command + " --control")])
                tries = TRY.findall((files / "race.out").read_text())
                found = vm_test_case.findings(files / "race.tocsin")
                self.assertEqual([finding["rule"] for finding in found], ["A1"] * REWRITE_TRIES)
                supervisor = int(re.search(r"supervisor=(\d+)", tries[0][1])[1])
                self.assertEqual({finding["supervisor"]["pid"] for finding in found}, {supervisor})
                self.assertEqual(vm_test_case.findings(files / "twin.tocsin"), [])

    def test_the_twins_are_silent(self):
        for kernel in vm_test_case.KERNELS:
            twins = [(name, re.sub(r"--until-wins \d+", "--until-wins 0",
                                   re.sub(r"--tries \d+", f"--tries {TWIN_TRIES}", command)) +
                      " --control") for name, command, _, _ in RACES]
            with self.subTest(kernel=kernel):
                files = self.run_all(kernel, twins)
                for name, _ in twins:
                    output = (files / f"{name}.out").read_text()
                    self.assertEqual(len(TRY.findall(output)), TWIN_TRIES, name)
                    self.assertEqual(vm_test_case.findings(files / f"{name}.tocsin"), [], name)


if __name__ == "__main__":
    vm_test_case.main()
