# SPDX-License-Identifier: MIT
"""`monban selftest` on a practice server: what is observed against what the commands print."""
import json
import unittest

from monban import PracticeCase


class SelfTest(PracticeCase):
    def checks(self, *more):
        ran = self.monban("selftest", "--json", *more)
        return ran, {check["id"]: check for check in ran.json["checks"]}

    def fault(self, **fault):
        file = self.server / "machine.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), "faults": [fault]}))

    def test_a_server_that_is_set_up_passes_and_is_not_changed(self):
        self.set_up()
        before = {file: file.read_bytes() for file in self.server.rglob("*") if file.is_file()}
        report = self.work / "report.json"
        ran, checks = self.checks("--report", report)
        self.assertEqual((ran.code, ran.json["passed"]), (0, True), ran.out)
        passed = {name for name, check in checks.items() if check["outcome"] == "passed"}
        self.assertLessEqual({"observe", "netsh.records", "certutil.store.MY", "certutil.store.ROOT", "certutil.store.iis_client_trust", "powershell.my",
                              "appcmd.sites", "appcmd.access.1", "reg.schannel", "console.text"}, passed)
        for check in checks.values():
            self.assertEqual(check["reason"] is None, check["outcome"] == "passed", check)
            self.assertEqual(check["command"] is None, check["output"] is None, check)
        self.assertEqual(json.loads(report.read_text(encoding="utf-8")), ran.json)
        self.assertEqual({file: file.read_bytes() for file in self.server.rglob("*") if file.is_file()}, before)
        self.assertNotIn((self.ca / "password.txt").read_text().strip(), report.read_text(encoding="utf-8"))

    def test_a_program_that_shows_something_else_is_named(self):
        self.set_up()
        for program, check in (("netsh", "netsh.records"), ("certutil", "certutil.store.MY"), ("appcmd", "appcmd.sites"), ("reg", "reg.schannel")):
            with self.subTest(program):
                self.fault(program=program, kind="garbage")
                ran, checks = self.checks()
                self.assertEqual((ran.code, ran.json["passed"], checks[check]["outcome"]), (1, False, "failed"), checks[check])
                self.assertTrue(checks[check]["reason"])
        self.fault(program="netsh", kind="fail")
        ran, checks = self.checks()
        self.assertEqual((ran.code, checks["netsh.records"]["exit_code"]), (1, 1))

    def test_people_are_told_in_both_languages(self):
        self.set_up()
        for language, said in (("en", "[as expected] netsh.records"), ("ja", "[一致] netsh.records")):
            ran = self.monban("--lang", language, "selftest")
            self.assertEqual(ran.code, 0, ran.out + ran.err)
            self.assertIn(said, ran.out)
            self.assertNotRegex(ran.out, r"\{\d\}")


if __name__ == "__main__":
    unittest.main()
