# SPDX-License-Identifier: MIT
"""The setup in a fresh Wine prefix: what it puts there, what it refuses, and that nothing but what is documented stays."""
import contextlib
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest
import zipfile

import made
from prefix import Prefix

FOLDER = r"C:\Program Files\Monban"
ENTRY = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\Monban"
LINK = r"C:\ProgramData\Microsoft\Windows\Start Menu\Programs\Monban.lnk"
DATA = r"C:\ProgramData\Monban"
TASKS = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\Monban"
PROGRAMS = r"C:\Program Files"
OLD = "0.0.9"
STOPPED, TOO_OLD, RUNNING, NEWER, WAITING, BUSY = 2, 3, 4, 5, 6, 7
WHOLE_DISK = 300_000  # bytes
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
        cls.small_program = sources / "build/windows/app" / made.PLACES["monban.exe"]
        cls.prefix = Prefix()
        cls.addClassCleanup(cls.prefix.close)
        with zipfile.ZipFile(made.portable()) as archive:
            cls.parts = {name.split("/", 1)[1] for name in archive.namelist()}
            cls.bytes = sum(entry.file_size for entry in archive.infolist())

    def tearDown(self):
        # Whatever became of it: the next test begins on a clean machine.
        for folder in (FOLDER, r"C:\管理 ツール\Monban 門番"):
            if (uninstaller := self.prefix.path(folder) / "Uninstall.exe").exists():
                self.uninstall(folder, "/REMOVEDATA")
        shutil.rmtree(self.prefix.path(DATA), ignore_errors=True)

    def install(self, program, *arguments, **how):
        return self.prefix.run(program, "/S", *arguments, **how)

    def installed(self, program, folder=None):
        # NSIS takes all that follows /D= as it is, and Wine would put a word with a blank into quotation marks.
        code, _, said = self.install(program, *(f"/D={folder}".split(" ") if folder else []))
        self.assertEqual(code, 0, said)

    def uninstall_in_place(self, folder=FOLDER, *arguments):
        """As README says it to whoever wants to wait: not by its copy, which would run on after it had ended with 0."""
        return self.prefix.run(rf"{folder}\Uninstall.exe", "/S", *arguments, *rf"_?={folder}".split(" "))

    def uninstall(self, folder=FOLDER, *arguments):
        code, _, said = self.uninstall_in_place(folder, *arguments)
        self.assertEqual(code, 0, said)
        root = self.prefix.path(folder)
        (root / "Uninstall.exe").unlink()
        if not any(root.iterdir()):
            root.rmdir()
        return said

    def there(self, folder=FOLDER):
        root = self.prefix.path(folder)
        return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}

    def installed_version(self):
        code, said, _ = self.prefix.run("reg", "query", "HKLM\\" + ENTRY, "/v", "DisplayVersion")
        return said.split()[-1] if code == 0 else ""

    @contextlib.contextmanager
    def doing(self, *words):
        """A small program from outside of Monban's folder."""
        shutil.copy2(self.small_program, self.prefix.path(r"C:\other.exe"))
        program = self.prefix.start(r"C:\other.exe", *words)
        try:
            time.sleep(1)
            self.assertIsNone(program.poll(), "it shall run meanwhile")
            yield
        finally:
            program.kill()
            program.wait(timeout=60)
            time.sleep(0.3)

    def contents(self):
        root = self.prefix.path(FOLDER)
        return {name: (root / name).read_bytes() for name in self.there()}

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
        self.assertEqual(size, (self.bytes + 1023) // 1024)
        folder = FOLDER.replace("\\", "\\\\")
        self.assertEqual(entry, {"DisplayName": '"Monban"', "DisplayVersion": f'"{made.VERSION}"', "Publisher": '"The Monban authors"',
                                 "DisplayIcon": f'"{folder}\\\\monban-wizard.exe,0"', "InstallLocation": f'"{folder}"',
                                 "UninstallString": f'"\\"{folder}\\\\Uninstall.exe\\""', "QuietUninstallString": f'"\\"{folder}\\\\Uninstall.exe\\" /S"',
                                 "NoModify": "dword:00000001", "NoRepair": "dword:00000001"})
        # Of Monban's own making are folders that nobody else may open; the journals in one go if they are to.
        journal = self.prefix.path(DATA) / "journal"
        journal.mkdir(parents=True)
        self.prefix.path(DATA).chmod(0o700)
        (journal / "run.json").write_text("{}")
        self.assertEqual(self.prefix.run(rf"{FOLDER}\Uninstall.exe", "/S", "/REMOVEDATA")[0], 0)
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
        # A folder in which every user writes is not Monban's, and nobody knows where what is in it leads to.
        self.prefix.path(DATA).mkdir()
        (self.prefix.path(DATA) / "planted.txt").write_text("somebody's")
        self.prefix.path(DATA).chmod(0o777)
        self.assertIn(f"{DATA} stays", self.uninstall(FOLDER, "/REMOVEDATA"))
        self.assertTrue((self.prefix.path(DATA) / "planted.txt").exists())

    def test_into_a_folder_with_a_blank_and_japanese_letters(self):
        folder = r"C:\管理 ツール\Monban 門番"
        self.installed(self.small, folder)
        self.assertEqual(self.there(folder), self.parts | {"Uninstall.exe"})
        self.assertEqual(self.prefix.run(folder + r"\monban.exe")[0], 0)
        # What the setup made there is not everybody's. (Of the list that it asks for Wine keeps what concerns the owner and everybody.)
        for made_folder in (folder, r"C:\管理 ツール"):
            self.assertEqual(self.prefix.path(made_folder).stat().st_mode & 0o007, 0, made_folder)
        self.assertNotEqual(self.prefix.path("C:\\").stat().st_mode & 0o007, 0)
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

    def test_the_same_folder_by_another_name_is_the_same_folder(self):
        self.installed(self.old)
        link = self.prefix.path(r"C:\link")
        link.symlink_to(self.prefix.path(PROGRAMS))
        try:
            for spelling in (r"C:\link\Monban", r"C:\Program Files\.\Monban", r"c:\program files\MONBAN"):
                self.installed(self.small, spelling)
                self.assertEqual(self.there(), self.parts | {"Uninstall.exe"}, spelling)
        finally:
            link.unlink()

    def test_a_setup_that_fails_leaves_what_was_there(self):
        def full_disk():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (WHOLE_DISK, WHOLE_DISK))

        def fails(**how):
            code, _, said = self.install(self.small, **how)
            self.assertEqual((code, "could not be written" in said, "is as it was" in said), (STOPPED, True, True), said)
            return said

        fails(preexec_fn=full_disk)
        self.assertFalse(self.prefix.path(FOLDER).exists())
        self.assertNotEqual(self.prefix.run("reg", "query", r"HKLM\Software\Monban")[0], 0)
        self.installed(self.old)
        before = self.contents()
        fails(preexec_fn=full_disk)
        self.assertEqual(self.contents(), before)
        with self.doing("hold", rf"{FOLDER}\readme-ja.txt"):  # the last of all
            self.assertIn("readme-ja.txt", fails())
            self.assertEqual(self.contents(), before)
            self.assertEqual(self.installed_version(), OLD)
        root = self.prefix.path(FOLDER)
        (root / "~new/Uninstall.exe/in the way").mkdir(parents=True)
        fails()
        self.assertFalse((root / "~old").exists())
        shutil.rmtree(root / "~new")
        self.assertEqual(self.contents(), before)
        # As a power cut leaves it, half-way through: the next one puts back before it begins.
        for folder in ("~old/licences", "~new/licences"):
            (root / folder).mkdir(parents=True)
        for name in ("Uninstall.exe", "monban.exe", "licences/NSIS.txt"):
            (root / name).rename(root / "~old" / name)
        (root / "monban.exe").write_text("new")
        (root / "~new/licences/NSIS.txt").write_text("new")
        fails(preexec_fn=full_disk)
        self.assertEqual(self.contents(), before)
        # As it leaves it when all was exchanged.
        (root / "~old/licences").mkdir(parents=True)
        (root / "~old/licences/NSIS.txt").write_text("old")
        fails(preexec_fn=full_disk)
        self.assertEqual(self.contents(), before)
        (root / "~new").mkdir()
        (root / "~new/LICENSE.txt").write_text("new")
        self.installed(self.small)
        self.assertEqual(self.there(), self.parts | {"Uninstall.exe"})
        self.assertFalse((root / "older").exists())
        (root / "~old/older").mkdir(parents=True)
        (root / "~old/LICENSE.txt").write_text("old")
        (root / "~old/older").rmdir()
        self.uninstall()
        self.assertFalse(root.exists())

    def test_an_uninstallation_that_fails_can_be_done_again(self):
        self.installed(self.small)
        with self.doing("hold", rf"{FOLDER}\monban-wizard.exe"):
            code, _, said = self.uninstall_in_place()
            self.assertEqual((code, "monban-wizard.exe could not be removed" in said), (STOPPED, True), said)
        self.assertEqual(self.there(), {"monban-wizard.exe", "Uninstall.exe"})
        self.assertEqual(self.installed_version(), made.VERSION)
        self.uninstall()
        self.assertEqual(self.installed_version(), "")
        self.assertFalse(self.prefix.path(FOLDER).exists())

    def test_only_one_at_a_time(self):
        self.installed(self.small)
        before = self.contents()
        with self.doing("lock", r"Global\MonbanSetup"):
            for code, _, said in (self.install(self.small), self.uninstall_in_place()):
                self.assertEqual((code, "Another setup or uninstallation" in said), (BUSY, True), said)
        self.assertEqual(self.contents(), before)

    def test_plug_ins_lie_where_only_administrators_write(self):
        programs = self.prefix.path(PROGRAMS)
        temporary = [self.prefix.path(r"C:\windows\temp"), *self.prefix.path(r"C:\users").glob("*/Temp")]
        before, seen, ended = set(programs.iterdir()), set(), threading.Event()

        def watch():
            while not ended.is_set():
                for folder in (programs, *temporary):
                    with contextlib.suppress(OSError):
                        seen.update(entry.path for entry in os.scandir(folder) if re.match(r"ns.*\.tmp$", entry.name) and entry.is_dir())
                time.sleep(0.001)

        for work in (lambda: self.installed(self.small), self.uninstall):
            seen.clear()
            ended.clear()
            watching = threading.Thread(target=watch)
            watching.start()
            try:
                work()
            finally:
                ended.set()
                watching.join()
            self.assertTrue(seen, "no plug-in was seen")
            self.assertEqual({pathlib.Path(path).parent for path in seen}, {programs})
        self.assertEqual(set(programs.iterdir()), before)

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
        planted = self.prefix.path(r"C:\windows\system32\Tasks\Monban")
        planted.mkdir(parents=True)
        (planted / "KeepOrRevert").write_text("<Task/>")  # any user may
        self.prefix.run("reg", "add", TASKS, "/f")  # the folder stays when its last task has gone
        self.installed(self.small)
        self.uninstall()
        self.installed(self.small)
        self.prefix.run("reg", "add", TASKS + r"\KeepOrRevert", "/f")
        self.installed(self.small)  # over itself it may
        try:
            for code, _, said in (self.uninstall_in_place(), self.install(self.small, r"/D=C:\elsewhere")):
                self.assertEqual((code, r"Monban\KeepOrRevert" in said), (WAITING, True), said)
            self.assertEqual(self.there(), self.parts | {"Uninstall.exe"})
            self.assertFalse(self.prefix.path(r"C:\elsewhere").exists())
        finally:
            self.prefix.run("reg", "delete", TASKS, "/f")
            shutil.rmtree(planted)

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

    def test_refuses_in_the_language_that_was_chosen(self):
        self.prefix.run("reg", "add", r"HKLM\Software\Monban", "/v", "Language", "/d", "1041", "/f")
        with self.doing("lock", r"Global\MonbanSetup"):
            code, _, said = self.install(self.small)
        self.prefix.run("reg", "delete", r"HKLM\Software\Monban", "/f")
        # Wine's code page here has no Japanese letters.
        self.assertEqual((code, re.sub(r"\?{5,}", "…", said.strip())), (BUSY, "Monban: Monban …"))

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
