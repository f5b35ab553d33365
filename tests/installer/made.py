# SPDX-License-Identifier: MIT
"""What the tests of the installer share: what was made, and a copy of the sources that makes another version."""
import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).parents[2]
MADE = pathlib.Path(os.environ["MONBAN_INSTALLER"])
PROGRAMS = pathlib.Path(os.environ["MONBAN_PROGRAMS"])
PLACES = {"monban.exe": "cli/monban.exe", "monban-wizard.exe": "wizard/monban-wizard.exe"}
VERSION = re.search(r"project\(monban VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text())[1]


def setup(folder=MADE, version=VERSION):
    return folder / f"Monban-Setup-{version}.exe"


def portable(folder=MADE):
    return folder / f"Monban-{VERSION}-portable.zip"


def materials(folder=MADE):
    return folder / f"Monban-{VERSION}.spdx.json"


def sources(folder, version=VERSION):
    """A copy of what build.sh reads, without the programs."""
    for name in ("installer", "resources"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy2(ROOT / "LICENSE", folder)
    text = (ROOT / "CMakeLists.txt").read_text()
    (folder / "CMakeLists.txt").write_text(text.replace(f"VERSION {VERSION}", f"VERSION {version}", 1))
    (folder / "build").mkdir()
    shutil.copy2(ROOT / "build/windows-libraries.cmake", folder / "build")
    return folder


def real_programs(folder):
    for place in PLACES.values():
        target = folder / "build/windows/app" / place
        target.parent.mkdir(parents=True)
        os.link(PROGRAMS / place, target) if os.stat(PROGRAMS).st_dev == os.stat(folder).st_dev else shutil.copy2(PROGRAMS / place, target)


def small_programs(folder, version):
    """In place of the real ones, which take half a minute to pack: they say their version, run until they are ended ("stay"), keep a file from being
    renamed or deleted meanwhile ("hold FILE") or a mutex ("lock NAME"), and list no runs."""
    source = folder / "small.c"
    source.write_text("#include <string.h>\n#include <windows.h>\n"
                      f'const wchar_t says[] __attribute__((used)) = L"ProductVersion\\0" L"{version}";\n'
                      "int main(int count, char** words)\n{\n"
                      '    if (count > 2 && !strcmp(words[1], "hold")) CreateFileA(words[2], GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, 0, OPEN_EXISTING, 0, 0);\n'
                      '    if (count > 2 && !strcmp(words[1], "lock")) CreateMutexA(0, FALSE, words[2]);\n'
                      '    if (count > 1 && strcmp(words[1], "runs")) Sleep(60000);\n    return 0;\n}\n')
    for place in PLACES.values():
        target = folder / "build/windows/app" / place
        target.parent.mkdir(parents=True)
        subprocess.run(["x86_64-w64-mingw32-gcc", "-static", "-o", target, source], check=True, timeout=60)


def build(folder, out, **env):
    """Runs build.sh of that copy; it has no commit to take a time from."""
    done = subprocess.run(["sh", folder / "installer/build.sh", out], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=400,
                          env={**os.environ, "SOURCE_DATE_EPOCH": commit_time(), **env})
    if done.returncode != 0:
        raise AssertionError(f"build.sh ended with {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}")
    return out


def commit_time():
    return os.environ.get("SOURCE_DATE_EPOCH") or subprocess.run(["git", "-C", ROOT, "log", "-1", "--format=%ct"], check=True, capture_output=True,
                                                                 text=True, timeout=60).stdout.strip()
