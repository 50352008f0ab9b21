# SPDX-License-Identifier: Apache-2.0
"""Debian's kernels, fetched through an apt configuration of our own: the machine's is not touched.

Kept in $XDG_CACHE_HOME/tocsin-vm (~/.cache/tocsin-vm): one folder a kernel, with `vmlinuz` and the
name of the `package` it is from. Delete a folder to fetch that kernel again.
"""
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SUITES = ("bullseye", "bookworm", "trixie", "trixie-backports")
TIMEOUT = 300  # seconds, for one step of apt's


class Unavailable(Exception):
    """Why a kernel cannot be had here, as a sentence."""


@dataclasses.dataclass(frozen=True)
class Kernel:
    name: str       # what the user says
    package: str    # pattern of the package's name; the newest that matches is taken
    arguments: str = ""  # for its command line: bpf is not in the LSM list of all of them


KERNELS = {kernel.name: kernel for kernel in (
    Kernel("5.10", r"linux-image-5\.10\.0-\d+-cloud-amd64",
           "lsm=lockdown,capability,yama,apparmor,bpf"),
    Kernel("6.1", r"linux-image-6\.1\.0-\d+-cloud-amd64"),
    Kernel("6.12", r"linux-image-6\.12\.\d+\+deb13-cloud-amd64"),
    Kernel("6.18", r"linux-image-6\.18\.\d+\+deb13-cloud-amd64"),
    Kernel("newest", r"linux-image-[\d.]+\+deb13-cloud-amd64"),
)}


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "tocsin-vm"


def _run(*command, cwd=None):
    try:
        return subprocess.run(command, cwd=cwd, check=True, timeout=TIMEOUT, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout
    except FileNotFoundError as error:
        raise Unavailable(f"{command[0]} is not installed: kernels come from Debian's packages") \
            from error
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"{command[0]} took more than {TIMEOUT} s; is there a network?") \
            from error
    except subprocess.CalledProcessError as error:
        lines = error.stderr.strip().splitlines() or ["no message"]
        raise Unavailable(f"{command[0]} failed: {lines[-1]}") from error


def _mirror():
    """The machine's own Debian mirror, else Debian's."""
    try:
        uris = _run("apt-get", "indextargets", "--format", "$(REPO_URI)",
                    "Created-By: Packages").split()
    except Unavailable:
        uris = []
    return next((uri for uri in uris if uri.rstrip("/").endswith("/debian")),
                "http://deb.debian.org/debian/")


class _Apt:
    def __init__(self, folder):
        self.folder = folder
        for part in ("lists/partial", "cache/archives/partial"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        mirror = _mirror()
        (folder / "sources.list").write_text("".join(
            f"deb [signed-by={KEYRING}] {mirror} {suite} main\n" for suite in SUITES))
        self.options = [option for setting in (
            f"Dir::Etc::sourcelist={folder}/sources.list", "Dir::Etc::sourceparts=-",
            f"Dir::State::lists={folder}/lists", f"Dir::Cache={folder}/cache",
            "APT::Architecture=amd64", "APT::Sandbox::User=root",
            "APT::Update::Error-Mode=any",
        ) for option in ("-o", setting)]

    def update(self):
        _run("apt-get", *self.options, "-q", "update")

    def newest(self, pattern):
        names = [name for name in _run("apt-cache", *self.options, "pkgnames", "linux-").split()
                 if re.fullmatch(pattern, name)]
        if not names:
            raise Unavailable(f"the mirror has no package {pattern}")
        return max(names, key=lambda name: [int(number) for number in re.findall(r"\d+", name)])

    def unpack(self, package, into):
        """Downloads the package and unpacks what is in it; True where a kernel image is."""
        with tempfile.TemporaryDirectory(dir=self.folder) as download:
            _run("apt-get", *self.options, "-q", "download", package, cwd=download)
            deb, = pathlib.Path(download).glob("*.deb")
            _run("dpkg-deb", "-x", str(deb), str(into))
        return any(into.rglob("vmlinuz*"))


def fetch(name):
    """(kernel image, Kernel) for one of KERNELS. Errors: Unavailable."""
    kernel = KERNELS.get(name)
    if kernel is None:
        raise Unavailable(f"there is no kernel {name!r}; known are {', '.join(KERNELS)}")
    folder = cache_folder() / name
    image = folder / "vmlinuz"
    if image.exists():
        return image, kernel
    folder.mkdir(parents=True, exist_ok=True)
    apt = _Apt(cache_folder() / "apt")
    apt.update()
    package = apt.newest(kernel.package)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        contents = pathlib.Path(scratch)
        # Kernels of late are in a package beside that of the modules.
        if not apt.unpack(package, contents) and \
                not apt.unpack(package.replace("linux-image-", "linux-binary-"), contents):
            raise Unavailable(f"package {package} holds no kernel image")
        (folder / "package").write_text(package + "\n")
        shutil.copyfile(next(iter(sorted(contents.rglob("vmlinuz*")))), folder / "vmlinuz.new")
    (folder / "vmlinuz.new").rename(image)
    return image, kernel
