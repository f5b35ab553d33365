# SPDX-License-Identifier: MIT
"""A throw-away Wine prefix that says it is a Windows 10, and what changed in it."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import made

sys.path.insert(0, str(made.ROOT / "tests/windows/lab"))
import template  # noqa: E402

WINE = made.ROOT / "tests/windows/wine.sh"
NAME = "installer-template-1"  # another number where what is made below changes


def _quiet():
    return {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def _template():
    folder = template.CACHE / NAME
    with template.locked(NAME + ".lock"):
        if not (folder / "closed").exists():
            shutil.rmtree(folder, ignore_errors=True)
            env = {**os.environ, "MONBAN_WINEPREFIX": str(folder), "DISPLAY": ""}
            subprocess.run([WINE, "winecfg", "-v", "win10"], env=env, timeout=300, check=True, **_quiet())
            for order in ("-k", "-w"):
                subprocess.run(["wineserver", order], env={**env, "WINEPREFIX": str(folder)}, timeout=60, **_quiet())
            (folder / "closed").touch()
    return folder


class Prefix:
    def __init__(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="monban-setup-"))
        self.folder = self.work / "prefix"
        subprocess.run(["cp", "-a", "--reflink=auto", _template(), self.folder], check=True, timeout=120)
        # Wine's own menu builder would write into the desktop of whoever runs the tests.
        self.env = {**os.environ, "WINEPREFIX": str(self.folder), "HOME": str(self.folder / "home"), "DISPLAY": "", "WINEDEBUG": "-all",
                    "WINEDLLOVERRIDES": "mscoree=;mshtml=;winedbg.exe=d;winemenubuilder.exe=d", "LC_ALL": "C.UTF-8"}

        self.idle = None

    def _warm(self):
        """Wine's services end with the last program, and starting them takes longer than most of what is tried here."""
        if self.idle is None or self.idle.poll() is not None:
            self.idle = subprocess.Popen(["wine", "cmd"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.env)

    def end(self):
        """Every program in it, at once."""
        subprocess.run(["wineserver", "-k"], env=self.env, timeout=60, **_quiet())
        if self.idle:
            self.idle.stdin.close()
            self.idle.wait(timeout=60)
            self.idle = None
        subprocess.run(["wineserver", "-w"], env=self.env, timeout=60, **_quiet())

    def close(self):
        self.end()
        shutil.rmtree(self.work, ignore_errors=True)

    def path(self, windows):
        return self.folder / "drive_c" / windows[3:].replace("\\", "/")

    def run(self, program, *arguments, timeout=120, preexec_fn=None, **env):
        """Exit code and what it said; through files, because a pipe waits for Wine's services."""
        self._warm()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            done = subprocess.run(["wine", program, *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=err, timeout=timeout,
                                  env={**self.env, **env}, cwd=self.work, preexec_fn=preexec_fn)
            out.seek(0)
            err.seek(0)
            return done.returncode, out.read().decode("utf-8", "replace"), err.read().decode("utf-8", "replace")

    def start(self, program, *arguments):
        self._warm()
        return subprocess.Popen(["wine", program, *arguments], env=self.env, cwd=self.work, **_quiet())

    def settle(self):
        """Until every program has ended: an uninstaller goes on after the one that was started, and Wine writes its registry then."""
        if self.idle:
            self.idle.stdin.close()
            self.idle.wait(timeout=60)
            self.idle = None
        subprocess.run(["wineserver", "-w"], env=self.env, timeout=120, **_quiet())

    def files(self):
        """Of everything but Wine's own Z: and its account's links to this system."""
        drive = self.folder / "drive_c"
        return {str(path.relative_to(drive)) for path in drive.rglob("*")}

    def registry(self):
        """{(key, value name): value} of both hives, without the times."""
        found = {}
        for hive in ("system.reg", "user.reg"):
            key = ""
            text = (self.folder / hive).read_text(encoding="latin-1").replace("\\\n", "")
            for line in text.splitlines():
                if header := re.match(r"\[(.*)\] \d+$", line):
                    key = hive + ":" + header[1].replace("\\\\", "\\")
                    found[key, None] = ""
                elif value := re.match(r'("(?:[^"\\]|\\.)*"|@)=(.*)', line):
                    found[key, value[1].strip('"').replace("\\\\", "\\")] = value[2]
        return found
