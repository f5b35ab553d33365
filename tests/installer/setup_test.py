# SPDX-License-Identifier: MIT
"""The setup in a fresh Wine prefix: what it puts there, what it refuses, and that nothing but what is documented stays."""
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest
import zipfile

import made
from prefix import Prefix

FOLDER = r"C:\Program Files\Monban"
ENTRY = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\Monban"
LINK = r"C:\ProgramData\Microsoft\Windows\Start Menu\Programs\Monban.lnk"
DATA = r"C:\ProgramData\Monban"
TASKS = r"C:\windows\system32\Tasks\Monban"
OLD = "0.0.9"
RUNNING, NEWER, TOO_OLD, WAITING = 4, 5, 3, 6
# What Windows does not load from its own folder by itself, and somebody might plant beside a download.
NAMES = ["apphelp", "bcrypt", "clbcatq", "crypt32", "cryptbase", "dwmapi", "httpapi", "iphlpapi", "msimg32", "netapi32", "ntmarta", "oleacc", "profapi", "propsys",
         "riched20", "secur32", "setupapi", "shfolder", "userenv", "uxtheme", "version", "winmm", "wtsapi32"]
# All of them known to every Windows (KnownDLLs); comctl32 by the manifest's version.
OF_NSIS = {"advapi32", "comctl32", "gdi32", "kernel32", "ole32", "shell32", "user32"}


class Setup(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="monban-old-"))
        cls.addClassCleanup(shutil.rmtree, cls.work, ignore_errors=True)
        sources = made.sources(cls.work / "sources", OLD)
        made.small_programs(sources, OLD)
        # What the version before had and this one has no more: a file by another name, and the only one of a folder.
        parts = sources / "installer/package/stage.py"
        parts.write_text(parts.read_text().replace('folder / "LICENSE.txt"', 'folder / "older" / "COPYING.txt"'))
        cls.old = made.setup(made.build(sources, cls.work / "old"), OLD)
        # The present version with programs that are quick to unpack, where it does not matter which they are.
        sources = made.sources(cls.work / "present")
        made.small_programs(sources, made.VERSION)
        cls.small = made.setup(made.build(sources, cls.work / "small"))
        cls.prefix = Prefix()
        cls.addClassCleanup(cls.prefix.close)
        with zipfile.ZipFile(made.portable()) as archive:
            cls.parts = {name.split("/", 1)[1] for name in archive.namelist()}

    def tearDown(self):
        # Whatever became of it: the next test begins on a clean machine.
        for folder in (FOLDER, r"C:\管理 ツール\Monban 門番"):
            if (uninstaller := self.prefix.path(folder) / "Uninstall.exe").exists():
                self.uninstall(folder, "/REMOVEDATA")
        shutil.rmtree(self.prefix.path(DATA), ignore_errors=True)
        shutil.rmtree(self.prefix.path(TASKS), ignore_errors=True)

    def install(self, program, *arguments):
        return self.prefix.run(program, "/S", *arguments)

    def installed(self, program, folder=None):
        # NSIS takes all that follows /D= as it is, and Wine would put a word with a blank into quotation marks.
        code, _, said = self.install(program, *(f"/D={folder}".split(" ") if folder else []))
        self.assertEqual(code, 0, said)

    def uninstall(self, folder=FOLDER, *arguments):
        """It goes on in a copy of itself after it has ended: until the last thing it removes is gone."""
        code = self.prefix.run(folder + r"\Uninstall.exe", "/S", *arguments)[0]
        self.assertEqual(code, 0)
        until = time.monotonic() + 60
        while (self.prefix.path(LINK).exists() or (arguments and (self.prefix.path(DATA) / "journal").exists())) and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(0.5)  # for its registry keys

    def uninstall_in_place(self):
        """Not by its copy, which would run on after it had ended with 0."""
        return self.prefix.run(rf"{FOLDER}\Uninstall.exe", "/S", *rf"_?={FOLDER}".split(" "))

    def there(self, folder=FOLDER):
        root = self.prefix.path(folder)
        return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}

    def installed_version(self):
        said = self.prefix.run("reg", "query", "HKLM\\" + ENTRY, "/v", "DisplayVersion")[1].split()
        return said[-1] if said else ""

    @contextlib.contextmanager
    def running(self, name):
        program = self.prefix.start(rf"{FOLDER}\{name}", "stay")
        try:
            time.sleep(2)
            self.assertIsNone(program.poll(), "it shall run meanwhile")
            yield
        finally:
            self.prefix.end()
            program.wait(timeout=60)

    def test_installs_and_uninstalls_silently_and_leaves_nothing(self):
        self.prefix.run("cmd", "/c", "exit")
        self.prefix.settle()
        files, registry = self.prefix.files(), self.prefix.registry()
        self.installed(made.setup())
        self.assertEqual(self.there(), self.parts | {"Uninstall.exe"})
        self.imports_are_known()
        self.assertTrue(self.prefix.path(LINK).exists())
        self.assertEqual(self.prefix.run(rf"{FOLDER}\monban.exe", "--version")[:2], (0, f"monban {made.VERSION}\n"))
        self.prefix.settle()
        entry = {name: value for (key, name), value in self.prefix.registry().items() if key == f"system.reg:{ENTRY}" and name}
        size = int(entry.pop("EstimatedSize").split(":")[1], 16)
        self.assertTrue(20_000 < size < 60_000, f"{size} kB")
        folder = FOLDER.replace("\\", "\\\\")
        self.assertEqual(entry, {"DisplayName": '"Monban"', "DisplayVersion": f'"{made.VERSION}"', "Publisher": '"The Monban authors"',
                                 "DisplayIcon": f'"{folder}\\\\monban-wizard.exe,0"', "InstallLocation": f'"{folder}"',
                                 "UninstallString": f'"\\"{folder}\\\\Uninstall.exe\\""', "QuietUninstallString": f'"\\"{folder}\\\\Uninstall.exe\\" /S"',
                                 "NoModify": "dword:00000001", "NoRepair": "dword:00000001"})
        self.uninstall()
        self.prefix.settle()
        # The copy from which the uninstaller runs is Windows' to delete at its next start.
        left = {name for name in self.prefix.files() - files if not re.search(r"(?i)/temp/~nsu[0-9A-Z]*\.tmp(/Un\.exe)?$", name)}
        self.assertEqual(left, set())
        self.assertEqual(files - self.prefix.files(), set())
        after = self.prefix.registry()
        new = {name for name in after if name not in registry and "PendingFileRenameOperations" not in str(name)}
        self.assertEqual(new, set())
        self.assertEqual({name for name in registry if name not in after}, set())

    def imports_are_known(self):
        """What setup, uninstaller and programs need at once is what Windows takes from its own folder whatever lies beside them."""
        for path in (made.setup(), self.prefix.path(FOLDER) / "Uninstall.exe"):
            headers = subprocess.run([os.environ["MONBAN_OBJDUMP"], "-p", path], capture_output=True, text=True, timeout=60).stdout
            self.assertEqual({name.lower() for name in re.findall(r"DLL Name: (.*)\.dll", headers, re.I)}, OF_NSIS)
        programs = ";".join(str(self.prefix.path(FOLDER) / name) for name in made.PLACES)
        done = subprocess.run(["cmake", f"-DPROGRAMS={programs}", f"-DOBJDUMP={os.environ['MONBAN_OBJDUMP']}", "-P", made.ROOT / "tests/windows/check_imports.cmake"],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_installed_wizard_shows_its_first_page(self):
        self.installed(made.setup())
        self.prefix.settle()
        # Its desktop belongs to the screen on which Wine's services were started.
        command = ["xvfb-run", "-a", "-s", "-screen 0 1280x900x24", "wine", rf"{FOLDER}\monban-wizard.exe", "--tour", r"C:\tour", "--lang", "ja"]
        env = {name: value for name, value in self.prefix.env.items() if name != "DISPLAY"}
        tour = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            picture = self.prefix.path(r"C:\tour\02-certificate-ja.png")  # by then the one before is complete
            until = time.monotonic() + 120
            while not picture.exists() and tour.poll() is None and time.monotonic() < until:
                time.sleep(0.2)
            first = self.prefix.path(r"C:\tour\01-start-ja.png")
            self.assertTrue(first.exists(), "no first page")
            self.assertGreater(first.stat().st_size, 12_000, "nearly blank")
        finally:
            self.prefix.end()
            tour.wait(timeout=60)
            shutil.rmtree(self.prefix.path(r"C:\tour"), ignore_errors=True)

    def test_into_a_folder_with_a_blank_and_japanese_letters(self):
        folder = r"C:\管理 ツール\Monban 門番"
        self.installed(self.small, folder)
        self.assertEqual(self.there(folder), self.parts | {"Uninstall.exe"})
        self.assertEqual(self.prefix.run(folder + r"\monban.exe")[0], 0)
        # What somebody else put there is not ours to remove.
        (self.prefix.path(folder) / "licences/メモ.txt").write_text("ours")
        self.uninstall(folder)
        self.assertEqual(self.there(folder), {"licences/メモ.txt"})
        shutil.rmtree(self.prefix.path(r"C:\管理 ツール"))

    def test_an_upgrade_takes_the_place_of_the_version_before(self):
        self.installed(self.old)
        self.assertEqual(self.installed_version(), OLD)
        self.assertIn("older/COPYING.txt", self.there())
        (self.prefix.path(FOLDER) / "note.txt").write_text("not ours")
        self.installed(self.small)
        self.assertEqual(self.there(), self.parts | {"Uninstall.exe", "note.txt"})
        self.assertFalse((self.prefix.path(FOLDER) / "older").exists())
        self.assertEqual(self.installed_version(), made.VERSION)
        # Back again only by hand: an older one may not know what a newer one wrote.
        code, _, said = self.install(self.old)
        self.assertEqual(code, NEWER)
        self.assertIn(f"Monban {made.VERSION} is installed", said)
        self.assertEqual(self.installed_version(), made.VERSION)
        (self.prefix.path(FOLDER) / "note.txt").unlink()

    def test_an_upgrade_into_another_folder_takes_the_old_one_away(self):
        self.installed(self.old)
        folder = r"C:\管理 ツール\Monban 門番"
        self.installed(self.small, folder)
        self.assertFalse(self.prefix.path(FOLDER).exists())
        self.assertEqual(self.there(folder), self.parts | {"Uninstall.exe"})
        self.uninstall(folder)
        self.assertFalse(self.prefix.path(folder).exists())
        shutil.rmtree(self.prefix.path(r"C:\管理 ツール"), ignore_errors=True)

    def test_refuses_while_monban_runs(self):
        self.installed(self.old)
        before = self.there()
        for name in made.PLACES:
            with self.running(name):
                code, _, said = self.install(self.small)
                self.assertEqual((code, name in said and "in use" in said), (RUNNING, True), said)
                code, _, said = self.uninstall_in_place()
                self.assertEqual((code, name in said and "in use" in said), (RUNNING, True), said)
            self.assertEqual(self.there(), before)
        self.assertEqual(self.installed_version(), OLD)

    def test_refuses_while_a_scheduled_task_needs_the_program(self):
        self.installed(self.small)
        tasks = self.prefix.path(TASKS)
        tasks.mkdir(parents=True)
        self.installed(self.small)  # over itself it may
        (tasks / "KeepOrRevert").write_text("<Task/>")
        for code, _, said in (self.uninstall_in_place(), self.install(self.small, r"/D=C:\elsewhere")):
            self.assertEqual((code, r"Monban\KeepOrRevert" in said), (WAITING, True), said)
        self.assertEqual(self.there(), self.parts | {"Uninstall.exe"})
        self.assertFalse(self.prefix.path(r"C:\elsewhere").exists())
        (tasks / "KeepOrRevert").unlink()

    def test_refuses_an_older_windows(self):
        key = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
        was = self.prefix.run("reg", "query", key, "/v", "CurrentBuildNumber")[1].split()[-1]
        for build, expected in (("14392", TOO_OLD), ("14393", 0)):
            self.prefix.run("reg", "add", key, "/v", "CurrentBuildNumber", "/d", build, "/f")
            try:
                code, _, said = self.install(self.small)
            finally:
                self.prefix.run("reg", "add", key, "/v", "CurrentBuildNumber", "/d", was, "/f")
            self.assertEqual(code, expected, said)
            if expected:
                self.assertIn(f"This is build {build}", said)
                self.assertFalse(self.prefix.path(FOLDER).exists())

    def test_journals_stay_unless_they_are_to_go_and_a_link_is_not_followed(self):
        journal = self.prefix.path(DATA) / "journal/2026-11-23"
        journal.mkdir(parents=True)
        (journal / "run.json").write_text("{}")
        outside = self.prefix.path(r"C:\outside")
        outside.mkdir()
        (outside / "precious.txt").write_text("not Monban's")
        (self.prefix.path(DATA) / "planted").symlink_to(outside)
        self.installed(self.small)
        self.uninstall()
        self.assertFalse(self.prefix.path(FOLDER).exists())
        self.assertTrue((journal / "run.json").exists())
        self.installed(self.small)
        self.uninstall(FOLDER, "/REMOVEDATA")
        self.assertFalse((self.prefix.path(DATA) / "journal").exists())
        self.assertTrue((outside / "precious.txt").exists(), "what a link leads to is not ours")
        shutil.rmtree(outside)

    def test_what_was_planted_is_not_loaded(self):
        self.installed(made.setup())
        drive = self.prefix.path("C:\\")
        downloads = drive / "downloads"
        downloads.mkdir()
        shutil.copy2(made.setup(), downloads / "setup.exe")
        folders = [downloads, self.prefix.path(FOLDER)]
        for folder in folders:
            for name in NAMES:
                shutil.copy2(os.environ["MONBAN_PLANTED"], folder / f"{name}.dll")
        overrides = self.prefix.env["WINEDLLOVERRIDES"] + ";" + ",".join(NAMES) + "=n,b"
        try:
            for program, arguments in ((rf"{FOLDER}\monban.exe", ["--version"]), (rf"{FOLDER}\monban-wizard.exe", ["--page", "nowhere", "--tour", r"C:\tour"]),
                                       (r"C:\downloads\setup.exe", ["/S"]), (rf"{FOLDER}\Uninstall.exe", ["/S"])):
                self.prefix.run(program, *arguments, WINEDLLOVERRIDES=overrides)
                if program.endswith("Uninstall.exe"):
                    self.prefix.settle()
                loaded = {note.name.removeprefix("planted-") for note in drive.glob("planted-*.txt")}
                # NSIS's programs begin with user32, and that one brings version.dll along under Wine, not on Windows.
                allowed = set() if "monban" in program.rsplit("\\", 1)[1] else {"version.dll.txt"}
                self.assertEqual(loaded - allowed, set(), program)
        finally:
            shutil.rmtree(downloads)
            shutil.rmtree(self.prefix.path(FOLDER), ignore_errors=True)
            for note in drive.glob("planted-*.txt"):
                note.unlink()


if __name__ == "__main__":
    unittest.main(verbosity=2)
