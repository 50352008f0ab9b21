#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the tree to the include rules: which folder may include which, and which libraries are
known where. Prints each offending line; exit status 1 where there is one."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1]).resolve()

# A folder may include itself and these. The first matching prefix counts.
MAY_INCLUDE = {
    "formats": [],
    "bpf": ["formats"],
    "recorder": ["formats", "bpf"],
    "analyzer/replay": ["formats"],
    "analyzer/window": ["formats", "analyzer/replay"],
    "analyzer/detect": ["formats", "analyzer/replay", "analyzer/window"],
    "analyzer/judge": ["formats", "analyzer/replay", "analyzer/detect", "analyzer/window"],
    "analyzer/report": ["formats", "analyzer/replay", "analyzer/detect", "analyzer/window",
                        "analyzer/judge"],
    "analyzer/query": ["formats", "analyzer/replay", "analyzer/detect", "analyzer/window",
                       "analyzer/judge"],
    "analyzer/cli": ["formats", "analyzer"],
    "gui/timeline": ["formats", "analyzer"],
    "gui/session": ["formats", "analyzer", "gui/timeline"],
    "gui/models": ["formats", "analyzer", "gui/timeline", "gui/session"],
    "gui": ["formats", "analyzer", "gui"],
    "samples": [],
}

# Headers of these libraries only in these files or folders (tests may use what they test).
ONLY_IN = {
    r"<(capnp|kj)/|trace\.capnp\.h": ["formats/codec.cc", "formats/event_chunk_decoder.cc",
                                      "formats/event_chunk_decoder.h"],
    r"<bpf/|\.skel\.h": ["bpf", "recorder"],
    r"<Q[A-Z]|<Qt": ["gui"],
    r"<Q(Widget|MainWindow|Dialog|Dock\w+|Label|\w*Button|\w+Layout|Menu|T\w+View|\w+Widget)>":
        ["gui/views"],
    r"<zstd\.h>": ["formats/chunk_file.cc"],
    r"<openssl/": ["formats/sha256.cc"],
}

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"][^>"]+[>"])')


def folder_of(path):
    for folder in MAY_INCLUDE:
        if path == folder or path.startswith(folder + "/"):
            return folder
    return None


def problems(path, number, target):
    where = f"{path}:{number}: "
    for pattern, allowed in ONLY_IN.items():
        if re.search(pattern, target) and not any(
                path == a or path.startswith(a + "/") for a in allowed):
            yield where + f"{target} belongs to {', '.join(allowed)} only"
    own = folder_of(path)
    if not target.startswith('"') or own is None:
        return
    name = target.strip('"')
    generated = name.endswith((".skel.h", ".capnp.h"))
    if not generated and not (ROOT / name).is_file() and own != "samples":
        yield where + f"{target} is not a path from the repository's root"
    other = folder_of(name)
    if other is not None and other != own and not any(
            other == a or other.startswith(a + "/") for a in MAY_INCLUDE[own]):
        yield where + f"{own} may not include {other}"


def main():
    found, files = [], 0
    for file in sorted(ROOT.rglob("*")):
        path = file.relative_to(ROOT).as_posix()
        if path.startswith(("build/", ".git/", "tests/")) or file.suffix not in (
                ".h", ".cc", ".c", ".def"):
            continue
        files += 1
        for number, line in enumerate(file.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if match:
                found += problems(path, number, match.group(1))
    print("\n".join(found))
    print(f"{files} files, {len(found)} includes against the rules")
    return 1 if found or files == 0 else 0


sys.exit(main())
