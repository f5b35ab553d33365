# SPDX-License-Identifier: MIT
"""A year later: `--renew` by the console, with real clients before, while and afterwards."""
import collections
import json
import pathlib
import shutil
import socket
import ssl
import tempfile
import threading
import time
import unittest

from monban import HOST, PracticeCase, run

ADFS = "{5d89a20c-beab-4389-9447-324788eb944a}"


BUILDS = {"2016": 14393, "2019": 17763, "2022": 20348, "2025": 26100}


class RenewalCase(PracticeCase):
    """On copies of one server, whose keys take long to make."""

    @classmethod
    def setUpClass(cls):
        cls.made = pathlib.Path(tempfile.mkdtemp(prefix="monban-"))
        cls.addClassCleanup(shutil.rmtree, cls.made, ignore_errors=True)
        made = run("practice", "new", cls.made / "server", "--scenario", "renewal")
        assert made.code == 0, made.err

    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="monban-"))
        self.addCleanup(shutil.rmtree, self.work, ignore_errors=True)
        self.server = self.work / "server"
        self.ca = self.server / "ca"
        self.front = None
        self.renewal_server("2022")

    def renewal_server(self, version):
        shutil.rmtree(self.server, ignore_errors=True)
        shutil.copytree(self.made / "server", self.server)
        machine = json.loads((self.server / "machine.json").read_text())
        machine["os"]["build"] = BUILDS[version]
        (self.server / "machine.json").write_text(json.dumps(machine))

    def renew(self, *arguments):
        return self.apply("--renew", *arguments)

    def new_thumbprint(self):
        pem = self.openssl("pkcs12", "-legacy", "-in", self.ca / "server.p12", "-passin", f"file:{self.ca / 'password.txt'}", "-clcerts", "-nokeys")
        return self.openssl("x509", "-noout", "-fingerprint", "-sha1", input=pem).decode().split("=")[1].strip().replace(":", "").lower()

    def by_endpoint(self, facts):
        return {record["endpoint"]: record for record in facts["ssl_records"]}


class Renewal(RenewalCase):
    def test_only_hashes_change_on_every_windows(self):
        for version in BUILDS:
            with self.subTest(version):
                self.renewal_server(version)
                before = self.status()
                records = self.by_endpoint(before)
                old = records["0.0.0.0:443"]["thumbprint"]
                new = self.new_thumbprint()
                planned = self.plan("--renew")
                self.assertEqual(planned.code, 0, planned.out)
                renewed = self.renew("--digest", planned.json["digest"])
                self.assertEqual(renewed.code, 1, renewed.out)  # a record of AD FS is left
                self.assertEqual(renewed.json["outcome"], "done", renewed.out)
                self.assertIn("AD FS", renewed.json["reason"])
                self.assertIn("0.0.0.0:49443", renewed.json["reason"])
                after = self.by_endpoint(self.status())
                self.assertEqual(after.keys(), records.keys())
                for endpoint, record in records.items():
                    ours = record["thumbprint"] == old and record["app_id"] != ADFS
                    self.assertEqual(after[endpoint], {**record, "thumbprint": new} if ours else record)
                self.assertEqual(self.renew().json["run"], None, "a second run changes nothing")
                self.assertEqual(self.monban("undo", "--json").code, 0)
                self.assertEqual(self.by_endpoint(self.status()), records)
                self.assertEqual(self.status()["stores"], before["stores"])

    def test_who_gets_in_stays_the_same(self):
        self.serve()
        before = (self.curl(), self.curl(self.ca / "client.p12"), self.curl(self.ca / "client-other-ca.p12"))
        self.assertEqual(before[0][0], 403)
        self.assertEqual(before[1][0], 200)
        renewed = self.renew().json
        self.assertEqual(renewed["outcome"], "done")
        self.assertEqual((self.curl(), self.curl(self.ca / "client.p12"), self.curl(self.ca / "client-other-ca.p12")), before)
        seen = [finding["message"] for finding in renewed["findings"] if finding["id"] == "renewal-seen"]
        self.assertEqual(len(seen), 3, renewed["findings"])
        self.assertIn("SPT Demo Practice CA", seen[0])

    def test_where_a_record_for_the_name_answers_the_other_is_visited_without_it(self):
        records = self.by_endpoint(self.status())
        shop, old = records["0.0.0.0:10443"]["thumbprint"], records["0.0.0.0:443"]["thumbprint"]
        made = self.command("netsh", "http", "add", "sslcert", f"hostnameport={HOST}:443", f"certhash={shop}", "appid={4dc3e181-e14b-4a21-b022-59fc669b0914}", "certstorename=MY")
        self.assertEqual(made.code, 0, made.out)
        self.serve()
        renewed = self.renew()
        self.assertEqual(renewed.json["outcome"], "done", renewed.json["reason"])
        self.assertNotEqual(self.by_endpoint(self.status())["0.0.0.0:443"]["thumbprint"], old)
        said = [finding["id"] for finding in renewed.json["findings"]]
        self.assertEqual((said.count("renewal-seen"), said.count("renewal-not-visited")), (3, 0), renewed.json["findings"])
        # A second time nothing changes, and it is looked at all the same: whoever was cut off before that has it made up for.
        again = self.renew().json
        self.assertEqual((again["run"], [finding["id"] for finding in again["findings"]].count("renewal-seen")), (None, 3), again["findings"])

    def test_a_certificate_that_is_not_valid_now_takes_no_valid_ones_place(self):
        before = self.status()["ssl_records"]
        self.assertEqual(run("practice", "clock", self.server, "-300d").code, 0)
        refused = self.renew()
        self.assertEqual((refused.code, refused.json["outcome"]), (1, "failed"), refused.out)
        for told in (refused, self.plan("--renew")):
            self.assertIn("renewal-not-valid", [pitfall["id"] for pitfall in told.json["pitfalls"]], "what would have to be accepted")
        self.assertIn("--accept renewal-not-valid", self.monban("apply", "--renew", "--answers", self.server / "answers.json",
                                                                "--password-file", self.server / "ca/password.txt").out)
        self.assertEqual(self.status()["ssl_records"], before)
        self.assertEqual(self.renew("--accept", "renewal-not-valid").json["outcome"], "done")

    def test_what_no_undo_brings_back_is_said_before(self):
        old = self.by_endpoint(self.status())["0.0.0.0:443"]["thumbprint"]
        answers = json.loads((self.server / "answers.json").read_text())
        answers["certificate"]["replaces"] = old
        (self.server / "answers.json").write_text(json.dumps(answers))
        for file in (self.server / "stores/MY").glob(f"{old}*"):
            file.unlink()
        plan = self.plan("--renew").json
        self.assertEqual({step["undoable"] for step in plan["steps"] if step["id"].startswith("renew.record")}, {False})
        self.assertIn("renewal-no-way-back", [finding["id"] for finding in plan["findings"]])

    def test_a_step_that_does_nothing_takes_everything_back(self):
        before = self.status()
        machine = json.loads((self.server / "machine.json").read_text())
        machine["faults"] = [{"program": "netsh", "arguments": "update sslcert hostnameport", "kind": "no-effect"}]
        (self.server / "machine.json").write_text(json.dumps(machine))
        renewed = self.renew()
        self.assertEqual(renewed.code, 1)
        self.assertEqual(renewed.json["outcome"], "failed")
        self.assertIs(renewed.json["taken_back"], True)
        self.assertEqual([step["result"]["outcome"] for step in renewed.json["steps"]], ["done", "done", "failed", "not-run"])
        self.assertEqual(self.status(), before)
        self.assertTrue(all(one["undone"] for one in self.monban("runs", "--json").json["runs"]))

    def test_several_candidates_are_listed_and_one_is_named(self):
        shown = self.by_endpoint(self.status())
        shop, old = shown["0.0.0.0:10443"]["thumbprint"], shown["0.0.0.0:443"]["thumbprint"]
        answers = json.loads((self.server / "answers.json").read_text())
        answers["certificate"]["replaces"] = shop.upper()
        (self.server / "answers.json").write_text(json.dumps(answers))
        plan = self.plan("--renew").json
        self.assertEqual([step["id"] for step in plan["steps"]], ["import.certificate", "renew.record.1"])
        self.assertIn("renewal-names-lost", [finding["id"] for finding in plan["findings"]])
        answers["certificate"]["replaces"] = "00" * 20
        (self.server / "answers.json").write_text(json.dumps(answers))
        refused = self.plan("--renew")
        self.assertEqual(refused.code, 1)
        reason = refused.json["steps"][-1]["reason"]
        self.assertTrue(shop in reason and old in reason, reason)

    def test_by_a_request(self):
        answers = {"certificate": {"source": "request", "request_file": str(self.work / "new.req")}}
        # Two certificates are in use here: which one is meant has to be said.
        file = self.server / "answers.json"
        file.write_text(json.dumps(answers))
        open_question = self.plan("--renew")
        self.assertEqual(open_question.code, 1, open_question.out)
        answers["certificate"]["replaces"] = self.by_endpoint(self.status())["0.0.0.0:443"]["thumbprint"]
        file.write_text(json.dumps(answers))
        asked = self.renew()
        self.assertEqual(asked.code, 3, asked.out + asked.err)
        request = self.monban("inspect", self.work / "new.req", "--json").json[0]["request"]
        self.assertEqual(request["dns_names"], [HOST])
        self.assertIn(f"CN={HOST}", request["subject"])
        self.assertEqual(run("practice", "issue", self.server, self.work / "new.req", self.work / "new.cer").code, 0)
        answers["certificate"]["issued_file"] = str(self.work / "new.cer")
        file.write_text(json.dumps(answers))
        renewed = self.renew()
        self.assertEqual(renewed.json["outcome"], "done", renewed.out)
        issued = self.monban("inspect", self.work / "new.cer", "--json").json[0]["certificates"][0]["thumbprint_sha1"]
        self.assertEqual(self.by_endpoint(self.status())["0.0.0.0:443"]["thumbprint"], issued)
        again = self.plan("--renew")
        self.assertEqual({step["state"] for step in again.json["steps"]}, {"done"}, again.out)


class Client(threading.Thread):
    """Connects fifty times a second and notes which certificate is shown."""

    def __init__(self, port):
        super().__init__()
        self.port, self.seen, self.failed = port, collections.Counter(), []
        self.ended = threading.Event()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.context.check_hostname, self.context.verify_mode = False, ssl.CERT_NONE

    def run(self):
        while not self.ended.is_set():
            began = time.monotonic()
            try:
                with socket.create_connection(("127.0.0.1", self.port), 5) as plain, self.context.wrap_socket(plain, server_hostname=HOST) as tls:
                    self.seen[tls.getpeercert(True)] += 1
            except OSError as problem:
                self.failed.append(repr(problem))
            self.ended.wait(max(0, 0.02 - (time.monotonic() - began)))


class WhileItIsRenewed(RenewalCase):
    def watched(self, version):
        self.renewal_server(version)
        self.serve()
        client = Client(self.port)
        client.start()
        try:
            time.sleep(0.5)
            renewed = self.renew()
            time.sleep(0.5)
        finally:
            client.ended.set()
            client.join()
            self.stop()
        self.assertEqual(renewed.json["outcome"], "done", renewed.out)
        return client

    def test_a_client_never_meets_a_moment_without_certificate(self):
        for version in ("2019", "2022", "2025"):
            with self.subTest(version):
                client = self.watched(version)
                self.assertEqual(client.failed, [])
                self.assertEqual(len(client.seen), 2, "the old certificate, then the new one")
                print(f"{version}: {sum(client.seen.values())} connections, none failed")

    def test_without_update_the_gap_is_announced(self):
        self.renewal_server("2016")
        reasons = [step["reason"] for step in self.plan("--renew").json["steps"] if step["id"].startswith("renew.record")]
        self.assertTrue(all("new connections" in reason for reason in reasons), reasons)
        client = self.watched("2016")
        self.assertEqual(len(client.seen), 2)
        print(f"2016: {sum(client.seen.values())} connections, {len(client.failed)} failed")


if __name__ == "__main__":
    unittest.main()
