# SPDX-License-Identifier: MIT
"""The share of lines that ran, of each file of core/platform/windows, out of gcov's files in a folder."""
import collections
import pathlib
import sys

SOURCES = pathlib.Path(__file__).parents[2] / "core/platform/windows"


def lines_of(file):
    """Which lines of a gcov file hold code, and whether each ran."""
    for line in file.read_text("utf-8", "replace").splitlines():
        count, _, rest = line.partition(":")
        count, number = count.strip(), rest.partition(":")[0].strip()
        if count != "-" and number not in ("", "0") and number.isdigit():
            yield int(number), not count.startswith(("#", "="))


def main(folder):
    ran = collections.defaultdict(dict)
    for file in pathlib.Path(folder).glob("*.gcov"):
        source = file.name.removesuffix(".gcov").rsplit("#", 1)[-1]
        if not (SOURCES / source).exists():
            continue
        for number, did in lines_of(file):
            ran[source][number] = ran[source].get(number, False) or did
    missing = sorted(path.name for path in SOURCES.glob("*.cpp") if path.name not in ran)
    for source, lines in sorted(ran.items(), key=lambda item: sum(item[1].values()) / len(item[1])):
        print(f"{100 * sum(lines.values()) / len(lines):5.1f} %  {sum(lines.values()):4} of {len(lines):4}  {source}")
    done, all_lines = (sum(map(count, ran.values())) for count in (lambda lines: sum(lines.values()), len))
    print(f"{100 * done / all_lines:5.1f} %  {done:4} of {all_lines:4}  all of core/platform/windows" + (f"; never run: {', '.join(missing)}" if missing else ""))


main(sys.argv[1])
