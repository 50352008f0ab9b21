# SPDX-License-Identifier: Apache-2.0
"""One run of a command in a virtual machine: QEMU without acceleration, everything in memory.

The guest has two CPUs, 1 GB, busybox, the programs that are put into /opt/tocsin (first in PATH),
the files of a tree and nothing else: no disk, no network but loopback. /bin, /sbin, /lib and /lib64
lead to those of /usr, as in Debian. Its clock is this machine's, its name "suspect".
/etc/tocsin-vm exists there and nowhere else: what must not run on a real machine looks for it.
"""
import dataclasses
import os
import pathlib
import shlex
import shutil
import subprocess
import tarfile
import tempfile

import host_programs
import kernels

HERE = pathlib.Path(__file__).resolve().parent
QEMU = "qemu-system-x86_64"
TOOLS = {QEMU: "qemu-system-x86", "busybox": "busybox-static", "cpio": "cpio"}
BOOT_TIMEOUT = 120  # s, to boot and to go out; it took 10 s at most


@dataclasses.dataclass
class Result:
    status: int          # the command's exit status
    stdout: bytes
    stderr: bytes
    release: str         # uname -r
    files: pathlib.Path  # what the command left in its working directory


def why_unavailable(also=None):
    """The packages that are missing, as a sentence, or None. `also`: {tool: its package} that a
    test needs besides TOOLS."""
    missing = host_programs.missing_packages({**TOOLS, **(also or {})})
    return f"these packages are missing: {' '.join(missing)}" if missing else None


def _initramfs(folder, command, programs, tree):
    root = folder / "root"
    for part in ("dev", "etc", "opt/tocsin", "proc", "sys", "tmp"):
        (root / part).mkdir(parents=True)
    for part in ("bin", "lib", "lib64", "sbin"):
        (root / "usr" / part).mkdir(parents=True)
        (root / part).symlink_to(f"usr/{part}")
    shutil.copy(shutil.which("busybox"), root / "bin/busybox")
    shutil.copy(HERE / "init", root / "init")
    (root / "etc/tocsin-vm").write_text("scratch machine\n")
    (root / "command").write_text(shlex.join(command) + "\n")
    for program in programs:
        copy = root / "opt/tocsin" / program.name
        shutil.copy(program, copy)
        with open(copy, "rb") as file:
            is_program = file.read(4) == b"\x7fELF"
        if is_program:
            subprocess.run(["strip", str(copy)], check=False, stderr=subprocess.DEVNULL)
    for path, file in tree.items():
        # Of "dir/../file" the directory must be there, too.
        copy = os.path.join(root, path.lstrip("/"))
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        shutil.copy(file, copy)
    names = "\n".join(str(path.relative_to(root)) for path in sorted(root.rglob("*")))
    archive = folder / "initramfs"
    with open(archive, "wb") as out:
        subprocess.run(["cpio", "-o", "-H", "newc", "-R", "0:0", "--quiet"], cwd=root, check=True,
                       input=names.encode(), stdout=out)
    return archive


def _end_of(console, lines=80):
    """The last lines of what the kernel and the init said, as the end of an error's sentence."""
    said = console.read_text(errors="replace").splitlines() if console.exists() else []
    return "\n".join([" its console ends with", *said[-lines:]]) if said else " its console is empty"


def run(kernel, command, programs, output, *, tree=None, arguments="", timeout=300):
    """Boots the kernel (a name of kernels.KERNELS), runs the command (a list of words) and gives
    its Result. `programs`: paths of files for /opt/tocsin. `tree`: {path in the guest: file here};
    what it has takes the place of busybox's. `output`: an existing folder for what comes back;
    there `console` holds what the kernel said. Errors: kernels.Unavailable; RuntimeError where the
    machine did not come to its end, or the command not within `timeout` seconds: with the tasks
    that were left."""
    missing = why_unavailable()
    if missing is not None:
        raise kernels.Unavailable(missing)
    image, known = kernels.fetch(kernel)
    output = pathlib.Path(output)
    with tempfile.TemporaryDirectory(prefix="tocsin-vm.") as scratch:
        folder = pathlib.Path(scratch)
        archive = _initramfs(folder, command, programs, tree or {})
        results = folder / "results.tar"
        console = output / "console"
        try:
            # QEMU 7.2 garbles the flags behind a CMPXCHG16B, which 6.12's allocator uses: with it 5
            # boots of 6 died under load, without it 1 of 11.
            subprocess.run(
                [QEMU, "-accel", "tcg,thread=multi", "-cpu", "max,-cx16", "-smp", "2", "-m", "1024",
                 "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
                 "-serial", f"file:{console}", "-serial", f"file:{results}",
                 "-kernel", str(image), "-initrd", str(archive), "-append",
                 "console=ttyS0 quiet panic=-1 rdinit=/init mitigations=off "
                 f"tocsin.deadline={timeout} {known.arguments} {arguments}"],
                stdin=subprocess.DEVNULL, check=True, timeout=timeout + BOOT_TIMEOUT)
        except subprocess.TimeoutExpired as error:
            raise RuntimeError(f"the machine did not go out {BOOT_TIMEOUT} s after its deadline of "
                               f"{timeout} s;{_end_of(console)}") from error
        except subprocess.CalledProcessError as error:
            raise RuntimeError(f"{QEMU} failed with status {error.returncode}") from error
        try:
            with tarfile.open(results) as tar:
                tar.extractall(output)
            status = int((output / "status").read_text())
        except (tarfile.TarError, OSError, ValueError) as error:
            raise RuntimeError("the machine died before its command ended;"
                               f"{_end_of(console)}") from error
    return Result(status, (output / "stdout").read_bytes(), (output / "stderr").read_bytes(),
                  (output / "release").read_text().strip(), output / "files")
