# SPDX-License-Identifier: MIT
"""What a server can be like that nobody wishes for: each is shown as what it is, and nothing is lost."""
import hashlib
import json
import os
import time
import unittest
from xml.sax.saxutils import quoteattr

from in_a_lab import InALab
from material import PrivateCa

CONFIGURATION = r"C:\windows\system32\inetsrv\config\applicationHost.config"
SITE = "Default Web Site"
NEW_LINE = b"\n"
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
        self.assertEqual(shown.code, 1 if shown.json["unreadable"] else 0, shown.told)
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
                self.is_refused(f"broken at line {whole.count(NEW_LINE, 0, part) + 1},")

    def test_a_configuration_that_is_empty(self):
        self.file.write_bytes(b"")
        self.is_refused("broken at line 1, column 1 ")

    def test_a_folder_in_the_place_of_the_configuration(self):
        whole = self.file.read_bytes()
        self.file.unlink()
        self.file.mkdir()
        try:
            self.is_refused("folder")
        finally:
            self.file.rmdir()
            self.file.write_bytes(whole)

    def test_whether_the_configuration_is_shared_that_cannot_be_read(self):
        redirection = self.file.with_name("redirection.config")
        self.addCleanup(redirection.unlink, missing_ok=True)
        redirection.write_text("<configuration>")
        self.assertEqual(list(self.unreadable()), ["shared_configuration"])
        with self.lab.held(CONFIGURATION.replace("applicationHost", "redirection")):
            reason = self.unreadable()["shared_configuration"]
            steps = self.steps(self.go("plan"))
        self.assertIn("redirection.config is in use by another program", reason)
        self.assertEqual([steps[name]["state"] for name in ("import.certificate", "bind.site")], ["needed", "blocked"])
        self.assertEqual(steps["bind.site"]["reason"], reason)

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

    def web_config(self):
        """What status says of the site's web.config."""
        begin = time.monotonic()
        shown = self.lab.monban("status", "--json")
        self.assertLess(time.monotonic() - begin, SECONDS)
        self.assertEqual((shown.code, shown.json["unreadable"]), (0, []))
        return {p["id"]: p["message"] for p in shown.json["pitfalls"] if "web.config" in p["message"]}

    def test_a_web_config_that_cannot_be_read(self):
        web = self.lab.path(r"C:\inetpub\wwwroot") / "web.config"
        self.addCleanup(web.unlink, missing_ok=True)
        self.assertEqual(self.web_config(), {})
        web.mkdir()
        self.assertIn("is a folder", self.web_config()["web-config-unreadable"])
        web.rmdir()
        web.write_text("<configuration><system.webServer>")
        self.assertIn("damaged at line 1", self.web_config()["web-config-unreadable"])
        with self.lab.held(r"C:\inetpub\wwwroot\web.config"):
            self.assertIn("in use by another program", self.web_config()["web-config-unreadable"])
        access = '<system.webServer><security><access sslFlags="Ssl" /></security></system.webServer>'
        for size, seen, said in ((20, "web-config-locked", "500.19"), (40, "web-config-unreadable", "32 MB")):
            web.write_text(f"<configuration>{' ' * size * 1_000_000}{access}</configuration>")
            self.assertIn(said, self.web_config()[seen])

    def put_in_store(self, store, **certificates):
        """Blobs of the registry, each under its SHA-1, as Windows keeps certificates; what no certificate is may have any name."""
        key = f"HKEY_LOCAL_MACHINE\\Software\\Microsoft\\SystemCertificates\\{store}\\Certificates\\"
        blobs = {hashlib.sha1(blob[12:]).hexdigest().upper(): ",".join(f"{byte:02x}" for byte in blob) for blob in certificates.values()}
        self.addCleanup(self.import_registry, *(f"[-{key}{name}]" for name in blobs))
        self.import_registry(*(f'[{key}{name}]\r\n"Blob"=hex:{blob}' for name, blob in blobs.items()))

    def import_registry(self, *keys):
        (self.lab.folder / "keys.reg").write_text("\r\n\r\n".join(["Windows Registry Editor Version 5.00", *keys, ""]))
        self.assertEqual(self.lab.run("reg", "import", r"C:\lab\keys.reg").code, 0)

    def test_broken_certificates_hide_no_other(self):
        der = self.ca.der("server.pem")
        key, names = der.index(bytes.fromhex("0382010f00")) + 5, der.index(bytes.fromhex("551d11")) + 5
        blob = lambda certificate, size=None: b"".join(n.to_bytes(4, "little") for n in (0x20, 1, size or len(certificate))) + certificate
        certificates = {"good": der, "key": der[:key] + 100 * b"\xff" + der[key + 100:],
                        "names": der[:names] + 10 * b"\xff" + der[names + 10:], "junk": der + b"junk"}
        self.put_in_store("MY", **{name: blob(certificate) for name, certificate in certificates.items()}, nothing=b"",
                          text=b"no certificate", cut=blob(der[:200]), header=blob(der)[:7], short=blob(der)[:300],
                          lying=blob(der + b"!", 0x7FFFFFFF), random=blob(b"\x30\x82\x01\x00" + 256 * b"\xa5"))
        status = self.lab.monban("status", "--json")
        self.assertEqual((status.code, status.json["unreadable"]), (0, []))
        shown = {c["thumbprint_sha1"]: c for c in status.json["stores"]["MY"]}
        seen = {name: shown[hashlib.sha1(certificate).hexdigest()] for name, certificate in certificates.items()}
        self.assertEqual([seen[name]["key"]["bits"] for name in ("good", "key")], [2048, None])
        self.assertEqual((seen["good"]["dns_names"], seen["names"]["dns_names"]), (["iisdemo.spt-demo.local"], []))
        # By the names that crypt32 gives them; Wine's leaves out what it cannot read at all.
        self.assertEqual(self.lab.stores("MY")["MY"]["certificates"].keys(), shown.keys())

    def test_a_certificate_that_only_windows_reads_is_named_and_blocks_its_store_alone(self):
        der = self.ca.der("server.pem")
        name = der.index(b"iisdemo.spt-demo.local")
        damaged = der[:name] + b"\xff\xfe\x1b[2J\x07" + der[name + 7:]
        thumbprint = hashlib.sha1(damaged).hexdigest()
        self.put_in_store("ROOT", damaged=b"".join(n.to_bytes(4, "little") for n in (0x20, 1, len(damaged))) + damaged)
        unreadable = self.unreadable()
        self.assertEqual(list(unreadable), ["stores.ROOT"])
        self.assertIn(f"certutil -delstore ROOT {thumbprint}", unreadable["stores.ROOT"])
        steps = self.steps(self.go("plan"))
        states = [steps[name]["state"] for name in ("import.certificate", "trust.ctl", "trust.root")]
        self.assertEqual(states, ["needed", "needed", "unknown"])
        self.assertIn(thumbprint, steps["trust.root"]["reason"])
        known = len(self.lab.calls())
        self.assertEqual(self.go("apply").code, 1)
        self.assertEqual(self.lab.calls()[known:], [])

    def test_records_whose_certificate_or_store_is_gone(self):
        """The one of the site is mended; the other one, of a store nobody has, stays as it is."""
        gone = self.import_server()
        for port in ("443", "8443"):
            self.succeeds("netsh", "http", "add", "sslcert", "ipport=0.0.0.0:" + port, "certhash=" + gone, "certstorename=MY",
                          "appid={4dc3e181-e14b-4a21-b022-59fc669b0914}")
            self.addCleanup(self.lab.call, "netsh", "http", "delete", "sslcert", "ipport=0.0.0.0:" + port)
        self.succeeds("certutil", "-delstore", "MY", gone)
        file = self.lab.folder / "http/records.json"
        store_of = lambda record: "Nowhere 門番" if record["endpoint"].endswith("8443") else "MY"
        file.write_text(json.dumps([{**record, "store": store_of(record)} for record in self.lab.records()]))
        shown = self.lab.monban("status", "--json").json
        self.assertEqual(shown["unreadable"], [])
        self.assertEqual([(r["thumbprint"], r["store"]) for r in shown["ssl_records"]], [(gone, "MY"), (gone, "Nowhere 門番")])
        missing = [p["message"] for p in shown["pitfalls"] if p["id"] == "record-certificate-missing"]
        self.assertEqual(["Nowhere 門番" in message for message in missing], [False, True])
        done = self.go("apply")
        self.assertEqual((done.code, done.json["outcome"]), (0, "done"), done.told)
        mended, other = self.lab.monban("status", "--json").json["ssl_records"]
        self.assertNotEqual(mended["thumbprint"], gone)
        self.assertEqual(other, shown["ssl_records"][1])
        undone = self.lab.monban("undo", "--json")  # http.sys takes no record of a certificate that is not there
        self.assertEqual((undone.code, undone.json["outcome"]), (1, "failed"), undone.out)
        self.assertIn(gone, self.steps(undone)["undo.bind.record"]["result"]["reason"])
        self.import_server()
        again = self.lab.monban("undo", "--json")
        self.assertEqual((again.code, again.json["outcome"]), (0, "done"), again.told)
        self.assertEqual(self.lab.monban("status", "--json").json["ssl_records"], shown["ssl_records"])

    def test_a_data_folder_that_somebody_else_put_there(self):
        folder, elsewhere = self.lab.path(r"C:\ProgramData") / "Monban", self.lab.path("C:\\") / "elsewhere"
        aside = folder.with_name("Monban of before")
        if folder.exists():
            folder.rename(aside)
            self.addCleanup(aside.rename, folder)
        elsewhere.mkdir()
        known = len(self.lab.calls())
        kinds = {"a link": lambda: folder.symlink_to(elsewhere), "a link that leads nowhere": lambda: folder.symlink_to(elsewhere / "no"),
                 "a file": lambda: folder.write_text("")}
        if os.geteuid() == 0:
            kinds["another owner"] = lambda: (folder.mkdir(), os.chown(folder, 65534, 65534))
        for kind, make in kinds.items():
            with self.subTest(kind):
                make()
                try:
                    applied, undone = self.go("apply"), self.lab.monban("undo", "--json")
                finally:
                    (folder.rmdir if folder.is_dir() and not folder.is_symlink() else folder.unlink)()
                said = r"C:\ProgramData\Monban was not made by Monban"
                self.assertEqual((applied.code, applied.json["outcome"]), (1, "failed"), applied.out)
                self.assertIn(said, self.steps(applied)["import.certificate"]["result"]["reason"])
                # Who only reads finds nothing behind a link that leads nowhere (Wine does not show the link itself): no run is believed.
                self.assertEqual((undone.code, said in undone.err), (0, False) if kind == "a link that leads nowhere" else (1, True), undone.err)
        self.assertEqual((self.lab.calls()[known:], list(elsewhere.iterdir())), ([], []))

    def test_sites_of_any_name_are_set_up_and_taken_back(self):
        before = self.file.read_text(encoding="utf-8")
        whole = before[before.index("<site name="):before.index("</site>") + len("</site>")]
        # Beside it a site whose name is the beginning of its own.
        called = lambda name, number, port: (whole.replace(f'name="{SITE}"', "name=" + quoteattr(name)).replace('id="1"', f'id="{number}"')
                                             .replace("*:80:", f"*:{port}:"))
        for name in ('"quoted" & \'single\'', "100% %PATH% ^&|<>", "-site.name:x", "門番 \U0001F6AA \U0001F468\u200d\U0001F469\u200d\U0001F467", "n" * 200,
                     "a'],[x='1\\"):
            with self.subTest(name):
                self.file.write_text(before.replace(whole, called(name, 1, 80) + called(name[:-1], 2, 8080)), encoding="utf-8")
                untouched = self.lab.monban("status", "--json").json["sites"]
                self.assertEqual([site["name"] for site in untouched], [name, name[:-1]])
                self.ca.answers("site.json", bind={"site": name})
                done = self.go("apply", "site.json")
                self.assertEqual((done.code, done.json["outcome"]), (0, "done"), done.told)
                site, neighbour = self.lab.monban("status", "--json").json["sites"]
                self.assertEqual(neighbour, untouched[1])
                self.assertEqual((site["name"], [b["protocol"] for b in site["bindings"]], site["access"][0]["ssl_flags"]),
                                 (name, ["http", "https"], ["Ssl", "SslNegotiateCert", "SslRequireCert"]))
                undone = self.lab.monban("undo", "--json")
                self.assertEqual((undone.code, undone.json["outcome"]), (0, "done"), undone.told)
                self.assertEqual(self.lab.monban("status", "--json").json["sites"], untouched)


if __name__ == "__main__":
    unittest.main(verbosity=2)
