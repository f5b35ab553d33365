# SPDX-License-Identifier: MIT
"""Where the password of a PKCS#12 file could be left behind: the memory of monban.exe after the import, what its children get,
what it writes and says."""
import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

from material import PASSWORD
from this_windows import APPLY, OnThisWindows

FORMS = [PASSWORD.encode(), PASSWORD.encode("utf-16-le"), PASSWORD.encode("cp932")]


def memory_of(pid):
    """What a crash dump would hold: all that the process may write to."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            begin, end, rights = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)", line).groups()
            if "w" not in rights:
                continue
            try:
                memory.seek(int(begin, 16))
                yield memory.read(int(end, 16) - int(begin, 16))
            except (OSError, OverflowError, ValueError):
                continue  # reserved, and not there


class Leaks(OnThisWindows):
    def pid_of(self, program, word):
        """Of the one in this lab; Wine's processes are this host's."""
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                line, env = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
            except OSError:
                continue
            if program.encode() in line and word.encode() in line and f"WINEPREFIX={self.lab.prefix}".encode() in env and b"start.exe" not in line:
                yield int(folder.name)

    def test_1_memory_after_the_import(self):
        """While a later step hangs."""
        self.lab.fault("netsh", "hang", seconds=10)
        with tempfile.TemporaryFile() as out:
            running = subprocess.Popen(["wine", os.environ["MONBAN"], *APPLY], env=self.lab.env, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                       cwd=self.lab.folder)
            until = time.monotonic() + 60
            while not any(call["program"] == "netsh" for call in self.lab.calls()):
                self.assertLess(time.monotonic(), until)
                time.sleep(0.1)
            searched, known = 0, 0
            left = {}
            for pid in self.pid_of("monban.exe", "apply"):
                for part in memory_of(pid):
                    searched += len(part)
                    known += part.count("password.txt".encode()) + part.count("Lab Root CA".encode())
                    for form in FORMS:
                        for at in re.finditer(re.escape(form), part):
                            left[at.start()] = part[max(0, at.start() - 64):at.end() + 64]
            running.wait(120)
        self.assertGreater(searched, 1_000_000)
        self.assertGreater(known, 0, "what is known to be there is found, so that the search can find something")
        self.assertEqual(left, {})

    def test_2_what_children_get_and_what_is_said(self):
        wrong = self.ca.folder / "wrong.txt"
        wrong.write_text(PASSWORD + "x")
        refused = self.lab.monban("apply", "--answers", r"C:\lab\own\answers.json", "--password-file", r"C:\lab\own\wrong.txt", "--json")
        self.assertEqual(refused.code, 1)
        undone = self.lab.monban("undo", "--json")
        wrong.unlink()
        environment = (self.lab.folder / "environment.txt").read_bytes()
        self.assertIn(b"WINEPREFIX", environment.upper())
        said = (refused.out + refused.err + undone.out + undone.err).encode()
        arguments = (self.lab.folder / "calls.jsonl").read_bytes()
        self.assertIn(b"sslcert", arguments)
        journals = b"".join(file.read_bytes() for file in self.lab.path(r"C:\ProgramData\Monban").rglob("*") if file.is_file())
        self.assertIn(b"bind.record", journals)
        escaped = PASSWORD.replace('"', '\\"').encode()
        for place, content in (("environment", environment), ("output", said), ("arguments", arguments), ("journal", journals)):
            for form in (*FORMS, escaped, b"canary-Pa55"):
                self.assertNotIn(form, content, place)


if __name__ == "__main__":
    unittest.main(verbosity=2)
