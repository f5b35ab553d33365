# SPDX-License-Identifier: MIT
"""The wizard walks the standard set-up by itself; the practice server is set up afterwards, and curl shows who gets in."""
import hashlib
import os
import pathlib
import subprocess
import unittest

from monban import RUNNER, PracticeCase

WIZARD = os.environ["MONBAN_WIZARD"]
WORDS = ["start", "certificate", "root", "import", "import", "trust", "trust", "bind", "bind", "require", "require", "verify", "verify",
         *["troubleshoot"] * 7, "finish"]
SCREEN = ["sh", str(pathlib.Path(__file__).parents[1] / "windows/wine_window.sh")] if RUNNER else ["xvfb-run", "-a", "-s", "-screen 0 1280x900x24"]


def wizard(*arguments):
    """GTK and fontconfig keep what they made until the program ends: leaks are looked for in the other tests."""
    env = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0", "NO_AT_BRIDGE": "1"}
    done = subprocess.run([*SCREEN, WIZARD, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, timeout=180, env=env)
    return done.returncode, done.stderr.decode("utf-8", "replace")


class Tour(PracticeCase):
    def test_walks_every_page_in_both_languages_and_leaves_a_server_that_admits_by_certificate_alone(self):
        seen = {}
        for language in ("ja", "en"):
            folder = self.work / language
            arguments = ["--tour", folder, "--lang", language]
            if language == "ja":
                arguments += ["--practice", self.server]
            code, said = wizard(*arguments)
            self.assertEqual(code, 0, said)
            names = sorted(p.name for p in folder.iterdir())
            self.assertEqual(names, [f"{i + 1:02}-{word}-{language}.png" for i, word in enumerate(WORDS)])
            for path in folder.iterdir():
                picture = path.read_bytes()
                self.assertGreater(len(picture), 12_000, f"{path.name} is nearly blank")
                digest = hashlib.sha256(picture).hexdigest()
                self.assertNotIn(digest, seen, f"{path.name} looks like {seen.get(digest)}")
                seen[digest] = path.name
        plan = self.plan()
        self.assertEqual([s["id"] for s in plan.json["steps"] if s["state"] != "done"], [], plan.out)
        self.serve()
        self.assertEqual(self.curl(), (403, 7))
        self.assertEqual(self.curl(self.ca / "client.p12"), (200, None))

    def test_what_it_does_not_know_is_refused(self):
        # A Windows program with windows says wrong usage in a box, which waits for somebody; not where a tour was asked for.
        usage = [] if RUNNER else [["--lang", "de"]]
        for arguments in (*usage, ["--page", "nowhere", "--tour", self.work / "t"], ["--practice", self.work / "nothing", "--tour", self.work / "t"]):
            self.assertNotEqual(wizard(*arguments)[0], 0, arguments)


if __name__ == "__main__":
    unittest.main(verbosity=2)
