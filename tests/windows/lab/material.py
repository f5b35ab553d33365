# SPDX-License-Identifier: MIT
"""A private CA made by openssl alone: what a real server is set up with, since it refuses the practice CA."""
import json
import subprocess

HOST = "iisdemo.spt-demo.local"
PASSWORD = "canary-Pa55 門番 \"q\" & %x%"


def openssl(*arguments, **options):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, timeout=60, **options)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout


class PrivateCa:
    """ia1.der, server.p12 (its password in password.txt) and answers.json in that folder; the CA's key beside it.
    protection: options of openssl for its PKCS#12 files, where a Windows does not read what openssl writes today."""
    FOR_2016 = ("-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1")

    def __init__(self, folder, protection=()):
        self.folder, self.protection = folder, protection
        folder.mkdir(parents=True, exist_ok=True)
        self.key, self.pem = folder / "ca.key", folder / "ca.pem"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key, "-out", self.pem, "-days", "3650", "-utf8",
                "-subj", "/C=JP/O=株式会社 門番/CN=Lab Root CA", "-addext", "basicConstraints=critical,CA:TRUE",
                "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        openssl("x509", "-in", self.pem, "-outform", "der", "-out", folder / "ia1.der")
        (folder / "password.txt").write_text(PASSWORD)
        self.issue("server", "サイト 2026")
        self.answers()

    def issue(self, name, friendly_name):
        """NAME.p12: a certificate of the server with a key of its own; NAME.pem: without the key."""
        key, request = self.folder / f"{name}.key", self.folder / f"{name}.csr"
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", "/CN=" + HOST)
        self.sign(request, self.folder / f"{name}.pem", "DNS:" + HOST)
        openssl("pkcs12", "-export", "-in", self.folder / f"{name}.pem", "-inkey", key, "-certfile", self.pem, "-name", friendly_name,
                "-out", self.folder / f"{name}.p12", "-passout", f"file:{self.folder / 'password.txt'}", *self.protection)
        key.unlink()

    def sign(self, request, out, names=""):
        """The certificate for that request, as PEM."""
        extensions = self.folder / "server.ext"
        extensions.write_text("basicConstraints=CA:FALSE\nkeyUsage=digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth\n"
                              f"subjectAltName={names or 'DNS:' + HOST}\n")
        openssl("x509", "-req", "-in", request, "-CA", self.pem, "-CAkey", self.key, "-CAcreateserial", "-days", "365", "-extfile", extensions,
                "-out", out)

    def der(self, name):
        """The bytes of a certificate that lies there as PEM."""
        return openssl("x509", "-in", self.folder / name, "-outform", "der")

    def pkcs12(self, name, password):
        """What server.p12 holds, under another password."""
        opened = self.folder / "opened.pem"
        openssl("pkcs12", "-in", self.folder / "server.p12", "-passin", f"file:{self.folder / 'password.txt'}", "-nodes", "-out", opened)
        openssl("pkcs12", "-export", "-in", opened, "-out", self.folder / name, "-passout", "pass:" + password)
        opened.unlink()

    def intermediate(self, out):
        """The certificate of a CA below this one, as PEM."""
        key, request, extensions = self.folder / "sub.key", self.folder / "sub.csr", self.folder / "sub.ext"
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", "/CN=Lab Issuing CA")
        extensions.write_text("basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign\n")
        openssl("x509", "-req", "-in", request, "-CA", self.pem, "-CAkey", self.key, "-CAcreateserial", "-days", "365", "-extfile", extensions,
                "-out", out)
        key.unlink()

    def crl(self):
        """A revocation list of the CA with nothing on it, that counts for a month, DER."""
        (self.folder / "index.txt").write_text("")
        configuration = self.folder / "crl.cnf"
        configuration.write_text(f"[ca]\ndefault_ca = c\n[c]\ndatabase = {self.folder / 'index.txt'}\ndefault_md = sha256\n")
        pem = openssl("ca", "-config", configuration, "-gencrl", "-crldays", "30", "-cert", self.pem, "-keyfile", self.key)
        return openssl("crl", "-outform", "der", input=pem)

    def answers(self, name="answers.json", **more):
        answers = {"certificate": {"file": "server.p12"}, "root": {"file": "ia1.der"}, **more}
        (self.folder / name).write_text(json.dumps(answers, ensure_ascii=False))
        return self.folder / name
