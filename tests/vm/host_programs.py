# SPDX-License-Identifier: Apache-2.0
"""This machine's programs for a guest: with libraries and loader, each at its own path.

What these functions give is a `tree` for guest.run: {path in the guest: file here}.
"""
import os
import re
import shutil
import subprocess

# Some machines' PATH has no sbin for ordinary users.
SEARCHED = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
MAPPED = re.compile(r"^\s*(?:\S+ => )?(/\S+) \(0x[0-9a-f]+\)$", re.MULTILINE)
# What gcc starts, or hands to the linker, for an ordinary dynamic program in C.
GCC_PROGRAMS = ("cc1", "collect2", "as", "ld")
GCC_FILES = ("liblto_plugin.so", "Scrt1.o", "crti.o", "crtbeginS.o", "crtendS.o", "crtn.o",
             "libgcc.a", "libgcc_s.so", "libgcc_s.so.1", "libc.so", "libc_nonshared.a")


def find(name):
    """The program's path on this machine, or None. A name with a slash is its own path."""
    return shutil.which(name, path=SEARCHED)


def missing_packages(packages):
    """Of {program: its package} the packages whose programs this machine lacks, sorted."""
    return sorted({package for name, package in packages.items() if find(name) is None})


def with_libraries(paths):
    """The tree of these files and of what the loader maps for those that are dynamic."""
    tree = {}
    for path in paths:
        tree[path] = path
        # Status 1: neither a program nor a library, or a static one.
        done = subprocess.run(["ldd", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True, check=False, timeout=60)
        tree.update((library, library) for library in MAPPED.findall(done.stdout))
    return tree


def programs(names):
    """The tree of these programs. Errors: FileNotFoundError where one is missing."""
    paths = []
    for name in names:
        path = find(name)
        if path is None:
            raise FileNotFoundError(f"this machine has no program {name}")
        paths.append(path)
    return with_libraries(paths)


def c_compiler(headers):
    """The tree of gcc, about 50 MB: what it needs to compile C files that include none but these
    headers of the system's, with -O or without, and to link them to a program."""
    def asked(*arguments, **options):
        return subprocess.run(["gcc", *arguments], stdout=subprocess.PIPE, check=True, text=True,
                              timeout=60, **options).stdout.strip()

    paths = [find("gcc")]
    paths += [find(asked(f"-print-prog-name={name}")) for name in GCC_PROGRAMS]
    paths += [asked(f"-print-file-name={name}") for name in GCC_FILES]
    source = "".join(f"#include <{header}>\n" for header in headers)
    rule = asked("-M", "-O", "-x", "c", "-", input=source).replace("\\\n", " ")
    paths += [word for word in rule.split() if word.startswith("/")]
    return with_libraries(paths)
