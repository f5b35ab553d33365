# SPDX-License-Identifier: MIT
"""What the console tests share: running monban, a practice server, and its TLS front."""
import atexit
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

PROGRAM = os.environ["MONBAN"]
RUNNER = os.environ.get("MONBAN_RUNNER", "").split()
HOST = "iisdemo.spt-demo.local"


def run(*arguments, stdin=None, env=None, cwd=None):
    """Runs monban; its output goes through files, because a pipe waits for Wine's services."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        done = subprocess.run([*RUNNER, PROGRAM, *map(str, arguments)], stdout=out, stderr=err, timeout=120, cwd=cwd,
                              input=stdin.encode() if stdin is not None else b"", env={**os.environ, **(env or {})})
        out.seek(0)
        err.seek(0)
        return Ran(done.returncode, out.read().decode("utf-8"), err.read().decode("utf-8", "replace"))


class Ran:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def json(self):
        return json.loads(self.out)


_made = {}


def made_server(version):
    """Its keys take a second to make: the tests of a file get copies of one."""
    if version not in _made:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="monban-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        made = run("practice", "new", folder / "server", "--os", version)
        assert made.code == 0, made.err
        _made[version] = folder / "server"
    return _made[version]


class PracticeCase(unittest.TestCase):
    """A fresh practice server for every test."""
    os_version = "2022"

    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="monban-"))
        self.addCleanup(shutil.rmtree, self.work, ignore_errors=True)
        self.server = self.work / "server"
        self.ca = self.server / "ca"
        shutil.copytree(made_server(self.os_version), self.server)
        self.front = None

    def monban(self, *arguments, **options):
        return run("--practice", self.server, *arguments, **options)

    def apply(self, *arguments):
        return self.monban("apply", "--answers", self.server / "answers.json", "--password-file", self.ca / "password.txt",
                           "--json", *arguments)

    def plan(self, *arguments):
        return self.monban("plan", "--answers", self.server / "answers.json", "--password-file", self.ca / "password.txt",
                           "--json", *arguments)

    def status(self):
        shown = self.monban("status", "--json")
        self.assertEqual(shown.code, 0, shown.err)
        facts = shown.json
        del facts["machine"]["clock"]
        return facts

    def set_up(self):
        applied = self.apply()
        self.assertEqual(applied.code, 0, applied.out + applied.err)
        self.assertEqual(run("practice", "restart", self.server).code, 0)
        return applied.json

    def command(self, *arguments, **options):
        return run("practice", "run", self.server, "--", *arguments, **options)

    def serve(self):
        with open(self.work / "serve.json", "wb") as out:
            self.front = subprocess.Popen([*RUNNER, PROGRAM, "practice", "serve", str(self.server)], stdin=subprocess.DEVNULL,
                                          stdout=out, stderr=subprocess.DEVNULL)
        self.addCleanup(self.stop)
        for _ in range(200):
            line = (self.work / "serve.json").read_text()
            if line.endswith("\n"):
                self.listening = json.loads(line)
                return self.listening
            time.sleep(0.05)
        self.fail("serve did not become ready")

    def stop(self):
        if self.front and self.front.poll() is None:
            self.front.terminate()
            self.front.wait(10)

    @property
    def port(self):
        return int(self.listening["https"][0]["url"].rstrip("/").rsplit(":", 1)[1])

    def curl(self, certificate=None, password=None, tls="1.3", path="/"):
        """(status, sub-status) of one request; None where the connection itself failed."""
        config = self.work / "curl.conf"
        lines = [f'url = "https://{HOST}{path}"', f'connect-to = "{HOST}:443:127.0.0.1:{self.port}"', "insecure", "silent",
                 'write-out = "\\n%{http_code}"', f'tls-max = "{tls}"', f'tlsv{tls}']
        if certificate:
            secret = password if password is not None else (self.ca / "password.txt").read_text().strip()
            lines += [f'cert = "{certificate}:{secret}"', 'cert-type = "P12"']
        config.write_text("\n".join(lines))
        done = subprocess.run(["curl", "--config", str(config)], capture_output=True, text=True, timeout=30)
        body, _, code = done.stdout.rpartition("\n")
        sub = re.search(r"403\.(\d+)", body)
        return (int(code) if code else 0, int(sub.group(1)) if sub else None)

    def openssl(self, *arguments, **options):
        done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, timeout=60, **options)
        self.assertEqual(done.returncode, 0, done.stderr.decode("utf-8", "replace"))
        return done.stdout

    def client(self, name, days=30, extensions="", issuer=None, expired=False):
        """A client certificate made by openssl alone, with the practice CA's key."""
        key, csr, pem, p12, ext = (self.work / f"{name}.{end}" for end in ("key", "csr", "pem", "p12", "ext"))
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", csr, "-subj", f"/CN={name}")
        ext.write_text(extensions or "basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth\n"
                       "crlDistributionPoints=URI:http://ca.practice/crl/ia1.crl\n")
        ca_cert, ca_key = issuer or (self.ca / "ia1.der", self.ca / "ia1.key")
        when = ["-days", days] if not expired else ["-days", "-1"]
        self.openssl("x509", "-req", "-in", csr, "-CA", ca_cert, "-CAkey", ca_key, "-CAcreateserial", "-CAserial", self.work / "serial",
                     "-extfile", ext, "-out", pem, *when)
        self.openssl("pkcs12", "-export", "-in", pem, "-inkey", key, "-out", p12, "-passout", "pass:x", "-certpbe", "PBE-SHA1-3DES",
                     "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1")
        return p12
