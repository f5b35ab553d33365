# SPDX-License-Identifier: MIT
"""What a server can be like that nobody wishes for: each is shown as what it is, and nothing is lost."""
import hashlib
import time
import unittest
from xml.sax.saxutils import quoteattr

from in_a_lab import InALab
from material import PrivateCa

CONFIGURATION = r"C:\windows\system32\inetsrv\config\applicationHost.config"
MY = r"HKLM\Software\Microsoft\SystemCertificates\MY\Certificates"
SITE = "Default Web Site"
SECONDS = 20  # within which a look at a server of any size has to end


class BadInput(InALab):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ca = PrivateCa(cls.lab.folder / "own")

    def setUp(self):
        super().setUp()
        file = self.lab.path(CONFIGURATION)
        before = file.read_bytes()
        self.addCleanup(lambda: file.write_bytes(before))
        self.file = file

    def go(self, command, answers="answers.json"):
        return self.lab.monban(command, "--answers", "C:\\lab\\own\\" + answers, "--password-file", r"C:\lab\own\password.txt", "--json")

    def unreadable(self):
        """The parts that could not be read, with their reasons; a look that does not end in time is an error."""
        begin = time.monotonic()
        shown = self.lab.monban("status", "--json")
        self.assertLess(time.monotonic() - begin, SECONDS)
        self.assertEqual(shown.code, 1 if shown.json["unreadable"] else 0, shown.out + shown.err)
        return {part["section"]: part["reason"] for part in shown.json["unreadable"]}

    def steps(self, ran):
        return {step["id"]: step for step in ran.json["steps"]}

    def is_refused(self, said):
        """Sites are unreadable for that reason; what needs none can be planned; nothing runs."""
        unreadable = self.unreadable()
        self.assertEqual(list(unreadable), ["sites"])
        self.assertIn("applicationHost.config", unreadable["sites"])
        self.assertIn(said, unreadable["sites"])
        steps = self.steps(self.go("plan"))
        self.assertEqual((steps["trust.root"]["state"], steps["import.certificate"]["state"]), ("needed", "needed"))
        self.assertIn(steps["bind.site"]["state"], ("blocked", "unknown"))
        known = len(self.lab.calls())
        applied = self.go("apply")
        self.assertEqual((applied.code, applied.json["outcome"]), (1, "failed"), applied.out)
        self.assertEqual(self.lab.calls()[known:], [])

    def test_a_configuration_another_program_holds(self):
        with self.lab.held(CONFIGURATION):
            self.is_refused("in use by another program")
        self.assertEqual(self.unreadable(), {})

    def test_a_configuration_that_is_half_written(self):
        whole = self.file.read_bytes()
        for part in (len(whole) // 2, len(whole) - 20):
            with self.subTest(part):
                self.file.write_bytes(whole[:part])
                self.is_refused("")

    def test_a_configuration_that_is_empty(self):
        self.file.write_bytes(b"")
        self.is_refused("")

    def test_a_folder_in_the_place_of_the_configuration(self):
        whole = self.file.read_bytes()
        self.file.unlink()
        self.file.mkdir()
        try:
            self.is_refused("folder")
        finally:
            self.file.rmdir()
            self.file.write_bytes(whole)

    def test_a_configuration_of_20_megabytes(self):
        text = self.file.read_text(encoding="utf-8")
        begin, end = text.index("<site name="), text.index("</site>") + len("</site>")
        site, more, size = text[begin:end], [], 0
        while size < 20_000_000:
            number = len(more) + 2
            one = site.replace(f'name="{SITE}"', f'name="site {number}"', 1).replace('id="1"', f'id="{number}"', 1)
            more.append(one.replace("<bindings>", "<bindings>" + " " * 4000, 1))
            size += len(more[-1])
        self.file.write_text(text[:end] + "".join(more) + text[end:], encoding="utf-8")
        begin = time.monotonic()
        shown = self.lab.monban("status", "--json")
        self.assertLess(time.monotonic() - begin, SECONDS)
        self.assertEqual(shown.code, 0, shown.err)
        self.assertEqual(len(shown.json["sites"]), len(more) + 1)
        self.file.write_text(text + " " * 40_000_000, encoding="utf-8")
        self.assertIn("MB", self.unreadable()["sites"])

    def test_a_web_config_that_is_broken(self):
        web = self.lab.path(r"C:\inetpub\wwwroot") / "web.config"
        self.addCleanup(web.unlink, missing_ok=True)
        web.write_text("<configuration><system.webServer>")
        self.assertEqual(self.unreadable(), {})
        pitfalls = {p["id"]: p["message"] for p in self.lab.monban("status", "--json").json["pitfalls"]}
        self.assertIn("web.config", pitfalls["web-config-unreadable"])

    def test_a_broken_certificate_hides_no_other(self):
        good = self.import_server()
        self.addCleanup(self.lab.call, "certutil", "-delstore", "MY", good)
        for content in (b"", b"no certificate", bytes.fromhex("20000000" "01000000" "10000000") + b"\x30\x82\x01\x00" + 12 * b"\xff"):
            with self.subTest(content):
                key = MY + "\\" + hashlib.sha1(content).hexdigest().upper()
                self.assertEqual(self.lab.run("reg", "add", key, "/v", "Blob", "/t", "REG_BINARY", "/d", content.hex(), "/f").code, 0)
                self.addCleanup(self.lab.run, "reg", "delete", key, "/f")
                shown = self.lab.monban("status", "--json").json
                # Wine's crypt32 leaves out what it cannot read; a Windows that shows it makes this store unreadable, by name.
                read = [one["thumbprint_sha1"] for one in shown["stores"].get("MY", [])]
                self.assertTrue(read == [good] or any("MY" in part["section"] for part in shown["unreadable"]), shown["unreadable"])

    def test_a_record_whose_certificate_is_gone(self):
        gone = self.import_server()
        self.succeeds("netsh", "http", "add", "sslcert", "ipport=0.0.0.0:443", "certhash=" + gone, "appid={4dc3e181-e14b-4a21-b022-59fc669b0914}",
                      "certstorename=MY")
        self.addCleanup(self.lab.call, "netsh", "http", "delete", "sslcert", "ipport=0.0.0.0:443")
        self.succeeds("certutil", "-delstore", "MY", gone)
        shown = self.lab.monban("status", "--json").json
        self.assertEqual((shown["unreadable"], [r["thumbprint"] for r in shown["ssl_records"]]), ([], [gone]))
        self.assertIn("record-certificate-missing", [p["id"] for p in shown["pitfalls"]])
        done = self.go("apply")
        self.assertEqual((done.code, done.json["outcome"]), (0, "done"), done.out + done.err)
        undone = self.lab.monban("undo", "--json")  # http.sys takes no record of a certificate that is not there
        self.assertEqual((undone.code, undone.json["outcome"]), (1, "failed"), undone.out)
        self.assertIn(gone, self.steps(undone)["undo.bind.record"]["result"]["reason"])
        self.import_server()
        again = self.lab.monban("undo", "--json")
        self.assertEqual((again.code, again.json["outcome"]), (0, "done"), again.out + again.err)
        self.assertEqual([r["thumbprint"] for r in self.lab.monban("status", "--json").json["ssl_records"]], [gone])

    def test_sites_of_any_name_are_set_up_and_taken_back(self):
        before = self.file.read_text(encoding="utf-8")
        for name in ('"quoted" & \'single\'', "100% %PATH% ^&|<>", "-site.name:x", "門番 \U0001F6AA \U0001F468\u200d\U0001F469\u200d\U0001F467", "n" * 200,
                     "a'],[x='1\\"):
            with self.subTest(name):
                self.file.write_text(before.replace(f'name="{SITE}"', "name=" + quoteattr(name)), encoding="utf-8")
                untouched = self.lab.monban("status", "--json").json["sites"]
                self.assertEqual([site["name"] for site in untouched], [name])
                self.ca.answers("site.json", bind={"site": name})
                done = self.go("apply", "site.json")
                self.assertEqual((done.code, done.json["outcome"]), (0, "done"), done.out + done.err)
                [site] = self.lab.monban("status", "--json").json["sites"]
                self.assertEqual((site["name"], [b["protocol"] for b in site["bindings"]], site["access"][0]["ssl_flags"]),
                                 (name, ["http", "https"], ["Ssl", "SslNegotiateCert", "SslRequireCert"]))
                undone = self.lab.monban("undo", "--json")
                self.assertEqual((undone.code, undone.json["outcome"]), (0, "done"), undone.out + undone.err)
                self.assertEqual(self.lab.monban("status", "--json").json["sites"], untouched)


if __name__ == "__main__":
    unittest.main(verbosity=2)
