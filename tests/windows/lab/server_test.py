# SPDX-License-Identifier: MIT
"""monban.exe sets up the Windows it runs on: the lab, whose stores, registry, files and processes are Wine's own."""
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

from material import PASSWORD
from this_windows import APPLY, OnThisWindows, facts_of

NATIVE = pathlib.Path(__file__).parents[3] / "build/linux/app/cli/monban"
STEPS = ["import.certificate", "trust.ctl", "trust.root", "bind.site", "bind.record", "bind.issuer-list", "require.access"]


class StandardSetUp(OnThisWindows):
    def test_1_what_it_sees_first(self):
        status = self.status()
        self.assertEqual(status["machine"]["os"]["build"], 20348)
        self.assertEqual(status["machine"]["iis"], {"installed": True, "version": "10.0"})
        self.assertTrue(status["machine"]["elevated"])
        self.assertEqual([s["name"] for s in status["sites"]], ["Default Web Site"])
        self.assertEqual(status["ssl_records"], [])
        type(self).untouched = facts_of(status)

    def test_2_a_plan_shows_what_will_run_and_runs_nothing(self):
        plan = self.lab.monban("plan", *APPLY[1:])
        self.assertEqual(plan.code, 0, plan.told)
        self.assertEqual([s["id"] for s in plan.json["steps"] if s["state"] == "needed"], STEPS)
        self.assertEqual(self.lab.calls(), [])
        self.assertFalse(self.lab.path(r"C:\ProgramData\Monban").exists(), "a plan leaves nothing behind")
        type(self).planned = [s["action"] for s in plan.json["steps"] if s["action"]["kind"] == "command"]

    def test_3_apply_does_it_and_what_was_shown_is_what_ran(self):
        done = self.apply()
        self.assertEqual((done.code, done.json["outcome"]), (0, "done"), done.told)
        self.assertEqual([s["result"]["outcome"] for s in done.json["steps"]], ["done"] * len(STEPS))
        calls = self.lab.calls()
        backups = [c for c in calls if c["arguments"][:2] == ["add", "backup"]]
        self.assertEqual(len(backups), 1, "one backup, before IIS is changed")
        self.assertEqual(backups[0]["arguments"][2].split("-")[0], "Monban")
        ran = [c["arguments"] for c in calls if c not in backups]
        # reg.exe is Wine's own and leaves no note.
        self.assertEqual(ran, [a["arguments"] for a in self.planned if not a["program"].lower().endswith("reg.exe")])
        status = self.status()
        record = status["ssl_records"][0]
        self.assertEqual((record["endpoint"], record["ctl_store"], record["negotiate_client_certificate"], record["owner"]),
                         ("0.0.0.0:443", "iis_client_trust", True, "IIS"))
        mine = [c for c in status["stores"]["MY"] if c["thumbprint_sha1"] == record["thumbprint"]]
        self.assertEqual([(c["has_private_key"], c["friendly_name"]) for c in mine], [(True, "サイト 2026")])
        self.assertEqual(status["registry"]["send_trusted_issuer_list"], 1)
        self.assertIn("restart-pending", [p["id"] for p in status["pitfalls"]])
        self.assertEqual(status["sites"][0]["access"][0]["ssl_flags"], ["Ssl", "SslNegotiateCert", "SslRequireCert"])
        type(self).set_up = facts_of(status)

    def test_3_selftest_finds_what_the_programs_show(self):
        ran = self.lab.monban("selftest", "--report", r"C:\lab\report.json", "--json")
        checks = {check["id"]: check["outcome"] for check in ran.json["checks"]}
        # Wine has no certlm.msc.
        self.assertEqual((ran.code, {name for name, outcome in checks.items() if outcome == "failed"}), (1, {"windows"}), ran.err)
        for name in ("observe", "netsh.records", "certutil.store.MY", "certutil.store.iis_client_trust", "powershell.my", "appcmd.sites",
                     "appcmd.access.1", "reg.schannel", "console.text", "libraries"):
            self.assertEqual(checks[name], "passed", name)
        self.assertEqual(json.loads((self.lab.folder / "report.json").read_text()), ran.json)

    def test_4_a_second_apply_changes_nothing(self):
        before = len(self.lab.calls())
        again = self.apply()
        self.assertEqual((again.code, again.json["outcome"], again.json["run"]), (0, "done", None), again.out)
        self.assertEqual(len(self.lab.calls()), before)

    def test_5_a_practice_server_after_the_same_run_shows_the_same(self):
        work = pathlib.Path(tempfile.mkdtemp(prefix="monban-"))
        self.addCleanup(shutil.rmtree, work, ignore_errors=True)
        native = lambda *arguments: subprocess.run([NATIVE, *map(str, arguments)], capture_output=True, text=True, timeout=120)
        self.assertEqual(native("practice", "new", work / "server").returncode, 0)
        applied = native("--practice", work / "server", "apply", "--answers", self.ca.folder / "answers.json",
                         "--password-file", self.ca.folder / "password.txt", "--json")
        self.assertEqual(applied.returncode, 0, applied.stdout + applied.stderr)
        practice = facts_of(json.loads(native("--practice", work / "server", "status", "--json").stdout))
        ours = {**self.set_up, "stores": dict(self.set_up["stores"])}
        # Wine's ROOT and CA begin with what this host trusts: what was added is compared.
        for store in ("ROOT", "CA"):
            first = {c["thumbprint_sha1"] for c in self.untouched["stores"].get(store, [])}
            ours["stores"][store] = [c for c in ours["stores"].get(store, []) if c["thumbprint_sha1"] not in first]
            added = {c["thumbprint_sha1"] for c in ours["stores"][store]}
            practice["stores"][store] = [c for c in practice["stores"].get(store, []) if c["thumbprint_sha1"] in added]
        self.assertEqual(ours, practice)

    def test_6_undo_brings_everything_back(self):
        undone = self.lab.monban("undo", "--json")
        self.assertEqual((undone.code, undone.json["outcome"]), (0, "done"), undone.told)
        self.assertEqual(facts_of(self.status()), self.untouched)
        self.assertEqual(self.lab.monban("undo", "--json").code, 0)

    def test_7_the_password_is_nowhere(self):
        forms = [PASSWORD.encode(), PASSWORD.encode("utf-16-le"), PASSWORD.encode("cp932")]
        for file in self.lab.prefix.rglob("*"):
            if file.is_symlink() or not file.is_file() or file == self.ca.folder / "password.txt":
                continue
            content = file.read_bytes()
            for form in forms:
                self.assertNotIn(form, content, file)


class StandardSetUpInJapanese(StandardSetUp):
    """The same where programs write code page 932."""
    options = {"codepage": 932}

    def test_8_what_its_programs_say_is_read(self):
        applied = self.apply()
        self.assertEqual(applied.code, 0, applied.told)
        said = "".join(step["result"]["output"] or "" for step in applied.json["steps"])
        self.assertIn("証明書", said)
        self.assertNotIn("\ufffd", said)


class WithoutStandIns(OnThisWindows):
    """Only the version values, IIS's key and its configuration: Wine's certutil ends with 0 and does nothing."""
    options = {"stand_ins": False}

    def test_success_without_effect_is_not_believed(self):
        failed = self.apply()
        self.assertEqual((failed.code, failed.json["outcome"]), (1, "failed"), failed.told)
        results = [(s["id"], s["result"]) for s in failed.json["steps"]]
        self.assertEqual([(i, r["outcome"]) for i, r in results],
                         list(zip(STEPS, ["done", "failed"] + ["not-run"] * 5)))
        self.assertEqual(results[1][1]["exit_code"], 0)
        self.assertIn("reported success, but the server does not show it", results[1][1]["reason"])
        tested = self.lab.monban("selftest", "--json")
        self.assertEqual(tested.code, 1)
        silent = [check for check in tested.json["checks"] if check["id"] == "certutil.store.MY"]
        self.assertEqual([(check["outcome"], check["exit_code"]) for check in silent], [("failed", 0)], "a certutil that shows nothing is noticed")


class ThePracticeCa(OnThisWindows):
    def test_is_refused_here(self):
        refused = self.lab.monban("apply", "--answers", r"C:\lab\answers.json", "--password-file", r"C:\lab\ca\password.txt", "--json")
        self.assertEqual((refused.code, refused.json["outcome"]), (1, "failed"), refused.told)
        self.assertTrue(all(s["state"] == "blocked" for s in refused.json["steps"]))
        self.assertIn("practice server", refused.json["steps"][0]["reason"])
        self.assertEqual(self.lab.calls(), [])


class ARequest(OnThisWindows):
    def test_is_made_answered_accepted_and_taken_back(self):
        before = facts_of(self.status())
        self.ca.answers("request.json", certificate={
            "source": "request", "common_name": "iisdemo.spt-demo.local", "organization": "株式会社 門番, \"Ltd.\"", "country": "JP",
            "request_file": "サーバー.req", "issued_file": "サーバー.cer"})
        go = ("apply", "--answers", r"C:\lab\own\request.json", "--json")
        waiting = self.lab.monban(*go)
        self.assertEqual((waiting.code, waiting.json["outcome"]), (3, "waiting"), waiting.told)
        self.ca.sign(self.ca.folder / "サーバー.req", self.ca.folder / "サーバー.cer")
        done = self.lab.monban(*go)
        self.assertEqual((done.code, done.json["outcome"]), (0, "done"), done.told)
        [certificate] = [c for c in self.status()["stores"]["MY"] if c["has_private_key"]]
        self.assertIn("株式会社 門番", certificate["subject"])
        for _ in range(2):
            undone = self.lab.monban("undo", "--json")
            self.assertEqual(undone.code, 0, undone.told)
        self.assertEqual(facts_of(self.status()), before)


class AYearLater(OnThisWindows):
    """The certificate in every record of the site is replaced, in those of others it is not."""
    ADFS = "{5d89a20c-beab-4389-9447-324788eb944a}"
    RENEW = ("apply", "--renew", "--answers", r"C:\lab\own\renew.json", *APPLY[3:])

    def records(self):
        return {record["endpoint"]: record for record in self.status()["ssl_records"]}

    def test_only_hashes_change_and_what_fails_goes_back(self):
        self.assertEqual(self.apply().code, 0)
        old = self.records()["0.0.0.0:443"]["thumbprint"]
        add = lambda *record: self.assertEqual(self.lab.call("netsh", "http", "add", "sslcert", *record, f"certhash={old}", "certstorename=MY").code, 0)
        add("hostnameport=iisdemo.spt-demo.local:8443", "appid={4dc3e181-e14b-4a21-b022-59fc669b0914}", "verifyclientcertrevocation=disable")
        add("ipport=0.0.0.0:49443", "appid=" + self.ADFS)
        self.ca.issue("renewed", "サイト 2027")
        self.ca.answers("renew.json", certificate={"file": "renewed.p12"})
        before, untouched = self.records(), facts_of(self.status())

        self.lab.process_fault("netsh", "killed-before")
        failed = self.lab.monban(*self.RENEW)
        self.lab.process_fault()
        steps = {step["id"]: step["result"]["outcome"] for step in failed.json["steps"]}
        if "renew.record.1" in steps and failed.json["outcome"] == "failed":  # where netsh changes records
            self.assertEqual((failed.code, failed.json["taken_back"]), (1, True), failed.told)
            self.assertEqual(steps, {"import.certificate": "done", "renew.record.1": "failed", "renew.record.2": "not-run"})
        else:
            self.assertEqual(self.lab.monban("undo", "--json").code, 0)
        self.assertEqual(facts_of(self.status()), untouched)

        renewed = self.lab.monban(*self.RENEW)
        self.assertEqual((renewed.code, renewed.json["outcome"]), (1, "done"), renewed.told)
        self.assertIn("AD FS", renewed.json["reason"])
        # Nobody serves the lab's records: that no visitor could look is said.
        self.assertEqual([f["id"] for f in renewed.json["findings"]].count("renewal-not-visited"), 2)
        after = self.records()
        new = after["0.0.0.0:443"]["thumbprint"]
        self.assertNotEqual(new, old)
        self.assertEqual(after, {place: {**record, "thumbprint": new} if record["app_id"] != self.ADFS else record for place, record in before.items()})
        mine = [c for c in self.status()["stores"]["MY"] if c["thumbprint_sha1"] == new]
        self.assertEqual([(c["has_private_key"], c["friendly_name"]) for c in mine], [(True, "サイト 2027")])
        self.assertEqual(self.lab.monban(*self.RENEW).json["run"], None)
        self.assertEqual(self.lab.monban("undo", "--json").code, 0)
        self.assertEqual(facts_of(self.status()), untouched)


class AYearLaterOn2016(AYearLater):
    """Where no program changes a record in place, Monban does, through http.sys itself."""
    options = {"os": "2016"}


class Faults(OnThisWindows):
    NOT_SHOWN = "reported success, but the server does not show it"
    ENDED = "The command ended with code"
    # Whose fault, which, how often; the step that fails and a part of its reason, or nothing where all is as was asked for.
    TABLE = (("certutil", "no-effect", 1, "trust.ctl", NOT_SHOWN), ("certutil", "fail", 1, "trust.ctl", ENDED + " 1"),
             ("certutil", "denied", 1, "trust.ctl", ENDED), ("certutil", "garbage", 1, None, None), ("certutil", "reports-failure", 1, None, None),
             ("appcmd", "no-effect", None, "bind.site", "backed up"), ("appcmd", "fail", None, "bind.site", "backed up"),
             ("netsh", "no-effect", 1, "bind.record", NOT_SHOWN), ("netsh", "fail", 1, "bind.record", ENDED + " 1"),
             ("netsh", "other-writer", 1, "bind.record", NOT_SHOWN))
    PROCESSES = (("certutil", "trickle", None), ("certutil", "flood", None), ("certutil", "killed-after", None),
                 ("certutil", "killed-before", "trust.ctl"), ("netsh", "killed-before", "bind.record"))

    def judge(self, ran, step, said):
        failed = [s for s in ran.json["steps"] if s["result"]["outcome"] == "failed"]
        if step is None:  # what was asked for happened, whatever the program said
            self.assertEqual((ran.code, failed), (0, []), ran.out)
        else:
            self.assertEqual((ran.code, [s["id"] for s in failed]), (1, [step]), ran.out)
            self.assertIn(said, failed[0]["result"]["reason"])
            states = [s["result"]["outcome"] for s in ran.json["steps"]]
            at = states.index("failed")
            self.assertEqual(states, ["done"] * at + ["failed"] + ["not-run"] * (len(states) - at - 1), "the account is exact")

    def take_back(self, before):
        undone = self.lab.monban("undo", "--json")
        self.assertEqual(undone.code, 0, undone.told)
        self.assertEqual(facts_of(self.status()), before)

    def test_each_is_told_and_what_stands_is_exact(self):
        before = facts_of(self.status())
        for program, kind, times, step, said in self.TABLE:
            with self.subTest(f"{program} {kind}"):
                self.lab.fault(program, kind, **({"times": times} if times else {}))
                ran = self.apply()
                self.lab.change_machine(faults=[])
                self.judge(ran, step, said)
                self.take_back(before)

    def test_processes_that_trickle_flood_or_die_are_told_as_what_they_are(self):
        before = facts_of(self.status())
        for program, how, step in self.PROCESSES:
            with self.subTest(f"{program} {how}"):
                self.lab.process_fault(program, how)
                ran = self.apply()
                self.lab.process_fault()
                self.judge(ran, step, self.ENDED + " 1")
                for one in ran.json["steps"]:
                    self.assertLess(len(one["result"]["output"] or ""), 2_000_000, "what is kept of an output is bounded")
                self.take_back(before)


class OneThatStaysSetUp(OnThisWindows):
    """What does not need a server of its own."""
    CRYPTSVC = r"HKLM\SYSTEM\CurrentControlSet\Services\cryptsvc"
    SERVICES = ("cryptsvc", "appidsvc", "labidle")

    def test_1_a_data_folder_that_others_may_write_in_is_refused(self):
        folder = self.lab.path(r"C:\ProgramData") / "Monban"
        folder.mkdir()
        folder.chmod(0o777)
        refused = self.apply()
        self.assertEqual((refused.code, refused.json["outcome"]), (1, "failed"), refused.told)
        self.assertEqual(self.lab.calls(), [])
        self.assertEqual(self.lab.monban("undo", "--json").code, 1)
        shutil.rmtree(folder)
        self.assertEqual(self.apply().code, 0)
        self.assertEqual(folder.stat().st_mode & 0o022, 0)

    def flush(self):
        """5.3: the run, its steps, what net was told."""
        if not self.lab.knows_dependents:
            self.skipTest("Wine's own sechost.dll was not found when the lab's was to be built")
        self.ca.answers("flush.json", troubleshoot={"flush_crl": True})
        # A list that was fetched just now is one that http.sys believes, so that there is something to flush.
        place = self.lab.path(r"C:\windows\ServiceProfiles\NetworkService\AppData\LocalLow\Microsoft\CryptnetUrlCache\Content") / ("01" * 16)
        place.parent.mkdir(parents=True, exist_ok=True)
        time.sleep(1.1)  # whole seconds are compared: one of the second of an earlier test's flush counts as out of date
        place.write_bytes((self.lab.folder / "ca/ia1.crl").read_bytes())
        known = len(self.lab.calls())
        ran = self.lab.monban("apply", "--answers", r"C:\lab\own\flush.json", *APPLY[3:])
        steps = {step["id"].removeprefix("troubleshoot.flush-crl."): step for step in ran.json["steps"] if step["chapter"] == "troubleshoot"}
        return ran, steps, [call["arguments"] for call in self.lab.calls()[known:] if call["program"] == "net"]

    def test_2_what_stops_with_the_cryptographic_services_is_started_again(self):
        self.lab.call("net", "start", "appidsvc")
        # A second one that depends on them, and does not run.
        self.lab.run("sc", "create", "labidle", "binPath=", r"C:\idle.exe", "depend=", "cryptsvc")
        ran, steps, told = self.flush()
        self.assertEqual((ran.code, ran.json["outcome"]), (0, "done"), ran.told)
        self.assertEqual([(name, step["result"]["outcome"]) for name, step in steps.items()],
                         [("cache", "skipped"), ("stop", "done"), ("resync", "done"), ("start", "done"), ("start-appidsvc", "done")])
        self.assertEqual([expected["fact"] for expected in steps["stop"]["expects"]], ["services[cryptsvc]", "services[appidsvc]"])
        self.assertEqual(told, [["stop", "cryptsvc", "/y"], ["start", "cryptsvc"], ["start", "appidsvc"]])
        self.assertEqual([self.lab.service(name) for name in self.SERVICES], ["RUNNING", "RUNNING", "STOPPED"])

    def test_3_what_was_stopped_before_stays_stopped(self):
        self.lab.call("net", "stop", "appidsvc")
        ran, steps, told = self.flush()
        self.assertEqual((ran.code, ran.json["outcome"]), (0, "done"), ran.told)
        self.assertEqual((list(steps), told), (["cache", "stop", "resync", "start"], [["stop", "cryptsvc", "/y"], ["start", "cryptsvc"]]))
        self.assertEqual([self.lab.service(name) for name in self.SERVICES[:2]], ["RUNNING", "STOPPED"])

    def test_4_they_are_not_stopped_while_nobody_can_say_what_stops_with_them(self):
        self.lab.run("reg", "add", self.CRYPTSVC, "/v", "MonbanLabDeniesDependents", "/t", "REG_DWORD", "/d", "1", "/f")
        self.addCleanup(self.lab.run, "reg", "delete", self.CRYPTSVC, "/v", "MonbanLabDeniesDependents", "/f")
        ran, steps, told = self.flush()
        self.assertEqual((ran.code, ran.json["outcome"], told), (1, "failed", []), ran.told)
        self.assertIn("stop", steps, ran.told)
        self.assertEqual(steps["stop"]["state"], "unknown")
        self.assertIn("error 5", steps["stop"]["reason"])
        self.assertEqual(self.lab.service("cryptsvc"), "RUNNING")


if __name__ == "__main__":
    unittest.main(verbosity=2)
