# SPDX-License-Identifier: MIT
"""`monban verify` against servers that are not ours: nginx, Apache, OpenSSL, GnuTLS, the practice server, and hostile ones.

What a report must say is written from what the server was told to do. That the server does it is asked of another client
first, so that a wrong expectation is not taken for a fault of monban."""
import concurrent.futures
import json
import pathlib
import shutil
import socket
import tempfile
import time
import unittest

import tls_peers as peers
from monban import HOST as PRACTICE_HOST
from monban import PracticeCase, run
from tls_peers import BOTH, HOST

WORK, CA = None, None
BAD = ("expired", "other-ca", "server-only")
OBSERVED = {"accepted", "refused", "reset", "error"}


def setUpModule():
    global WORK, CA
    WORK = pathlib.Path(tempfile.mkdtemp(prefix="monban-"))
    unittest.addModuleCleanup(shutil.rmtree, WORK, ignore_errors=True)
    CA = peers.Ca(WORK)


def visit(*where, **how):
    return peers.visit(*where, **how, ca=CA)


def belongs(attempt, kind):
    """Attempts are told apart by how their names begin."""
    return attempt["name"].startswith(kind)


def version_of(attempt):
    """The one TLS version an attempt is about, by its name."""
    return next((version for version in BOTH if version in attempt["name"]), None)


class Checks:
    """What can be said of every report, and of a report given what the server was told."""

    def read(self, ran, client=True, refuse=()):
        self.assertIn(ran.code, (0, 1), ran.err + ran.out)
        report = ran.json
        # The verdict is about who gets in; all is well only where the server's own certificate is, too. Nobody expects the
        # address of this very computer in it.
        here = lambda name, check: name == "hostname" and "IP address" in check["reason"]
        failed = [name for name, check in report["server"]["checks"].items() if check["result"] == "fail" and not here(name, check)]
        self.assertEqual(ran.code, 0 if report["verdict"] == "pass" and not failed else 1, failed)
        self.assertLessEqual({"subject", "thumbprint_sha1", "chain", "checks"}, set(report["server"]))
        for name in ("trusted", "validity", "hostname"):
            check = report["server"]["checks"][name]
            self.assertIn(check["result"], ("pass", "fail", "unknown"))
            if check["result"] == "fail":
                self.assertTrue(check["reason"] and check["remedy"], check)
        asked = report["client_certificate"]
        self.assertIs(type(asked["requested"]), bool)
        self.assertEqual(asked["requested"], asked["when"] != "never")
        self.assertIn(asked["when"], ("handshake", "renegotiation", "post-handshake", "never"))
        names = [attempt["name"] for attempt in report["attempts"]]
        self.assertEqual(len(names), len(set(names)), names)
        self.assertTrue(any(name.startswith("no-certificate") for name in names))
        self.assertEqual(any(name.startswith("client") for name in names), client)
        self.assertEqual({name for name in names if name.startswith("refuse:")}, {f"refuse:{name}.p12" for name in refuse})
        for attempt in report["attempts"]:
            self.assertLessEqual({"name", "tls_version", "alpn", "expected", "observed", "http_status", "http_substatus", "alert",
                                  "evidence", "milliseconds"}, set(attempt))
            self.assertEqual(attempt["expected"], "accepted" if belongs(attempt, "client") else "refused", attempt)
            self.assertIn(attempt["observed"], OBSERVED)
            self.assertTrue(attempt["evidence"], attempt)
            self.assertGreaterEqual(attempt["milliseconds"], 0)
        for finding in report["findings"]:
            self.assertTrue(finding["id"] and finding["message"], finding)
            self.assertIn(finding["severity"], ("error", "warning", "info"))
        if report["verdict"] == "fail":
            self.assertTrue(report["findings"], "a failure that nobody can act upon")
        self.assertNotIn(peers.PASSWORD, ran.out + ran.err)
        return report

    def verify(self, port, path="/", *more, host=HOST, client="good", refuse=BAD, roots=("root",), connect="127.0.0.1"):
        arguments = ["verify", f"https://{host}{path}", "--connect", f"{connect}:{port}", "--timeout", 20, "--json", *more]
        for root in roots:
            arguments += ["--root", CA.pem(root)]
        if client:
            arguments += ["--client", CA.folder / f"{client}.p12"]
        for name in refuse:
            arguments += ["--refuse", CA.folder / f"{name}.p12"]
        if client or refuse:
            arguments += ["--password-file", CA.password_file]
        return self.read(run(*arguments), bool(client), refuse)

    def check(self, report, *, when="handshake", names=None, name_bytes=None, without="refused", admits=(), versions=BOTH, h2=False,
              statuses=None, alerts=False, verdict="pass"):
        """`without`: what happens to a client that has no certificate. `admits`: certificates that get in though the
        operator wants them refused. `alerts`: who is refused is refused by TLS, not by HTTP. `h2` None: not told."""
        asked = report["client_certificate"]
        names = [peers.Ca.root_name] if names is None else names
        self.assertEqual(asked["when"], when, asked)
        self.assertEqual(sorted(asked["acceptable_issuers"]), sorted(names))
        if name_bytes is None and names == [peers.Ca.root_name]:
            name_bytes = peers.name_size(peers.der_of(CA.root))
        if name_bytes is not None:  # with or without the two bytes of length before each name, and before all of them
            self.assertIn(asked["acceptable_issuers_bytes"] - name_bytes, (0, 2 * len(names), 2 * len(names) + 2))
        elif not names:
            self.assertIn(asked["acceptable_issuers_bytes"], (0, 2, None))
        for attempt in report["attempts"]:
            version, observed = version_of(attempt), attempt["observed"]
            if version and version not in versions:
                self.assertIn(observed, ("error", "reset"), attempt)
                self.assertTrue(report["findings"], "a version the server lacks is worth a word")
                continue
            bad = attempt["name"].removeprefix("refuse:").removesuffix(".p12") if belongs(attempt, "refuse:") else None
            wanted = without if belongs(attempt, "no-certificate") else "accepted" if bad is None or bad in admits else "refused"
            if wanted is not None and not (attempt["name"].endswith("-h2") and h2 is None):
                self.assertEqual(observed, wanted, attempt)
            if attempt["tls_version"] is not None:
                self.assertIn(version or max(versions), attempt["tls_version"], attempt)
            if observed == "accepted":
                self.assertIsNotNone(attempt["http_status"], attempt)
            if attempt["name"].endswith("-h2"):
                if h2 is not None:
                    self.assertEqual(attempt["alpn"] == "h2", h2, attempt)
            elif attempt["alpn"] is not None:
                self.assertNotEqual(attempt["alpn"], "h2", attempt)
            for kind, status in (statuses or {}).items():
                if belongs(attempt, kind):
                    self.assertEqual(attempt["http_status"], status, attempt)
            if alerts and observed == "refused":
                self.assertIsNone(attempt["http_status"], attempt)
                # TLS 1.3 tells a client only after its own handshake; the reset that follows may overtake the alert.
                if "1.2" in (version or max(versions)):
                    self.assertTrue(attempt["alert"], attempt)
        self.assertEqual(report["verdict"], verdict, json.dumps(report, indent=1, ensure_ascii=False))

    def guard(self, port, path="/", *, without, admits=("good",), refuses=BAD, versions=BOTH, denied=(400, 0)):
        """That the server does what the test believes it was told. `without`: the status without a certificate."""
        for version in versions:
            self.assertEqual(visit(port, path, tls=version), without, version)
            for name in admits:
                self.assertEqual(visit(port, path, name, version), 200, (name, version))
        for name in refuses:
            self.assertIn(visit(port, path, name, max(versions)), denied, name)
        for version in set(BOTH) - set(versions):
            self.assertEqual(visit(port, path, "good", version), 0, version)


class SharedServer(Checks, unittest.TestCase):
    """One program, started once, a port for each of `hosts()`."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="server-", dir=WORK))
        WORK.chmod(0o711)  # Apache gives up its rights before it reads its pages
        hosts = cls.hosts()
        cls.server = cls.start(cls.folder, list(hosts.values()))
        cls.addClassCleanup(cls.server.stop)
        cls.port = dict(zip(hosts, cls.server.ports))


def site(text="", protocols="TLSv1.2 TLSv1.3", name=HOST, certificate="server", listen="", page="return 200 welcome;"):
    return (f"listen {{listen}}{listen}; server_name {name}; ssl_protocols {protocols}; ssl_certificate {CA.pem(certificate)}; "
            f"ssl_certificate_key {CA.key(certificate)}; location / {{ {page} }} {text}")


class Nginx(SharedServer):
    """It refuses by HTTP: 400, after a handshake that succeeds."""
    start = staticmethod(peers.nginx)

    @classmethod
    def hosts(cls):
        trust = f"ssl_client_certificate {CA.root};"
        on, optional = f"{trust} ssl_verify_client on;", f"{trust} ssl_verify_client optional;"
        authorities, _ = CA.authorities(20)
        (cls.folder / "many.pem").write_text(CA.root.read_text() + authorities.read_text())
        (cls.folder / "two.pem").write_text(CA.root.read_text() + CA.other.read_text())
        named = lambda file: f"ssl_client_certificate {cls.folder / file}; ssl_verify_client on;"
        return {
            "on": site(on), "optional": site(optional), "off": site(), "any-ca": site("ssl_verify_client optional_no_ca;"),
            "many": site(named("many.pem")), "two": site(named("two.pem")),
            "no-names": site(f"ssl_trusted_certificate {CA.root}; ssl_verify_client optional_no_ca;",
                             page="if ($ssl_client_verify != SUCCESS) { return 403; } return 200 welcome;"),
            "1.2": site(on, "TLSv1.2"), "1.3": site(on, "TLSv1.3"), "h2": site(on, listen=" http2"),
            "crl": site(f"{on} ssl_crl {CA.folder / 'root.crl'};"),
            "place": site(f"{optional} location /secure/ {{ if ($ssl_client_verify != SUCCESS) {{ return 403; }} return 200 secret; }} "
                          "location /closed/ { return 403; }"),
            "h2-place": site(f"{optional} location /secure/ {{ if ($ssl_client_verify != SUCCESS) {{ return 403; }} return 200 secret; }}",
                             listen=" http2"),
            "logged": site(f"{optional} access_log {cls.log('all')} w3c0;", page="if ($ssl_client_verify != SUCCESS) { return 403; } return 200 welcome;"),
            "logged-client": site(f"{optional} access_log {cls.log('client')} w3c14 if=$ssl_client_s_dn;", page="return 403;"),
            "pages": site(f"{on} location /302 {{ return 302 /elsewhere; }} location /401 {{ return 401; }} location /404 {{ return 404; }}"),
            "expired": site(on, certificate="server-expired"),
            "names": [site(on, page="return 202 ours;"), site(name="default.example.test", certificate="default",
                                                              listen=" default_server", page="return 203 default;")],
        }

    @classmethod
    def log(cls, name):
        file = cls.folder / name / "u_ex261129.log"
        file.parent.mkdir()
        file.write_text("#Fields: cs-uri-query sc-status sc-substatus sc-win32-status\n")
        return file

    def test_a_log_without_a_sub_status_changes_no_verdict(self):
        for log in ((), ("--log", self.folder / "all")):
            report = self.verify(self.port["logged"], "/", *log)
            self.check(report, statuses={"no-certificate": 403, "client": 200})
            self.assertEqual({(attempt["http_substatus"], (attempt["log"] or {}).get("substatus")) for attempt in report["attempts"] if attempt["http_status"] == 403},
                             {(None, 0 if log else None)})

    def test_a_log_that_knows_some_requests_only_makes_nobody_refused(self):
        for log in ((), ("--log", self.folder / "client")):
            report = self.verify(self.port["logged-client"], "/", *log, refuse=())
            self.check(report, without="accepted", verdict="fail", statuses={"no-certificate": 403, "client": 403})
            lost = [finding["id"] for finding in report["findings"] if finding["id"] == "not-in-log"]
            self.assertEqual(lost, ["not-in-log"] if log else [])

    def test_on(self):
        self.guard(self.port["on"], without=400)
        report = self.verify(self.port["on"])
        self.check(report, statuses={"no-certificate": 400, "client": 200, "refuse:": 400})
        self.assertEqual(report["server"]["thumbprint_sha1"], CA.thumbprint("server"))
        self.assertIn(HOST, report["server"]["subject"])
        self.assertTrue(report["server"]["chain"])
        self.assertEqual({name: check["result"] for name, check in report["server"]["checks"].items()},
                         {"trusted": "pass", "validity": "pass", "hostname": "pass"})

    def test_optional_admits_without(self):
        self.guard(self.port["optional"], without=200)
        self.check(self.verify(self.port["optional"]), without="accepted", verdict="fail", statuses={"no-certificate": 200, "refuse:": 400})

    def test_off(self):
        self.guard(self.port["off"], without=200, admits=("good", *BAD), refuses=())
        self.check(self.verify(self.port["off"]), when="never", names=[], without="accepted", admits=BAD, verdict="fail")

    def test_optional_no_ca_admits_a_stranger(self):
        self.guard(self.port["any-ca"], without=200, admits=("good", "other-ca"), refuses=())
        self.check(self.verify(self.port["any-ca"], refuse=("other-ca",)), names=[], without="accepted", admits=("other-ca",), verdict="fail")

    def test_more_names_than_the_root(self):
        self.guard(self.port["many"], without=400)
        names = [peers.Ca.root_name, *CA.authorities(20)[1]]
        self.assertEqual(peers.names_sent(self.port["many"]), names)
        size = peers.name_size(peers.der_of(CA.root)) + 20 * peers.name_size(peers.der_of(CA.pem("authority-0")))
        self.check(self.verify(self.port["many"]), names=names, name_bytes=size, verdict="fail")
        with self.subTest("nobody said which names are expected"):
            self.check(self.verify(self.port["many"], roots=()), names=names, name_bytes=size)

    def test_two_names_are_as_many_as_there_are_roots(self):
        self.guard(self.port["two"], without=400, admits=("good", "other-ca"), refuses=("expired",))
        names = [peers.Ca.root_name, peers.Ca.other_name]
        self.check(self.verify(self.port["two"], roots=("root", "other"), refuse=("expired",)), names=names)
        self.check(self.verify(self.port["two"], refuse=("expired",)), names=names, verdict="fail")
        self.check(self.verify(self.port["two"], refuse=("other-ca",), roots=("root", "other")), names=names, admits=("other-ca",), verdict="fail")

    def test_no_names_at_all(self):
        self.guard(self.port["no-names"], without=403, denied=(400, 403))
        self.check(self.verify(self.port["no-names"]), names=[], statuses={"no-certificate": 403, "client": 200})

    def test_only_tls_1_2(self):
        self.guard(self.port["1.2"], without=400, versions=("1.2",))
        self.check(self.verify(self.port["1.2"]), versions=("1.2",))

    def test_only_tls_1_3(self):
        self.guard(self.port["1.3"], without=400, versions=("1.3",))
        self.check(self.verify(self.port["1.3"]), versions=("1.3",))

    def test_http_2(self):
        self.guard(self.port["h2"], without=400)
        self.check(self.verify(self.port["h2"]), h2=True, statuses={"no-certificate": 400, "client": 200})

    def test_revoked(self):
        self.guard(self.port["crl"], without=400, refuses=("revoked", *BAD))
        self.check(self.verify(self.port["crl"], refuse=("revoked", *BAD)))
        self.guard(self.port["on"], without=400, admits=("revoked",), refuses=())
        self.check(self.verify(self.port["on"], refuse=("revoked",)), admits=("revoked",), verdict="fail")

    def test_one_place_only(self):
        for name in ("place", "h2-place"):
            with self.subTest(name):
                self.guard(self.port[name], "/secure/", without=403)
                self.check(self.verify(self.port[name], "/secure/"), h2=name == "h2-place", statuses={"no-certificate": 403, "client": 200})
        self.check(self.verify(self.port["place"], "/"), without="accepted", verdict="fail")

    def test_a_place_closed_to_everybody_proves_nothing(self):
        self.guard(self.port["place"], "/closed/", without=403, admits=(), refuses=())
        self.assertEqual(visit(self.port["place"], "/closed/", "good"), 403)
        self.assertEqual(self.verify(self.port["place"], "/closed/", refuse=())["verdict"], "fail")

    def test_whatever_the_page(self):
        for status in (302, 401, 404):
            with self.subTest(status):
                self.check(self.verify(self.port["pages"], f"/{status}", refuse=()), statuses={"no-certificate": 400, "client": status})

    def test_the_good_certificate_is_not_good(self):
        report = self.verify(self.port["on"], client="expired", refuse=())
        self.assertEqual(report["verdict"], "fail")
        self.assertEqual({a["observed"] for a in report["attempts"]}, {"refused"})
        self.assertEqual((report["client"]["checks"]["validity"]["result"], report["client"]["checks"]["trusted"]["result"]), ("fail", "pass"))
        self.assertIn("client-expired", {finding["id"] for finding in report["findings"]})

    def test_without_a_client_certificate_to_show(self):
        self.check(self.verify(self.port["on"], client=None, refuse=()), statuses={"no-certificate": 400})
        self.check(self.verify(self.port["optional"], client=None, refuse=()), without="accepted", verdict="fail")

    def test_the_certificate_of_the_server(self):
        soon, past = "2099-01-01T00:00:00Z", CA.day(-30)
        past = f"{past[:4]}-{past[4:6]}-{past[6:8]}T00:00:00Z"
        for port, options, wrong in ((self.port["expired"], {}, {"validity"}), (self.port["on"], {"host": "other.example.test"}, {"hostname"}),
                                     (self.port["on"], {"roots": ("other",)}, {"trusted"})):
            with self.subTest(wrong):
                report = self.verify(port, refuse=(), **options)
                found = {name for name, check in report["server"]["checks"].items() if check["result"] == "fail"}
                self.assertLessEqual(wrong, found)
                self.assertLessEqual(found, wrong | {"trusted"})  # what is outside its dates may count as untrusted, too
                # Of another root, the names that are sent are none that were expected.
                self.assertEqual(report["verdict"], "fail" if "trusted" in wrong else "pass", "those get in who shall")
        with self.subTest("--at"):
            report = self.verify(self.port["on"], "/", "--at", soon, refuse=())
            self.assertEqual((report["server"]["checks"]["validity"]["result"], report["verdict"]), ("fail", "pass"))
            report = self.verify(self.port["expired"], "/", "--at", past, refuse=())
            check = report["server"]["checks"]["validity"]  # of that day it is the younger root that is not valid yet
            self.assertNotIn(HOST, check["reason"] or "")

    def test_the_server_learns_the_name(self):
        port = self.port["names"]
        self.assertEqual((visit(port), visit(port, host="default.example.test"), visit(port, name="good")), (400, 203, 202))
        report = self.verify(port)
        self.check(report, statuses={"no-certificate": 400, "client": 202})
        self.assertEqual(report["server"]["thumbprint_sha1"], CA.thumbprint("server"))
        # An address is no name for SNI (RFC 6066).
        report = self.read(run("verify", f"https://127.0.0.1:{port}/", "--root", CA.root, "--json"), client=False)
        self.check(report, when="never", names=[], without="accepted", statuses={"no-certificate": 203}, verdict="fail")
        self.assertEqual(report["server"]["thumbprint_sha1"], CA.thumbprint("default"))

    def test_a_host_name_that_only_connect_can_reach(self):
        with self.assertRaises(OSError):
            socket.getaddrinfo(HOST, 443)
        self.check(self.verify(self.port["on"], refuse=(), connect="localhost"))

    def test_ipv6(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="ipv6-", dir=WORK))
        server = peers.nginx(folder, [site(f"ssl_client_certificate {CA.root}; ssl_verify_client on;")], "::1")
        self.addCleanup(server.stop)
        url = f"https://[::1]:{server.port}/"
        for more in ([url], [f"https://{HOST}/", "--connect", f"[::1]:{server.port}"]):
            with self.subTest(more):
                report = self.read(run("verify", *more, "--root", CA.root, "--client", CA.good, "--password-file", CA.password_file, "--json"))
                self.check(report, statuses={"no-certificate": 400, "client": 200})
                self.assertEqual(report["server"]["checks"]["hostname"]["result"], "pass")


class Apache(SharedServer):
    """It refuses by TLS. What it asks for in one place only, it asks for late."""
    start = staticmethod(peers.apache)

    @classmethod
    def hosts(cls):
        common = f"SSLCertificateFile {CA.pem('server')}\nSSLCertificateKeyFile {CA.key('server')}\nSSLCACertificateFile {CA.root}\n"
        late = "<Location /secure/>\nSSLVerifyClient require\n</Location>\n"
        only = lambda version: f"SSLProtocol -all +TLSv{version}\n"
        return {"require": f"{common}SSLVerifyClient require\nProtocols h2 http/1.1\n", "optional": f"{common}SSLVerifyClient optional\n",
                "crl": f"{common}SSLVerifyClient require\nSSLCARevocationFile {CA.folder / 'root.crl'}\nSSLCARevocationCheck chain\n",
                "late-1.2": common + only("1.2") + late, "late-1.3": common + only("1.3") + late, "late": common + late,
                "late-folder": f"{common}{only('1.2')}<Directory {cls.folder}/htdocs/secure>\nSSLVerifyClient require\n</Directory>\n",
                "late-h2": f"{common}{only('1.2')}Protocols h2 http/1.1\n{late}"}

    def test_in_the_handshake(self):
        self.guard(self.port["require"], without=0)
        self.check(self.verify(self.port["require"]), h2=True, alerts=True, statuses={"client": 200})

    def test_optional(self):
        self.guard(self.port["optional"], without=200)
        self.check(self.verify(self.port["optional"]), without="accepted", alerts=True, verdict="fail")

    def test_revoked(self):
        self.guard(self.port["crl"], without=0, refuses=("revoked", *BAD))
        self.check(self.verify(self.port["crl"], refuse=("revoked", *BAD)), alerts=True)

    def test_renegotiation(self):
        for name in ("late-1.2", "late-folder"):
            with self.subTest(name):
                self.guard(self.port[name], "/secure/", without=0, versions=("1.2",))
                self.check(self.verify(self.port[name], "/secure/"), when="renegotiation", versions=("1.2",), statuses={"client": 200})

    def test_the_open_part_of_a_late_server(self):
        self.guard(self.port["late"], without=200, refuses=())
        self.check(self.verify(self.port["late"], refuse=()), when="never", names=[], without="accepted", verdict="fail")

    def test_after_the_handshake_of_tls_1_3(self):
        port = self.port["late-1.3"]
        self.guard(port, "/secure/", without=0, versions=("1.3",))
        # A browser does not offer it and is refused by HTTP, its good certificate unasked for.
        self.assertEqual(visit(port, "/secure/", "good", late=False), 403)
        self.check_late(self.verify(port, "/secure/"), "post-handshake", ("1.3",))

    def test_late_with_both_versions(self):
        port = self.port["late"]
        self.guard(port, "/secure/", without=0)
        self.assertEqual(visit(port, "/secure/", "good", "1.2", late=False), 200)
        self.assertEqual(visit(port, "/secure/", "good", "1.3", late=False), 403)
        self.check_late(self.verify(port, "/secure/"), "post-handshake", BOTH)

    def check_late(self, report, when, versions):
        self.assertEqual(report["client_certificate"]["when"], when)
        self.assertEqual(report["client_certificate"]["acceptable_issuers"], [peers.Ca.root_name])
        for attempt in report["attempts"]:
            if belongs(attempt, "no-certificate") or belongs(attempt, "refuse:"):
                self.assertNotEqual(attempt["observed"], "accepted", attempt)
            if version_of(attempt) == "1.2" and "1.2" in versions:
                self.assertEqual(attempt["observed"], attempt["expected"], attempt)
        # Whether or not monban's own client got in, no browser does.
        self.assertTrue(report["findings"])

    def test_renegotiation_has_no_place_in_http_2(self):
        self.guard(self.port["late-h2"], "/secure/", without=0, versions=("1.2",))
        report = self.verify(self.port["late-h2"], "/secure/")
        # Apache says HTTP_1_1_REQUIRED; who then does as told gets in, who does not has no answer.
        verdict = "pass" if all(a["observed"] == "accepted" for a in report["attempts"] if belongs(a, "client-h2")) else report["verdict"]
        self.check(report, when="renegotiation", versions=("1.2",), h2=None, verdict=verdict)


class OpenSsl(Checks, unittest.TestCase):
    """`openssl s_server -www`: one connection at a time."""

    def start(self, *options):
        server = peers.s_server(CA, *options)
        self.addCleanup(server.stop)
        return server.port

    def test_demands(self):
        for options, versions in (([], BOTH), (["-tls1_2"], ("1.2",)), (["-tls1_3"], ("1.3",))):
            with self.subTest(versions):
                port = self.start("-Verify", "1", "-verify_return_error", "-CAfile", CA.root, *options)
                self.guard(port, without=0, versions=versions)
                self.check(self.verify(port), versions=versions, alerts=True)

    def test_demands_and_names_nobody(self):
        port = self.start("-Verify", "1", "-verify_return_error", "-verifyCAfile", CA.root)
        self.guard(port, without=0)
        self.assertEqual(peers.names_sent(port), [])
        self.check(self.verify(port), names=[], alerts=True)

    def test_asks(self):
        port = self.start("-verify", "1", "-CAfile", CA.root)
        self.guard(port, without=200, admits=("good", *BAD), refuses=())
        self.check(self.verify(port), without="accepted", admits=BAD, verdict="fail")

    def test_asks_and_judges_what_it_gets(self):
        port = self.start("-verify", "1", "-verify_return_error", "-CAfile", CA.root)
        self.guard(port, without=200)
        self.check(self.verify(port), without="accepted", alerts=True, verdict="fail")

    def test_does_not_ask(self):
        for options, versions in ((["-tls1_2"], ("1.2",)), (["-tls1_3"], ("1.3",))):
            with self.subTest(versions):
                port = self.start(*options)
                self.guard(port, without=200, refuses=(), versions=versions)
                self.check(self.verify(port, refuse=()), when="never", names=[], without="accepted", versions=versions, verdict="fail")

    def test_as_many_names_as_tls_can_carry(self):
        # The length of the list is a number of two bytes: 64 KB, in either version. 62 names of 1 KB fit.
        file, names = CA.authorities(60, 14)
        size = 60 * peers.name_size(peers.der_of(CA.pem("authority-14")))
        self.assertGreater(size, 60000)
        port = self.start("-Verify", "1", "-verify_return_error", "-CAfile", file, "-verifyCAfile", CA.root)
        for version in BOTH:
            self.assertEqual(peers.names_sent(port, tls=version), names)
        self.guard(port, without=0, refuses=())
        self.check(self.verify(port, refuse=()), names=names, name_bytes=size, verdict="fail")

    def test_a_hundred_certificates_are_odd_but_no_fault(self):
        chain, _ = CA.authorities(100)
        port = self.start("-Verify", "1", "-verify_return_error", "-CAfile", CA.root, "-cert_chain", chain)
        self.guard(port, without=0, refuses=())
        self.check(self.verify(port, refuse=()), alerts=True)


class GnuTls(Checks, unittest.TestCase):
    def start(self, *options):
        server = peers.gnutls_serv(CA, *options)
        self.addCleanup(server.stop)
        return server.port

    def test_demands_and_judges(self):
        port = self.start("--require-client-cert", "--verify-client-cert")
        refuse = ("expired", "other-ca")  # it does not look at the purpose
        self.guard(port, without=0, admits=("good", "server-only"), refuses=refuse)
        self.check(self.verify(port, refuse=refuse), alerts=True)
        self.check(self.verify(port, refuse=("server-only",)), admits=("server-only",), verdict="fail")

    def test_demands_any_certificate(self):
        port = self.start("--require-client-cert")
        self.guard(port, without=0, admits=("good", *BAD), refuses=())
        self.check(self.verify(port), admits=BAD, verdict="fail")

    def test_only_asks(self):
        port = self.start()
        self.guard(port, without=200, refuses=())
        self.check(self.verify(port, refuse=()), without="accepted", verdict="fail")

    def test_does_not_ask(self):
        port = self.start("--disable-client-cert")
        self.guard(port, without=200, refuses=())
        self.check(self.verify(port, refuse=()), when="never", names=[], without="accepted", verdict="fail")

    def test_one_version(self):
        for version in BOTH:
            with self.subTest(version):
                port = self.start("--require-client-cert", "--verify-client-cert", "--priority", f"NORMAL:-VERS-ALL:+VERS-TLS{version}")
                self.guard(port, without=0, refuses=(), versions=(version,))
                self.check(self.verify(port, refuse=()), versions=(version,), alerts=True)


class PracticeServer(Checks, PracticeCase):
    """Our own, which answers as IIS does."""
    ISSUER = "CN=SPT Demo Practice CA,O=SPT Demo,C=JP"
    SUBSTATUS = {"no-certificate": 7, "refuse:client-expired": 17, "refuse:client-revoked": 13, "refuse:client-other-ca": 16,
                 "refuse:client-trusted-elsewhere": 16}
    REFUSED = [name.removeprefix("refuse:") for name in SUBSTATUS if name.startswith("refuse:")]

    def verify(self, *more, refuse=(), path="/"):
        arguments = ["verify", f"https://{PRACTICE_HOST}{path}", "--connect", f"127.0.0.1:{self.port}", "--root", self.ca / "ia1.der", "--json",
                     "--client", self.ca / "client.p12", "--password-file", self.ca / "password.txt", *more]
        for name in refuse:
            arguments += ["--refuse", self.ca / f"{name}.p12"]
        return self.read(run(*arguments), refuse=refuse)

    def check_sub_statuses(self, report, shown=lambda attempt: attempt["http_substatus"]):
        for attempt in report["attempts"]:
            for kind, sub in self.SUBSTATUS.items():
                if belongs(attempt, kind) and attempt["observed"] == "refused":
                    self.assertEqual((attempt["http_status"], str(shown(attempt))), (403, str(sub)), attempt)

    def record_without_negotiation(self):
        thumbprint = self.status()["ssl_records"][0]["thumbprint"]
        for line in (["netsh", "http", "delete", "sslcert", "ipport=0.0.0.0:443"],
                     ["netsh", "http", "add", "sslcert", "ipport=0.0.0.0:443", f"certhash={thumbprint}", "certstorename=MY",
                      "appid={4dc3e181-e14b-4a21-b022-59fc669b0914}", "sslctlstorename=iis_client_trust"]):
            done = self.command(*line)
            self.assertEqual(done.code, 0, done.out)

    def mode(self, mode):
        answers = self.server / "answers.json"
        answers.write_text(json.dumps({**json.loads(answers.read_text()), "require": {"mode": mode}}))


class Practice(PracticeServer):
    def test_require(self):
        self.set_up()
        self.serve()
        self.assertEqual((self.curl(), self.curl(self.ca / "client.p12")), ((403, 7), (200, None)))
        report = self.verify(refuse=self.REFUSED)
        self.check(report, names=[self.ISSUER], h2=None, statuses={"no-certificate": 403, "client": 200})
        self.check_sub_statuses(report)
        self.assertEqual({check["result"] for check in report["server"]["checks"].values()}, {"pass"})
        with self.subTest("what shall be refused is good"):
            self.check(self.verify(refuse=["client"]), names=[self.ISSUER], h2=None, admits=("client",), verdict="fail")
        with self.subTest("by another clock"):
            report = self.verify("--at", "2099-01-01T00:00:00Z")
            self.assertEqual((report["server"]["checks"]["validity"]["result"], report["verdict"]), ("fail", "pass"))

    def test_without_detailed_errors_the_log_tells(self):
        self.set_up()
        machine = self.server / "machine.json"
        machine.write_text(json.dumps({**json.loads(machine.read_text()), "error_pages": "remote"}))
        self.serve()
        refused = [attempt for attempt in self.verify(refuse=self.REFUSED)["attempts"] if attempt["http_status"] == 403]
        self.assertGreater(len(refused), len(self.REFUSED))
        self.assertEqual({(attempt["http_substatus"], attempt["log"]) for attempt in refused}, {(None, None)})
        for path in ("/", "/?a=b", "/?" + "a" * 1010):  # the log keeps the beginning of a long query
            report = self.verify("--log", self.server / "logs", refuse=self.REFUSED, path=path)
            self.check(report, names=[self.ISSUER], h2=None, statuses={"no-certificate": 403, "client": 200})
            for attempt in report["attempts"]:
                self.assertEqual(attempt["log"] is not None, attempt["http_status"] == 403, attempt)
                self.assertIsNone(attempt["http_substatus"], "the server did not show it")
            self.check_sub_statuses(report, lambda attempt: (attempt["log"] or {}).get("substatus"))
            self.assertNotIn("not-in-log", [finding["id"] for finding in report["findings"]])
        with self.subTest("a practice server's own log is known"):
            own = self.monban("verify", f"https://{PRACTICE_HOST}/", "--root", self.ca / "ia1.der", "--json")
            self.assertEqual({attempt["log"]["substatus"] for attempt in own.json["attempts"] if attempt["http_status"] == 403}, {7})
        with self.subTest("the log of something else"):
            other = self.work / "W3SVC9"
            other.mkdir()
            (other / "u_ex261129.log").write_text("#Fields: cs-uri-query sc-status sc-substatus\n- 403 7\n")
            report = self.verify("--log", other)
            self.assertIn("not-in-log", [finding["id"] for finding in report["findings"]])
            self.assertEqual({attempt["http_substatus"] for attempt in report["attempts"]}, {None})
        with self.subTest("no such folder"):
            self.assertEqual(run("verify", "https://127.0.0.1/", "--log", self.work / "none", "--json").code, 2)

    def test_files_of_one_name_and_many_of_them(self):
        self.set_up()
        self.serve()
        given = []
        for number in range(40):
            folder = self.work / str(number)
            folder.mkdir()
            shutil.copy(self.ca / "client-expired.p12", folder)
            given += ["--refuse", folder / "client-expired.p12"]
        report = run("verify", f"https://{PRACTICE_HOST}/", "--connect", f"127.0.0.1:{self.port}", "--password-file", self.ca / "password.txt", "--json", *given).json
        expected = ["refuse:client-expired.p12"] + [f"refuse:client-expired.p12 ({number})" for number in range(2, 41)]
        refused = [attempt for attempt in report["attempts"] if attempt["name"].startswith("refuse:")]
        self.assertEqual([attempt["name"] for attempt in refused], expected)
        self.assertEqual({attempt["observed"] for attempt in refused}, {"refused"})

    def test_accept(self):
        self.mode("accept")
        self.set_up()
        self.serve()
        self.assertEqual(self.curl(), (200, None))
        report = self.verify(refuse=["client-other-ca"])
        self.check(report, names=[self.ISSUER], h2=None, without="accepted", verdict="fail")
        self.check_sub_statuses(report)

    def test_ignore(self):
        self.mode("ignore")
        self.set_up()
        self.record_without_negotiation()
        self.serve()
        self.assertEqual(self.curl(), (200, None))
        self.check(self.verify(), when="never", names=[], h2=None, without="accepted", verdict="fail")


class Late(PracticeServer):
    """The site requires a certificate, the record does not ask for one: IIS asks when it has read the request."""

    def look(self):
        self.set_up()
        self.record_without_negotiation()
        self.serve()
        report = self.verify(refuse=["client-other-ca"])
        for attempt in report["attempts"]:
            if not belongs(attempt, "client"):
                self.assertNotEqual(attempt["observed"], "accepted", attempt)
        self.assertEqual([a["observed"] for a in report["attempts"] if belongs(a, "client") and version_of(a) == "1.2"], ["accepted"])
        self.check_sub_statuses(report)
        return report


class Late2019(Late):
    """No TLS 1.3: a renegotiation."""
    os_version = "2019"

    def test_renegotiation(self):
        report = self.look()
        self.assertEqual(report["client_certificate"]["when"], "renegotiation")
        self.assertEqual([a["observed"] for a in report["attempts"] if version_of(a) == "1.3"], ["error", "error"])


class Late2022(Late):
    """In TLS 1.3 it needs what browsers do not offer: reset."""

    def test_post_handshake(self):
        report = self.look()
        self.assertEqual(visit(self.port, host=PRACTICE_HOST, late=False), 0)
        self.assertEqual(report["client_certificate"]["when"], "post-handshake")
        self.assertTrue(report["findings"], "whether or not monban's own client got in, no browser does")


class Late2025(Late):
    """The same, answered with a page."""
    os_version = "2025"

    def test_post_handshake(self):
        report = self.look()
        self.assertEqual(visit(self.port, host=PRACTICE_HOST, late=False), 500)
        self.assertEqual(report["client_certificate"]["when"], "post-handshake")
        self.assertTrue(report["findings"], "whether or not monban's own client got in, no browser does")


class Hostile(Checks, unittest.TestCase):
    """Whatever answers, the command ends in time and says what it met, and nothing passes for an answer."""
    TIMEOUT = 2

    def ask(self, url, *more):
        began = time.monotonic()
        ran = run("verify", url, "--timeout", self.TIMEOUT, "--root", CA.root, "--client", CA.good, "--refuse", CA.expired,
                  "--password-file", CA.password_file, "--json", *more)
        return ran, time.monotonic() - began

    def start(self, behave, plain=False, **tls):
        """A hostile server in this process, behind a handshake that succeeds unless it is `plain`."""
        server = peers.Hostile(behave, None if plain else peers.tls_context(CA, **tls))
        self.addCleanup(server.stop)
        return f"https://127.0.0.1:{server.port}/"

    def program(self, *options, key=None):
        server = peers.s_server(CA, *options, www=key is None, keyboard=key is not None)
        self.addCleanup(server.stop)
        if key:
            peers.press(server, key)
        return f"https://127.0.0.1:{server.port}/"

    def check_all(self, urls, **wanted):
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            asked = {name: pool.submit(self.ask, *([url] if isinstance(url, str) else url)) for name, url in urls.items()}
        for name, answer in asked.items():
            with self.subTest(name):
                self.check_hostile(*answer.result(), **wanted)

    def check_hostile(self, ran, seconds, nothing_accepted=True, may_refuse=()):
        report = self.read(ran, refuse=("expired",))
        self.assertLess(seconds, len(report["attempts"]) * self.TIMEOUT + 3)
        self.assertEqual(report["verdict"], "fail")
        for attempt in report["attempts"] if nothing_accepted else []:
            refused = ["refused"] if attempt["name"].startswith(tuple(may_refuse)) else []
            self.assertIn(attempt["observed"], ["error", "reset", *refused], attempt)

    def test_before_the_handshake(self):
        raw = lambda behave: self.start(behave, plain=True)
        hello = bytes.fromhex("160303007a" "020000760303") + bytes(range(32))  # the start of a ServerHello
        self.check_all({
            "never answers": raw(peers.silence), "closes at once": raw(peers.close), "resets at once": raw(peers.reset),
            "closes after the first message": raw(peers.after_the_request(peers.close)),
            "garbage": raw(peers.says(bytes(range(256)) * 64, peers.close)), "garbage, then silence": raw(peers.says(bytes(range(256)))),
            "garbage without end": raw(peers.repeats(b"", bytes(range(256)) * 128)),
            # Not an answer to our request: it was never sent.
            "plain HTTP": raw(peers.says(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", peers.close)),
            "another protocol's greeting": raw(peers.says(b"220 mail.example.test ESMTP\r\n", hear=False)),
            "a hello one byte a second": raw(peers.drips(hello)),
            "a record that never ends": raw(peers.says(hello)),
            "empty records without end": raw(peers.repeats(b"", bytes.fromhex("1603030000") * 1000)),
            "warnings without end": raw(peers.repeats(b"", bytes.fromhex("15030300020170") * 1000)),
            # Before anybody could show a certificate it cannot be about one.
            "handshake failure": raw(peers.says(bytes.fromhex("15030300020228"), peers.close)),
        })

    def test_after_the_handshake(self):
        page = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        # It asks for a certificate, judges it, and then is silent: who is refused by name is refused.
        self.check_all({"asks": self.start(peers.silence, asks=True),
                        "asks and reads": self.start(peers.after_the_request(peers.silence), asks=True)}, may_refuse=("refuse:",))
        self.check_all({
            "silence": self.start(peers.silence), "silence after the request": self.start(peers.after_the_request(peers.silence)),
            "closes": self.start(peers.after_the_request(peers.close)), "resets": self.start(peers.after_the_request(peers.reset)),
            "a page one byte a second": self.start(peers.drips(page)),
            "fields without end": self.start(peers.repeats(b"HTTP/1.1 200 OK\r\n", b"X-Field: " + b"x" * 8000 + b"\r\n")),
            "one field without end": self.start(peers.repeats(b"HTTP/1.1 200 OK\r\nX-Field: ", b"x" * 8000)),
            "fields one by one": self.start(peers.repeats(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n")),
            "100 without end": self.start(peers.repeats(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 200)),
            "no HTTP": self.start(peers.says(b"\x00\x01\x02 hello\r\n\r\n", peers.close)),
            "no status": self.start(peers.says(b"HTTP/1.1 abc OK\r\n\r\n", peers.close)),
            "ends within the fields": self.start(peers.says(b"HTTP/1.1 200 OK\r\nContent-Le", peers.close)),
            "no frames of HTTP/2": self.start(peers.says(bytes(range(256)) * 64), alpn=("h2",)),
        })

    def test_handshakes_without_end(self):
        self.check_all({"renegotiates": self.program("-tls1_2", key=b"R"), "updates its key": self.program("-tls1_3", key=b"K"),
                        "asks again and again": self.program("-tls1_3", "-CAfile", CA.root, key=b"c")})

    def test_more_than_tls_can_carry(self):
        self.check_all({"300 KB of names": self.program("-verify", "1", "-CAfile", CA.authorities(300, 14)[0])})
        # The limit on the chain is the client's own: to fail is right, to see that nobody is asked for a certificate is, too.
        self.check_all({"a chain of 140 KB": self.program("-cert_chain", CA.authorities(100, 14)[0])}, nothing_accepted=False)

    def test_a_page_without_end(self):
        # Its head is an answer, so that "accepted" is right; it must be over in time.
        self.check_all({"body": self.start(peers.repeats(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999999\r\n\r\n", b"x" * 16000)),
                        "chunks": self.start(peers.repeats(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"4\r\nabcd\r\n" * 1000))},
                       nothing_accepted=False)

    def test_nobody_there(self):
        taken = socket.socket()  # bound, but it does not listen: nobody else can
        self.addCleanup(taken.close)
        taken.bind(("127.0.0.1", 0))
        url = f"https://127.0.0.1:{taken.getsockname()[1]}/"
        self.check_all({"name": "https://no-such-host.invalid/", "connect": [f"https://{HOST}/", "--connect", "no-such-host.invalid:443"],
                        "port": url})


class WrongInput(unittest.TestCase):
    def refused(self, *arguments):
        ran = run("verify", *arguments, "--json")
        self.assertEqual((ran.code, ran.out), (2, ""), (arguments, ran.err))
        self.assertTrue(ran.err.strip())
        self.assertNotIn(peers.PASSWORD, ran.err)

    def test_addresses(self):
        for url in ("", "ftp://www.example.test/", "https://", "https:///path", "https://www.example.test:0/",
                    "https://www.example.test:99999/", "https://[::1/", "https://me:secret@www.example.test/"):
            with self.subTest(url):
                self.refused(url)
        self.refused()

    def test_options(self):
        url = f"https://{HOST}/"
        for options in (["--connect", "127.0.0.1:99999"], ["--timeout", "0"], ["--timeout", "soon"], ["--at", "yesterday"]):
            with self.subTest(options):
                self.refused(url, *options)

    def test_files(self):
        url, nobody = f"https://{HOST}/", ["--connect", "127.0.0.1:1"]
        wrong = WORK / "wrong.txt"
        wrong.write_text("not the password\n")
        for options in (["--root", WORK / "none.pem"], ["--root", CA.password_file], ["--client", WORK / "none.p12"],
                        ["--client", CA.password_file, "--password-file", CA.password_file],
                        ["--client", CA.good, "--password-file", wrong], ["--client", CA.good, "--password-file", WORK / "none.txt"],
                        ["--refuse", WORK / "none.p12"], ["--refuse", CA.good, "--password-file", wrong]):
            with self.subTest(options):
                self.refused(url, *nobody, *options)


if __name__ == "__main__":
    unittest.main(verbosity=2)
