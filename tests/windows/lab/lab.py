# SPDX-License-Identifier: MIT
"""A throw-away Wine prefix that looks like a Windows Server with IIS to Monban's code for Windows.

    with Lab(os="2016", codepage=932) as lab:
        lab.monban("status", "--json").json
        lab.call("certutil", "-store", "MY").text
        lab.calls()
"""
import contextlib
import getpass
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import template

MONBAN = pathlib.Path(os.environ["MONBAN"])
PROGRAMS = pathlib.Path(os.environ["MONBAN_LAB_PROGRAMS"])  # the folder with lab_stand_in.exe and its like
# The folder of the stand-in for httpapi.dll (2016's in one of its own); without one Wine's own stub answers.
HTTPAPI = pathlib.Path(os.environ.get("MONBAN_LAB_HTTPAPI") or PROGRAMS / "httpapi")
SECHOST = PROGRAMS / "sechost/sechost.dll"

SYSTEM = "C:\\windows\\system32"
PLACES = {"netsh": SYSTEM, "certutil": SYSTEM, "certreq": SYSTEM, "schtasks": SYSTEM, "net": SYSTEM,
          "appcmd": SYSTEM + "\\inetsrv", "powershell": SYSTEM + "\\WindowsPowerShell\\v1.0"}
# Wine runs its own stub in place of a file that lies there, unless told (LAB-FACTS, "Stand-ins").
OVERRIDDEN = ("netsh.exe", "certutil.exe", "net.exe", "schtasks.exe")
LOCALES = {437: "C.UTF-8", 932: template.JAPANESE}


class Ran:
    """What a program left: exit code, and its output as the code page reads it."""

    def __init__(self, code, output, codepage):
        self.code, self.output, self.codepage = code, output, codepage

    @property
    def text(self):
        return self.output.decode(f"cp{self.codepage}", "replace").replace("\r\n", "\n")


class Monban:
    """What monban left: it writes UTF-8 on every code page."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out.decode("utf-8"), err.decode("utf-8", "replace")

    @property
    def json(self):
        try:
            return json.loads(self.out)
        except ValueError as problem:
            raise ValueError(f"no JSON, but exit code {self.code}: {self.out[:1000]}{self.err}") from problem

    @property
    def told(self):
        """For the message of a failing test: what it said, of its steps those alone that were not done."""
        try:
            steps = [step for step in self.json["steps"] if step["result"] and step["result"]["outcome"] != "done"]
        except (ValueError, TypeError, KeyError):
            return self.out + self.err
        return "\n".join([self.err, *(f"{step['id']}: {step['state']} {step['result']}" for step in steps)])


class Lab:
    def __init__(self, os="2022", codepage=437, stand_ins=True, scenario="fresh", display=None):
        """display: the X screen for programs with windows. Wine shows all of them where its services were started."""
        self.os, self.codepage, self.stand_ins, self.display = os, codepage, stand_ins, display
        self.program = str(MONBAN)
        self.httpapi = HTTPAPI / ("2016/httpapi.dll" if os == "2016" else "httpapi.dll")
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="monban-lab-"))
        try:
            self.prefix = self.work / "prefix"
            subprocess.run(["cp", "-a", "--reflink=auto", template.template(PROGRAMS / "lab_probe.exe"), self.prefix], check=True, timeout=120)
            self.env = self._environment()
            self._begin(scenario)
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends whatever still runs in the prefix, and removes it."""
        if hasattr(self, "keeper"):
            subprocess.run(["wineserver", "-k"], env=self.env, timeout=60, capture_output=True)
            self.keeper.stdin.close()
            self.keeper.wait(60)
        shutil.rmtree(self.work, ignore_errors=True)

    def install_monban(self):
        """Puts monban.exe where its installer does: from then on it is that one that runs."""
        place = self.path(r"C:\Program Files\Monban")
        place.mkdir(parents=True, exist_ok=True)
        shutil.copy(MONBAN, place / "monban.exe")
        self.program = r"C:\Program Files\Monban\monban.exe"
        return place

    # What is in the lab

    @property
    def folder(self):
        """C:\\lab, as this host names it."""
        return self.path("C:\\lab")

    def path(self, windows):
        """A path of drive C: as this host names it: backslashes, Windows' spelling of the names."""
        place = self.prefix / "drive_c"
        for part in windows[3:].split("\\"):
            same = [entry for entry in place.iterdir() if entry.name.lower() == part.lower()] if place.is_dir() else []
            place = same[0] if same else place / part
        return place

    @property
    def knows_dependents(self):
        """Whether monban.exe can see what depends on a service: by Wine's own sechost.dll nothing does, ever."""
        return self.stand_ins and SECHOST.exists()

    @property
    def machine(self):
        return json.loads((self.folder / "machine.json").read_text())

    def change_machine(self, **values):
        """Sets keys of machine.json."""
        (self.folder / "machine.json").write_text(json.dumps({**self.machine, **values}))

    def fault(self, program, kind, **more):
        """Makes a program go wrong (core/practice/fault.h); no other fault stays."""
        self.change_machine(faults=[{"program": program, "kind": kind, **more}])

    def process_fault(self, program=None, how=None):
        """Makes the process of a program trickle, flood, or die before or after its work (stand_in.cpp); without a program no more."""
        file = self.folder / "process_fault.json"
        file.unlink(missing_ok=True)
        if program:
            file.write_text(json.dumps({"program": program, "how": how}))

    def records(self):
        return json.loads((self.folder / "http/records.json").read_text())

    def password(self):
        return (self.folder / "ca/password.txt").read_text().strip()

    def calls(self):
        """Every call of a stand-in so far: [{"program", "arguments"}]."""
        file = self.folder / "calls.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def stores(self, *names):
        """What crypt32 itself says of these stores (probe.cpp)."""
        out = self.work / "probe.json"
        self._run(PROGRAMS / "lab_probe.exe", self._windows(out), *names, check=True)
        return json.loads(out.read_text())

    def http_records(self):
        """How many records of IP:port httpapi.dll itself tells of (probe.cpp)."""
        out = self.work / "http.json"
        self._run(PROGRAMS / "lab_probe.exe", self._windows(out), "--http", check=True)
        return json.loads(out.read_text())["records"]

    @contextlib.contextmanager
    def held(self, windows):
        """Another program has that file for itself."""
        note = self.work / "held.json"
        note.unlink(missing_ok=True)
        holder = subprocess.Popen(["wine", PROGRAMS / "lab_probe.exe", self._windows(note), "--hold", windows], env=self.env,
                                  stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            until = time.monotonic() + 30
            while not note.exists() or not note.read_text():
                assert holder.poll() is None and time.monotonic() < until, windows
                time.sleep(0.05)
            yield
        finally:
            holder.stdin.close()
            holder.wait(30)

    def registry(self, key, value):
        """Type and data of one value as Wine's own reg.exe shows them; None where it is not there."""
        shown = self._run("reg", "query", key, "/v", value)
        lines = [line.split(None, 2) for line in shown.output.decode("utf-8", "replace").splitlines() if value in line]
        return tuple(lines[0][1:]) if shown.code == 0 and lines else None

    def service(self, name):
        """RUNNING, STOPPED and so on, as the service control manager has it."""
        shown = self._run("sc", "query", name).text
        return re.search(r"STATE\s*:\s*\d+\s+(\w+)", shown)[1]

    @property
    def user(self):
        """Who runs in the prefix, as Windows names the profile's folder."""
        return getpass.getuser()

    def windows_version(self):
        return self._run("cmd", "/c", "ver").text

    # What runs in it

    def monban(self, *arguments, input="", timeout=120, cwd=None):
        """monban.exe with C:\\lab as its folder."""
        with tempfile.TemporaryFile() as err:
            ran = self._run(self.program, *arguments, input=input, timeout=timeout, cwd=cwd or self.folder, err=err)
            err.seek(0)
            return Monban(ran.code, ran.output, err.read())

    def run(self, program, *arguments):
        """A program of Wine's own, such as reg."""
        return self._run(program, *arguments)

    def call(self, program, *arguments, input="", seconds=60):
        """One of the programs by its full path, started by a parent of Windows."""
        return self.call_all([(program, *arguments)], input=input, seconds=seconds)[0]

    def call_all(self, commands, input="", seconds=60):
        """Several of them, one after the other: Wine is started once."""
        wanted = [{"program": f"{PLACES[program]}\\{program}.exe", "arguments": list(map(str, arguments)), "input": input,
                   "milliseconds": 1000 * seconds} for program, *arguments in commands]
        return self._start(wanted)

    def monban_until(self, milliseconds, *arguments):
        """monban.exe that is ended by TerminateProcess when that time is over; its code is null then."""
        return self._start([{"program": self.program if self.program[1] == ":" else self._windows(self.program), "arguments": list(map(str, arguments)), "milliseconds": milliseconds}])[0]

    def _start(self, wanted):
        orders, results = self.work / "commands.json", self.work / "results.json"
        orders.write_text(json.dumps(wanted))
        self._run(PROGRAMS / "lab_starter.exe", self._windows(orders), self._windows(results), check=True,
                  timeout=60 + sum(one["milliseconds"] for one in wanted) / 1000)
        answers = json.loads(results.read_text())
        for answer in answers:
            assert "error" not in answer, answer
        return [Ran(answer["code"], bytes.fromhex(answer["output"]), self.codepage) for answer in answers]

    # How it is made

    def _windows(self, path):
        return "Z:" + str(path).replace("/", "\\")

    def _environment(self):
        # A proxy of this host would be Wine's as well.
        env = {name: value for name, value in os.environ.items()
               if not name.startswith(("LC_", "LANG", "MONBAN")) and not name.lower().endswith("_proxy")}
        env.update(WINEPREFIX=str(self.prefix), HOME=str(self.prefix / "home"), WINEDEBUG="-all", LC_ALL=LOCALES[self.codepage],
                   WINEDLLOVERRIDES="mscoree=;mshtml=;winedbg.exe=d")
        if self.display:
            env["DISPLAY"] = self.display
        if self.codepage == 932:
            env["LOCPATH"] = str(template.japanese_locale())
        return env

    def _run(self, program, *arguments, input="", timeout=120, cwd=None, err=None, check=False):
        """Output goes through files, because a pipe waits for Wine's services."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as said:
            done = subprocess.run(["wine", program, *map(str, arguments)], env=self.env, input=input.encode(), stdout=out,
                                  stderr=err or said, timeout=timeout, cwd=cwd)
            out.seek(0)
            said.seek(0)
            ran = Ran(done.returncode, out.read(), self.codepage)
            assert not check or ran.code == 0, (program, arguments, ran.code, ran.text, said.read())
        return ran

    def _begin(self, scenario):
        if self.knows_dependents:
            # Under another name and without the mark by which Wine knows its own.
            content = self.path(SYSTEM + "\\sechost.dll").read_bytes().replace(b"Wine builtin DLL", bytes(16), 1)
            self.path(SYSTEM + "\\sechost_wine.dll").write_bytes(content)
            self.install(SECHOST, SYSTEM + "\\sechost.dll")
        # Wine ends its services with the last program: one that waits for its input keeps them, and every start is quicker.
        self.keeper = subprocess.Popen(["wine", "cmd"], env=self.env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
        self._run("reg", "import", self._windows(self._registry_file()), check=True)
        made = self._run(MONBAN, "practice", "new", "C:\\lab", "--os", self.os, "--scenario", scenario)
        assert made.code == 0, made.text
        self.change_machine(language="ja" if self.codepage == 932 else "en")
        self._move("inetsrv", SYSTEM + "\\inetsrv")
        self._move("inetpub", "C:\\inetpub")
        self._settle()
        # What is Wine's now must not be there twice.
        shutil.rmtree(self.folder / "stores")
        (self.folder / "registry.json").unlink()
        if self.stand_ins:
            for program, place in PLACES.items():
                self.install(PROGRAMS / "lab_stand_in.exe", f"{place}\\{program}.exe")
            if self.httpapi.exists():
                self.install(self.httpapi, SYSTEM + "\\httpapi.dll")

    def _settle(self):
        """Twice at most: on a busy host Wine's services once did not answer, and what is settled already stays as it is."""
        with tempfile.TemporaryFile() as said:
            if self._run(PROGRAMS / "lab_settle.exe", err=said).code != 0:
                said.seek(0)
                print("lab_settle once said:", said.read().decode(errors="replace"), file=sys.stderr)
                self._run(PROGRAMS / "lab_settle.exe", check=True)

    def install(self, file, windows):
        place = self.path(windows)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        shutil.copy2(file, place)

    def _move(self, part, windows):
        shutil.copytree(self.folder / part, self.path(windows), dirs_exist_ok=True)
        shutil.rmtree(self.folder / part)

    def _registry_file(self):
        """What only the lab knows of Windows' and Wine's own values; the rest comes from the practice server's."""
        natives = list(OVERRIDDEN) + (["httpapi"] if self.httpapi.exists() else []) if self.stand_ins else []
        keys = {
            "HKEY_CURRENT_USER\\Software\\Wine\\DllOverrides": {name: '"native"' for name in natives},
            "HKEY_CURRENT_USER\\Software\\Wine\\AppDefaults\\monban.exe\\DllOverrides":
                {"sechost": '"native"'} if self.knows_dependents else {},
            "HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Windows NT\\CurrentVersion": {"CurrentVersion": '"10.0"'},
            "HKEY_LOCAL_MACHINE\\System\\CurrentControlSet\\Control\\ProductOptions": {"ProductType": '"ServerNT"'},
            "HKEY_LOCAL_MACHINE\\Software\\Microsoft\\InetStp": {"VersionString": '"Version 10.0"',
                                                               "PathWWWRoot": '"C:\\\\inetpub\\\\wwwroot"'},
        }
        lines = ["Windows Registry Editor Version 5.00", ""]
        for key, values in keys.items():
            lines += [f"[{key}]", *(f'"{name}"={value}' for name, value in values.items()), ""]
        file = self.work / "lab.reg"
        file.write_text("\r\n".join(lines))
        return file
