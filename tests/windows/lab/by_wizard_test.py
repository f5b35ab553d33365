# SPDX-License-Identifier: MIT
"""The wizard sets up the Windows it runs on: a lab with a screen. Its pages are gone through by the window's own tests
(tests/wizard/gui/this_windows_test.cpp), which run where the wizard would; what came of it is judged here, from outside."""
import os
import subprocess
import tempfile
import unittest

from this_windows import OnThisWindows, facts_of

TESTS = os.environ["MONBAN_WIZARD_TESTS"]


class Screen:
    """An X screen of its own."""

    def __init__(self):
        self.server = subprocess.Popen(["Xvfb", "-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        number = self.server.stdout.readline().strip()
        assert number, "Xvfb does not start"
        self.name = ":" + number

    def close(self):
        self.server.terminate()
        self.server.communicate(timeout=60)


class WithWindows(OnThisWindows):
    @classmethod
    def setUpClass(cls):
        screen = Screen()
        cls.addClassCleanup(screen.close)
        cls.options = {**cls.options, "display": screen.name}
        super().setUpClass()
        # Nobody manages windows on this screen: Wine would wait two seconds for it whenever one is closed.
        cls.lab.run("reg", "add", r"HKCU\Software\Wine\AppDefaults\wizard_gui_tests.exe\X11 Driver", "/v", "Managed", "/d", "N", "/f")

    def by_window(self, test):
        """One test of the window, in a process of its own."""
        env = {**self.lab.env, "MONBAN_LAB_MATERIAL": r"C:\lab\own", "MONBAN_LAB_DRAFT": r"C:\lab\draft"}
        with tempfile.TemporaryFile() as out:
            done = subprocess.run(["wine", TESTS, "--gtest_filter=ThisWindows." + test], env=env, stdin=subprocess.DEVNULL, stdout=out,
                                  stderr=subprocess.STDOUT, timeout=300)
            out.seek(0)
            said = out.read().decode("utf-8", "replace")
        self.assertEqual(done.returncode, 0, said)
        self.assertIn("[  PASSED  ] 1 test.", said)

    def ran(self):
        return [call["program"] for call in self.lab.calls()]

    def assert_set_up(self):
        status = self.status()
        [record] = status["ssl_records"]
        self.assertEqual((record["ctl_store"], record["negotiate_client_certificate"]), ("iis_client_trust", True))
        self.assertEqual(status["sites"][0]["access"][0]["ssl_flags"], ["Ssl", "SslNegotiateCert", "SslRequireCert"])
        [mine] = [c for c in status["stores"]["MY"] if c["thumbprint_sha1"] == record["thumbprint"]]
        self.assertTrue(mine["has_private_key"])
        return mine


class ARequest(WithWindows):
    def test_waits_across_a_restart_of_the_wizard_and_is_taken_back(self):
        untouched = facts_of(self.status())
        self.by_window("MakesARequestAndIsClosed")
        self.assertEqual(self.ran(), ["certreq"])
        self.ca.sign(self.ca.folder / "サーバー.req", self.ca.folder / "サーバー.cer")
        self.by_window("GoesOnWithTheRequestWhenTheCaHasAnswered")
        self.assertIn("株式会社 門番", self.assert_set_up()["subject"])
        self.assertEqual(self.ran().count("certreq"), 2, "one made the request, one accepted the answer")
        for _ in self.lab.monban("runs", "--json").json["runs"]:  # each page's is one
            undone = self.lab.monban("undo", "--json")
            self.assertEqual((undone.code, undone.json["outcome"]), (0, "done"), undone.told)
        self.assertEqual(facts_of(self.status()), untouched)


class InJapanese(WithWindows):
    options = {"codepage": 932}

    def test_the_window_sets_this_windows_up_though_something_goes_wrong_on_the_way(self):
        self.by_window("IsSetUpPageByPageInJapaneseAndAfterAFaultTheSameButtonGoesOn")
        self.assertEqual(self.assert_set_up()["friendly_name"], "サイト 2026")


if __name__ == "__main__":
    unittest.main(verbosity=2)
