# SPDX-License-Identifier: MIT
"""A test case on a lab that is set up with a private CA's own files."""
import unittest

from lab import Lab
from material import PrivateCa

APPLY = ("apply", "--answers", r"C:\lab\own\answers.json", "--password-file", r"C:\lab\own\password.txt", "--json")


def facts_of(shown):
    """What status says of a server, without what is another machine's or moment's."""
    facts = dict(shown)
    for key in ("machine", "pitfalls"):
        facts.pop(key)
    return facts


class OnThisWindows(unittest.TestCase):
    options = {}

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(**cls.options)
        cls.addClassCleanup(cls.lab.close)
        cls.ca = PrivateCa(cls.lab.folder / "own", PrivateCa.FOR_2016 if cls.options.get("os") == "2016" else ())

    def status(self):
        shown = self.lab.monban("status", "--json")
        self.assertEqual(shown.code, 0, shown.told)
        self.assertEqual(shown.json["unreadable"], [])
        return shown.json

    def apply(self, *more):
        return self.lab.monban(*APPLY, *more)
