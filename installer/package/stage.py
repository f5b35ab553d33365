# SPDX-License-Identifier: MIT
"""stage.py ROOT FOLDER VERSION: lays beside the programs in FOLDER all else that is installed."""
import pathlib
import sys

import help_page
import parts


def write(path, text):
    """As Notepad of Server 2016 reads it: with a mark that it is UTF-8, and Windows' line ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\r\n", "\n").replace("\n", "\r\n").encode())


def main(root, folder, version):
    root, folder = pathlib.Path(root), pathlib.Path(folder)
    for program in parts.PROGRAMS:
        if f"ProductVersion\0{version}\0".encode("utf-16-le") not in (folder / program).read_bytes():
            raise SystemExit(f"package: {program} is not of version {version}: build the preset windows again")
    for language in ("en", "ja"):
        write(folder / f"help-{language}.html", help_page.page(root / "resources/help", language))
        write(folder / f"readme-{language}.txt", (root / f"installer/texts/readme-{language}.txt").read_text(encoding="utf-8"))
    write(folder / "LICENSE.txt", (root / "LICENSE").read_text(encoding="utf-8"))
    for part in parts.PARTS:
        write(folder / "licences" / parts.file_name(part), parts.licence_text(part))


if __name__ == "__main__":
    main(*sys.argv[1:])
