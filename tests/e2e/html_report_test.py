#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The report in HTML: sound, whole, from nowhere else, and none of it by those whom it is about."""
import base64
import collections
import hashlib
import html.parser
import re

import harness

TRACES = sorted(harness.SOURCE.glob("samples/*/*.tocsin"))
FROM_TEXT = harness.BUILD / "tests/trace-from-text"

ALONE = {"meta"}  # has no end
SHARED = {"class", "id", "aria-hidden", "aria-label", "aria-labelledby", "role", "tabindex"}
# Every tag that a report may have, and its attributes beside the shared ones.
TAGS = {
    **dict.fromkeys(("html", "head", "title", "style", "body", "header", "main", "footer", "nav",
                     "section", "article", "h1", "h2", "h3", "h4", "h5", "p", "ul", "li", "dl",
                     "div", "dt", "dd", "table", "caption", "thead", "tbody", "tr", "th", "td",
                     "figure", "figcaption", "code", "mark", "span", "a", "svg", "desc", "g",
                     "text", "rect", "line", "path"), frozenset()),
    "html": {"lang"}, "meta": {"charset", "name", "content", "http-equiv"},
    "a": {"href", "rel"}, "th": {"scope"}, "td": {"data-of"},
    "svg": {"width", "height", "viewbox"}, "g": {"transform"},
    "text": {"x", "y", "text-anchor"}, "rect": {"x", "y", "width", "height", "rx"},
    "line": {"x1", "y1", "x2", "y2"}, "path": {"d"},
}
HOSTILE = ("</style><script>alert(1)</script>", "\\\"><img src=x onerror=alert(1)>", "' onclick='x",
           "<!-- ", "&lt;b&gt;", "\\n\\x1b]0;title\\x07", "\\xff\\xc0\\xaf", "\u202egpj.exe",
           "a" * 900, "<svg/onload=x>", "]]>", "javascript:alert(1)", "</text></desc></svg><b>",
           "</title><plaintext>", "-->", "<a href=//evil>", "\u2028\u200b\u0301")
MOST_CARDS = 2000


class Page(html.parser.HTMLParser):
    """A page taken apart; what is not as it should be is in `faults`."""

    def __init__(self, text):
        super().__init__()
        self.faults, self.open, self.headings = [], [], []
        self.ids, self.links, self.metas = collections.Counter(), [], {}
        self.counts, self.style, self.pieces = collections.Counter(), "", []
        self.feed(text)
        self.close()
        self.words = "".join(self.pieces)
        self.faults += [f"<{tag}> has no end" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        unknown = set(names) - SHARED - set(TAGS.get(tag, ()))
        if tag not in TAGS or unknown or len(set(names)) != len(names):
            self.faults.append(f"<{tag}> with {names}")
        values = dict(attrs)
        if "id" in values:
            self.ids[values["id"]] += 1
        if "href" in values:
            self.links.append(values["href"])
        self.links += ["#" + word for word in values.get("aria-labelledby", "").split()]
        if tag == "th" and values.get("scope") not in ("row", "col"):
            self.faults.append("<th> without a scope")
        if tag == "svg" and "aria-hidden" not in values and "aria-labelledby" not in values:
            self.faults.append("<svg> without a name")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "meta":
            self.metas[values.get("http-equiv") or values.get("name")] = values.get("content")
        self.counts[tag] += 1
        if tag not in ALONE:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> ends another one")

    def handle_data(self, data):
        if self.open[-1:] == ["style"]:
            self.style += data
        else:
            self.pieces.append(data)

    def handle_comment(self, data):
        self.faults.append("a comment")

    def unknown_decl(self, data):
        self.faults.append("a declaration")


class HtmlReport(harness.EndToEnd):
    def report(self, *arguments):
        done = harness.run(harness.TOCSIN, "analyze", "--format", "html", *arguments, text=False,
                           timeout=300)
        self.assertIn(done.returncode, (0, 3), done.stderr)
        return done.stdout.decode("utf-8")

    def assert_is_sound(self, text):
        page = Page(text)
        self.assertTrue(text.startswith("<!DOCTYPE html>\n<html lang=\"en\">"))
        self.assertEqual(page.faults, [])
        self.assertEqual([id for id, count in page.ids.items() if count != 1], [])
        for link in page.links:
            if link.startswith("#"):
                self.assertIn(link[1:], page.ids)
            else:
                self.assertRegex(link, r"^https://(cwe|capec|attack)\.mitre\.org/[\w/.-]+$")
        self.assertEqual(page.headings[:2], [1, 2])
        for before, after in zip(page.headings, page.headings[1:]):
            self.assertLessEqual(after, before + 1, "a level of headings is left out")
        self.assertNotRegex(text, r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
        return page

    def test_of_every_shipped_trace_is_sound(self):
        for trace in TRACES:
            with self.subTest(trace=trace.parent.name + "/" + trace.name):
                self.assert_is_sound(self.report("--all", trace))
        self.assert_is_sound(self.report(*TRACES))

    def test_has_each_finding_that_is_not_set_aside_or_all_of_them(self):
        for trace in TRACES:
            report, _ = harness.analyze(trace)
            for option in ([], ["--all"]):
                expected = {f"finding-{finding['fingerprint']}"
                            for finding in report["results"][0]["findings"]
                            if option or finding["set_aside_by"] is None}
                cards = {re.sub(r"^(finding-\w+)-\d+$", r"\1", id)
                         for id in Page(self.report(*option, trace)).ids
                         if re.fullmatch(r"finding-\w+(-\d+)?", id)}
                self.assertEqual(cards, expected, trace)

    def test_says_what_the_text_report_says(self):
        trace = harness.SOURCE / "samples/access_then_open/recorded.tocsin"
        words = Page(self.report(trace)).words
        result = harness.analyze(trace)[0]["results"][0]
        finding = next(one for one in result["findings"] if one["rule"] == "F1")
        for word in (result["verdict"], result["trace"]["chain_hash"], finding["fingerprint"],
                     finding["severity_reasons"][0], "4.637\N{NO-BREAK SPACE}ms", "CWE-367",
                     "cpu1#22"):
            self.assertTrue(word in words, word)

    def test_lets_nothing_run_nor_load(self):
        text = self.report(TRACES[0])
        page = Page(text)
        style = page.style
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self.assertEqual(page.metas["Content-Security-Policy"],
                         f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
                         "form-action 'none'")
        self.assertEqual(page.counts["style"], 1)
        self.assertNotRegex(style, r"(?i)url\(|@import|expression|</")

    def hostile_trace(self):
        """A swapped argument and a swapped name; whatever can be chosen is hostile."""
        name = "".join(HOSTILE)
        part = name.replace("/", "|")[:230]
        comm = HOSTILE[0][:15]
        lines = f"""tocsin-text 1
header host="{name[:60]}" kernel="{HOSTILE[1]}" machine="<b>" cpus=2
task v tgid=100 comm="{comm}" permitted=0x1ffffffffff
task a tgid=200 comm="{comm}" uid=1000 gid=1000
object root 8:1/2 mode=040755 name="/"
object etc 8:1/3 mode=040755 name="{part}" in=root
object passwd 8:1/4 gen=1 mode=0100644 name="{part}" in=etc
object home 8:1/10 mode=040755 owner=1000:1000 name="home" in=root
object x 8:1/11 gen=1 mode=0100644 owner=1000:1000 name="x" in=home
object l 8:1/12 gen=1 mode=0120777 owner=1000:1000 name="{part}" in=home
object xl 8:1/12 gen=1 mode=0120777 owner=1000:1000 name="x" in=home
5.000000 cpu0 v found exe=passwd
5.000001 cpu1 a found exe=passwd
5.000010 cpu0 v > execve path=1:"/{name}" argv=2:["{name}" "<i>"]
5.000020 cpu0 v @ sched_process_exec path="/{name}" argv=["{name}" "<i>"] exe=passwd
5.000030 cpu0 v < execve 0
5.000100 cpu0 v > access path=16:"/home/x" value=2
5.000110 cpu0 v @ inode_permission path="/home/x"
5.000120 cpu0 v @ inode_permission named=x
5.000130 cpu0 v < access 0
5.000200 cpu1 a > rename path#0=16:"/home/{part}" path#1=32:"/home/x"
5.000210 cpu1 a @ path_rename named=l second=x
5.000220 cpu1 a < rename 0
5.000300 cpu0 v > openat path=16:"/home/x" flags=1
5.000310 cpu0 v @ inode_permission path="/home/x"
5.000320 cpu0 v @ inode_follow_link target="/{part}/{part}" symlink=xl detail=2
5.000330 cpu0 v @ file_open opened=passwd
5.000340 cpu0 v < openat 3
5.100000 cpu1 a > execve path=1:"/{name}" argv=2:["{name}" "a"]
5.100100 cpu1 a @ sched_process_exec path="/{name}x" argv=["{name}" "b"] exe=passwd
5.100200 cpu1 a < execve 0
seal "{HOSTILE[0]}"
"""
        events, trace = self.scratch / "hostile.events", self.scratch / "<b>\"&'.tocsin"
        events.write_text(lines, encoding="utf-8")
        done = harness.run(FROM_TEXT, events, trace)
        self.assertEqual(done.returncode, 0, done.stderr)
        return trace

    def test_hostile_names_are_text(self):
        trace = self.hostile_trace()
        found = {finding["rule"] for finding in harness.analyze(trace)[0]["results"][0]["findings"]}
        self.assertLessEqual({"F1", "A1", "A4"}, found, "the trace shows what the test is about")
        page = self.assert_is_sound(self.report("--all", trace))
        self.assertNotIn("script", page.counts)
        for word in ("</style><script>alert(1)</script>", "onerror=alert(1)", "\\xff\\xc0\\xaf",
                     "\\u{202e}gpj.exe", "\\x1b]0;title\\x07", "&lt;b&gt;"):
            self.assertTrue(word in page.words, word)

    def test_of_thousands_of_hostile_names_is_sound_and_of_bounded_size(self):
        """Each of them is swapped for a link to /etc/passwd; one is as long as names can be."""
        objects, events = [], []
        for number in range(MOST_CARDS + 500):
            letters = "".join(chr(ord("a") + number // 26 ** place % 26) for place in range(3))
            name = (letters + HOSTILE[number % len(HOSTILE)].replace("/", "|"))[:230]
            path = "/home" + ("/" + "." * 250) * 15 + f"/{name}" if number == 0 else f"/home/{name}"
            inode, at = 1000 + 2 * number, f"5.{number:05}"
            objects.append(f'''object x{number} 8:1/{inode} gen=1 mode=0100644 owner=1000:1000 \
name="{name}" in=home
object l{number} 8:1/{inode + 1} gen=1 mode=0120777 owner=1000:1000 name="l{letters}" in=home
object m{number} 8:1/{inode + 1} gen=1 mode=0120777 owner=1000:1000 name="{name}" in=home
''')
            events.append(f'''{at}1 cpu0 v > access path=16:"{path}" value=2
{at}1 cpu0 v @ inode_permission path="{path}"
{at}1 cpu0 v @ inode_permission named=x{number}
{at}2 cpu0 v < access 0
{at}3 cpu1 a > rename path#0=16:"/home/l{letters}" path#1=32:"{path}"
{at}4 cpu1 a @ path_rename named=l{number} second=x{number}
{at}5 cpu1 a < rename 0
{at}6 cpu0 v > openat path=16:"{path}" flags=1
{at}7 cpu0 v @ inode_permission path="{path}"
{at}7 cpu0 v @ inode_follow_link target="/etc/passwd" symlink=m{number} detail=2
{at}8 cpu0 v @ file_open opened=passwd
{at}9 cpu0 v < openat 3
''')
        text, trace = self.scratch / "many.events", self.scratch / "many.tocsin"
        text.write_text("""tocsin-text 1
task v tgid=100 comm="v" permitted=0x1ffffffffff
task a tgid=200 comm="a" uid=1000 gid=1000
object root 8:1/2 mode=040755 name="/"
object etc 8:1/3 mode=040755 name="etc" in=root
object passwd 8:1/4 gen=1 mode=0100644 name="passwd" in=etc
object home 8:1/10 mode=040755 owner=1000:1000 name="home" in=root
""" + "".join(objects) + "".join(events) + 'seal "stopped"\n', encoding="utf-8")
        done = harness.run(FROM_TEXT, text, trace)
        self.assertEqual(done.returncode, 0, done.stderr)
        report = self.report(trace)
        page = self.assert_is_sound(report)
        self.assertEqual(page.counts["article"], MOST_CARDS)
        self.assertIn("Left out here: 500 ", page.words)
        self.assertLess(len(report), 50_000_000)


if __name__ == "__main__":
    harness.main()
