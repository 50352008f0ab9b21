# SPDX-License-Identifier: Apache-2.0
"""A screen of its own, and a program on it that is driven as a person would: by keys and mouse."""
import os
import shutil
import subprocess
import time

PATIENCE = 60  # seconds that a slow machine may take for what a fast one does at once


def why_not():
    """Why there is no such screen on this machine, or None where there is one."""
    missing = [name for name in ("Xvfb", "xdotool", "xclip") if shutil.which(name) is None]
    return f"{' and '.join(missing)} not installed" if missing else None


def wait_for(condition, what):
    """The condition's first result that is true."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        result = condition()
        if result:
            return result
        time.sleep(0.1)
    raise AssertionError(f"after {PATIENCE} s still not: {what}")


class Screen:
    """An X server without window manager: a window has the focus once it was given it."""

    def __init__(self, scratch, size="1600x1000"):
        ours, theirs = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(theirs), "-screen", "0", size + "x24", "-nolisten", "tcp"],
            pass_fds=[theirs], stderr=subprocess.DEVNULL)
        os.close(theirs)
        with os.fdopen(ours) as number:
            display = ":" + number.readline().strip()
        home = scratch / "home"
        home.mkdir()
        self.environment = {
            **os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"), "XDG_DATA_HOME": str(home / "data"),
            "QT_ACCESSIBILITY": "0", "NO_AT_BRIDGE": "1"}
        self.environment.pop("WAYLAND_DISPLAY", None)

    def close(self):
        self.server.terminate()
        self.server.wait()

    def xdotool(self, *words):
        done = subprocess.run(["xdotool", *map(str, words)], env=self.environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE,
                              check=False)
        return done.stdout.strip()

    def start(self, *command):
        return subprocess.Popen([str(word) for word in command], env=self.environment,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def find(self, title):
        """The visible window whose title holds this, once there is one."""
        return wait_for(
            lambda: self.xdotool("search", "--onlyvisible", "--name", title).split(),
            f"a window called {title!r}")[-1]

    def is_gone(self, title):
        return not self.xdotool("search", "--onlyvisible", "--name", title).split()

    def focus(self, window):
        self.xdotool("windowfocus", "--sync", window)

    def key(self, *keys):
        self.xdotool("key", "--delay", "40", *keys)

    def type(self, text):
        self.xdotool("type", "--delay", "15", text)

    def geometry(self, window):
        """x, y, width, height."""
        lines = dict(line.split("=") for line in
                     self.xdotool("getwindowgeometry", "--shell", window).splitlines())
        return tuple(int(lines[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))

    def drag(self, start, end, button=1):
        """Presses at the one point, moves in steps and lets go at the other."""
        self.xdotool("mousemove", *start, "mousedown", button)
        steps = 20
        for i in range(1, steps + 1):
            self.xdotool("mousemove", *(round(a + (b - a) * i / steps)
                                        for a, b in zip(start, end)))
        self.xdotool("mouseup", button)

    def clipboard(self):
        done = subprocess.run(["xclip", "-o", "-selection", "clipboard"], env=self.environment,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                              timeout=PATIENCE, check=False)
        return done.stdout
