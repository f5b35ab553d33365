# SPDX-License-Identifier: MIT
"""From a certification request to a protected site, with `openssl ca` as the CA."""
import json
import subprocess
import unittest

from monban import HOST, PracticeCase, run

NAMES = {"common_name": HOST, "organization": '株式会社 "門番", Ltd. + 100% #1 <A>;B', "organizational_unit": " 情報システム部",
         "locality": "千代田区", "state": "東京都", "country": "jp"}
TYPES = {"CN": "common_name", "OU": "organizational_unit", "O": "organization", "L": "locality", "S": "state", "C": "country"}

CA_CONFIG = """[ca]
default_ca = x
[x]
database = index.txt
new_certs_dir = .
serial = serial
certificate = ia1.pem
private_key = ia1.key
default_md = sha256
default_days = 30
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
organizationName = optional
organizationalUnitName = optional
localityName = optional
stateOrProvinceName = optional
countryName = optional
"""


def inf_value(line):
    """The value of an INF line: in quotes, a doubled quote is one, a doubled percent sign too."""
    value = line.split("=", 1)[1].strip()
    assert value[0] == value[-1] == '"', value
    return value[1:-1].replace('""', '"').replace("%%", "%")


def distinguished_name(text):
    """Parts of a name as CertStrToName reads it: commas divide outside of quotes, a doubled quote inside is one."""
    parts, at = {}, 0
    while at < len(text):
        kind, at = text[at:text.index("=", at)], text.index("=", at) + 1
        value = ""
        if text[at] == '"':
            at += 1
            while not (text[at] == '"' and text[at + 1:at + 2] != '"'):
                at += text[at] == '"'
                value += text[at]
                at += 1
            at += 1
        else:
            end = text.find(",", at)
            end = len(text) if end < 0 else end
            value, at = text[at:end], end
        parts[kind.strip()] = value
        at += 1
    return parts


class Request(PracticeCase):
    def setUp(self):
        super().setUp()
        self.answers = {"certificate": {"source": "request", "dns_names": [HOST], "request_file": "server.req", **NAMES},
                        "root": {"file": "server/ca/ia1.der"}, "bind": {"site": "Default Web Site"},
                        "verify": {"client_certificate": "server/ca/client.p12"}}
        self.file = self.work / "answers.json"
        self.request = self.work / "server.req"

    def go(self, command, *arguments):
        self.file.write_text(json.dumps(self.answers))
        return self.monban(command, "--answers", self.file, "--password-file", self.ca / "password.txt", "--json", *arguments)

    def states(self, result):
        return {s["id"]: s["state"] for s in result.json["steps"]}

    def issue(self, request=None, out="issued.pem"):
        folder = self.work / "openssl-ca"
        folder.mkdir(exist_ok=True)
        self.openssl("x509", "-inform", "DER", "-in", self.ca / "ia1.der", "-out", folder / "ia1.pem")
        (folder / "ia1.key").write_bytes((self.ca / "ia1.key").read_bytes())
        (folder / "ca.cnf").write_text(CA_CONFIG)
        (folder / "index.txt").write_text("")
        # Never the same one twice: two answers of one second would otherwise be one certificate, byte for byte.
        self.issued = getattr(self, "issued", 0) + 1
        (folder / "serial").write_text(f"4D{self.issued:02X}\n")
        self.openssl("ca", "-config", "ca.cnf", "-batch", "-notext", "-preserveDN", "-utf8", "-in", request or self.request,
                     "-out", self.work / out, cwd=folder)
        return self.work / out

    def test_the_policy_file_says_what_the_answers_say(self):
        self.answers["certificate"]["ip_addresses"] = ["192.0.2.7", "2001:db8::7"]
        self.assertEqual(self.go("apply").code, 3)
        raw = (self.work / "server.inf").read_bytes()
        self.assertEqual(raw[:2], b"\xff\xfe")
        lines = raw.decode("utf-16").split("\r\n")
        name = distinguished_name(inf_value(next(line for line in lines if line.startswith("Subject"))))
        self.assertEqual({TYPES[k]: v for k, v in name.items()}, {**NAMES, "country": "JP"})
        extension = "".join(inf_value(line) for line in lines if line.startswith("_continue_"))
        self.assertEqual(extension, f"DNS={HOST}&IPAddress=192.0.2.7&IPAddress=2001:db8::7")
        for wanted in ("MachineKeySet = TRUE", "Exportable = FALSE", "KeyLength = 2048", "RequestType = PKCS10"):
            self.assertIn(wanted, lines)
        shown = self.openssl("req", "-in", self.request, "-noout", "-verify", "-subject", "-nameopt", "sep_multiline,utf8,lname").decode()
        for part in (NAMES["organization"], NAMES["organizational_unit"], NAMES["locality"], NAMES["state"]):
            self.assertIn("=" + part, shown.replace(" = ", "="))

    def test_waits_then_goes_on_with_the_answer_of_openssl_ca(self):
        before = self.status()
        planned = self.go("plan")
        self.assertEqual(planned.code, 3, planned.err)
        states = self.states(planned)
        self.assertEqual((states["certificate.request"], states["import.accept"], states["bind.record"], states["require.access"]),
                         ("needed", "waiting", "waiting", "waiting"))
        first = self.go("apply")
        self.assertEqual((first.code, first.json["outcome"]), (3, "waiting"), first.out)
        again = self.go("apply")
        self.assertEqual((again.code, again.json["outcome"], again.json["run"]), (3, "waiting", None))

        waiting = self.status()
        self.answers["certificate"]["issued_file"] = "issued.cer"
        self.assertEqual(self.go("plan").code, 3, "named already, but not there yet")
        self.issue(out="issued.cer")
        done = self.go("apply")
        self.assertEqual((done.code, done.json["outcome"]), (0, "done"), done.out + done.err)
        self.assertTrue(all(s["result"]["outcome"] == "skipped" for s in self.go("apply").json["steps"]))
        self.assertNotIn("REQUEST", self.status()["stores"])
        self.assertEqual(run("practice", "restart", self.server).code, 0)
        self.serve()
        self.assertEqual(self.curl(self.ca / "client.p12"), (200, None))
        self.assertEqual(self.curl(), (403, 7))
        self.stop()

        self.assertEqual(self.monban("undo", "--json").code, 0)
        self.assertEqual(run("practice", "restart", self.server).code, 0)
        self.assertEqual(self.status(), waiting, "the request waits again, with its key")
        redone = self.go("apply")
        self.assertEqual((redone.code, redone.json["outcome"]), (0, "done"), redone.out)
        for _ in range(3):
            undone = self.monban("undo", "--json")
            self.assertEqual(undone.code, 0, undone.out)
        self.assertEqual(self.status(), before)
        self.assertEqual(list((self.server / "keys").iterdir()), [], "no key is left behind")

    def test_takes_a_p7b_with_its_chain(self):
        self.assertEqual(self.go("apply").code, 3)
        issued = self.issue()
        for form in ("DER", "PEM"):
            with self.subTest(form=form):
                p7b = self.work / f"issued-{form}.p7b"
                self.openssl("crl2pkcs7", "-nocrl", "-certfile", issued, "-certfile", self.work / "openssl-ca" / "ia1.pem",
                             "-outform", form, "-out", p7b)
                self.answers["certificate"]["issued_file"] = p7b.name
                self.assertEqual(self.go("apply").code, 0)
                self.assertEqual(self.monban("undo", "--json").code, 0)

    def test_a_reply_for_another_key_is_refused(self):
        self.assertEqual(self.go("apply").code, 3)
        key, other = self.work / "other.key", self.work / "other.req"
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", other, "-subj", f"/CN={HOST}")
        self.issue(other, "other.cer")
        self.answers["certificate"]["issued_file"] = "other.cer"
        before = self.status()
        refused = self.go("apply")
        self.assertEqual((refused.code, refused.json["outcome"]), (1, "failed"))
        step = next(s for s in refused.json["steps"] if s["id"] == "import.accept")
        self.assertEqual(step["state"], "blocked")
        self.assertIn("another key", step["reason"])
        self.assertEqual(self.status(), before)

    def finish(self):
        """The request made, answered and accepted."""
        self.assertEqual(self.go("apply").code, 3)
        self.issue(out="issued.cer")
        self.answers["certificate"]["issued_file"] = "issued.cer"
        self.assertEqual(self.go("apply").code, 0)

    def test_an_undo_never_takes_the_key_of_a_request_along(self):
        self.answers["import"] = {"friendly_name": "My server"}
        self.assertEqual(self.go("apply").code, 3)
        waiting = self.status()
        pending = {f.name: f.read_bytes() for f in (self.server / "stores" / "REQUEST").iterdir()}
        self.finish_from_waiting()
        self.assertEqual(self.monban("undo", "--json").code, 0)
        self.assertEqual(self.status(), waiting)
        self.finish_from_waiting()
        # As if an undo had been cut off between its two writes.
        for name, content in pending.items():
            (self.server / "stores" / "REQUEST" / name).write_bytes(content)
        self.assertEqual(self.monban("undo", "--json").code, 0)
        self.assertEqual(self.status(), waiting, "with its key")

    def finish_from_waiting(self):
        self.issue(out="issued.cer")
        self.answers["certificate"]["issued_file"] = "issued.cer"
        done = self.go("apply")
        self.assertEqual(done.code, 0, done.out)

    def test_the_answer_to_another_request_of_this_server_is_refused(self):
        self.assertEqual(self.go("request").code, 0)
        self.answers["certificate"].update({"request_file": "second.req", "common_name": "other.spt-demo.local"})
        self.assertEqual(self.go("request").code, 0)
        self.issue(self.work / "second.req", "issued.cer")
        self.answers["certificate"].update({"request_file": "server.req", "common_name": HOST, "issued_file": "issued.cer"})
        refused = self.go("plan")
        self.assertEqual(refused.code, 1)
        self.assertIn("another key", next(s for s in refused.json["steps"] if s["id"] == "import.accept")["reason"])

    def test_once_accepted_nobody_needs_the_files_any_more(self):
        self.finish()
        (self.work / "issued.cer").unlink()
        (self.work / "server.inf").unlink()
        again = self.go("apply")
        self.assertEqual((again.code, again.json["run"]), (0, None), again.out)

    def keys(self):
        return len(list((self.server / "keys").iterdir()))

    def reason(self, result, step="certificate.request"):
        return next(s for s in result.json["steps"] if s["id"] == step)["reason"]

    def test_a_finished_request_is_done_even_when_all_its_files_are_gone(self):
        self.finish()
        keys = self.keys()
        for file in ("issued.cer", "server.inf", "server.req"):
            (self.work / file).unlink()
        planned = self.go("plan")
        self.assertEqual((planned.code, set(self.states(planned).values())), (0, {"done"}), planned.out)
        again = self.go("apply")
        self.assertEqual((again.code, again.json["run"]), (0, None), again.out)
        self.assertEqual(self.keys(), keys, "no second key")
        self.answers["certificate"]["dns_names"] = [HOST, "second.spt-demo.local"]
        self.assertEqual(self.states(self.go("plan"))["certificate.request"], "needed", "that is another request")

    def test_a_request_answered_by_hand_is_known_without_its_files(self):
        self.assertEqual(self.go("apply").code, 3)
        self.issue(out="issued.cer")
        self.assertEqual(self.command("certreq", "-accept", "-machine", self.work / "issued.cer").code, 0)
        for file in ("issued.cer", "server.req"):
            (self.work / file).unlink()
        applied = self.go("apply")
        self.assertEqual((applied.code, applied.json["outcome"]), (0, "done"), applied.out)
        self.assertEqual(self.keys(), 1)

    def test_a_request_whose_file_was_moved_is_not_made_a_second_time(self):
        self.assertEqual(self.go("request").code, 0)
        run = self.monban("runs", "--json").json["runs"][0]["run"]
        self.request.unlink()
        applied = self.go("apply")
        self.assertEqual((applied.code, applied.json["run"]), (1, None))
        self.assertIn("still waits", self.reason(applied))
        self.assertIn(run, self.reason(applied))
        self.assertEqual(self.keys(), 1)
        self.assertEqual(self.monban("undo", "--json").code, 0)
        self.assertEqual(self.go("request").code, 0, "after the undo there is nothing left of it")

    def test_a_finished_request_of_which_nothing_is_left_is_named(self):
        self.finish()
        for file in ("issued.cer", "server.req"):
            (self.work / file).unlink()
        self.assertEqual(self.command("certutil", "-delstore", "MY", HOST).code, 0)
        planned = self.go("plan")
        self.assertEqual(planned.code, 1)
        self.assertIn("no certificate for its key", self.reason(planned))
        for _ in self.monban("runs", "--json").json["runs"]:
            undone = self.monban("undo", "--json")
            self.assertEqual(undone.code, 0, undone.out)
        self.assertEqual(self.go("request").code, 0)

    def test_an_undo_of_the_request_names_the_run_that_used_its_answer(self):
        self.finish()
        first, second = (one["run"] for one in self.monban("runs", "--json").json["runs"])
        before = self.status()
        refused = self.monban("undo", first, "--json")
        self.assertEqual(refused.code, 1)
        self.assertTrue(any(second in (s["reason"] or "") for s in refused.json["steps"] if s["id"] == "undo.certificate.request"), refused.out)
        self.assertEqual(self.status(), before)

    def answered_with(self, extensions):
        self.assertEqual(self.go("apply").code, 3)
        (self.work / "x.ext").write_text(extensions)
        self.openssl("req", "-in", self.request, "-out", self.work / "server.pem")
        self.openssl("x509", "-req", "-in", self.work / "server.pem", "-CA", self.ca / "ia1.der", "-CAkey", self.ca / "ia1.key", "-CAcreateserial",
                     "-CAserial", self.work / "serial", "-extfile", self.work / "x.ext", "-days", "30", "-out", self.work / "issued.cer")
        self.answers["certificate"]["issued_file"] = "issued.cer"
        before = self.status()
        refused = self.go("apply")
        self.assertEqual((refused.code, self.states(refused)["import.accept"]), (1, "blocked"), refused.out)
        self.assertEqual(self.status(), before)
        return self.reason(refused, "import.accept")

    def test_an_answer_that_is_a_ca_certificate_is_refused(self):
        self.assertIn("certificate of a CA", self.answered_with(f"basicConstraints=critical,CA:TRUE\nsubjectAltName=DNS:{HOST}\n"))

    def test_an_answer_for_clients_alone_is_refused(self):
        self.assertIn("clientAuth", self.answered_with(f"extendedKeyUsage=clientAuth\nsubjectAltName=DNS:{HOST}\n"))

    def test_a_second_answer_to_an_answered_request_is_named(self):
        self.finish()
        self.issue(out="second.cer")
        self.answers["certificate"]["issued_file"] = "second.cer"
        refused = self.go("plan")
        self.assertEqual(refused.code, 1)
        self.assertIn("answered already", next(s for s in refused.json["steps"] if s["id"] == "import.accept")["reason"])

    def test_a_request_can_be_corrected_after_undo(self):
        self.assertEqual(self.go("request").code, 0)
        self.answers["certificate"]["organization"] = "Corrected"
        self.assertEqual(self.go("request").code, 1)
        self.assertEqual(self.monban("undo", "--json").code, 0)
        self.assertFalse(self.request.exists())
        corrected = self.go("request")
        self.assertEqual(corrected.code, 0, corrected.err)
        self.assertIn("O=Corrected", corrected.json["subject"])

    def test_a_request_whose_file_was_moved_is_withdrawn_with_its_key(self):
        before = self.status()
        self.assertEqual(self.go("request").code, 0)
        self.request.rename(self.work / "sent.req")
        self.assertIn("request-waits-already", {f["id"] for f in self.go("plan").json["findings"]})
        self.assertEqual(self.monban("undo", "--json").code, 0)
        self.assertEqual(self.status(), before)
        self.assertEqual(list((self.server / "keys").iterdir()), [])

    def test_a_certificate_installed_by_a_double_click_first_is_no_trouble(self):
        self.assertEqual(self.go("apply").code, 3)
        self.issue(out="issued.cer")
        self.assertEqual(self.command("certutil", "-addstore", "MY", self.work / "issued.cer").code, 0)
        before = self.status()
        self.answers["certificate"]["issued_file"] = "issued.cer"
        self.assertEqual(self.go("apply").code, 0)
        undone = self.monban("undo", "--json")
        self.assertEqual(undone.code, 0, undone.out)
        self.assertEqual(self.status(), before)

    def test_a_certificate_deleted_by_hand_does_not_hold_the_undo_back(self):
        self.finish()
        self.assertEqual(self.command("certutil", "-delstore", "MY", HOST).code, 0)
        undone = self.monban("undo", "--json")
        self.assertEqual(undone.code, 0, undone.out)
        self.assertIn("request-lost", {f["id"] for f in undone.json["findings"]})
        self.assertEqual(self.status()["ssl_records"], [])

    def test_files_that_are_somebodys_are_kept(self):
        (self.work / "server.inf").write_text("my own work")
        self.assertEqual(self.go("request").code, 1)
        self.assertEqual((self.work / "server.inf").read_text(), "my own work")

    def test_an_address_is_written_as_certificates_have_it(self):
        self.answers["certificate"].update({"common_name": "2001:DB8:0::1", "dns_names": [], "ip_addresses": ["::FFFF:192.0.2.1"]})
        made = self.go("request")
        self.assertEqual(made.code, 0, made.err)

    def test_chapter_5_need_not_wait_for_the_answer(self):
        self.answers["troubleshoot"] = {"sample_page": True}
        applied = self.go("apply")
        self.assertEqual(applied.code, 3)
        self.assertEqual({s["id"]: s["result"]["outcome"] for s in applied.json["steps"]}["troubleshoot.sample-page"], "done")

    def test_a_store_that_certreq_does_not_fill_is_said_before_the_request_is_made(self):
        self.answers["import"] = {"store": "WebHosting"}
        self.assertEqual(self.go("plan").code, 1)
        self.assertEqual(self.go("apply").code, 1)
        self.assertFalse(self.request.exists())

    def test_request_makes_the_request_and_nothing_else(self):
        roots = self.status()["stores"]["ROOT"]
        made = self.go("request")
        self.assertEqual(made.code, 0, made.err)
        self.assertEqual(made.json["request_file"], str(self.request))
        self.assertEqual(made.json["dns_names"], [HOST])
        self.assertEqual(made.json["key"], {"algorithm": "RSA", "bits": 2048})
        self.assertEqual([c["thumbprint_sha1"] for c in self.status()["stores"]["REQUEST"]], [made.json["thumbprint"]])
        self.assertEqual(self.go("request").json, made.json)
        self.assertEqual(self.status()["stores"]["ROOT"], roots)
        self.answers["certificate"]["organization"] = "Other"
        self.assertEqual(self.go("request").code, 1, "an existing request is never replaced")
        del self.answers["certificate"]
        self.assertEqual(self.go("request").code, 2)

    def test_what_makes_no_request_is_named(self):
        for change, word in (({"key_bits": 1024}, "2048"), ({"country": "JPN"}, "two letters"), ({"organization": "a\nb"}, "line break"),
                             ({"common_name": "c" * 65}, "64"), ({"dns_names": ["https://x/"]}, "https"), ({"ip_addresses": ["1.2.3"]}, "1.2.3"),
                             ({"provider": "Nobody"}, "Nobody"), ({"key_algorithm": "DSA"}, "DSA"), ({"request_file": "a.inf"}, "policy file"),
                             ({"request_file": "answers.json"}, "answers.json")):
            with self.subTest(change=change):
                self.answers["certificate"].update(change)
                planned = self.go("plan")
                self.assertEqual(planned.code, 1)
                reasons = [s["reason"] for s in planned.json["steps"] if s["state"] == "blocked"]
                self.assertTrue(any(word in reason for reason in reasons), reasons)
                self.answers["certificate"] = {"source": "request", "dns_names": [HOST], "request_file": "server.req", **NAMES}

    def test_keys_of_the_cng_provider(self):
        for algorithm, key in (("ECDSA_P256", ("EC", 256)), ("ECDSA_P384", ("EC", 384))):
            with self.subTest(algorithm=algorithm):
                self.answers["certificate"].update({"key_algorithm": algorithm, "request_file": algorithm + ".req"})
                made = self.go("request")
                self.assertEqual(made.code, 0, made.err)
                self.assertEqual((made.json["key"]["algorithm"], made.json["key"]["bits"]), key)

    def test_the_names_of_the_old_certificate_are_taken_over(self):
        applied = self.apply()
        self.assertEqual(applied.code, 0)
        old = self.status()["stores"]["MY"][0]
        self.answers["certificate"] = {"source": "request", "request_file": "new.req", "replaces": old["thumbprint_sha1"]}
        made = self.go("request")
        self.assertEqual(made.code, 0, made.err)
        self.assertEqual((made.json["subject"], made.json["dns_names"]), (old["subject"], old["dns_names"]))

    def test_a_name_that_is_not_the_sites_is_a_finding(self):
        self.answers["bind"]["hostname"] = "www.example.test:443"
        found = {f["id"] for f in self.go("plan").json["findings"]}
        self.assertIn("name-not-site-host", found)
        self.answers["certificate"]["dns_names"] = ["*.example.test"]
        self.assertNotIn("name-not-site-host", {f["id"] for f in self.go("plan").json["findings"]})


class Troubleshoot(PracticeCase):
    def add(self, **keys):
        answers = json.loads((self.server / "answers.json").read_text())
        answers["troubleshoot"] = keys
        (self.server / "answers.json").write_text(json.dumps(answers))

    def test_the_sample_page_comes_and_goes(self):
        page = self.server / "inetpub" / "wwwroot" / "clientcert.aspx"
        self.add(sample_page=True)
        self.assertEqual(self.apply().code, 0)
        self.assertEqual(page.read_bytes()[:3], b"\xef\xbb\xbf", "or ASP.NET reads it in the server's code page")
        self.assertIn("クライアント証明書", page.read_text("utf-8-sig"))
        self.add(sample_page=False)
        self.assertEqual(self.apply().code, 0)
        self.assertFalse(page.exists())
        self.assertEqual(self.monban("undo", "--json").code, 0)
        self.assertTrue(page.exists())
        page.write_text("somebody's own")
        for wanted, code in ((True, 1), (False, 0)):
            self.add(sample_page=wanted)
            self.assertEqual(self.apply().code, code)
            self.assertEqual(page.read_text(), "somebody's own")

    def test_a_page_below_the_site_is_found_again_when_the_answers_forgot_where(self):
        root = self.server / "inetpub" / "wwwroot"
        (root / "app").mkdir(parents=True, exist_ok=True)
        page = root / "app" / "clientcert.aspx"
        answers = json.loads((self.server / "answers.json").read_text())
        require = dict(answers.get("require", {}))
        answers["require"] = {**require, "path": "/app"}
        answers["troubleshoot"] = {"sample_page": True}
        (self.server / "answers.json").write_text(json.dumps(answers))
        self.assertEqual(self.apply().code, 0)
        self.assertTrue(page.exists())
        answers["require"] = require
        answers["troubleshoot"] = {"sample_page": False}
        (self.server / "answers.json").write_text(json.dumps(answers))
        applied = self.apply()
        self.assertEqual(applied.code, 0, applied.out)
        self.assertFalse(page.exists())
        self.assertEqual({s["id"]: s["result"]["outcome"] for s in applied.json["steps"]}["troubleshoot.sample-page.2"], "done")
        self.assertEqual(self.monban("undo", "--json").code, 0)
        self.assertTrue(page.exists())
        page.write_text("somebody's own")
        self.assertEqual(self.apply().code, 0)
        self.assertEqual(page.read_text(), "somebody's own")

    def test_a_flush_lets_a_new_list_count(self):
        self.set_up()
        self.serve()
        self.assertEqual(self.curl(self.ca / "client.p12"), (200, None))
        self.openssl("pkcs12", "-in", self.ca / "client.p12", "-clcerts", "-nokeys", "-legacy", "-passin",
                     "file:" + str(self.ca / "password.txt"), "-out", self.work / "client.pem")
        self.assertEqual(run("practice", "revoke", self.server, self.work / "client.pem").code, 0)
        self.assertEqual(self.curl(self.ca / "client.p12"), (200, None), "the kept list is still believed")
        self.add(flush_crl=True)
        flushed = self.apply()
        self.assertEqual(flushed.code, 0, flushed.out)
        ran = [s["id"] for s in flushed.json["steps"] if s["result"]["outcome"] == "done"]
        self.assertEqual(ran, ["troubleshoot.flush-crl.stop", "troubleshoot.flush-crl.resync", "troubleshoot.flush-crl.start"])
        self.assertEqual(self.curl(self.ca / "client.p12"), (403, 13))
        self.assertEqual(self.monban("undo", "--json").code, 0, "nothing to take back, and that is no failure")

    def test_revocation_off_and_on(self):
        self.set_up()
        answers = json.loads((self.server / "answers.json").read_text())
        for wanted, sub in ((False, (200, None)), (True, (403, 13))):
            answers["bind"] = {**answers.get("bind", {}), "check_revocation": wanted}
            (self.server / "answers.json").write_text(json.dumps(answers))
            self.assertEqual(self.apply().code, 0)
            self.serve()
            self.assertEqual(self.curl(self.ca / "client-revoked.p12"), sub)
            self.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
