# SPDX-License-Identifier: MIT
"""files.py FOLDER LIST.nsh: the staged files as the setup extracts them, exchanges them, removes them, and knows them from those of a version before."""
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
    lines = ["; Made by files.py.", "!macro ExtractParts base"]
    for name in names:
        lines += [f'  SetOutPath "${{base}}\\{windows[name.rsplit("/", 1)[0]]}"' if "/" in name else '  SetOutPath "${base}"',
                  f'  File "{folder}/{name}"']
    lines += ["!macroend", "; do: a macro that takes a name.", "!macro ForEachPart do"]
    lines += [f'  !insertmacro ${{do}} "{windows[name]}"' for name in names]
    lines += ["!macroend", "!macro CreateFolders base"]
    lines += [f'  CreateDirectory "${{base}}\\{windows[name]}"' for name in reversed(folders)]
    lines += ["!macroend", "!macro RemoveFolders base"]
    lines += [f'  RMDir "${{base}}\\{windows[name]}"' for name in folders]
    lines += ["!macroend", "!macro RemoveParts base"]
    lines += [f'  Delete "${{base}}\\{windows[name]}"' for name in names]
    lines += ["!macroend", "!macro GoToIfPart name label"]
    lines += [f'  StrCmp ${{name}} "{windows[name]}" ${{label}}' for name in names]
    lines += ["!macroend", ""]
    pathlib.Path(out).write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
