# SPDX-License-Identifier: MIT
"""Chains with one thing odd about them: made by the openssl command, edited byte by byte where openssl would refuse."""
import base64
import dataclasses
import hashlib
import pathlib
import subprocess
import tempfile
import threading

FOLDER = tempfile.TemporaryDirectory(prefix="monban-chains-")
WORK = pathlib.Path(FOLDER.name)
START, END = "20200101000000Z", "20480101000000Z"
CURVES = {"p224": "secp224r1", "p256": "P-256", "p384": "P-384", "p521": "P-521", "k256": "secp256k1", "bp256": "brainpoolP256r1"}
SHORT = {"bc": "basicConstraints", "ku": "keyUsage", "eku": "extendedKeyUsage", "san": "subjectAltName", "nc": "nameConstraints",
         "ski": "subjectKeyIdentifier", "aki": "authorityKeyIdentifier", "policies": "certificatePolicies",
         "policy_limits": "policyConstraints", "any_policy": "inhibitAnyPolicy"}


def openssl(*arguments, stdin=b""):
    done = subprocess.run(["openssl", *map(str, arguments)], input=stdin, capture_output=True, timeout=60)
    if done.returncode:
        raise RuntimeError(f"openssl {arguments}: " + done.stderr.decode("utf-8", "replace"))
    return done.stdout


def tlv(tag, *contents):
    """One DER value."""
    body = b"".join(contents)
    length = len(body)
    if length < 128:
        return bytes([tag, length]) + body
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 128 | len(octets)]) + octets + body


def parts(der):
    """The values inside a constructed DER value."""
    def head(at):
        length, begin = der[at + 1], at + 2
        if length & 128:
            begin += length & 127
            length = int.from_bytes(der[at + 2:begin], "big")
        return begin, begin + length
    at, end = head(0)
    found = []
    while at < end:
        after = head(at)[1]
        found.append(der[at:after])
        at = after
    return found


def pem(*ders):
    return b"".join(b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der) + b"-----END CERTIFICATE-----\n" for der in ders)


class Once:
    """Makes every thing once, also where two threads ask for it."""
    def __init__(self):
        self.guard, self.locks, self.made = threading.Lock(), {}, {}

    def __call__(self, what, make):
        with self.guard:
            lock = self.locks.setdefault(what, threading.Lock())
        with lock:
            if what not in self.made:
                self.made[what] = make()
            return self.made[what]


once = Once()


def key_file(key):
    """The file of a key called KIND.USE: p256.root, rsa2048.leaf, rsa2048e3.leaf, explicit.leaf, ed25519.ca1, dsa1024.leaf."""
    return once(("key", key), lambda: make_key(key))


def make_key(key):
    kind, file = key.split(".")[0], WORK / f"{key}.key"
    if kind in CURVES:
        options = ["-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{CURVES[kind]}"]
    elif kind == "explicit":
        options = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt", "ec_param_enc:explicit"]
    elif kind == "rsapss":
        options = ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"]
    elif kind.startswith("rsa"):
        bits, _, exponent = kind[3:].partition("e")
        options = ["-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}", "-pkeyopt", f"rsa_keygen_pubexp:{exponent or 65537}"]
    elif kind.startswith("dsa"):
        openssl("genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt", f"dsa_paramgen_bits:{kind[3:]}", "-out", f"{file}.param")
        options = ["-paramfile", f"{file}.param"]
    else:
        options = ["-algorithm", kind]
    openssl("genpkey", *options, "-out", file)
    openssl("req", "-new", "-key", file, "-subj", "/CN=asks", "-out", f"{file}.csr")
    return file


class Cert:
    """A certificate, made when it is first needed. by: its issuer, of which only name and key count; None signs itself.

    edit changes the list of the fields of its TBSCertificate, and is signed again; it may return another outer
    AlgorithmIdentifier. spoil changes the bytes of the whole certificate, and is not signed again. A value of None takes an
    extension away; more: further lines of openssl's extension section; sections: what such lines refer to.
    """
    def __init__(self, name, key, by=None, *, start=START, end=END, md="sha256", sigopt=(), edit=None, spoil=None, more=(),
                 sections="", **extensions):
        self.name, self.key, self.by, self.start, self.end, self.md = name, key, by or self, start, end, md
        self.sigopt, self.edit, self.spoil, self.sections = tuple(sigopt), edit, spoil, sections
        extensions = {n: "none" if v is None and n in ("ski", "aki") else v for n, v in extensions.items()}  # openssl would add these
        self.extensions = (*(f"{SHORT[n]}={v}" for n, v in extensions.items() if v is not None), *more)
        self.plain_id = (name, key, self.by.name, self.by.key, start, end, md, self.sigopt, sections, self.extensions)

    @property
    def plain(self):
        return once(self.plain_id, self.issue)

    @property
    def der(self):
        der = once((*self.plain_id, self.edit), lambda: self.resign(self.plain)) if self.edit else self.plain
        return self.spoil(der) if self.spoil else der

    def issue(self):
        serial = hashlib.sha256(repr(self.plain_id).encode()).hexdigest()[:30]
        folder = WORK / serial
        folder.mkdir()
        (folder / "index.txt").touch()
        (folder / "serial").write_text("7f" + serial + "\n")
        (folder / "ca.cnf").write_text(
            f"[ca]\ndefault_ca=c\n[c]\ndatabase={folder}/index.txt\nserial={folder}/serial\nnew_certs_dir={folder}\npolicy=p\n"
            "email_in_dn=yes\nunique_subject=no\n[p]\n[ext]\n" + "\n".join(self.extensions) + "\n" + self.sections)
        signing = ["-selfsign"]
        if self.by is not self:  # openssl copies the issuer's name and key identifier, whatever else is odd about the issuer
            (folder / "by.pem").write_bytes(pem(Cert(self.by.name, self.by.key, ski="hash").plain))
            signing = ["-cert", folder / "by.pem"]
        options = [word for option in self.sigopt for word in ("-sigopt", option)]
        key = key_file(self.key)
        openssl("ca", "-config", folder / "ca.cnf", "-batch", "-notext", "-preserveDN", "-in", f"{key}.csr", *signing,
                "-keyfile", key_file(self.by.key), "-subj", self.name, "-startdate", self.start, "-enddate", self.end,
                "-md", self.md, *options, "-extensions", "ext", "-out", folder / "made.pem")
        return base64.b64decode(b"".join((folder / "made.pem").read_bytes().splitlines()[1:-1]))

    def resign(self, der):
        tbs, algorithm, _ = parts(der)
        fields = parts(tbs)
        algorithm = self.edit(fields) or algorithm
        tbs = tlv(0x30, *fields)
        signature = openssl("dgst", f"-{self.md}", "-sign", key_file(self.by.key), stdin=tbs)
        return tlv(0x30, tbs, algorithm, tlv(0x03, b"\0", signature))


def root(name="/O=Monban Test/CN=Root", key="p256.root", **changes):
    return Cert(name, key, **{"bc": "critical,CA:TRUE", "ku": "critical,keyCertSign,cRLSign", "ski": "hash", **changes})


def authority(by, number=1, **changes):
    return Cert(**{"name": f"/O=Monban Test/CN=CA {number}", "key": f"p256.ca{number}", "by": by, "bc": "critical,CA:TRUE",
                   "ku": "critical,keyCertSign,cRLSign", "ski": "hash", "aki": "keyid", **changes})


def server(by, **changes):
    return Cert(**{"name": "/O=Monban Test/CN=server", "key": "p256.leaf", "by": by, "bc": "critical,CA:FALSE",
                   "ku": "critical,digitalSignature", "eku": "serverAuth", "san": "DNS:www.example.test", "ski": "hash", "aki": "keyid",
                   **changes})


@dataclasses.dataclass
class Given:
    """What monban is given, as certificates."""
    leaf: Cert
    chain: list
    roots: list


def line(*levels):
    """A root, its issuing CAs and a server's certificate below them: what is different about each, from the root down."""
    made = [root(**levels[0])]
    for number, changes in enumerate(levels[1:-1], 1):
        made.append(authority(made[-1], number, **changes))
    return Given(server(made[-1], **levels[-1]), made[:0:-1], made[:1])


def of_leaf(**changes):
    return line({}, {}, changes)


def of_ca(**changes):
    return line({}, changes, {})


def of_root(**changes):
    return line(changes, {}, {})
