# SPDX-License-Identifier: MIT
"""What labs share, kept in the cache folder: the prefix each of them is a copy of, and a Japanese locale."""
import contextlib
import fcntl
import os
import pathlib
import re
import shutil
import subprocess

HERE = pathlib.Path(__file__).parent
CACHE = pathlib.Path(os.environ.get("MONBAN_CACHE")
                     or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "monban")
TEMPLATE = "lab-template-1"  # another number where what is made below for all labs changes
SCHANNEL = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL"
OLD = 1577836800  # 2020
JAPANESE = "ja_JP.UTF-8"


@contextlib.contextmanager
def locked(name):
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / name, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_old(registry, key):
    """Wine's boot is the host's. A key that is younger has changes in it that wait for a restart, or so it would seem."""
    text = registry.read_text(encoding="latin-1")
    name = re.escape(key.rsplit("\\", 2)[1] + "\\\\" + key.rsplit("\\", 2)[2])
    text, found = re.subn(r"(?i)(\[[^\]\n]*" + name + r"\]) \d+\n#time=[0-9a-f]+", rf"\1 {OLD}\n#time={(OLD + 11644473600) * 10**7:x}", text)
    assert found == 1, f"{found} keys {key} in {registry}"
    registry.write_text(text, encoding="latin-1")


def template(probe):
    """The prefix every lab is a copy of; made once, and closed so that its registry is on the disk."""
    folder = CACHE / TEMPLATE
    with locked(TEMPLATE + ".lock"):
        if not (folder / "closed").exists():
            shutil.rmtree(folder, ignore_errors=True)
            env = {**os.environ, "MONBAN_WINEPREFIX": str(folder)}
            quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            # The host's CAs go into ROOT at the first look, which takes seconds that no lab shall wait for again.
            looked = subprocess.run([HERE.parent / "wine.sh", probe, "C:\\looked.json", "ROOT"],
                                    env=env, timeout=300, **quiet)
            logged = subprocess.run([HERE.parent / "wine.sh", "reg", "add", SCHANNEL, "/v", "EventLogging", "/t", "REG_DWORD", "/d", "1",
                                     "/f"], env=env, timeout=300, **quiet)
            for order in ("-k", "-w"):
                subprocess.run(["wineserver", order], env={**env, "WINEPREFIX": str(folder)}, timeout=60, **quiet)
            if looked.returncode != 0 or logged.returncode != 0:
                raise RuntimeError("the lab's template could not be made")
            make_old(folder / "system.reg", SCHANNEL)
            (folder / "closed").touch()
    return folder


def japanese_locale():
    """Wine takes its code pages from the locale alone; 932 needs one that hosts seldom have."""
    folder = CACHE / "locales"
    with locked("locales.lock"):
        if not (folder / JAPANESE).exists():
            folder.mkdir(parents=True, exist_ok=True)
            made = folder / "being-made"
            # localedef grumbles and ends with 1 where it has nothing but warnings.
            subprocess.run(["localedef", "-c", "-i", "ja_JP", "-f", "UTF-8", str(made)], capture_output=True, timeout=120)
            made.rename(folder / JAPANESE)
    return folder
