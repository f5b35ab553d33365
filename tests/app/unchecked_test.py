# SPDX-License-Identifier: MIT
"""The check of revocation off for a time, and a list in the store CA: who gets in before, meanwhile and afterwards."""
import calendar
import json
import time
import unittest

from monban import PracticeCase, run


class Unchecked(PracticeCase):
    def setUp(self):
        super().setUp()
        self.answers = json.loads((self.server / "answers.json").read_text())
        self.set_up()
        self.serve()

    def with_troubleshooting(self, **keys):
        answers = {**self.answers, "troubleshoot": keys}
        (self.server / "answers.json").write_text(json.dumps(answers))
        return self.apply()

    def in_hours(self, hours):
        """By the server's clock."""
        clock = self.monban("status", "--json").json["machine"]["clock"]
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(calendar.timegm(time.strptime(clock, "%Y-%m-%dT%H:%M:%SZ")) + hours * 3600))

    def who(self):
        return {name: self.curl(self.ca / f"{name}.p12") for name in ("client", "client-revoked")}

    CHECKED = {"client": (200, None), "client-revoked": (403, 13)}

    def test_off_for_a_time_and_on_again_by_itself(self):
        self.assertEqual(self.who(), self.CHECKED)
        before = self.status()
        applied = self.with_troubleshooting(revocation_off_until=self.in_hours(4))
        self.assertEqual(applied.code, 0, applied.out)
        self.assertEqual([step["id"] for step in applied.json["steps"] if step["result"]["outcome"] == "done"], ["troubleshoot.pause.task", "troubleshoot.pause.record"])
        self.assertIn("revocation-off", [one["id"] for one in applied.json["findings"]])
        self.assertEqual(self.who(), {"client": (200, None), "client-revoked": (200, None)})
        command = self.status()["tasks"][0]["command"].split('" ')[1].split()
        early = self.monban(*command, "--json")
        self.assertEqual((early.code, early.json["outcome"]), (0, "waiting"))
        self.assertEqual(self.who()["client-revoked"], (200, None))
        run("practice", "clock", self.server, "+5h")
        for _ in range(200):
            if not self.status()["tasks"]:
                break
            time.sleep(0.1)
        now = self.status()
        self.assertEqual(now["ssl_records"], before["ssl_records"])
        self.assertEqual(now["tasks"], [])
        self.assertEqual(self.who(), self.CHECKED)

    def test_a_server_without_a_network_gets_the_list_by_file(self):
        lists = (self.ca / "ia1.crl").read_bytes()
        carried = self.work / "carried.crl"
        carried.write_bytes(lists)
        (self.ca / "ia1.crl").unlink()
        self.assertEqual(self.command("certutil", "-urlcache", "*", "delete").code, 0)
        self.assertEqual(self.command("certutil", "-setreg", "chain\\ChainCacheResyncFiletime", "@now").code, 0)
        self.assertEqual(self.who()["client"], (403, 13), "nobody gets in while no list can be had")
        applied = self.with_troubleshooting(install_crl=str(carried))
        self.assertEqual(applied.code, 0, applied.out)
        self.assertIn("stored-crl-ends", [one["id"] for one in applied.json["findings"]])
        shown = self.status()["crls"]
        self.assertEqual([one["store"] for one in shown], ["CA"])
        self.assertEqual(self.who(), self.CHECKED)
        self.assertEqual(self.monban("undo", "--json").code, 0)
        self.assertEqual(self.status()["crls"], [])
        self.assertEqual(self.who()["client"], (403, 13))

    def test_what_helps_nobody_is_refused_and_nothing_runs(self):
        for name, content, word in (("ended.crl", None, "403.13"), ("none.crl", b"no list", "revocation list"), ("missing.crl", None, None)):
            file = self.work / name
            if name == "ended.crl":
                file.write_bytes((self.ca / "ia1.crl").read_bytes())
                run("practice", "clock", self.server, "+400d")
            elif content:
                file.write_bytes(content)
            refused = self.with_troubleshooting(install_crl=str(file))
            self.assertEqual((refused.code, refused.json["outcome"]), (1, "failed"), name)
            if word:
                self.assertIn(word, refused.out)
            self.assertEqual(self.status()["crls"], [])
        (self.server / "answers.json").write_text(json.dumps({**self.answers, "troubleshoot": {"revocation_off_until": "tomorrow"}}))
        self.assertEqual(self.apply().code, 2)


if __name__ == "__main__":
    unittest.main()
