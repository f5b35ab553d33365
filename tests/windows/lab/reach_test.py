# SPDX-License-Identifier: MIT
"""What lies far away: files at long paths, and an address that only the machine's proxy reaches."""
import hashlib
import http.server
import shutil
import threading
import unittest

from in_a_lab import InALab
from material import PrivateCa

FAR = "http://ca.nowhere.invalid/crl/ia1.der"
SETTINGS = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Internet Settings\Connections"


class Proxy(http.server.ThreadingHTTPServer):
    """Answers every address with that content, and remembers the addresses."""

    def __init__(self, content):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(handler):
                self.asked.append(handler.path)
                handler.send_response(200)
                handler.send_header("Content-Length", str(len(content)))
                handler.end_headers()
                handler.wfile.write(content)

            def log_message(handler, *_):
                pass

        self.asked = []
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


def winhttp_settings(servers, bypass):
    """The value that `netsh winhttp set proxy` writes: a version, a count, the kind (2: a named proxy), two texts with lengths."""
    number = lambda value: value.to_bytes(4, "little")
    text = lambda value: number(len(value)) + value.encode()
    return number(0x18) + number(0) + number(2) + text(servers) + text(bypass)


class Reach(InALab):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ca = PrivateCa(cls.lab.folder / "own")

    def go(self, command, answers, *more):
        return self.lab.monban(command, "--answers", answers, "--password-file", r"C:\lab\own\password.txt", "--json", *more)

    def test_files_at_a_long_path_are_used_and_the_root_is_copied_for_certutil(self):
        folder, name = self.lab.folder, "深い フォルダー " + 60 * "x"
        for _ in range(4):
            folder = folder / name
        shutil.copytree(self.ca.folder, folder)
        deep = "C:\\lab\\" + "\\".join([name] * 4) + "\\"
        self.assertGreater(len(deep), 260)
        planned = self.lab.monban("plan", "--answers", deep + "answers.json", "--password-file", deep + "password.txt", "--json")
        self.assertEqual(planned.code, 0, planned.told)
        steps = {step["id"]: step for step in planned.json["steps"]}
        self.assertEqual(steps["root.save"]["state"], "needed")
        self.assertLess(len(steps["trust.root"]["action"]["arguments"][-1]), 260)
        done = self.lab.monban("apply", "--answers", deep + "answers.json", "--password-file", deep + "password.txt", "--json")
        self.assertEqual((done.code, done.json["outcome"]), (0, "done"), done.told)
        undone = self.lab.monban("undo", "--json")
        self.assertEqual(undone.code, 0, undone.told)
        self.ca.intermediate(folder / "sub.pem")
        self.ca.answers("long.json", trust={"intermediates": [deep + "sub.pem"]})
        blocked = {step["id"]: step for step in self.go("plan", r"C:\lab\own\long.json").json["steps"]}["trust.intermediate.1"]
        self.assertEqual(blocked["state"], "blocked")
        self.assertIn("259 characters", blocked["reason"])

    def test_an_address_is_asked_through_the_machines_proxy(self):
        root = (self.ca.folder / "ia1.der").read_bytes()
        proxy = Proxy(root)
        self.addCleanup(proxy.close)
        servers, bypass = f"http=127.0.0.1:{proxy.server_port}", "*.direct.invalid;<local>"
        added = self.lab.run("reg", "add", SETTINGS, "/v", "WinHttpSettings", "/t", "REG_BINARY", "/d",
                             winhttp_settings(servers, bypass).hex(), "/f")
        self.assertEqual(added.code, 0, added.text)
        self.addCleanup(self.lab.run, "reg", "delete", SETTINGS, "/v", "WinHttpSettings", "/f")
        self.assertEqual(self.lab.monban("status", "--json").json["machine"]["proxy"], {"servers": servers, "bypass": bypass})
        self.assertIn(servers, self.lab.monban("status").out)
        self.ca.answers("far.json", root={"url": FAR, "sha256": hashlib.sha256(root).hexdigest()})
        planned = self.go("plan", r"C:\lab\own\far.json")
        self.assertEqual(planned.code, 0, planned.told)
        self.assertEqual(set(proxy.asked), {FAR})
        self.ca.answers("direct.json", root={"url": "http://ca.direct.invalid/ia1.der", "sha256": hashlib.sha256(root).hexdigest()})
        self.assertEqual(self.go("plan", r"C:\lab\own\direct.json").code, 1)
        self.assertEqual(set(proxy.asked), {FAR}, "what is to be asked directly is not asked through it")


if __name__ == "__main__":
    unittest.main(verbosity=2)
