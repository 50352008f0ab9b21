#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ordinary work, recorded live, is silent: nothing at MEDIUM or above."""
import harness


class OrdinaryWork(harness.EndToEnd):
    def assert_silent(self, *command, at_least):
        trace, done = self.record(*command)
        self.assertEqual(done.returncode, 0, done.stderr)
        report, status = harness.analyze("--fail-on", "medium", trace)
        result = report["results"][0]
        execs = result["coverage"]["calls"]["execve"]["calls"]
        self.assertGreaterEqual(execs, at_least)
        self.assertFalse(result["records_missing"])
        self.assertEqual(status, 0, harness.run(harness.TOCSIN, "analyze", trace).stdout)
        print(f"{execs} execs")

    def test_find_running_a_program_for_each_file(self):
        self.assert_silent("find", "/usr/bin", "-maxdepth", "1", "-name", "b*", "-exec",
                           "/bin/true", "{}", ";", at_least=10)

    def test_a_build_with_a_compiler(self):
        source = self.scratch / "hello.cc"
        source.write_text("#include <cstdio>\nint main() { std::puts(\"hello\"); }\n")
        self.assert_silent("c++", "-o", self.scratch / "hello", source, at_least=4)

    def test_scripts_that_run_scripts(self):
        inner = self.scratch / "inner"
        inner.write_text("#!/bin/sh -e\nexec /bin/true \"$@\"\n")
        inner.chmod(0o755)
        outer = self.scratch / "outer"
        outer.write_text(f"#!{inner} --option\n")
        outer.chmod(0o755)
        script = self.scratch / "script"
        script.write_text(f"#!/usr/bin/env bash\n{inner} a b\n{outer} c\ncd {self.scratch}\n"
                          "./inner\nPATH=. inner\n")
        script.chmod(0o755)
        self.assert_silent(script, at_least=8)


if __name__ == "__main__":
    harness.main(needs_recording=True)
