# SPDX-License-Identifier: Apache-2.0
"""What the installed GUI tells a desktop: its entry, its icon, its files' type, its page in a
software centre; each as the desktop's own tools judge it."""
import os
import shutil
import struct
import unittest
import xml.etree.ElementTree as xml

import harness

MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"
TYPE = "application/x-tocsin-trace"
TRACE = harness.SOURCE / "samples/access_then_open/recorded.tocsin"


def needs(program):
    """Skips a test where the program is not installed."""
    return unittest.skipIf(shutil.which(program) is None, f"{program} is not installed")


def matches(rule, data):
    """Whether a <match> of shared-mime-info and one of those in it hold."""
    offset, value = int(rule.get("offset")), rule.get("value")
    if rule.get("type") == "little32":
        wanted = struct.pack("<I", int(value, 0))
    else:
        wanted = value.encode().decode("unicode_escape").encode("latin-1")
    if data[offset:offset + len(wanted)] != wanted:
        return False
    inner = rule.findall(MIME + "match")
    return not inner or any(matches(one, data) for one in inner)


class Installed(harness.EndToEnd):
    def setUp(self):
        super().setUp()
        done = harness.run("cmake", "--install", harness.BUILD, "--component", "gui", "--prefix",
                           self.scratch)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.share = self.scratch / "share"

    def assert_passes(self, *command):
        done = harness.run(*command)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    @needs("desktop-file-validate")
    def test_the_desktop_entry_is_valid(self):
        self.assert_passes("desktop-file-validate", self.share / "applications/tocsin-gui.desktop")

    @needs("appstreamcli")
    def test_the_metainfo_is_valid(self):
        self.assert_passes("appstreamcli", "validate", "--no-net",
                           self.share / "metainfo/org.tocsin.Tocsin.metainfo.xml")

    @needs("xmllint")
    def test_drawings_and_descriptions_are_well_formed(self):
        files = sorted(self.share.rglob("*.xml")) + sorted(self.share.rglob("*.svg"))
        self.assertEqual(len(files), 3, files)
        self.assert_passes("xmllint", "--noout", *files)

    def test_names_agree(self):
        entry = (self.share / "applications/tocsin-gui.desktop").read_text()
        self.assertIn(f"MimeType={TYPE};", entry)
        self.assertIn("Icon=tocsin-gui\n", entry)
        self.assertTrue((self.share / "icons/hicolor/scalable/apps/tocsin-gui.svg").exists())
        metainfo = (self.share / "metainfo/org.tocsin.Tocsin.metainfo.xml").read_text()
        self.assertIn(f"<mediatype>{TYPE}</mediatype>", metainfo)
        version = harness.run(self.scratch / "bin/tocsin-gui", "--version").stdout.split()[1]
        self.assertIn(f'<release version="{version}"', metainfo)

    def test_a_trace_is_known_by_its_first_bytes(self):
        rules = xml.parse(self.share / "mime/packages/tocsin-trace.xml").findall(
            f"{MIME}mime-type[@type='{TYPE}']/{MIME}magic/{MIME}match")
        self.assertEqual(len(rules), 1)
        start = TRACE.read_bytes()[:64]
        self.assertTrue(matches(rules[0], start))
        self.assertFalse(matches(rules[0], b"\x28\xb5\x2f\xfd" + start[4:]), "zstd alone")
        self.assertFalse(matches(rules[0], start[:9] + b"X" + start[10:]), "another's frame")

    @needs("update-mime-database")
    @needs("gio")
    def test_the_desktop_finds_the_type_without_a_name(self):
        self.assert_passes("update-mime-database", self.share / "mime")
        nameless = self.scratch / "evidence"
        shutil.copy(TRACE, nameless)
        done = harness.run("gio", "info", "-a", "standard::content-type", nameless,
                           env=dict(os.environ, XDG_DATA_HOME=str(self.share)))
        self.assertIn(f"standard::content-type: {TYPE}", done.stdout + done.stderr)

    def test_the_samples_come_with_it(self):
        shipped = {trace.parent.name for trace in
                   (harness.SOURCE / "samples").glob("*/recorded.tocsin")}
        installed = {trace.parent.name for trace in
                     (self.share / "tocsin/samples").glob("*/recorded.tocsin")}
        self.assertEqual(installed, shipped)
        self.assertGreater(len(installed), 20)


if __name__ == "__main__":
    harness.main()
