# SPDX-License-Identifier: MIT
"""The root CA by its address: from the practice CA, from a real server on loopback, and what is refused."""
import hashlib
import http.server
import json
import threading
import unittest

from monban import PracticeCase


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "https://elsewhere.test/ia1.der")
            self.end_headers()
            return
        body = self.server.body if self.path == "/ia1.der" else b"<html>no such page</html>"
        self.send_response(200 if self.path == "/ia1.der" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class RootByUrl(PracticeCase):
    def setUp(self):
        super().setUp()
        self.answers = json.loads((self.server / "answers.json").read_text())
        self.der = (self.ca / "ia1.der").read_bytes()
        self.sha256 = hashlib.sha256(self.der).hexdigest()

    def root(self, **root):
        self.answers["root"] = root
        (self.server / "answers.json").write_text(json.dumps(self.answers))

    def listen(self):
        web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        web.body, web.asked = self.der, []
        thread = threading.Thread(target=web.serve_forever)
        thread.start()
        self.addCleanup(lambda: (web.shutdown(), thread.join(), web.server_close()))
        return web, f"http://127.0.0.1:{web.server_port}"

    def refused(self, *words):
        planned = self.plan()
        self.assertEqual(planned.code, 1, planned.out + planned.err)
        steps = {s["id"]: s for s in planned.json["steps"]}
        self.assertEqual((steps["trust.ctl"]["state"], steps["trust.root"]["state"]), ("blocked", "blocked"))
        self.assertNotIn("root.save", steps)
        for word in words:
            self.assertIn(word, steps["trust.root"]["reason"])
        before = self.status()
        self.assertEqual(self.apply().code, 1)
        self.assertEqual(self.status(), before)

    def check_set_up_and_back(self):
        before = self.status()
        applied = self.apply()
        self.assertEqual(applied.code, 0, applied.out + applied.err)
        steps = [s["id"] for s in applied.json["steps"]]
        self.assertLess(steps.index("root.save"), steps.index("trust.ctl"))
        saved = list((self.server / "journal").glob("*.cer"))
        self.assertEqual([f.read_bytes() for f in saved], [self.der])
        self.assertIn(hashlib.sha1(self.der).hexdigest(), [c["thumbprint_sha1"] for c in self.status()["stores"]["ROOT"]])
        again = self.apply()
        self.assertTrue(all(s["result"]["outcome"] == "skipped" for s in again.json["steps"]), again.out)
        undone = self.monban("undo", "--json")
        self.assertEqual(undone.code, 0, undone.out + undone.err)
        self.assertEqual(self.status(), before)
        self.assertFalse(list((self.server / "journal").glob("*.cer")))

    def test_from_the_practice_ca(self):
        self.root(url="http://ca.practice/crl/ia1.der", sha256=self.sha256)
        self.check_set_up_and_back()

    def test_once_saved_it_need_not_be_fetched_again(self):
        self.root(url="http://ca.practice/crl/ia1.der", sha256=self.sha256)
        self.assertEqual(self.apply().code, 0)
        (self.ca / "ia1.der").unlink()
        again = self.apply()
        self.assertEqual((again.code, again.json["run"]), (0, None), again.out)
        for file in (self.server / "journal").glob("*.cer"):
            file.write_bytes(b"no certificate")
        self.assertEqual(self.plan().code, 1, "a file that is not the confirmed certificate is nothing")

    def test_from_a_server_as_it_was_pasted(self):
        web, base = self.listen()
        spaced = " ".join(self.sha256.upper()[i:i + 2] for i in range(0, 64, 2))
        self.root(url="\u3000" + base.replace("http", "ｈｔｔｐ") + "/ia1.der", sha256="\u200e" + spaced)
        self.check_set_up_and_back()
        self.assertEqual(set(web.asked), {"/ia1.der"})

    def test_without_a_fingerprint_nothing_is_asked(self):
        web, base = self.listen()
        self.root(url=base + "/ia1.der")
        self.refused("root.sha256")
        self.assertEqual(web.asked, [])

    def test_another_fingerprint(self):
        _, base = self.listen()
        self.root(url=base + "/ia1.der", sha256="0" * 64)
        self.refused(self.sha256, "0" * 64)

    def test_what_a_server_may_answer_instead(self):
        _, base = self.listen()
        self.root(url=base + "/moved", sha256=self.sha256)
        self.refused("302", "https://elsewhere.test/ia1.der")
        self.root(url=base + "/none", sha256=self.sha256)
        self.refused("404")

    def test_addresses_that_are_none(self):
        for url, word in (("https://ca.test/ia1.der", "https"), ("http://me:secret1@ca.test/x", "@"), ("ca.test/ia1.der", "http://"),
                          ("http://ca.practice/crl/none.der", "none.der"), ("http://ca.practice/crl/ia1.key", "ia1.key"),
                          ("http://ca.practice/answers.json", "answers.json")):
            with self.subTest(url=url):
                self.root(url=url, sha256=self.sha256)
                planned = self.plan()
                self.assertEqual(planned.code, 1)
                self.assertIn(word, {s["id"]: s for s in planned.json["steps"]}["trust.root"]["reason"])
                self.assertNotIn("secret1", planned.out + planned.err)

    def test_a_chain_in_a_pkcs7_file(self):
        pem = self.work / "ia1.pem"
        pem.write_bytes(self.openssl("x509", "-inform", "DER", "-in", self.ca / "ia1.der"))
        self.openssl("crl2pkcs7", "-nocrl", "-certfile", pem, "-outform", "DER", "-out", self.work / "chain.p7b")
        self.root(file="../chain.p7b")
        self.check_set_up_and_back()


if __name__ == "__main__":
    unittest.main(verbosity=2)
