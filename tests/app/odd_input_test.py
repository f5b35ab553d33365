# SPDX-License-Identifier: MIT
"""Inputs that nobody means to give: strange names, folders that cannot be read or written, things named twice."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from monban import PROGRAM, RUNNER, PracticeCase, run


class OddInput(PracticeCase):
    def answer(self, **chapters):
        file = self.server / "answers.json"
        answers = json.loads(file.read_text())
        for chapter, values in chapters.items():
            answers.setdefault(chapter, {}).update(values)
        file.write_text(json.dumps(answers))

    def states(self):
        return {step["id"]: step["state"] for step in self.plan().json["steps"]}

    def root_and_intermediate(self):
        """A root and an intermediate CA made by openssl, and a server certificate of the latter with its chain."""
        extensions = self.work / "ca.ext"
        extensions.write_text("basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign\n")
        for name, signer in (("root", ["-signkey", self.work / "root.key"]),
                             ("between", ["-CA", self.work / "root.pem", "-CAkey", self.work / "root.key", "-CAcreateserial"]),
                             ("leaf", ["-CA", self.work / "between.pem", "-CAkey", self.work / "between.key", "-CAcreateserial"])):
            self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", self.work / f"{name}.key", "-out", self.work / f"{name}.csr",
                         "-subj", f"/CN={name}")
            made = [] if name == "leaf" else ["-extfile", extensions]
            self.openssl("x509", "-req", "-in", self.work / f"{name}.csr", *signer, *made, "-out", self.work / f"{name}.pem", "-days", "30")
        password = (self.ca / "password.txt").read_text().strip()
        self.openssl("pkcs12", "-export", "-in", self.work / "leaf.pem", "-inkey", self.work / "leaf.key", "-certfile",
                     self.work / "between.pem", "-out", self.work / "leaf.p12", "-passout", f"pass:{password}",
                     "-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1")
        return self.work / "leaf.p12", self.work / "root.pem", self.work / "between.pem"

    def test_an_intermediate_named_twice_is_put_there_once_and_taken_back(self):
        leaf, root, between = self.root_and_intermediate()
        self.answer(certificate={"file": str(leaf)}, root={"file": str(root)}, trust={"intermediates": [str(between), str(between)]})
        before = self.status()
        self.assertEqual(self.states()["trust.intermediate.1"], "done", "the PKCS#12 file brings it along")
        self.assertEqual(self.apply().code, 0)
        self.assertEqual(len(self.status()["stores"]["CA"]), 1)
        self.assertEqual(set(self.states().values()), {"done"}, "a second plan needs nothing")
        self.assertEqual(self.monban("undo", "--json").code, 0)
        self.assertEqual(self.status(), before)

    def test_root_as_the_ctl_store_is_one_change(self):
        self.answer(trust={"ctl_store": "root"})
        self.assertEqual(self.apply().code, 0)
        self.assertEqual(set(self.states().values()), {"done"})

    def test_undo_finds_a_path_however_it_was_written(self):
        for path in ("/app/", "app//inner", "\\app", "/"):
            with self.subTest(path=path):
                self.answer(require={"path": path})
                before = self.status()
                self.assertEqual(self.apply().code, 0)
                self.assertEqual(self.monban("undo", "--json").code, 0)
                self.assertEqual(self.status(), before)

    def test_a_store_name_no_command_can_carry_is_said_before_anything_runs(self):
        for name in ("-f", "/f", 'a"b', "a\\b"):
            with self.subTest(name=name):
                self.answer(trust={"ctl_store": name})
                before = self.status()
                applied = self.apply()
                self.assertEqual((applied.code, applied.json["run"]), (1, None))
                self.assertEqual(next(s for s in applied.json["steps"] if s["id"] == "trust.ctl")["state"], "blocked")
                self.assertEqual(self.status(), before)

    def test_the_confirmed_fingerprint_as_people_paste_it(self):
        digits = self.openssl("dgst", "-sha256", "-r", self.ca / "ia1.der").decode()[:64]
        pairs = [digits[i:i + 2] for i in range(0, 64, 2)]
        for text in (digits.upper(), ":".join(pairs), " ".join(pairs), "\u200e" + digits, digits + "\n", "\t" + digits,
                     "SHA256 Fingerprint=" + ":".join(pairs).upper(), "sha256 Fingerprint=" + digits, "sha256:" + digits):
            with self.subTest(text=text):
                self.answer(root={"sha256": text})
                self.assertEqual(self.states()["trust.root"], "needed")
        for text in (digits[:-1], " ", "x" * 64, digits + "00", "0" * 64):
            with self.subTest(text=text):
                self.answer(root={"sha256": text})
                self.assertEqual(self.states()["trust.root"], "blocked")

    def test_after_two_dashes_everything_is_a_file(self):
        for name in ("-x.der", "--json"):
            shutil.copy(self.ca / "ia1.der", self.work / name)
            shown = run("inspect", "--json", "--", name, cwd=self.work)
            self.assertEqual((shown.code, [one["kind"] for one in shown.json]), (0, ["certificate"]), shown.err)

    def test_the_place_of_a_second_key_of_too_deep_nesting_and_of_a_number_too_large(self):
        file = self.work / "answers.json"
        for text, place in (('{"bind": {"site": "a",\n "site": "b"}}', "line 2, column 2"), ('{\n"bind":' + "[" * 70 + "]" * 70 + "}", "line 2, column 71"),
                            ('{"certificate":\n {"key_bits": 1e400}}', "line 2, column 15")):
            with self.subTest(place=place):
                file.write_text(text)
                answered = self.monban("plan", "--answers", file, "--json")
                self.assertEqual((answered.code, answered.out), (2, ""))
                self.assertIn(place, answered.err)

    def test_an_empty_digest_approves_nothing(self):
        before = self.status()
        self.assertEqual(self.apply("--digest", "").code, 1)
        self.assertEqual(self.status(), before)

    @unittest.skipIf(RUNNER or not os.path.exists("/dev/full"), "needs /dev/full")
    def test_an_answer_that_could_not_be_written_is_no_success(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "--practice", str(self.server), "status", "--json"], stdout=full, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"not complete", done.stderr)

    def test_an_unreadable_part_stops_the_undo_with_an_account(self):
        self.set_up()
        records = self.server / "http" / "records.json"
        kept = records.read_text()
        records.write_text("{{{")
        shown = self.monban("status", "--json")
        self.assertEqual((shown.code, [u["section"] for u in shown.json["unreadable"]]), (1, ["ssl_records"]))
        undone = self.monban("undo", "--json")
        self.assertEqual((undone.code, undone.json["outcome"]), (1, "failed"))
        self.assertEqual([s["id"] for s in undone.json["steps"] if s["state"] == "unknown"], ["undo.bind.record"])
        self.assertTrue(all(s["result"]["outcome"] == "not-run" for s in undone.json["steps"]))
        records.write_text(kept)
        self.assertEqual(self.monban("undo", "--json").code, 0)

    def test_a_key_left_by_a_cut_off_import_is_taken_over(self):
        self.assertEqual(self.apply().code, 0)
        store = self.server / "stores" / "MY"
        for file in store.iterdir():
            file.unlink()  # as if the run had been killed between the key and its certificate
        self.assertEqual(self.apply().code, 0)
        self.assertEqual(len(list((self.server / "keys").iterdir())), 1)

    @unittest.skipIf(RUNNER or os.name != "posix" or os.geteuid() != 0 or not shutil.which("setpriv"), "needs another account")
    def test_a_folder_of_somebody_else_can_be_looked_at_and_fails_by_name(self):
        self.work.chmod(0o755)
        (self.ca / "password.txt").chmod(0o644)
        for file in self.ca.iterdir():
            file.chmod(0o644)

        def nobody(*arguments):
            return subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", PROGRAM, "--practice", str(self.server),
                                   *map(str, arguments), "--json"], capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
        shown = nobody("status")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertEqual(json.loads(shown.stdout)["unreadable"], [])
        applied = nobody("apply", "--answers", self.server / "answers.json", "--password-file", self.ca / "password.txt")
        account = json.loads(applied.stdout)
        self.assertEqual((applied.returncode, account["outcome"], account["run"]), (1, "failed", None))
        self.assertEqual([s["result"]["outcome"] for s in account["steps"]], ["failed"] + ["not-run"] * (len(account["steps"]) - 1))


class OddCertificates(unittest.TestCase):
    """What a certificate says never looks like something that Monban says."""
    NAMES = (b"www.example.com", b"a\n  Problem: forged\r\n\tforged", "\u200b\u200e\u200f\u061c\u202e".encode())
    POINT = b"ldap://a\n  Note: forged"

    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="monban-"))
        self.addCleanup(shutil.rmtree, self.work, ignore_errors=True)
        self.file = self.work / "odd.pem"

        def tlv(tag, content):
            return bytes([tag, len(content)]) + content if len(content) < 128 else bytes([tag, 0x81, len(content)]) + content
        names = tlv(0x30, b"".join(tlv(0x82, name) for name in self.NAMES))
        points = tlv(0x30, tlv(0x30, tlv(0xA0, tlv(0xA0, tlv(0x86, self.POINT)))))
        (self.work / "ca.cnf").write_text("[req]\ndistinguished_name=n\nx509_extensions=x\n[n]\n[x]\n"
                                          f"subjectAltName=DER:{names.hex()}\ncrlDistributionPoints=DER:{points.hex()}\n")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.work / "key", "-out", self.file,
                        "-subj", "/CN=odd", "-config", self.work / "ca.cnf"], check=True, capture_output=True)

    def test_its_text_begins_no_line_and_steers_no_terminal(self):
        for command in (["inspect", self.file], ["diagnose", "certificate", "--leaf", self.file, "--root", self.file, "--host", "other.example.com"],
                        ["diagnose", "revocation", "--certificate", self.file]):
            for language in ("en", "ja"):
                with self.subTest(command=command[:2], language=language):
                    said = run(*command, "--lang", language)
                    text = said.out + said.err
                    self.assertIn("forged", text)
                    self.assertEqual([line for line in text.splitlines() if line.strip().startswith(("Problem: forged", "Note: forged", "forged"))], [])
                    self.assertEqual([c for c in text if c in "\r\t\u200b\u200e\u200f\u061c\u202e"], [])

    def test_scripts_are_given_it_as_it_is(self):
        report = run("inspect", self.file, "--json").json[0]
        self.assertEqual(report["certificates"][0]["dns_names"], [name.decode() for name in self.NAMES])

    def test_an_empty_time_is_none(self):
        for time in ("", " "):
            asked = run("inspect", self.file, "--at", time)
            self.assertEqual((asked.code, asked.out), (2, ""))


if __name__ == "__main__":
    unittest.main(verbosity=2)
