# SPDX-License-Identifier: MIT
"""Libraries planted beside the programs are not loaded; beside a program that does nothing about it they are."""
import os
import pathlib
import shutil
import unittest

from lab import PROGRAMS, Lab

# What Windows does not load from its own folder by itself, and somebody might plant.
NAMES = ["bcrypt", "bcryptprimitives", "crypt32", "cryptbase", "cryptui", "dnsapi", "dwmapi", "httpapi", "iphlpapi", "mpr", "msimg32", "mswsock",
         "ncrypt", "netapi32", "oleacc", "profapi", "secur32", "userenv", "uxtheme", "version", "winhttp", "winmm", "wtsapi32"]


class Planted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(stand_ins=False)
        cls.addClassCleanup(cls.lab.close)
        # Wine takes its own library unless it is told to look for another one first.
        cls.lab.env["WINEDLLOVERRIDES"] += ";" + ",".join(NAMES) + "=n,b"
        cls.folder = cls.lab.path("C:\\") / "downloads"
        cls.folder.mkdir()
        for name in NAMES:
            shutil.copy2(PROGRAMS / "planted.dll", cls.folder / f"{name}.dll")

    def loaded(self, program, *arguments, timeout=60):
        drive = self.lab.path("C:\\")
        for note in drive.glob("planted-*.txt"):
            note.unlink()
        here = shutil.copy2(program, self.folder)
        try:
            self.lab._run(here, *arguments, timeout=timeout, cwd=self.folder)
        finally:
            return sorted(note.name.lower() for note in drive.glob("planted-*.txt"))

    def test_a_common_program_loads_what_lies_beside_it(self):
        self.assertEqual(self.loaded(PROGRAMS / "lab_planted_victim.exe"), ["planted-version.dll.txt"])

    def test_monban_does_not(self):
        monban = pathlib.Path(os.environ["MONBAN"])
        for arguments in (["status", "--json"], ["--version"], ["inspect", r"C:\lab\ca\server.p12", "--password-file", r"C:\lab\ca\password.txt"]):
            self.assertEqual(self.loaded(monban, *arguments), [], arguments)

    def test_the_wizard_does_not(self):
        # Without a screen it ends by itself; its libraries are loaded by then.
        self.assertEqual(self.loaded(pathlib.Path(os.environ["MONBAN_WIZARD"]), "--page", "nowhere", "--tour", r"C:\tour"), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
