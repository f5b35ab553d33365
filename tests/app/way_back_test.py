# SPDX-License-Identifier: MIT
"""The ways back, by the console: keep or revert, drift, taking the set-up off, removing what is old."""
import json
import os
import pty
import select
import signal
import subprocess
import time
import unittest

from monban import PROGRAM, RUNNER, PracticeCase, run
from renewal_test import RenewalCase


def ids(shown):
    return [step["id"] for step in shown["steps"]]


class Removal(PracticeCase):
    def test_off_again_and_back(self):
        before = self.status()
        self.set_up()
        applied = self.status()
        removed = self.monban("apply", "--remove", "--json")
        self.assertEqual(removed.code, 0, removed.out + removed.err)
        self.assertEqual(removed.json["kind"], "removal")
        after = self.status()
        self.assertEqual(after["sites"], before["sites"])
        self.assertEqual(after["ssl_records"], before["ssl_records"])
        self.assertNotIn("iis_client_trust", after["stores"])
        self.assertEqual(len(after["stores"]["MY"]), 1, "the key never comes back, so it stays")
        # Whoever makes https anew afterwards has a reason.
        self.assertEqual(self.command("powershell", "-Command", "New-WebBinding -Name 'Default Web Site' -Protocol https -Port 443").code, 0)
        self.assertEqual(self.monban("status", "--against", "last", "--json").json["drift"], [])
        self.assertEqual(self.command("appcmd", "set", "site", "Default Web Site", "/-bindings.[protocol='https',bindingInformation='*:443:']").code, 0)
        again = self.monban("apply", "--remove", "--json")
        self.assertEqual((again.code, again.json["steps"], again.json["run"]), (0, [], None))
        self.assertEqual(self.monban("undo", "--json").code, 0)
        self.assertEqual(self.status(), applied)

    def test_visitors(self):
        self.set_up()
        self.serve()
        self.assertEqual(self.curl(), (403, 7))
        self.assertEqual(self.monban("apply", "--remove", "--json").code, 0)
        self.assertEqual(self.curl()[0], 0, "https is gone")
        self.assertEqual(self.monban("undo", "--json").code, 0)
        end = time.monotonic() + 20  # until the serving process has seen it
        while self.curl(self.ca / "client.p12") != (200, None) and time.monotonic() < end:
            time.sleep(0.2)
        self.assertEqual(self.curl(self.ca / "client.p12"), (200, None))

    def test_which_site(self):
        answers = self.work / "a.json"
        answers.write_text(json.dumps({"bind": {"site": "No such site"}}))
        refused = self.monban("plan", "--remove", "--answers", answers, "--json")
        self.assertEqual(refused.code, 1)
        self.assertEqual(refused.json["steps"][0]["state"], "blocked")
        self.assertEqual(self.monban("plan", "--remove", "--put-back").code, 2, "one at a time")
        self.assertEqual(self.monban("plan", "--json").code, 2, "a set-up needs answers")


class Drift(PracticeCase):
    def drift(self, against="last"):
        shown = self.monban("status", "--against", against, "--json")
        return shown.code, shown.json["drift"]

    def test_what_iis_manager_loses(self):
        self.set_up()
        self.assertEqual(self.drift(), (0, []))
        approved = self.status()
        thumbprint = approved["ssl_records"][0]["thumbprint"]
        # As IIS does it for its own dialog (practice's PowerShell knows the same call).
        bound = self.command("powershell", "-Command",
                             f"(Get-WebBinding -Name 'Default Web Site' -Protocol https).AddSslCertificate('{thumbprint}', 'My')")
        self.assertEqual(bound.code, 0, bound.out + bound.err)
        code, found = self.drift()
        self.assertEqual(code, 1)
        facts = {line["fact"].rpartition(".")[2]: line for line in found}
        self.assertEqual((facts["ctl_store"]["expected"], facts["ctl_store"]["found"]), ("iis_client_trust", "none"))
        self.assertIn("negotiate_client_certificate", facts)
        self.assertIn("IIS Manager", facts["ctl_store"]["author"])
        run_name = json.loads(self.monban("runs", "--json").out)["runs"][0]["run"]
        self.assertEqual(facts["ctl_store"]["run"], run_name)
        self.assertEqual(self.drift(run_name)[0], 1)
        self.assertEqual(self.monban("status", "--against", "0099-none", "--json").code, 2)
        self.assertIn("IIS マネージャー", run("--practice", self.server, "--lang", "ja", "status", "--against", "last").out)
        back = self.monban("apply", "--put-back", "--json")
        self.assertEqual(back.code, 0, back.out)
        self.assertEqual(self.drift(), (0, []))
        record = self.status()["ssl_records"][0]
        self.assertEqual({key: value for key, value in record.items() if key != "store"},
                         {key: value for key, value in approved["ssl_records"][0].items() if key != "store"})
        self.assertEqual(self.monban("apply", "--put-back", "--json").json["steps"], [])

    def test_a_deleted_ca_comes_back_from_the_journal(self):
        self.set_up()
        root = self.status()["stores"]["iis_client_trust"][0]["thumbprint_sha1"]
        (self.ca / "ia1.der").unlink()
        self.assertEqual(self.command("certutil", "-delstore", "iis_client_trust", root).code, 0)
        self.assertEqual(self.drift()[0], 1)
        self.assertEqual(self.monban("apply", "--put-back", "--json").code, 0)
        self.assertEqual(self.drift(), (0, []))

    def test_an_undone_run_is_approved_no_more(self):
        self.set_up()
        self.assertEqual(self.monban("undo", "--json").code, 0)
        self.assertEqual(self.drift(), (0, []))
        self.assertIn("nothing to compare with", self.monban("status", "--against", "last").out)

    def test_what_cannot_be_seen_is_not_as_approved(self):
        self.set_up()
        for file in ("registry.json", "http/records.json"):
            whole = (self.server / file).read_bytes()
            (self.server / file).write_text("{bad")
            shown = self.monban("status", "--against", "last")
            self.assertEqual(shown.code, 1)
            self.assertNotIn("as it was last approved.", shown.out)
            self.assertIn("cannot be seen", shown.out)
            self.assertNotEqual(self.monban("status", "--against", "last", "--json").json["drift_unknown"], [])
            back = self.monban("apply", "--put-back", "--json")
            self.assertEqual((back.code, back.json["outcome"]), (1, "failed"), back.out)
            self.assertIn("unknown", [step["state"] for step in back.json["steps"]])
            (self.server / file).write_bytes(whole)
        self.assertEqual(self.drift(), (0, []))

    def test_an_unknown_programs_record_is_not_taken_over(self):
        self.set_up()
        approved = self.status()["ssl_records"]
        self.assertEqual(self.command("appcmd", "set", "site", "Default Web Site", "/-bindings.[protocol='https',bindingInformation='*:443:']").code, 0)
        self.assertEqual(self.command("netsh", "http", "delete", "sslcert", "ipport=0.0.0.0:443").code, 0)
        self.assertEqual(self.command("netsh", "http", "add", "sslcert", "ipport=0.0.0.0:443", f"certhash={approved[0]['thumbprint']}",
                                      "appid={11111111-2222-3333-4444-555555555555}", "certstorename=MY").code, 0)
        theirs = self.status()["ssl_records"]
        back = self.monban("apply", "--put-back", "--json")
        self.assertEqual(back.code, 1, back.out)
        self.assertIn("not-put-back", [finding["id"] for finding in back.json["findings"]])
        self.assertEqual(self.status()["ssl_records"], theirs)
        self.assertEqual(self.monban("apply", "--put-back", "--accept", "unknown-owner", "--json").code, 0)
        self.assertEqual(self.status()["ssl_records"], approved)

    def test_a_cut_off_run_is_told_with_the_command_that_goes_on_with_it(self):
        self.set_up()
        self.assertEqual(self.monban("apply", "--remove", "--json").code, 0)
        file = max((self.server / "journal").glob("0*.json"))
        run_file = json.loads(file.read_text())
        run_file["ended"] = None
        file.write_text(json.dumps(run_file))
        self.assertIn("monban apply --remove", self.monban("status").out)
        self.assertEqual([one["id"] for one in self.monban("status", "--json").json["findings"]], ["run-interrupted"])
        going_on = self.monban("plan", "--remove", "--json").json["findings"]
        self.assertEqual([one["severity"] for one in going_on if one["id"] == "run-interrupted"], ["info"])

    def test_a_later_run_of_monbans_own_is_named(self):
        self.set_up()
        first = self.monban("runs", "--json").json["runs"][0]["run"]
        answers = json.loads((self.server / "answers.json").read_text())
        answers["require"] = {"mode": "accept"}
        (self.server / "answers.json").write_text(json.dumps(answers))
        self.assertEqual(self.apply().code, 0)
        later = self.monban("runs", "--json").json["runs"][-1]["run"]
        found = self.drift(first)[1]
        self.assertTrue(found and all(later in line["author"] for line in found), found)
        self.assertNotIn("put-back", self.monban("status", "--against", first).out)


class Retirement(RenewalCase):
    def test_the_old_certificate_goes_when_nothing_uses_it(self):
        renewed = self.renew()
        self.assertEqual(renewed.code, 1, "AD FS has it still")
        old = next(record["thumbprint"] for record in self.status()["ssl_records"] if "49443" in record["endpoint"])
        answers = self.work / "a.json"
        answers.write_text(json.dumps({"import": {"retire": [old]}}))
        blocked = self.monban("apply", "--retire", "--answers", answers, "--json")
        self.assertEqual((blocked.code, blocked.json["outcome"]), (1, "failed"))
        self.assertIn("AD FS", blocked.json["reason"])
        endpoint = next(record["endpoint"] for record in self.status()["ssl_records"] if "49443" in record["endpoint"])
        self.assertEqual(self.command("netsh", "http", "delete", "sslcert", f"ipport={endpoint}").code, 0)
        planned = self.monban("plan", "--retire", "--answers", answers, "--json").json
        self.assertEqual([step["undoable"] for step in planned["steps"]], [False])
        keys = len(list((self.server / "keys").iterdir()))
        done = self.monban("apply", "--retire", "--answers", answers, "--json")
        self.assertEqual(done.code, 0, done.out)
        self.assertNotIn(old, [one["thumbprint_sha1"] for one in self.status()["stores"]["MY"]])
        self.assertEqual(len(list((self.server / "keys").iterdir())), keys - 1)
        # What cannot come back is said before anything is undone.
        refused = self.monban("undo", "--json")
        self.assertEqual((refused.code, refused.json["outcome"]), (1, "failed"))
        self.assertEqual([step["result"]["outcome"] for step in refused.json["steps"]], ["not-run"])
        renewal = self.monban("undo", json.loads(self.monban("runs", "--json").out)["runs"][0]["run"], "--json")
        self.assertEqual(renewal.code, 1)
        self.assertTrue(any(old in (step["reason"] or "") for step in renewal.json["steps"]), "1312, told beforehand")


class KeepOrRevert(PracticeCase):
    def apply_and_wait(self, *arguments):
        return subprocess.Popen([*RUNNER, PROGRAM, "--practice", str(self.server), "apply", "--answers", str(self.server / "answers.json"), "--password-file",
                                 str(self.ca / "password.txt"), "--json", *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def wait_until_it_asks(self):
        for _ in range(400):
            runs = json.loads(self.monban("runs", "--json").out)["runs"]
            if runs and runs[-1]["ended"] and not runs[-1]["undone"] and not runs[-1]["kept"]:
                return runs[-1]["run"]
            time.sleep(0.05)
        self.fail("no run waits")

    def test_without_a_terminal_the_change_is_kept(self):
        applied = self.apply()
        self.assertEqual((applied.code, applied.json["taken_back"]), (0, None))
        self.assertEqual(self.monban("keep", "--json").code, 1)

    def test_nobody_answers(self):
        before = self.status()
        applied = self.apply("--revert-after", 1)
        self.assertEqual((applied.code, applied.json["outcome"], applied.json["taken_back"]), (1, "cancelled", True))
        self.assertEqual(self.status(), before)

    def test_another_monban_keeps_it(self):
        waiting = self.apply_and_wait("--revert-after", 60)
        name = self.wait_until_it_asks()
        kept = self.monban("keep", name, "--json")
        self.assertEqual((kept.code, kept.json), (0, {"run": name, "kept": True}))
        out, _ = waiting.communicate(timeout=60)
        self.assertEqual((waiting.returncode, json.loads(out)["outcome"]), (0, "done"))
        self.assertEqual(self.drift_code(), 0)

    def drift_code(self):
        return self.monban("status", "--against", "last", "--json").code

    def test_the_session_ends(self):
        before = self.status()
        for lost in (signal.SIGTERM, signal.SIGHUP):
            waiting = self.apply_and_wait("--revert-after", 600)
            self.wait_until_it_asks()
            waiting.send_signal(lost)
            out, _ = waiting.communicate(timeout=60)
            self.assertEqual((waiting.returncode, json.loads(out)["taken_back"]), (1, True), lost)
            self.assertEqual(self.status(), before)

    def test_it_is_killed(self):
        waiting = self.apply_and_wait("--revert-after", 600)
        name = self.wait_until_it_asks()
        waiting.kill()
        waiting.communicate()
        shown = self.monban("runs")
        self.assertIn("not kept yet", run("--practice", self.server, "--lang", "en", "runs").out, shown.out)
        self.assertEqual(self.monban("undo", "--json").json["run"], name)

    def test_it_is_killed_and_the_task_takes_it_back(self):
        before = self.status()
        waiting = self.apply_and_wait("--revert-after", 60)
        self.wait_until_it_asks()
        waiting.kill()
        waiting.communicate()
        self.serve()
        self.assertEqual(self.curl(), (403, 7))
        tasks = self.status()["tasks"]
        self.assertEqual([(task["name"], task["every_minutes"], task["user"]) for task in tasks], [("Monban\\KeepOrRevert", 1, "S-1-5-18")])
        self.assertIn("KeepOrRevert", self.command("schtasks", "/query").out)
        self.assertEqual(self.monban("undo", "--overdue", "--json").json, {"run": None, "undone": False}, "its time is not over")
        run("practice", "clock", self.server, "+2m")
        for _ in range(200):
            if self.status()["ssl_records"] == []:
                break
            time.sleep(0.1)
        for facts in (now := self.status(), before):
            facts["machine"].pop("clock", None)
        self.assertEqual(now, before, "whoever was shut out is let in again, and the task is gone")
        self.assertEqual(self.monban("runs", "--json").json["runs"][-1]["undone"], True)

    @unittest.skipIf(RUNNER, "a terminal of this system")
    def test_at_a_terminal_it_is_asked(self):
        for answer, code in (("y", 0), ("n", 1)):
            master, slave = pty.openpty()
            process = subprocess.Popen([PROGRAM, "--practice", str(self.server), "--lang", "en", "apply", "--answers", str(self.server / "answers.json"), "--password-file",
                                        str(self.ca / "password.txt")], stdin=slave, stdout=slave, stderr=slave, env={**os.environ, "TERM": "dumb"})
            os.close(slave)
            said = ""
            questions = {"Run these steps now?": "y", "Keep these settings?": answer}
            end = time.monotonic() + 60
            while time.monotonic() < end:
                if not select.select([master], [], [], 0.2)[0]:
                    if process.poll() is not None:
                        break
                    continue
                try:
                    said += os.read(master, 65536).decode("utf-8", "replace")
                except OSError:
                    break
                for question in list(questions):
                    if question in said:
                        os.write(master, questions.pop(question).encode() + b"\n")
            self.assertEqual(process.wait(10), code, said[-3000:])
            os.close(master)
            self.assertEqual(questions, {})
            if answer == "y":
                self.assertEqual(self.monban("undo", "--json").code, 0)
        self.assertEqual(self.status()["ssl_records"], [])


if __name__ == "__main__":
    unittest.main()
