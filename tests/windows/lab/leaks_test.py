# SPDX-License-Identifier: MIT
"""Where the password of a PKCS#12 file could be left behind: the memory of monban.exe, what its children get, what it writes and says."""
import array
import contextlib
import fcntl
import os
import pathlib
import re
import signal
import socket
import subprocess
import termios
import time
import unittest

from material import PASSWORD
from this_windows import OnThisWindows

SHORT = "q7Zk-Vx9pLw2"  # in a std::string it lies in the object itself, on a stack as well, and not on the heap
FORMS = [PASSWORD.encode(), PASSWORD.encode("utf-16-le"), PASSWORD.encode("cp932")]
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")  # PKCS#12 hashes the last one


def memory_of(pid):
    """What a crash dump would hold: all that the process may write to."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            begin, end, rights = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)", line).groups()
            at, end = int(begin, 16), int(end, 16)
            while "w" in rights and at < end:
                try:
                    memory.seek(at)
                    part = memory.read(end - at)
                except OSError:
                    part = b""
                if part:
                    yield part
                at = at + len(part) if part else at + 4096  # a page that is reserved, and not there


def times_found(pid, password):
    """How often the password's beginning and its end are there, in each encoding: of memory that was freed, or moved from, the first bytes
    are overwritten; and how often what the command line is known to hold."""
    wanted = {(piece, encoding): re.compile(re.escape(text.encode(encoding)))
              for piece, text in (("begin", password[:8]), ("end", password[-8:]), ("known", "--password-file")) for encoding in ENCODINGS}
    found = dict.fromkeys(wanted, 0)
    for part in memory_of(pid):
        for key, pattern in wanted.items():
            found[key] += len(pattern.findall(part))
    return found


class Leaks(OnThisWindows):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ca.pkcs12("short.p12", SHORT)
        (cls.ca.folder / "short.txt").write_text(SHORT)

    def setUp(self):
        self.lab.change_machine(faults=[])

    def pid_of(self, program):
        """Of the one that runs in this lab; Wine's processes are this host's."""
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                line, env = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
            except OSError:
                continue
            if program.encode() in line.split(b"\0")[0] and f"WINEPREFIX={self.lab.prefix}\0".encode() in env:
                return int(folder.name)
        self.fail(f"no {program} in the lab")

    @contextlib.contextmanager
    def running(self, command, answers, password, out=subprocess.DEVNULL):
        """monban.exe; a password file as -: what it holds comes in over standard input."""
        name, piped = password.removeprefix("<"), password.startswith("<")
        with open(self.ca.folder / name) as file:
            process = subprocess.Popen(["wine", os.environ["MONBAN"], command, "--answers", "C:\\lab\\own\\" + answers, "--password-file",
                                        "-" if piped else "C:\\lab\\own\\" + name, "--json"], env=self.lab.env, cwd=self.lab.folder,
                                       stdin=file if piped else subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL)
        try:
            yield process
        finally:
            process.wait(60)

    def assert_left(self, password, times):
        """It is in the memory of monban.exe that often, as UTF-8, and in no other form nor in parts."""
        found = times_found(self.pid_of("monban.exe"), password)
        for encoding in ("utf-8", "utf-16-le"):
            self.assertGreater(found.pop(("known", encoding)), 0, "what is known to be there is found")
        found.pop(("known", "utf-16-be"))
        self.assertEqual(found, {key: times if key[1] == "utf-8" else 0 for key in found})

    def test_1_while_it_is_needed_it_is_there_once_for_each_who_needs_it(self):
        """Held while it fetches the root, the password just read: for asking once more, and for the import where it fits."""
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)
        server.settimeout(60)
        root = {"url": f"http://127.0.0.1:{server.getsockname()[1]}/ia1.der", "sha256": 64 * "0"}
        self.ca.answers("long-held.json", root=root)
        self.ca.answers("short-held.json", root=root, certificate={"file": "short.p12"})
        for answers, file, password, times in (("long", "password.txt", PASSWORD, 2), ("short", "<short.txt", SHORT, 2),
                                               ("long", "short.txt", SHORT, 1), ("short", "<password.txt", PASSWORD, 1)):
            with self.subTest(answers=answers, password=file), self.running("plan", answers + "-held.json", file):
                connection, _ = server.accept()
                with connection:
                    connection.recv(1)
                    self.assert_left(password, times)

    def test_2_a_wrong_password_is_gone_before_anything_is_said(self):
        """Held by its own output, which nobody reads."""
        for answers, file, password in (("answers.json", "short.txt", SHORT), ("short.json", "password.txt", PASSWORD)):
            self.ca.answers("short.json", certificate={"file": "short.p12"})
            reading, writing = os.pipe()
            size = fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
            with self.subTest(password=file), open(reading, "rb") as said, self.running("apply", answers, file, out=writing) as process:
                os.close(writing)
                waiting, until = array.array("i", [0]), time.monotonic() + 60
                while waiting[0] < size:
                    self.assertLess(time.monotonic(), until)
                    time.sleep(0.05)
                    fcntl.ioctl(reading, termios.FIONREAD, waiting)
                try:
                    self.assert_left(password, 0)
                finally:
                    self.assertIn(b'"outcome": "failed"', said.read())
            self.assertEqual(process.returncode, 1)

    def held_by(self, program, file="password.txt"):
        """An apply whose step of that program hangs: the password is nowhere. Then the program dies; the exit code."""
        self.lab.fault(program, "hang", seconds=60, times=1)
        known, until = len(self.lab.calls()), time.monotonic() + 60
        with self.running("apply", "answers.json", file) as process:
            while not any(call["program"] == program for call in self.lab.calls()[known:]):
                self.assertLess(time.monotonic(), until)
                time.sleep(0.1)
            try:
                self.assert_left(PASSWORD, 0)
            finally:
                os.kill(self.pid_of(program + ".exe"), signal.SIGKILL)
        return process.returncode

    def test_3_after_the_import_it_is_gone(self):
        self.assertEqual(self.held_by("certutil"), 1)
        self.assertEqual([c["has_private_key"] for c in self.status()["stores"]["MY"]], [True])

    def test_4_where_nothing_is_to_be_imported_any_more_it_is_gone_as_well(self):
        self.assertEqual(self.held_by("netsh", "<password.txt"), 1)

    def test_5_what_children_get_and_what_is_said(self):
        wrong = self.ca.folder / "wrong.txt"
        wrong.write_text(PASSWORD + "x")
        refused = self.lab.monban("apply", "--answers", r"C:\lab\own\answers.json", "--password-file", r"C:\lab\own\wrong.txt", "--json")
        self.assertEqual(refused.code, 1)
        undone = self.lab.monban("undo", "--json")
        self.assertEqual(undone.code, 0, undone.told)
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
