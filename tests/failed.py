# SPDX-License-Identifier: MIT
"""What failed, once more at the end: failed.py FILE... reads ctest's JUnit files and prints each failed test's output."""
import sys
import xml.etree.ElementTree as ElementTree

LONGEST = 6_000  # characters of one test's output: its end, where the reason stands

for file in sys.argv[1:]:
    try:
        suite = ElementTree.parse(file).getroot()
    except (OSError, ElementTree.ParseError) as problem:
        print(f"== {file}: {problem}")  # ctest itself broke off
        continue
    for test in suite.iter("testcase"):
        if test.get("status") == "notrun":  # skipped by itself, or a program that is not there
            print(f"== not run: {test.get('name')} ({file})")
        elif test.get("status") == "fail":
            output = test.findtext("system-out") or "(it printed nothing)"
            print(f"== failed: {test.get('name')} ({file}, {test.get('time')} s)\n{output[-LONGEST:].rstrip()}")
