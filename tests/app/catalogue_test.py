# SPDX-License-Identifier: MIT
"""Every sentence of the sources stands in the Japanese catalogue, with the same placeholders."""
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parents[2]
CATALOGUE = ROOT / "resources/locale/ja.po"


def tool(*arguments, **options):
    done = subprocess.run(arguments, capture_output=True, text=True, cwd=ROOT, **options)
    return done.returncode, done.stdout, done.stderr


def entries(text):
    """msgid → msgstr of a catalogue that msgcat has written on single lines."""
    found = {}
    for block in text.split("\n\n"):
        parts = dict(re.findall(r'^(msgid|msgstr) "(.*)"$', block, re.MULTILINE))
        if parts.get("msgid"):
            found[parts["msgid"]] = parts.get("msgstr", "")
    return found


class Catalogue(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        sources = sorted(str(p.relative_to(ROOT)) for folder in ("core", "app") for p in (ROOT / folder).rglob("*") if p.suffix in (".cpp", ".h"))
        with tempfile.TemporaryDirectory() as work:
            template = pathlib.Path(work, "all.pot")
            code, _, err = tool("xgettext", "-f", "-", "--language=C++", "--from-code=UTF-8", "--keyword=tr", "--no-location",
                                "-o", str(template), input="\n".join(sources))
            assert code == 0, err
            cls.messages = entries(tool("msgcat", "--no-wrap", str(template))[1])
        cls.japanese = entries(tool("msgcat", "--no-wrap", str(CATALOGUE))[1])

    def test_the_sources_have_messages(self):
        self.assertGreater(len(self.messages), 300)

    def test_no_message_is_missing(self):
        self.assertEqual([m for m in self.messages if not self.japanese.get(m)], [])

    def test_no_message_is_left_over(self):
        self.assertEqual([m for m in self.japanese if m not in self.messages], [])

    def test_placeholders_agree(self):
        for english, japanese in self.japanese.items():
            self.assertEqual(sorted(re.findall(r"\{\d\}", english)), sorted(re.findall(r"\{\d\}", japanese)), english)

    def test_nothing_is_fuzzy(self):
        code, _, said = tool("msgfmt", "--check", "--statistics", "-o", "/dev/null", str(CATALOGUE))
        self.assertEqual(code, 0, said)
        self.assertNotRegex(said, "fuzzy|untranslated")


if __name__ == "__main__":
    unittest.main(verbosity=2)
