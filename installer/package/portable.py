# SPDX-License-Identifier: MIT
"""portable.py FOLDER OUT.zip NAME: the staged files below a folder NAME; the same files give the same bytes."""
import os
import pathlib
import sys
import time
import zipfile


def main(folder, out, name):
    folder = pathlib.Path(folder)
    when = time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))[:6]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
            if path.is_file():
                entry = zipfile.ZipInfo(f"{name}/{path.relative_to(folder).as_posix()}", when)
                entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
                archive.writestr(entry, path.read_bytes())


if __name__ == "__main__":
    main(*sys.argv[1:])
