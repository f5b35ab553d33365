# SPDX-License-Identifier: MIT
"""What failed, once more at the end: failed.py FILE... reads ctest's JUnit files and prints why each test failed, the names last.
Who reads it may see only its end, and of that only some kilobytes."""
import re
import sys
import xml.etree.ElementTree as ElementTree

LONGEST = 1_500  # characters of one reason
REASONS = 4  # of one test

# Of GoogleTest: what stands between a test's beginning and its failing. Of unittest: what stands under its bar of equal signs.
GOOGLE_TEST = re.compile(r"^\[ RUN      \] (?:(?!^\[ RUN      \]|^\[       OK \]).)*?^\[  FAILED  \] [^\n]*$", re.MULTILINE | re.DOTALL)
UNITTEST = re.compile(r"^={70}\n(?:FAIL|ERROR): .*?(?=^={70}$|^-{70}\nRan )", re.MULTILINE | re.DOTALL)


def shortened(text):
    """Its beginning and its end: a comparison begins with what was expected and ends with what was found."""
    text = text.strip()
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]}\n[… {len(text) - LONGEST} characters …]\n{text[-LONGEST // 2 :]}"


def reasons(output):
    found = GOOGLE_TEST.findall(output) + UNITTEST.findall(output)
    return [shortened(one) for one in found[:REASONS]] or [shortened(output)] if output.strip() else ["(it printed nothing)"]


names = []
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
            names.append(f"== failed: {test.get('name')} ({file}, {test.get('time')} s)")
            print(names[-1])
            print("\n--\n".join(reasons(test.findtext("system-out") or "")))
print("\n".join(names))
