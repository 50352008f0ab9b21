# SPDX-License-Identifier: Apache-2.0
"""What a trace of open_cases must say, whatever recorded it: read from the dump and the report."""
import dataclasses
import errno
import json
import re
import subprocess

LINE = re.compile(r"^(\d+) (\S+) (\d+|skipped: .*)$", re.MULTILINE)
TASK = re.compile(r"^task (\S+) tgid=(-?\d+)")
OBJECT = re.compile(r"^object (\S+) (\S+)(?: gen=\d+)?(?: mode=(\d+))?(?: owner=\S+)?"
                    r'(?: links=\d+)?(?: mount=(\d+))?(?: name="((?:[^"\\]|\\.)*)")?'
                    r"(?: in=(\S+))?( cut)?$")
RECORD = re.compile(r"^\S+ cpu\d+ (?:#\d+ )?(\S+) (?:\[[^\]]*\] )?([>@<]) (\S+)(?: (.*))?$")
CALLS = {"open", "creat", "openat", "openat2", "connect", "bind"}

# No call of the 64-bit table: no entry and no return, and those with a prefix of the first two are
# counted as lost.
FOREIGN = ("i386_", "x32_", "io_uring_")
COUNTED = ("i386_", "x32_")
# Memory that the kernel faults in and a probe cannot; of the last one, and of the program's start
# (None), a name in a page of the program that nothing has read yet.
UNTOUCHED = {"name_untouched", "openat2_how_untouched", "bind_untouched", "connect_untouched",
             "dev_fd", None}


@dataclasses.dataclass
class Call:
    name: str
    entry: str                                 # what the dump says of it behind the name
    hooks: list = dataclasses.field(default_factory=list)  # (hook's name, what the dump says)
    exit: str | None = None

    @property
    def status(self):
        """0 or the errno; None where the return is missing."""
        if self.exit is None:
            return None
        result = self.exit.split()[0]
        if not result.startswith("-"):
            return 0
        return getattr(errno, result[1:]) if result[1:].isidentifier() else int(result[1:])

    def from_hooks(self, pattern):
        """What the pattern's group matches in the hooks' records, in order."""
        return [found[1] for _, text in self.hooks if (found := re.search(pattern, text))]


@dataclasses.dataclass(frozen=True)
class Node:
    identity: str
    mode: str | None  # in octal
    mount: str
    name: str
    parent: str | None
    is_cut: bool


class Recording:
    """A trace of a case program beside what that program printed."""

    def __init__(self, tocsin, trace, printed):
        self.tocsin, self.trace = tocsin, trace
        lines = LINE.findall(printed)
        self.pids = {name: int(pid) for pid, name, _ in lines}
        self.skipped = {name for _, name, status in lines if status.startswith("skipped")}
        self.statuses = {name: int(status) for _, name, status in lines
                         if name not in self.skipped}
        self.text = self.dump(trace)
        self.nodes, self.calls, self.orphans, pid_of = {}, {}, {}, {}
        for line in self.text.splitlines():
            if task := TASK.match(line):
                pid_of[task[1]] = int(task[2])
            elif node := OBJECT.match(line):
                self.nodes[node[1]] = Node(
                    node[2], node[3], node[4], node[5] or "", node[6], node[7] is not None)
            elif record := RECORD.match(line):
                self._add(pid_of[record[1]], *record.groups()[1:])

    def _add(self, pid, mark, name, text):
        calls = self.calls.setdefault(pid, [])
        if mark == ">":
            calls.append(Call(name, text or ""))
        elif mark == "<" and calls and calls[-1].name == name:
            calls[-1].exit = text
        elif mark == "@" and calls and calls[-1].exit is None:
            calls[-1].hooks.append((name, text or ""))
        elif mark == "@":
            self.orphans.setdefault(pid, []).append((name, text or ""))

    def dump(self, trace):
        return subprocess.run([str(self.tocsin), "dump", str(trace)], text=True, timeout=60,
                              stdout=subprocess.PIPE, check=True).stdout

    def report(self):
        done = subprocess.run([str(self.tocsin), "analyze", "--format", "json", str(self.trace)],
                              stdout=subprocess.PIPE, check=True, timeout=60)
        result, = json.loads(done.stdout)["results"]
        return result

    def calls_of(self, case):
        """Its process's opens, connects and binds."""
        return [call for call in self.calls.get(self.pids[case], []) if call.name in CALLS]

    def call_of(self, case):
        """The call that the case is about."""
        return self.calls_of(case)[-1]

    def chain(self, label):
        """The object's node and those above it."""
        nodes = []
        while label is not None:
            nodes.append(self.nodes[label])
            label = nodes[-1].parent
        return nodes

    def path(self, label):
        names = [node.name for node in self.chain(label)]
        return "/" + "/".join(reversed(names[:-1]))


def expected_names(case):
    """The system calls that the case may be about."""
    for name in ("openat2", "connect", "bind"):
        if case != "bind_mount" and case.startswith(name):
            return (name,)
    return ("creat",) if case == "creat" else ("open", "openat")


def check(test, recording):
    """Each case is in the trace as it went, and none is taken for a race."""
    test.assertGreater(len(recording.statuses), 120, recording.skipped)
    for case, status in recording.statuses.items():
        with test.subTest(case=case):
            if case.startswith(FOREIGN):
                test.assertEqual(recording.calls_of(case), [])
                continue
            call = recording.call_of(case)
            test.assertIn(call.name, expected_names(case))
            test.assertEqual(call.status, status)
    check_report(test, recording)
    check_peers(test, recording)


def check_report(test, recording):
    report = recording.report()
    case_of = {pid: case for case, pid in recording.pids.items()}
    for finding in report["findings"]:
        case = case_of.get(finding["caller"]["pid"])
        with test.subTest(finding=finding["rule"], case=case):
            test.assertIsNotNone(finding["set_aside_by"])
            test.assertIn((finding["rule"], case),
                          [("A2", name) for name in UNTOUCHED] +
                          [("orphan", name) for name in case_of.values()
                           if name.startswith(FOREIGN)])
    lost = {cause: count for cause, count in report["coverage"]["lost"].items() if count}
    counted = [case for case in recording.statuses if case.startswith(COUNTED)]
    test.assertEqual(lost, {"foreign-abi": len(counted)})
    test.assertEqual(report["coverage"]["gaps"], [])
    unjoined = dict(report["coverage"]["unjoined"], hooks_without_call=0)
    test.assertEqual(set(unjoined.values()), {0}, unjoined)


def check_peers(test, recording):
    """Where sockets lead, which the return shows whatever the hooks are."""
    def peers(case):
        return recording.call_of(case).from_hooks(r'peer-address="(.*?)"')

    def claim(case):
        return re.search(r'address=\w+:"(.*?)"', recording.call_of(case).entry)[1]

    for case in ("connect_inet", "connect_in_progress", "connect_inet6", "connect_v4_mapped",
                 "connect_datagram", "connect_unix", "connect_unix_datagram",
                 "connect_abstract_with_nul"):
        if case in recording.statuses:
            with test.subTest(case=case):
                test.assertEqual(peers(case), [claim(case)])
    test.assertEqual(peers("connect_unspecified"), [])
    # The kernel puts a NUL behind the longest name of all, too.
    test.assertEqual(peers("connect_unix_without_nul"),
                     [claim("connect_unix_without_nul") + r"\x00"])


def check_round_trip(test, recording, trace_from_text, scratch):
    """The dump's text makes a trace of which the dump says the same."""
    text, trace = scratch / "dump.events", scratch / "from-text.tocsin"
    text.write_text(recording.text, encoding="utf-8")
    subprocess.run([str(trace_from_text), str(text), str(trace)], check=True, timeout=60)
    test.assertEqual(recording.dump(trace).splitlines(), recording.text.splitlines())


def check_odd_names(test, recording):
    """The dump spells out what would deceive a reader."""
    for name in (r"new\nline", r"\x1b[31mred\x1b[0m\x1b]0;title\x07", r"\xff\xfe\xc0\xaf",
                 r"txt.\xe2\x80\xaegpj\\\"'"):
        test.assertIn(name, recording.text)
