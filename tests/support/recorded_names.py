# SPDX-License-Identifier: Apache-2.0
"""What a trace of name_cases must say: the facts that the program prints, against the dump."""
import dataclasses
import re
import stat

import recorded_cases

FACT = re.compile(r"^(\d+): (\w+) (.*)$", re.MULTILINE)
OPERAND = re.compile(r'(?<!\S)(path|string)(?:#(\d|\?))?=(?:0x[0-9a-f]+:|0:)?"((?:[^"\\]|\\.)*)"'
                     r"(\([^)]*\))?")
OUTPUT = re.compile(r'(?<!\S)output(?:-iovec)?=0x[0-9a-f]+:"((?:[^"\\]|\\.)*)"')
ESCAPE = re.compile(rb"\\(x[0-9a-f]{2}|.)", re.DOTALL)
NAMED_ESCAPES = {b"n": b"\n", b"t": b"\t", b"r": b"\r"}
MARK = "dirfd=1000000"
# Roles that an attempt's facts are about; others show how a name led there.
ROLES = ("named", "second", "made", "cwd", "root", "opened", "returned",
         "read", "written", "opposite")
BY_TRACEPOINTS = ("cwd", "root", "returned", "read", "written", "opposite")
LONGEST_CLAIM = 4096
DEFAULT_MODE = 0o100755  # which the text form leaves out
TYPE_MASK = 0o170000
NAMELESS = {stat.S_IFSOCK, stat.S_IFIFO}  # what the kernel calls one without a name differs
# Findings there, whoever judges: memory that was not there yet when the call began.
UNTOUCHED_RULE = "A2"


@dataclasses.dataclass(frozen=True)
class Operand:
    argument: int
    kind: str
    bytes: bytes
    readable: str   # all, partly, later, cut
    copied: str     # copied, not-copied, may-be-copied


@dataclasses.dataclass(frozen=True, order=True)
class Shown:
    """An object in its role; `type`: the type bits of its mode."""
    role: str
    identity: str
    type: int
    name: bytes
    parent: str | None
    directory: bytes


@dataclasses.dataclass
class Facts:
    call: str = ""
    result: int = 0
    detail: int | None = None
    target: int | None = None
    entry: str | None = None
    output: bytes | None = None
    left_out: str | None = None
    operands: list = dataclasses.field(default_factory=list)
    objects: list = dataclasses.field(default_factory=list)

    def add(self, word, text):
        if word == "call":
            self.call = text
        elif word in ("result", "detail", "target"):
            setattr(self, word, int(text))
        elif word == "entry":
            self.entry = text
        elif word == "unrecorded":
            self.left_out = text
        elif word == "output":
            self.output = unhex(text)
        elif word == "operand":
            argument, kind, data, readable, copied = text.split()
            self.operands.append(Operand(int(argument), kind, unhex(data), readable, copied))
        elif word == "object":
            role, identity, mode, name, parent, directory = text.split()
            self.objects.append(Shown(role, identity, int(mode, 8), unhex(name),
                                      None if parent == "-" else parent, unhex(directory)))


def unhex(text):
    return b"" if text == "-" else bytes.fromhex(text)


def unescape(text):
    """The bytes of a string of the text form."""
    def byte(found):
        escape = found[1]
        if len(escape) == 3:
            return bytes.fromhex(escape[1:].decode())
        return NAMED_ESCAPES.get(escape, escape)
    return ESCAPE.sub(byte, text.encode())


def operands_in(text):
    """(kind, number or None, bytes, what is said of them) of each operand in memory."""
    return [(kind, None if number == "" else number, unescape(data), notes.strip("()"))
            for kind, number, data, notes in OPERAND.findall(text or "")]


class NameRecording(recorded_cases.Recording):
    """A trace of name_cases beside what that program printed."""

    def __init__(self, tocsin, trace, printed):
        super().__init__(tocsin, trace, printed)
        self.facts = {}
        case_of = {pid: case for case, pid in self.pids.items()}
        for pid, word, text in FACT.findall(printed):
            case = case_of[int(pid)]
            if case not in self.skipped:
                self.facts.setdefault(case, Facts()).add(word, text)

    def calls_of(self, case):
        """What its process called between the two marks."""
        calls = self.calls.get(self.pids[case], [])
        marks = [i for i, call in enumerate(calls)
                 if call.name == "close" and call.entry == MARK]
        return calls[marks[0] + 1:marks[1]] if len(marks) == 2 else []

    def objects_of(self, call):
        """The objects that the call's hooks show, by role."""
        return sorted(self.shown(role, label) for _, text in call.hooks
                      for role, label in re.findall(r"\b(\w+)=(o\d+)", text) if role in ROLES)

    def shown(self, role, label):
        node = self.nodes[label]
        parent = self.nodes[node.parent].identity if node.parent else None
        directory = unescape(self.path(node.parent)) if node.parent else b""
        mode = DEFAULT_MODE if node.mode is None else int(node.mode, 8)
        name = unescape(node.name)
        if parent is None and mode & TYPE_MASK in NAMELESS:
            name = b""
        return Shown(role, node.identity, mode & TYPE_MASK, name, parent, directory)


def check(test, recording, has_hooks):
    """Each case is in the trace as it went, and none is taken for a race."""
    test.assertGreater(len(recording.statuses), 300, recording.skipped)
    for case, status in recording.statuses.items():
        facts = recording.facts[case]
        with test.subTest(case=case):
            calls = recording.calls_of(case)
            if facts.left_out == "everywhere" or (facts.left_out and not has_hooks):
                test.assertEqual([call.name for call in calls], [])
                continue
            test.assertEqual([call.name for call in calls], [facts.call])
            test.assertEqual(calls[0].status, status)
            if facts.result > 0:
                test.assertEqual(calls[0].exit.split()[0], str(facts.result))
            check_claims(test, facts, calls[0])
            check_words(test, facts, calls[0], has_hooks)
            check_copies(test, facts, calls[0], has_hooks)
            check_objects(test, recording, facts, calls[0], has_hooks)
    check_report(test, recording)


def expected_claim(operand, is_entry):
    """The bytes that a probe reads, and what it says of them."""
    if operand.readable == "later" and is_entry:
        return b"", "error=EFAULT"
    if operand.readable == "partly":
        return operand.bytes, "error=EFAULT"
    if operand.readable == "cut":
        return operand.bytes[:LONGEST_CLAIM], "cut"
    return operand.bytes, ""


def check_claims(test, facts, call):
    for text, is_entry in ((call.entry, True), (call.exit, False)):
        claimed = [(kind, data, notes) for kind, _, data, notes in operands_in(text)]
        test.assertEqual(claimed, [(operand.kind, *expected_claim(operand, is_entry))
                                   for operand in facts.operands])


def check_words(test, facts, call, has_hooks):
    """What else is said of the entry, the return and the process that is reached."""
    if facts.entry is not None:
        beginning = len(facts.entry) if facts.entry.endswith(" ") else None
        test.assertEqual(call.entry[:beginning], facts.entry)
    outputs = [unescape(data) for data in OUTPUT.findall(call.exit)]
    test.assertEqual(outputs, [] if facts.output is None else [facts.output])
    if facts.target is not None and has_hooks:
        test.assertIn(str(facts.target), call.from_hooks(r"\bdetail=(\d+)"))


def check_copies(test, facts, call, has_hooks):
    """The kernel's copies are what was passed, and belong to that argument."""
    kinds = [operand.kind for operand in facts.operands]

    def copies_of(words):
        return sorted((operand.kind,
                       str(operand.argument) if kinds.count(operand.kind) > 1 else None,
                       operand.bytes, "")
                      for operand in facts.operands if operand.copied in words and has_hooks)

    copies = sorted(copy for _, text in call.hooks for copy in operands_in(text))
    if copies != copies_of({"copied", "may-be-copied"}):
        test.assertEqual(copies, copies_of({"copied"}))


def check_objects(test, recording, facts, call, has_hooks):
    expected = sorted(shown for shown in facts.objects if has_hooks or shown.role in BY_TRACEPOINTS)
    unsaid = {(shown.role, shown.identity) for shown in expected
              if shown.parent and not shown.directory}
    test.assertEqual([dataclasses.replace(shown, directory=b"")
                      if (shown.role, shown.identity) in unsaid else shown
                      for shown in recording.objects_of(call)], expected)
    if facts.detail is not None and has_hooks:
        details = [int((re.search(r"\bdetail=(\d+)", text) or "00")[1])
                   for hook, text in call.hooks if hook == "file_open"]
        test.assertEqual(details, [facts.detail])


def check_report(test, recording):
    """No argument was changed, and nothing lost."""
    report = recording.report()
    case_of = {pid: case for case, pid in recording.pids.items()}
    for finding in report["findings"]:
        case = case_of.get(finding["caller"]["pid"])
        with test.subTest(finding=finding["rule"], case=case):
            is_untouched = case is not None and "later" in {
                operand.readable for operand in recording.facts[case].operands}
            if finding["rule"].startswith("A"):
                test.assertEqual(finding["rule"], UNTOUCHED_RULE)
                test.assertTrue(is_untouched or case is None)  # else: of the program's own start
                test.assertIsNotNone(finding["set_aside_by"])
    coverage = report["coverage"]
    test.assertEqual({cause: lost for cause, lost in coverage["lost"].items() if lost}, {})
    test.assertEqual(coverage["gaps"], [])
    unjoined = dict(coverage["unjoined"], hooks_without_call=0)
    test.assertEqual(set(unjoined.values()), {0}, unjoined)
