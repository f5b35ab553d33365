# SPDX-License-Identifier: MIT
"""`monban diagnose revocation` on lists that openssl made, and on those of the practice CA, live."""
import datetime
import functools
import http.server
import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from monban import PracticeCase, run

WORK = None
CA_CNF = """[ca]
default_ca = c
[c]
database = {work}/index.txt
crlnumber = {work}/number
default_md = sha256
crl_extensions = {extensions}
[plain]
authorityKeyIdentifier = keyid
[delta]
2.5.29.27 = critical,DER:020101
[indirect]
issuingDistributionPoint = critical,@indirect_point
[indirect_point]
indirectCRL = TRUE
fullname = URI:http://ca.example.test/all.crl
[casonly]
issuingDistributionPoint = critical,@casonly_point
[casonly_point]
onlyCA = TRUE
[some]
issuingDistributionPoint = critical,@some_point
[some_point]
onlysomereasons = keyCompromise
[critical]
1.2.3.4 = critical,DER:0500
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
[user]
crlDistributionPoints = {point}
extendedKeyUsage = clientAuth
[bare]
extendedKeyUsage = clientAuth
"""


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def stamp(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def setUpModule():
    global WORK
    WORK = pathlib.Path(tempfile.mkdtemp(prefix="monban-"))
    unittest.addModuleCleanup(shutil.rmtree, WORK, ignore_errors=True)
    configure("plain")
    (WORK / "index.txt").touch()
    (WORK / "number").write_text("01\n")
    for name in ("root", "other"):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", WORK / f"{name}.key",
                "-out", WORK / f"{name}.pem", "-subj", f"/CN={name} CA", "-days", "3650", "-config", WORK / "ca.cnf", "-extensions", "root")
    for name, section in (("user", "user"), ("bare", "bare"), ("leaver", "user")):
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", WORK / f"{name}.key", "-out",
                WORK / f"{name}.csr", "-subj", f"/CN={name}")
        openssl("x509", "-req", "-in", WORK / f"{name}.csr", "-CA", WORK / "root.pem", "-CAkey", WORK / "root.key", "-CAcreateserial", "-days", "365",
                "-extfile", WORK / "ca.cnf", "-extensions", section, "-out", WORK / f"{name}.pem")
    openssl("ca", "-config", WORK / "ca.cnf", "-cert", WORK / "root.pem", "-keyfile", WORK / "root.key", "-revoke", WORK / "leaver.pem",
            "-crl_reason", "keyCompromise")
    for name in ("plain", "delta", "indirect", "casonly", "some", "critical"):
        configure(name)
        make_list(name)
    configure("plain")
    make_list("other", signer="other")
    # The same CA after it got a new key.
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", WORK / "newer.key", "-out", WORK / "newer.pem",
            "-subj", "/CN=root CA", "-days", "3650", "-config", WORK / "ca.cnf", "-extensions", "root")
    make_list("newer", signer="newer")
    broken = bytearray((WORK / "plain.crl").read_bytes())
    broken[-1] ^= 1
    (WORK / "broken.crl").write_bytes(broken)


def configure(extensions):
    point = "URI:http://127.0.0.1:1/list.crl"
    (WORK / "ca.cnf").write_text("[req]\ndistinguished_name=n\n[n]\n" + CA_CNF.format(work=WORK, extensions=extensions, point=point))


def make_list(name, signer="root", days=7):
    openssl("ca", "-gencrl", "-config", WORK / "ca.cnf", "-cert", WORK / f"{signer}.pem", "-keyfile", WORK / f"{signer}.key", "-crldays", days,
            "-out", WORK / "list.pem")
    openssl("crl", "-in", WORK / "list.pem", "-outform", "DER", "-out", WORK / f"{name}.crl")


class OnFiles(unittest.TestCase):
    def judge(self, certificate="user", lists=("plain",), issuer="root", at=None, code=None):
        arguments = ["diagnose", "revocation", "--certificate", WORK / f"{certificate}.pem", "--json"]
        for one in lists:
            arguments += ["--crl", WORK / f"{one}.crl"]
        if issuer:
            arguments += ["--issuer", WORK / f"{issuer}.pem"]
        if at is not None:
            arguments += ["--at", stamp(datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=at))]
        ran = run(*arguments)
        report = ran.json
        self.assertEqual(ran.code, 0 if report["state"] == "good" else 1, ran.err)
        self.assertTrue(report["summary"])
        return report, {finding["id"] for finding in report["findings"]}

    def test_a_current_list_counts_down(self):
        report, found = self.judge()
        self.assertEqual((report["state"], found), ("good", set()))
        self.assertAlmostEqual(report["seconds_left"], 7 * 86400, delta=300)
        one = report["lists"][0]
        self.assertEqual((one["issuer_matches"], one["signature"], one["current"], one["counts"], one["revoked_count"]), ("pass", "pass", "pass", True, 1))
        self.assertEqual(report["distribution_points"], ["http://127.0.0.1:1/list.crl"])

    def test_the_last_days_are_announced(self):
        report, found = self.judge(at=5)
        self.assertEqual((report["state"], found), ("good", {"list-expires-soon"}))

    def test_an_expired_list_refuses_everybody(self):
        report, found = self.judge(at=8)
        self.assertEqual((report["state"], found), ("unknown", {"list-expired"}))
        self.assertLess(report["seconds_left"], 0)

    def test_before_its_time(self):
        report, found = self.judge(at=-2)
        self.assertEqual((report["state"], found), ("unknown", {"list-not-yet-valid"}))

    def test_who_is_on_it_is_named_with_the_reason(self):
        report, _ = self.judge("leaver")
        self.assertEqual((report["state"], report["revoked"]["reason"]), ("revoked", "keyCompromise"))
        self.assertEqual(self.judge("leaver", at=30)[0]["state"], "revoked", "an expired list does not let anybody back in")

    def test_a_signature_that_is_wrong_or_of_nobody_known(self):
        report, found = self.judge(lists=("broken",))
        self.assertEqual((report["state"], found), ("unknown", {"list-signature"}))
        report, found = self.judge(issuer=None)
        self.assertEqual((report["state"], report["lists"][0]["signature"], found), ("good", "unknown", {"list-signature-unchecked"}))

    def test_of_another_ca(self):
        report, found = self.judge(lists=("other",))
        self.assertEqual((report["state"], found), ("unknown", {"list-of-another-ca", "list-signature"}))

    def test_a_list_of_another_key_of_the_ca_lets_nobody_back_in(self):
        ran = run("diagnose", "revocation", "--certificate", WORK / "leaver.pem", "--issuer", WORK / "root.pem", "--issuer", WORK / "newer.pem", "--crl",
                  WORK / "plain.crl", "--crl", WORK / "newer.crl", "--json")
        self.assertEqual((ran.code, ran.json["state"]), (1, "revoked"))
        self.assertEqual([one["signature"] for one in ran.json["lists"]], ["pass", "fail"])

    def test_kinds_that_do_not_count_alone_are_named(self):
        for name, finding in (("delta", "list-delta"), ("indirect", "list-indirect"), ("casonly", "list-scope"), ("some", "list-some-reasons"),
                              ("critical", "list-unknown-extension")):
            with self.subTest(name):
                report, found = self.judge(lists=(name,))
                self.assertIn(finding, found)
                self.assertEqual((report["state"], report["lists"][0]["counts"]), ("unknown", False))
        self.assertEqual(self.judge(lists=("delta", "plain"))[0]["state"], "good")

    def test_an_issuer_that_did_not_issue_it_is_no_proof(self):
        report, found = self.judge(lists=("plain",), issuer="other")
        self.assertEqual((report["state"], report["lists"][0]["counts"], found), ("unknown", False, {"list-issuer-differs"}))

    def test_every_list_of_a_file_is_read(self):
        (WORK / "all.pem").write_bytes(b"".join(subprocess.run(["openssl", "crl", "-inform", "DER", "-in", WORK / f"{name}.crl"], check=True,
                                                               capture_output=True).stdout for name in ("other", "plain")))
        openssl("crl2pkcs7", "-in", WORK / "plain.crl", "-inform", "DER", "-out", WORK / "plain.p7b")
        for name, sources in (("all.pem", [(WORK / "all.pem", False), (f"{WORK / 'all.pem'} (2)", True)]), ("plain.p7b", [(WORK / "plain.p7b", True)])):
            for certificate, state in (("user", "good"), ("leaver", "revoked")):
                with self.subTest(name, certificate=certificate):
                    ran = run("diagnose", "revocation", "--certificate", WORK / f"{certificate}.pem", "--crl", WORK / name, "--issuer", WORK / "root.pem", "--json")
                    self.assertEqual(ran.json["state"], state)
                    self.assertEqual([(one["source"], one["counts"]) for one in ran.json["lists"]], [(str(source), counts) for source, counts in sources])

    def test_no_distribution_point(self):
        _, found = self.judge("bare")
        self.assertIn("no-distribution-point", found)

    def test_an_unreachable_point(self):
        report, found = self.judge(lists=())
        self.assertEqual((report["state"], found), ("unknown", {"list-not-read"}))
        self.assertIn("127.0.0.1:1", report["lists"][0]["problem"])

    def test_what_is_no_list(self):
        (WORK / "text.crl").write_text("no list")
        with open(WORK / "huge.crl", "wb") as huge:
            huge.truncate(50 * 1024 * 1024)
        for name in ("text", "huge"):
            with self.subTest(name):
                report, found = self.judge(lists=(name,))
                self.assertEqual((report["state"], found), ("unknown", {"list-not-read"}))
        ran = run("diagnose", "revocation", "--certificate", WORK / "nothing.pem", "--json")
        self.assertEqual((ran.code, ran.out), (2, ""))

    def test_for_people_in_both_languages(self):
        for language, word in (("en", "keyCompromise"), ("ja", "失効しました")):
            ran = run("diagnose", "revocation", "--certificate", WORK / "leaver.pem", "--crl", WORK / "plain.crl", "--lang", language)
            self.assertEqual(ran.code, 1)
            self.assertIn(word, ran.out)


class FromItsPoints(unittest.TestCase):
    def judge(self, *points):
        (WORK / "points.ext").write_text("crlDistributionPoints = " + ",".join(f"URI:{point}" for point in points) + "\nextendedKeyUsage = clientAuth\n")
        openssl("x509", "-req", "-in", WORK / "user.csr", "-CA", WORK / "root.pem", "-CAkey", WORK / "root.key", "-CAcreateserial", "-days", "365", "-extfile",
                WORK / "points.ext", "-out", WORK / "points.pem")
        return run("diagnose", "revocation", "--certificate", WORK / "points.pem", "--issuer", WORK / "root.pem", "--json").json

    def test_a_list_of_more_than_a_megabyte_is_fetched(self):
        kept = (WORK / "index.txt").read_text()
        self.addCleanup((WORK / "index.txt").write_text, kept)
        (WORK / "index.txt").write_text("".join(f"R\t351231000000Z\t251101000000Z\t{0x40 << 120 | number:032X}\tunknown\t/CN=x\n" for number in range(35000)))
        web = WORK / "web"
        web.mkdir()
        make_list("web/big")
        self.assertGreater((web / "big.crl").stat().st_size, 1 << 20)

        class Quiet(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_):
                pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=web))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        report = self.judge(f"http://127.0.0.1:{server.server_port}/big.crl")
        self.assertEqual((report["state"], report["lists"][0]["revoked_count"]), ("good", 35000), report["findings"])

    def test_points_that_do_not_answer_are_waited_for_together(self):
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        begun = time.monotonic()
        report = self.judge(*(f"http://127.0.0.1:{silent.getsockname()[1]}/{number}.crl" for number in range(4)))
        self.assertEqual((report["state"], len(report["lists"])), ("unknown", 4))
        self.assertLess(time.monotonic() - begun, 25, "ten seconds each")


class Live(PracticeCase):
    """The practice CA's list at the address in its certificates."""

    def judge(self, name):
        ran = self.monban("diagnose", "revocation", "--certificate", self.ca / f"{name}.p12", "--password-file", self.ca / "password.txt", "--issuer",
                          self.ca / "ia1.der", "--json")
        return ran.json

    def test_good_and_revoked_and_unreachable(self):
        good = self.judge("client")
        self.assertEqual((good["state"], good["lists"][0]["source"], good["lists"][0]["signature"]), ("good", "http://ca.practice/crl/ia1.crl", "pass"))
        self.assertGreater(good["seconds_left"], 0)
        self.assertEqual(self.judge("client-revoked")["state"], "revoked")
        (self.ca / "ia1.crl").unlink()
        self.assertEqual(self.judge("client")["state"], "unknown")


if __name__ == "__main__":
    unittest.main(verbosity=2)
