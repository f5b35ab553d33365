# SPDX-License-Identifier: MIT
"""The Windows program, under Wine, does the same to a copy of the same practice server."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import monban

NATIVE = os.environ.get("MONBAN_NATIVE") or str(pathlib.Path(__file__).parents[2] / "build/linux/app/cli/monban")


def native(*arguments):
    done = subprocess.run([NATIVE, *map(str, arguments)], capture_output=True, stdin=subprocess.DEVNULL, timeout=120)
    return monban.Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


class OnWindows(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="monban-"))
        self.addCleanup(shutil.rmtree, self.work, ignore_errors=True)

    def status(self, run, server):
        shown = run("--practice", server, "status", "--json")
        self.assertEqual(shown.code, 0, shown.err)
        facts = shown.json
        del facts["machine"]["clock"]
        return facts

    def test_the_same_set_up_gives_the_same_status(self):
        ours, theirs = self.work / "native", self.work / "windows 門番"
        self.assertEqual(native("practice", "new", ours).code, 0)
        shutil.copytree(ours, theirs)
        for run, server in ((native, ours), (monban.run, theirs)):
            before = self.status(run, server)
            applied = run("--practice", server, "apply", "--answers", server / "answers.json", "--password-file", server / "ca/password.txt", "--json")
            self.assertEqual(applied.code, 0, applied.out + applied.err)
            self.assertEqual(applied.json["outcome"], "done")
            if server == ours:
                untouched = before
        self.assertEqual(self.status(native, ours), self.status(monban.run, theirs))
        self.assertEqual(self.status(native, theirs), self.status(monban.run, theirs))
        undone = monban.run("--practice", theirs, "undo", "--json")
        self.assertEqual(undone.code, 0, undone.out + undone.err)
        self.assertEqual(self.status(monban.run, theirs), untouched)

    def test_a_request_is_made_answered_and_accepted(self):
        server = self.work / "要求"
        self.assertEqual(native("practice", "new", server).code, 0)
        answers = {"certificate": {"source": "request", "common_name": monban.HOST, "organization": "株式会社 \"門番\", Ltd.",
                                   "request_file": "サーバー.req", "issued_file": "サーバー.cer"},
                   "root": {"file": "ca/ia1.der"}, "troubleshoot": {"sample_page": True}}
        (server / "request.json").write_text(json.dumps(answers))
        before = self.status(native, server)
        go = ("--practice", server, "apply", "--answers", server / "request.json", "--json")
        waiting = monban.run(*go)
        self.assertEqual((waiting.code, waiting.json["outcome"]), (3, "waiting"), waiting.out + waiting.err)
        self.assertEqual(native("practice", "issue", server, server / "サーバー.req", server / "サーバー.cer").code, 0)
        done = monban.run(*go)
        self.assertEqual((done.code, done.json["outcome"]), (0, "done"), done.out + done.err)
        self.assertTrue((server / "inetpub/wwwroot/clientcert.aspx").exists())
        subject = self.status(native, server)["stores"]["MY"][0]["subject"]
        self.assertEqual(subject, 'CN=%s,O=株式会社 ' % monban.HOST + r'\"門番\"\, Ltd.')
        for _ in range(2):
            self.assertEqual(monban.run("--practice", server, "undo", "--json").code, 0)
        self.assertEqual(self.status(native, server), before)

    def test_a_practice_server_can_be_made_and_inspected(self):
        server = self.work / "made"
        self.assertEqual(monban.run("practice", "new", server).code, 0)
        inspected = monban.run("inspect", server / "ca/server.p12", "--password-file", server / "ca/password.txt", "--json")
        self.assertEqual((inspected.code, inspected.json[0]["status"]), (0, "ok"))
        self.assertEqual(native("--practice", server, "status", "--json").code, 0)

    def test_japanese_arguments_and_messages(self):
        refused = monban.run("--lang", "ja", "--practice", self.work / "ありません", "status")
        self.assertEqual(refused.code, 2)
        self.assertIn("ありません", refused.err)

    def test_without_a_practice_server_it_says_what_it_does_not_do(self):
        refused = monban.run("status", "--json")
        self.assertEqual((refused.code, refused.out), (2, ""))
        self.assertIn("--practice", refused.err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
