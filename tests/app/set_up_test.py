# SPDX-License-Identifier: MIT
"""From a PKCS#12 file to a protected site, judged by curl and openssl."""
import json
import pathlib
import subprocess
import unittest

from monban import HOST, PracticeCase, run

REFUSED = {"client-other-ca.p12": 16, "client-trusted-elsewhere.p12": 16, "client-expired.p12": 17, "client-revoked.p12": 13}


class SetUp(PracticeCase):
    def test_who_gets_in(self):
        self.set_up()
        self.serve()
        for tls in ("1.2", "1.3"):
            with self.subTest(tls=tls):
                self.assertEqual(self.curl(self.ca / "client.p12", tls=tls), (200, None))
                self.assertEqual(self.curl(tls=tls), (403, 7))
                for name, sub in REFUSED.items():
                    self.assertEqual(self.curl(self.ca / name, tls=tls), (403, sub), name)

    def test_certificates_made_by_openssl_behave_the_same(self):
        self.set_up()
        self.serve()
        self.assertEqual(self.curl(self.client("good"), "x"), (200, None))
        no_crl = self.client("no-crl", extensions="basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth\n")
        self.assertEqual(self.curl(no_crl, "x"), (403, 13), "revocation that cannot be checked")
        server_only = self.client("server", extensions="extendedKeyUsage=serverAuth\ncrlDistributionPoints=URI:http://ca.practice/crl/ia1.crl\n")
        self.assertEqual(self.curl(server_only, "x"), (403, 16), "wrong purpose")
        no_purpose = self.client("any", extensions="crlDistributionPoints=URI:http://ca.practice/crl/ia1.crl\n")
        self.assertEqual(self.curl(no_purpose, "x"), (200, None), "no purpose named means every purpose")
        other_key, other = self.work / "o.key", self.work / "o.pem"
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", other_key, "-out", other, "-subj", "/CN=ia1", "-days", "30")
        self.assertEqual(self.curl(self.client("stranger", issuer=(other, other_key)), "x"), (403, 16))
        self.assertEqual(self.curl(self.client("late", expired=True), "x"), (403, 17))

    def test_root_emptied_refuses_everybody(self):
        self.set_up()
        self.serve()
        for file in (self.server / "stores" / "ROOT").iterdir():
            file.unlink()
        self.assertEqual(self.curl(self.ca / "client.p12"), (403, 16))

    def test_ctl_emptied_refuses_everybody(self):
        self.set_up()
        self.serve()
        for file in (self.server / "stores" / "iis_client_trust").iterdir():
            file.unlink()
        self.assertEqual(self.curl(self.ca / "client.p12"), (403, 16))

    def test_past_the_next_update_everybody_is_refused(self):
        self.set_up()
        self.serve()
        self.assertEqual(self.curl(self.ca / "client.p12"), (200, None))
        self.assertEqual(run("practice", "clock", self.server, "+30d").code, 0)
        self.assertEqual(self.curl(self.ca / "client.p12"), (403, 13))

    def test_exactly_one_ca_name_is_sent(self):
        self.set_up()
        self.serve()
        shown = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-servername", HOST],
                               input=b"", capture_output=True, timeout=30).stdout.decode()
        names = shown.split("Acceptable client certificate CA names\n")[1].split("Requested Signature")[0].split("Client Certificate Types")[0]
        subject = self.openssl("x509", "-inform", "DER", "-in", self.ca / "ia1.der", "-noout", "-subject").decode().split("subject=")[1].strip()
        self.assertEqual([line for line in names.splitlines() if line], [subject])

    def test_names_are_not_sent_before_the_restart(self):
        self.assertEqual(self.apply().code, 0)
        self.assertIn("restart-pending", [p["id"] for p in self.status()["pitfalls"]])
        self.serve()
        shown = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-servername", HOST],
                               input=b"", capture_output=True, timeout=30).stdout.decode()
        self.assertIn("No client certificate CA names sent", shown)

    def test_a_second_apply_runs_nothing(self):
        first = self.set_up()
        self.assertTrue(all(s["result"]["outcome"] == "done" for s in first["steps"]), first)
        before = self.status()
        second = self.apply()
        self.assertEqual(second.code, 0)
        self.assertTrue(all(s["result"]["outcome"] == "skipped" for s in second.json["steps"]))
        self.assertIsNone(second.json["run"])
        self.assertEqual(self.status(), before)
        self.assertEqual(len(self.monban("runs", "--json").json["runs"]), 1)

    def test_a_deleted_ctl_certificate_needs_exactly_that_step(self):
        self.set_up()
        for file in (self.server / "stores" / "iis_client_trust").iterdir():
            file.unlink()
        needed = [s["id"] for s in self.plan().json["steps"] if s["state"] == "needed"]
        self.assertEqual(needed, ["trust.ctl"])

    def test_undo_brings_everything_back(self):
        before = self.status()
        self.assertEqual(self.apply().code, 0)
        self.assertNotEqual(self.status(), before)
        undone = self.monban("undo", "--json")
        self.assertEqual(undone.code, 0, undone.out + undone.err)
        self.assertEqual(self.status(), before)
        keys = self.server / "keys"
        self.assertFalse(keys.exists() and list(keys.iterdir()), "the key container went as well")
        again = self.monban("undo", "--json")
        self.assertEqual((again.code, again.json["steps"]), (0, []))
        self.assertTrue(self.monban("runs", "--json").json["runs"][0]["undone"])

    def test_one_damaged_journal_is_named_and_hides_no_other(self):
        before = self.status()
        ours = self.set_up()["run"]
        journal = self.server / "journal"
        (journal / "0000-earlier.json").write_text('{"run": ')
        listed = self.monban("runs", "--json")
        self.assertEqual(listed.code, 1)
        self.assertEqual(([one["run"] for one in listed.json["runs"]], [one["run"] for one in listed.json["unreadable"]]), ([ours], ["0000-earlier"]))
        self.assertIn("0000-earlier", self.monban("--lang", "en", "runs").out)
        (journal / "9999-later.json").write_bytes(b"\xff\x00")
        refused = self.monban("--lang", "en", "undo")
        self.assertEqual(refused.code, 1)
        self.assertIn("9999-later", refused.err)
        self.assertIn("monban undo " + ours, refused.err)
        undone = self.monban("undo", ours, "--json")
        self.assertEqual(undone.code, 0, undone.out)
        self.assertEqual([f["id"] for f in undone.json["findings"]], ["journal-unreadable"] * 2)
        self.assertEqual(run("practice", "restart", self.server).code, 0)
        self.assertEqual(self.status(), before)

    def test_the_trust_stays_while_a_later_run_relies_on_it(self):
        answers = self.server / "answers.json"
        whole = json.loads(answers.read_text())
        self.assertEqual(self.apply().code, 0)
        first = self.monban("runs", "--json").json["runs"][0]["run"]
        whole["bind"] = {**whole.get("bind", {}), "endpoint": "0.0.0.0:8443"}
        answers.write_text(json.dumps(whole))
        second = self.apply()
        self.assertEqual(second.code, 0, second.out)
        both = self.status()
        refused = self.monban("undo", first, "--json")
        self.assertEqual(refused.code, 1)
        reasons = {s["id"]: s["reason"] for s in refused.json["steps"] if s["state"] == "blocked"}
        self.assertEqual(set(reasons), {"undo.import.certificate", "undo.trust.ctl", "undo.trust.root"})
        for reason in reasons.values():
            self.assertIn(second.json["run"], reason)
            self.assertIn("ssl_records[ipport=0.0.0.0:8443]", reason)
        self.assertEqual(self.status(), both)
        self.assertEqual(self.monban("undo", "--json").code, 0)
        self.assertEqual(self.monban("undo", "--json").code, 0)

    def test_what_can_never_serve_is_not_imported(self):
        answers = self.server / "answers.json"
        whole = json.loads(answers.read_text())
        self.openssl("x509", "-inform", "DER", "-in", self.ca / "ia1.der", "-out", self.work / "ia1.pem")
        self.openssl("pkcs12", "-export", "-in", self.work / "ia1.pem", "-inkey", self.ca / "ia1.key", "-out", self.work / "ca.p12",
                     "-passout", "file:" + str(self.ca / "password.txt"), "-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1")
        for file, word in ((self.ca / "client.p12", "clientAuth"), (self.work / "ca.p12", "certificate of a CA")):
            with self.subTest(file=file.name):
                whole["certificate"]["file"] = str(file)
                answers.write_text(json.dumps(whole))
                refused = self.apply()
                self.assertEqual(refused.code, 1)
                step = next(s for s in refused.json["steps"] if s["id"] == "import.certificate")
                self.assertEqual(step["state"], "blocked")
                self.assertIn(word, step["reason"])
                self.assertNotIn("MY", self.status()["stores"])

    def test_undo_refuses_to_destroy_a_later_change(self):
        self.set_up()
        records = self.server / "http" / "records.json"
        changed = json.loads(records.read_text())
        changed[0]["flags"] |= 0x10
        records.write_text(json.dumps(changed))
        before = self.status()
        undone = self.monban("undo", "--json")
        self.assertEqual(undone.code, 1)
        blocked = [s for s in undone.json["steps"] if s["state"] == "blocked"]
        self.assertEqual([s["id"] for s in blocked], ["undo.bind.record"])
        self.assertEqual(self.status(), before)

    def test_the_digest_stops_a_run_when_the_server_moved(self):
        digest = self.plan().json["digest"]
        self.assertEqual(self.plan().json["digest"], digest, "the same plan has the same digest")
        self.command("certutil", "-f", "-addstore", "iis_client_trust", str(self.ca / "ia1.der"))
        before = self.status()
        refused = self.apply("--digest", digest)
        self.assertEqual(refused.code, 1)
        self.assertEqual(self.status(), before)
        self.assertEqual(self.apply("--digest", self.plan().json["digest"]).code, 0)

    def test_the_password_is_nowhere(self):
        secret = (self.ca / "password.txt").read_text().strip()
        applied = self.apply()
        self.assertNotIn(secret, applied.out + applied.err)
        for file in self.server.rglob("*"):
            if file.is_file() and file != self.ca / "password.txt":
                self.assertNotIn(secret.encode(), file.read_bytes(), file)


class Whitepaper(PracticeCase):
    """The commands of the procedure, typed as they are printed."""

    def test_the_literal_commands_protect_the_site(self):
        password = (self.ca / "password.txt").read_text().strip()
        imported = self.command("certutil", "-p", password, "-importpfx", "MY", str(self.ca / "server.p12"), "NoExport,NoRoot")
        self.assertEqual(imported.code, 0, imported.out)
        thumbprint = self.status()["stores"]["MY"][0]["thumbprint_sha1"]
        for line in (["certutil", "-f", "-addstore", "iis_client_trust", str(self.ca / "ia1.der")],
                     ["certutil", "-f", "-addstore", "ROOT", str(self.ca / "ia1.der")],
                     ["netsh", "http", "add", "sslcert", "ipport=0.0.0.0:443", f"certhash={thumbprint}", "certstorename=MY",
                      "clientcertnegotiation=enable", "sslctlstorename=iis_client_trust"],
                     ["reg", "add", r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL", "/v", "SendTrustedIssuerList",
                      "/t", "REG_DWORD", "/d", "1"],
                     ["appcmd", "set", "site", "/site.name:Default Web Site", "/+bindings.[protocol='https',bindingInformation='*:443:']"],
                     ["appcmd", "set", "config", "Default Web Site", "/section:access", "/sslFlags:Ssl,SslNegotiateCert,SslRequireCert",
                      "/commit:apphost"]):
            done = self.command(*line)
            self.assertEqual(done.code, 0, f"{line}: {done.out}")
        record = self.status()["ssl_records"][0]
        self.assertEqual(record["app_id"], "{00000000-0000-0000-0000-000000000000}")
        run("practice", "restart", self.server)
        self.serve()
        self.assertEqual(self.curl(self.ca / "client.p12"), (200, None))
        self.assertEqual(self.curl(), (403, 7))
        # What a person typed by hand is what the plan asks for: the zero id is carried over.
        self.assertEqual([s["id"] for s in self.plan().json["steps"] if s["state"] != "done"], [])

    def test_5_3_makes_a_revocation_count_at_once(self):
        self.set_up()
        self.serve()
        self.assertEqual(self.curl(self.ca / "client.p12"), (200, None))
        pem = self.work / "client.pem"
        self.openssl("pkcs12", "-in", self.ca / "client.p12", "-passin", f"file:{self.ca / 'password.txt'}", "-clcerts", "-nokeys", "-out", pem)
        self.assertEqual(run("practice", "revoke", self.server, pem).code, 0)
        self.assertEqual(self.curl(self.ca / "client.p12"), (200, None), "the cached list still counts")
        for line in (["certutil", "-urlcache", "crl", "delete"], ["certutil", "-setreg", r"chain\ChainCacheResyncFiletime", "@now"],
                     ["net", "stop", "cryptsvc"], ["net", "start", "cryptsvc"]):
            done = self.command(*line)
            self.assertEqual(done.code, 0, f"{line}: {done.out}")
        self.assertEqual(self.curl(self.ca / "client.p12"), (403, 13))

    def test_5_4_turns_the_revocation_check_off(self):
        self.set_up()
        thumbprint = self.status()["ssl_records"][0]["thumbprint"]
        for line in (["netsh", "http", "delete", "sslcert", "ipport=0.0.0.0:443"],
                     ["netsh", "http", "add", "sslcert", "ipport=0.0.0.0:443", f"certhash={thumbprint}", "certstorename=MY",
                      "clientcertnegotiation=enable", "sslctlstorename=iis_client_trust", "verifyclientcertrevocation=disable"]):
            self.assertEqual(self.command(*line).code, 0)
        self.serve()
        self.assertEqual(self.curl(self.ca / "client-revoked.p12"), (200, None))


class WrongInput(PracticeCase):
    def answers(self, text):
        file = self.work / "answers.json"
        file.write_text(text)
        return self.monban("plan", "--answers", file, "--json")

    def test_wrong_json_is_answered_with_its_place(self):
        for text, words in (('{"root": {"file": "x"}', ["1", "column"]), ('{\n "rot": {}\n}', [":2:", "rot", "root"]),
                            ('{\n "bind": {\n  "site": 5 }}', [":3:", "bind.site", "quotes"]), ('{"require":{"mode":"maybe"}}', ["accept"]),
                            ("[]", ["braces"]), ("", ["JSON"]), ('{"root":{},"root":{}}', ["column 12", "second time"])):
            with self.subTest(text=text):
                answered = self.answers(text)
                self.assertEqual((answered.code, answered.out), (2, ""))
                for word in words:
                    self.assertIn(word, answered.err)

    def test_usage_errors(self):
        for arguments in ([], ["nonsense"], ["plan"], ["--lang", "fr", "status"], ["status", "--at", "yesterday"]):
            self.assertEqual(run(*arguments).code, 2, arguments)
        self.assertEqual(run("status", "--json").code, 2, "no practice server and no Windows")

    def test_what_is_missing_blocks_and_nothing_runs(self):
        before = self.status()
        (self.ca / "ia1.der").unlink()
        applied = self.apply()
        self.assertEqual((applied.code, applied.json["outcome"]), (1, "failed"))
        self.assertEqual({s["id"] for s in applied.json["steps"] if s["state"] == "blocked"}, {"trust.ctl", "trust.root"} | {
            s["id"] for s in applied.json["steps"] if s["chapter"] == "require"})
        self.assertTrue(all(s["result"]["outcome"] == "not-run" for s in applied.json["steps"]))
        self.assertEqual(self.status(), before)

    def test_without_rights_every_change_is_blocked(self):
        machine = self.server / "machine.json"
        state = json.loads(machine.read_text())
        key = next(k for k in state if k in ("elevated", "rights"))
        state[key] = False if isinstance(state[key], bool) else "user"
        machine.write_text(json.dumps(state))
        self.assertTrue(all(s["state"] == "blocked" for s in self.plan().json["steps"]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
