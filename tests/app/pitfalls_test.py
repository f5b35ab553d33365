# SPDX-License-Identifier: MIT
"""What `status` and `plan` warn of, and what a plan mends when it is asked to."""
import json
import unittest

from monban import PracticeCase, run

SCHANNEL = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL"


class Pitfalls(PracticeCase):
    def found(self):
        return {p["id"]: p for p in self.status()["pitfalls"]}

    def mend(self, *ids):
        answers = self.server / "answers.json"
        content = json.loads(answers.read_text())
        content.setdefault("troubleshoot", {})["mend"] = list(ids)
        answers.write_text(json.dumps(content))

    def test_a_fresh_and_a_finished_server_have_none(self):
        self.assertEqual(self.found(), {})
        self.set_up()
        self.assertEqual(self.found(), {})
        self.assertEqual(self.plan().json["pitfalls"], [])

    def test_every_pitfall_is_a_finding(self):
        self.set_up()
        self.command("reg", "add", SCHANNEL, "/v", "SendTrustedIssuers", "/t", "REG_DWORD", "/d", "1")
        for language in ("en", "ja"):
            for pitfall in self.monban("--lang", language, "status", "--json").json["pitfalls"]:
                self.assertEqual(set(pitfall), {"id", "severity", "message", "remedy", "mendable"})
                self.assertNotRegex(pitfall["message"] + pitfall["remedy"], r"\{\d\}")

    def test_an_intermediate_in_root_is_moved_and_brought_back(self):
        self.set_up()
        intermediate = self.client("intermediate", extensions="basicConstraints=CA:TRUE\n").with_suffix(".pem")
        self.assertEqual(self.command("certutil", "-addstore", "ROOT", str(intermediate)).code, 0)
        polluted = self.status()
        self.assertTrue(self.found()["root-not-self-signed"]["mendable"])
        self.serve()
        self.assertNotEqual(self.curl(self.ca / "client.p12")[0], 200)
        self.mend("root-not-self-signed")
        steps = [s for s in self.plan().json["steps"] if s["state"] == "needed"]
        self.assertEqual([(s["id"], s["chapter"], s["undoable"]) for s in steps], [("mend.root-not-self-signed.1", "troubleshoot", True)])
        self.assertEqual(self.apply().code, 0)
        self.assertEqual(self.found(), {})
        self.assertEqual(self.curl(self.ca / "client.p12"), (200, None))
        undone = self.monban("undo", "--json")
        self.assertEqual(undone.code, 0, undone.out)
        self.assertEqual(self.status(), polluted)

    def test_a_misspelt_value_is_replaced_and_brought_back(self):
        self.command("reg", "add", SCHANNEL, "/v", "SendTrusterIssuerList", "/t", "REG_DWORD", "/d", "1")
        before = self.status()
        self.assertEqual(set(self.found()), {"registry-value-misspelt"})
        self.mend("registry-value-misspelt")
        self.assertEqual(self.apply().code, 0)
        run("practice", "restart", self.server)
        self.assertEqual(self.found(), {})
        self.assertEqual(self.monban("undo", "--json").code, 0)
        run("practice", "restart", self.server)
        self.assertEqual(self.status(), before)

    def test_checks_and_negotiation_come_back_on(self):
        self.set_up()
        records = self.server / "http" / "records.json"
        content = json.loads(records.read_text())
        content[0]["check_mode"] = 1
        records.write_text(json.dumps(content))
        self.assertEqual(set(self.found()), {"revocation-not-checked"})
        self.mend("revocation-not-checked", "late-request")
        self.assertEqual(self.apply().code, 0)
        self.assertEqual(self.found(), {})

    def test_a_web_config_is_obeyed_and_named(self):
        self.set_up()
        config = self.server / "inetsrv" / "config" / "applicationHost.config"
        text = config.read_text()
        self.assertIn('name="access" overrideModeDefault="Deny"', text)
        folder = self.server / "inetpub" / "wwwroot"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "web.config").write_text('<configuration><system.webServer><security><access sslFlags="None" /></security>'
                                           "</system.webServer></configuration>")
        self.assertEqual(set(self.found()), {"web-config-locked"})
        config.write_text(text.replace('name="access" overrideModeDefault="Deny"', 'name="access" overrideModeDefault="Allow"'))
        self.assertEqual(set(self.found()), {"access-overridden"})
        self.assertEqual(self.status()["sites"][0]["access"][0]["ssl_flags"], [])
        self.serve()
        self.assertEqual(self.curl()[0], 200, "the file lets everybody in")
        plan = self.plan()
        self.assertEqual(plan.code, 1)
        self.assertEqual([s["id"] for s in plan.json["steps"] if s["state"] == "blocked"], ["require.access"])

    def test_shared_configuration_stops_changes_of_iis(self):
        config = self.server / "inetsrv" / "config" / "redirection.config"
        config.write_text('<configuration><configurationRedirection enabled="true" path="\\\\farm\\iis" password="secret" /></configuration>')
        self.assertEqual(self.found()["shared-configuration"]["severity"], "warning")
        self.assertEqual(self.status()["shared_configuration"], "\\\\farm\\iis")
        plan = self.plan()
        self.assertEqual(plan.code, 1)
        self.assertNotIn("secret", plan.out)
        self.assertIn(("shared-configuration", "error"), [(p["id"], p["severity"]) for p in plan.json["pitfalls"]])
        config.write_text("<configuration>\n<oops></configuration>")
        shown = self.monban("status", "--json")
        self.assertEqual(shown.code, 1)
        self.assertEqual([(u["section"], "line 2" in u["reason"]) for u in shown.json["unreadable"]], [("shared_configuration", True)])

    def test_an_unknown_word_is_named(self):
        self.mend("restart-pending")
        answered = self.plan()
        self.assertEqual((answered.code, answered.out), (2, ""))
        for word in ("troubleshoot.mend", "restart-pending", "root-not-self-signed"):
            self.assertIn(word, answered.err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
