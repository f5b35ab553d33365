# SPDX-License-Identifier: MIT
"""files.py FOLDER LIST.nsh: the staged files as the setup installs them, removes them, and knows them from those of a version before."""
import pathlib
import sys

# What a name may hold so that nothing in it means anything to NSIS.
PLAIN = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_/")


def main(folder, out):
    folder = pathlib.Path(folder)
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    if strange := [name for name in names if set(name) - PLAIN]:
        raise SystemExit(f"package: no such names, please: {strange}")
    folders = sorted({name.rsplit("/", 1)[0] for name in names if "/" in name}, reverse=True)
    windows = {name: name.replace("/", "\\") for name in [*names, *folders]}
    lines = ["; Made by files.py.", "!macro InstallParts"]
    for name in names:
        lines += [f'  SetOutPath "$INSTDIR\\{windows[name.rsplit("/", 1)[0]]}"' if "/" in name else '  SetOutPath "$INSTDIR"',
                  f'  File "{folder}/{name}"']
    lines += ["!macroend", "; The list that an upgrade to another version reads.", "!macro RememberParts"]
    lines += [f'  WriteRegStr HKLM "${{PRODUCT_KEY}}\\Parts" "{windows[name]}" ""' for name in names]
    lines += ["!macroend", "!macro RemoveParts"]
    lines += [f'  Delete "$INSTDIR\\{windows[name]}"' for name in names]
    lines += [f'  RMDir "$INSTDIR\\{windows[name]}"' for name in folders]
    lines += ["!macroend", "!macro GoToIfPart name label"]
    lines += [f'  StrCmp ${{name}} "{windows[name]}" ${{label}}' for name in names]
    lines += ["!macroend", ""]
    pathlib.Path(out).write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
