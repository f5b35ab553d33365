# SPDX-License-Identifier: MIT
"""diagnose certificate, against the standards and against two programs that have judged certificates for decades.

Every chain has one defect, or one odd property that is fine. What is expected is worked out by hand from the rule named beside
it. OpenSSL and GnuTLS are asked the same; wherever their verdict differs, DIFFERENCES says why. Without MONBAN in the
environment only that second part runs.
"""
import concurrent.futures
import ctypes
import dataclasses
import datetime
import hashlib
import ipaddress
import os
import subprocess
import threading
import unittest

from chain_maker import WORK, Cert, Given, authority, key_file, line, of_ca, of_leaf, of_root, openssl, parts, pem, root, server, tlv

WITH_MONBAN = "MONBAN" in os.environ
if WITH_MONBAN:
    import monban

HOST = "www.example.test"
CHECKS = ("trusted", "validity", "hostname")
LETTERS = {"pass": "P", "fail": "F", "unknown": "U"}


@dataclasses.dataclass
class Case:
    """expected: pass, fail, unknown as P, F, U for the three checks in turn; "." where the certificate is malformed and no rule says more."""
    name: str
    expected: str
    rule: str
    given: Given
    host: str
    at: str

    @property
    def good(self):
        return self.expected == "PPP"


CASES = []


def case(name, expected, rule, given, host=HOST, at=None):
    CASES.append(Case(name, expected, rule, given, host, at))


def raw(hexadecimal):
    return "DER:" + hexadecimal


def names(*entries):
    """A subjectAltName of (tag, bytes) that openssl itself would not write."""
    return raw(tlv(0x30, *(tlv(tag, data) for tag, data in entries)).hex())


def flipped(der, at):
    return der[:at] + bytes([der[at] ^ 1]) + der[at + 1:]


def last_bit(der):
    return flipped(der, len(der) - 1)


def replacing(old, new):
    """Bytes of the same length exchanged without signing again."""
    assert len(old) == len(new)
    return lambda der: der.replace(old, new)


def with_signature(change):
    return lambda der: tlv(0x30, *parts(der)[:2], change(parts(der)[2]))


# What most chains below are varied from, and the same with another key, name or date.
ROOT = root()
CA = authority(ROOT)
LEAF = server(CA)
CA_EXPIRED = authority(ROOT, end="20210101000000Z")
CA_OTHER_KEY = authority(ROOT, key="p256.other")
OTHER_ROOT = root("/O=Elsewhere/CN=Root", "p256.root2")
SAME_NAME_ROOT = root(key="p256.root2")
UNRELATED = [Cert(f"/O=Elsewhere/CN=CA {n}", "p256.other", OTHER_ROOT, bc="critical,CA:TRUE") for n in range(30)]

# Names. RFC 9525 6.3: dNSName and iPAddress of subjectAltName are all that counts.
PKIX_NAME = "RFC 9525 6.3"
for name, expected, san, host, rule in (
    ("exact", "P", "DNS:www.example.test", HOST, PKIX_NAME),
    ("host in capitals", "P", "DNS:www.example.test", "WWW.Example.TEST", "RFC 4343 3: ASCII case does not count"),
    ("SAN in capitals", "P", "DNS:WWW.EXAMPLE.Test", HOST, "RFC 4343 3"),
    ("trailing dot of the host", "P", "DNS:www.example.test", "www.example.test.", "RFC 1034 3.1; Chromium takes one dot away"),
    ("trailing dot of the name", "P", "DNS:www.example.test.", HOST, "Chromium takes one dot away"),
    ("second of three names", "P", "DNS:a.example.test,DNS:www.example.test,DNS:b.example.test", HOST, PKIX_NAME),
    ("last of a hundred names", "P", ",".join(f"DNS:n{n}.example.test" for n in range(99)) + ",DNS:www.example.test", HOST, PKIX_NAME),
    ("parent domain", "F", "DNS:www.example.test", "example.test", PKIX_NAME),
    ("child domain", "F", "DNS:www.example.test", "a.www.example.test", PKIX_NAME),
    ("name as a suffix of the host's label", "F", "DNS:www.example.test", "evilwww.example.test", PKIX_NAME),
    ("name as a prefix of the host", "F", "DNS:www.example.test", "www.example.test.evil.test", PKIX_NAME),
    ("single label", "P", "DNS:intranet", "intranet", "RFC 9525 6.3: no rule asks for dots"),
    ("underscore", "P", "DNS:my_host.example.test", "my_host.example.test", "Chromium compares literally"),
    ("label of 63 octets", "P", f"DNS:{'a' * 63}.example.test", f"{'a' * 63}.example.test", "RFC 1035 2.3.4"),
    ("name of 253 octets", "P", "DNS:" + ".".join(["b" * 62] * 3 + ["c" * 59, "test"]), ".".join(["b" * 62] * 3 + ["c" * 59, "test"]),
     "RFC 1035 2.3.4"),
    ("all kinds of names beside the right one", "P", "email:a@example.test,URI:https://other.test/,dirName:dn,RID:1.2.3.4,"
     "otherName:1.2.3.4;UTF8:x,IP:192.0.2.7,DNS:www.example.test", HOST, PKIX_NAME),
    ("port in the name", "F", "DNS:www.example.test:443", HOST, "RFC 5280 4.2.1.6: preferred name syntax"),
    ("address as a dNSName", "F", "DNS:https://www.example.test", HOST, "RFC 5280 4.2.1.6"),
    ("leading dot", "F", "DNS:.example.test", HOST, "RFC 9525 6.3: such a name matches nothing"),
    ("blank after the name", "F", names((0x82, b"www.example.test ")), HOST, "RFC 5280 4.2.1.6"),
    ("NUL inside the name", "F", names((0x82, b"www.example.test\0.evil.test")), HOST, "RFC 5280 4.2.1.6"),
    ("NUL inside, whole", "F", names((0x82, b"www.evil.test\0.example.test")), "www.evil.test", "RFC 5280 4.2.1.6"),
    ("only a URI", "F", "URI:https://www.example.test/", HOST, PKIX_NAME),
    ("only a directory name", "F", "dirName:dn", HOST, PKIX_NAME),
    ("only an SRV-ID", "F", "otherName:1.3.6.1.5.5.7.8.7;IA5:_https.www.example.test", HOST, "RFC 9525 6.3: SRV-ID is another kind"),
    ("only an e-mail address", "F", "email:www@www.example.test", HOST, PKIX_NAME),
    # Wildcards.
    ("wildcard", "P", "DNS:*.example.test", HOST, "RFC 9525 6.3"),
    ("wildcard, capitals", "P", "DNS:*.EXAMPLE.test", HOST, "RFC 4343 3"),
    ("wildcard, deeper", "P", "DNS:*.b.example.test", "a.b.example.test", "RFC 9525 6.3"),
    ("wildcard for an underscore", "P", "DNS:*.example.test", "my_host.example.test", "Chromium compares literally"),
    ("wildcard and trailing dot", "P", "DNS:*.example.test", "www.example.test.", "RFC 9525 6.3; Chromium"),
    ("wildcard for an A-label", "P", "DNS:*.example.test", "xn--wgv71a119e.example.test", "RFC 9525 6.3: a whole label"),
    ("wildcard for a U-label", "P", "DNS:*.example.test", "日本語.example.test", "RFC 5890 4.1, RFC 9525 6.3"),
    ("wildcard for the domain itself", "F", "DNS:*.example.test", "example.test", "RFC 9525 6.3: exactly one label"),
    ("wildcard for two labels", "F", "DNS:*.example.test", "a.b.example.test", "RFC 9525 6.3: exactly one label"),
    ("wildcard as second label", "F", "DNS:www.*.test", HOST, "RFC 9525 6.3: only the leftmost label"),
    ("wildcard as last label", "F", "DNS:www.example.*", HOST, "RFC 9525 6.3: only the leftmost label"),
    ("two wildcards", "F", "DNS:*.*.test", HOST, "RFC 9525 6.3: one only"),
    ("wildcard in first and second label", "F", "DNS:*.*.example.test", "a.www.example.test", "RFC 9525 6.3: one only"),
    ("star alone, one label", "F", "DNS:*", "intranet", "Chromium: host of fewer than three labels"),
    ("star alone, three labels", "F", "DNS:*", HOST, "RFC 9525 6.3: exactly one label"),
    ("star.tld", "F", "DNS:*.test", "example.test", "Chromium: host of fewer than three labels"),
    ("star.single-label domain", "F", "DNS:*.intranet", "www.intranet", "Chromium: host of fewer than three labels"),
    ("star at the end of a label", "F", "DNS:w*.example.test", HOST, "RFC 9525 6.3: whole label"),
    ("star at the start of a label", "F", "DNS:*w.example.test", HOST, "RFC 9525 6.3: whole label"),
    ("star in a label", "F", "DNS:w*w.example.test", HOST, "RFC 9525 6.3: whole label"),
    ("double star", "F", "DNS:**.example.test", HOST, "RFC 9525 6.3: whole label"),
    ("star in an A-label", "F", "DNS:xn--*.example.test", "xn--wgv71a119e.example.test", "RFC 9525 6.3: whole label"),
    ("star with a leading dot", "F", "DNS:.*.example.test", HOST, "RFC 9525 6.3: leftmost label"),
    # Internationalised names.
    ("U-label host", "P", "DNS:www.xn--wgv71a119e.test", "www.日本語.test", "RFC 9525 6.3, RFC 5891 5"),
    ("A-label host", "P", "DNS:www.xn--wgv71a119e.test", "www.xn--wgv71a119e.test", "RFC 9525 6.3"),
    ("A-label host in capitals", "P", "DNS:www.xn--wgv71a119e.test", "WWW.XN--WGV71A119E.TEST", "RFC 5890 2.3.2.1: ASCII case"),
    ("A-label SAN in capitals", "P", "DNS:www.XN--WGV71A119E.test", "www.日本語.test", "RFC 5890 2.3.2.1: ASCII case"),
    ("wildcard below an IDN", "P", "DNS:*.xn--wgv71a119e.test", "www.日本語.test", "RFC 9525 6.3"),
    ("another IDN", "F", "DNS:www.xn--wgv71a119e.test", "www.日本誤.test", "RFC 9525 6.3"),
    ("U-label in the SAN", "F", names((0x82, "www.日本語.test".encode())), "www.日本語.test", "RFC 5280 7.2: an IA5String of A-labels"),
    ("sharp s", "P", "DNS:www.xn--fa-hia.test", "www.faß.test", "RFC 5892 2.6: sharp s is PVALID"),
    # Addresses.
    ("IPv4", "P", "IP:192.0.2.7", "192.0.2.7", "RFC 9525 6.5"),
    ("IPv4 beside names", "P", "DNS:www.example.test,IP:192.0.2.7", "192.0.2.7", "RFC 9525 6.5"),
    ("another IPv4", "F", "IP:192.0.2.7", "192.0.2.8", "RFC 9525 6.5"),
    ("IPv4 as a dNSName", "F", "DNS:192.0.2.7", "192.0.2.7", "RFC 9525 6.5: iPAddress only"),
    ("IPv4 and a wildcard", "F", "DNS:*.0.2.7", "192.0.2.7", "RFC 9525 6.5: iPAddress only"),
    ("IPv4 in a URI", "F", "URI:https://192.0.2.7/", "192.0.2.7", "RFC 9525 6.5"),
    ("name where the SAN has an address", "F", "IP:192.0.2.7", HOST, PKIX_NAME),
    ("IPv4 as text in an iPAddress", "F", names((0x87, b"192.0.2.7")), "192.0.2.7", "RFC 5280 4.2.1.6: four or sixteen octets"),
    ("IPv6", "P", "IP:2001:db8::7", "2001:db8::7", "RFC 9525 6.5"),
    ("IPv6 in full and in capitals", "P", "IP:2001:db8::7", "2001:0DB8:0000:0000:0000:0000:0000:0007", "RFC 9525 6.5: compared as octets"),
    ("IPv6 with dotted quad", "P", "IP:64:ff9b::c000:207", "64:ff9b::192.0.2.7", "RFC 9525 6.5: compared as octets"),
    ("another IPv6", "F", "IP:2001:db8::7", "2001:db8::8", "RFC 9525 6.5"),
    ("IPv6 as a dNSName", "F", "DNS:2001:db8::7", "2001:db8::7", "RFC 9525 6.5: iPAddress only"),
    ("IPv4-mapped host, IPv4 in the SAN", "F", "IP:192.0.2.7", "::ffff:192.0.2.7", "RFC 9525 6.5: other octets"),
    ("IPv4 host, IPv4-mapped in the SAN", "F", "IP:::ffff:192.0.2.7", "192.0.2.7", "RFC 9525 6.5: other octets"),
):
    malformed = "text in an iPAddress" in name
    case(f"name: {name}", ("." if malformed else "P") + "P" + expected, rule,
         of_leaf(san=san, sections="[dn]\nCN=www.example.test\n"), host)

ONLY_SAN = "RFC 9525 6.3: the common name does not count"
CN_HOST = "/O=Monban Test/CN=www.example.test"
case("name: CN only, no SAN", "PPF", ONLY_SAN, of_leaf(name=CN_HOST, san=None))
case("name: no name at all", "PPF", ONLY_SAN, of_leaf(san=None))
case("name: CN right, dNSName another", "PPF", ONLY_SAN, of_leaf(name=CN_HOST, san="DNS:other.test"))
case("name: CN right, SAN has an address only", "PPF", ONLY_SAN, of_leaf(name=CN_HOST, san="IP:192.0.2.7"))
case("name: CN right, SAN has an e-mail address only", "PPF", ONLY_SAN, of_leaf(name=CN_HOST, san="email:www@example.test"))
case("name: IPv4 in the CN", "PPF", ONLY_SAN, of_leaf(name="/CN=192.0.2.7", san=None), "192.0.2.7")
case("name: CN another, dNSName right", "PPP", ONLY_SAN, of_leaf(name="/CN=other.test"))
case("name: SAN without entries", ".PF", "RFC 5280 4.2.1.6: at least one entry", of_leaf(san=raw("3000")))
case("name: iPAddress of eight octets", ".PF", "RFC 5280 4.2.1.6: four or sixteen octets",
     of_leaf(san=names((0x87, bytes([192, 0, 2, 7, 255, 255, 255, 255])))), "192.0.2.7")
case("name: critical SAN", "PPP", "RFC 5280 4.2.1.6", of_leaf(san="critical,DNS:www.example.test"))
case("name: no subject, critical SAN", "PPP", "RFC 5280 4.1.2.6", of_leaf(name="/", san="critical,DNS:www.example.test"))
case("name: no subject, SAN not critical", "PPP", "RFC 5280 4.1.2.6 binds the CA only", of_leaf(name="/"))

# Extended key usage. RFC 5280 4.2.1.12 for the leaf; that CAs hand it down is Chromium's, Mozilla's and Windows' rule.
EKU = "RFC 5280 4.2.1.12"
EKU_CA = "Chromium VerifyExtendedKeyUsage: an intermediate's EKU is a constraint"
SGC_MS, SGC_NETSCAPE = "1.3.6.1.4.1.311.10.3.3", "2.16.840.1.113730.4.1"
case("eku: leaf without", "PPP", EKU, of_leaf(eku=None))
case("eku: leaf serverAuth, clientAuth", "PPP", EKU, of_leaf(eku="clientAuth,serverAuth"))
case("eku: leaf critical serverAuth", "PPP", EKU, of_leaf(eku="critical,serverAuth"))
case("eku: leaf any", "PPP", EKU, of_leaf(eku="anyExtendedKeyUsage"))
case("eku: leaf any beside clientAuth", "PPP", EKU, of_leaf(eku="clientAuth,anyExtendedKeyUsage"))
case("eku: leaf serverAuth beside unknown ones", "PPP", EKU, of_leaf(eku="1.2.3.4,serverAuth,1.2.3.5"))
for wrong in ("clientAuth", "critical,clientAuth", "codeSigning", "emailProtection", "OCSPSigning", "1.2.3.4", SGC_MS, SGC_NETSCAPE):
    case(f"eku: leaf {wrong}", "FPP", EKU, of_leaf(eku=wrong))
case("eku: leaf, empty list", "F..", EKU + ": SIZE (1..MAX)", of_leaf(eku=raw("3000")))
case("eku: CA serverAuth", "PPP", EKU_CA, of_ca(eku="serverAuth"))
case("eku: CA critical serverAuth", "PPP", EKU_CA, of_ca(eku="critical,serverAuth"))
case("eku: CA clientAuth, serverAuth", "PPP", EKU_CA, of_ca(eku="clientAuth,serverAuth"))
case("eku: CA any", "PPP", EKU_CA, of_ca(eku="anyExtendedKeyUsage"))
case("eku: CA clientAuth", "FPP", EKU_CA, of_ca(eku="clientAuth"))
case("eku: CA codeSigning, emailProtection", "FPP", EKU_CA, of_ca(eku="codeSigning,emailProtection"))
case("eku: CA Microsoft SGC", "FPP", EKU_CA, of_ca(eku=SGC_MS))
case("eku: CA clientAuth, leaf without", "FPP", EKU_CA, line({}, {"eku": "clientAuth"}, {"eku": None}))
case("eku: upper CA clientAuth", "FPP", EKU_CA, line({}, {"eku": "clientAuth"}, {}, {}))
case("eku: upper CA clientAuth, lower any", "FPP", EKU_CA, line({}, {"eku": "clientAuth"}, {"eku": "anyExtendedKeyUsage"}, {}))
case("eku: upper CA serverAuth, lower any", "PPP", EKU_CA, line({}, {"eku": "serverAuth"}, {"eku": "anyExtendedKeyUsage"}, {}))
EKU_ROOT = "Chromium ApplyTrustAnchorConstraints, on for Windows' roots"
case("eku: root serverAuth", "PPP", EKU_ROOT, of_root(eku="serverAuth"))
case("eku: root any", "PPP", EKU_ROOT, of_root(eku="anyExtendedKeyUsage"))
case("eku: root clientAuth", "FPP", EKU_ROOT, of_root(eku="clientAuth"))

# Key usage.
KU = "RFC 5280 4.2.1.3; TLS 1.3 (RFC 8446 4.4.2.2) signs"
KU_CA = "RFC 5280 6.1.4 (n)"
case("ku: leaf without", "PPP", KU, of_leaf(ku=None))
case("ku: leaf not critical", "PPP", KU, of_leaf(ku="digitalSignature"))
case("ku: leaf digitalSignature, keyEncipherment", "PPP", KU, of_leaf(ku="critical,digitalSignature,keyEncipherment"))
case("ku: leaf with all a leaf may have", "PPP", KU,
     of_leaf(ku="critical,digitalSignature,nonRepudiation,keyEncipherment,dataEncipherment,keyAgreement"))
case("ku: leaf, bits in two octets", "PPP", KU, of_leaf(ku="critical,digitalSignature,keyAgreement,decipherOnly"))
case("ku: leaf digitalSignature, cRLSign", "PPP", KU, of_leaf(ku="critical,digitalSignature,cRLSign"))
case("ku: RSA leaf digitalSignature", "PPP", KU, of_leaf(key="rsa2048.leaf", ku="critical,digitalSignature"))
for bits in ("keyEncipherment", "keyAgreement", "nonRepudiation", "dataEncipherment", "keyAgreement,decipherOnly", "cRLSign"):
    case(f"ku: leaf {bits} only", "FPP", KU, of_leaf(ku=f"critical,{bits}"))
case("ku: RSA leaf keyEncipherment only", "FPP", KU, of_leaf(key="rsa2048.leaf", ku="critical,keyEncipherment"))
case("ku: leaf keyCertSign, no CA", "FPP", "RFC 5280 4.2.1.9; Chromium VerifyTargetCertHasConsistentCaBits",
     of_leaf(ku="critical,digitalSignature,keyCertSign"))
case("ku: leaf, no bit", "F..", "RFC 5280 4.2.1.3: at least one bit", of_leaf(ku=raw("030100")))
case("ku: CA without", "PPP", KU_CA, of_ca(ku=None))
case("ku: CA keyCertSign only", "PPP", KU_CA, of_ca(ku="critical,keyCertSign"))
case("ku: CA not critical", "PPP", KU_CA, of_ca(ku="keyCertSign"))
case("ku: CA with digitalSignature too", "PPP", KU_CA, of_ca(ku="critical,digitalSignature,keyCertSign"))
case("ku: CA cRLSign only", "FPP", KU_CA, of_ca(ku="critical,cRLSign"))
case("ku: CA digitalSignature only, not critical", "FPP", KU_CA, of_ca(ku="digitalSignature"))
case("ku: upper CA cRLSign only", "FPP", KU_CA, line({}, {"ku": "critical,cRLSign"}, {}, {}))
case("ku: root without", "PPP", KU_CA, of_root(ku=None))
case("ku: root keyCertSign only", "PPP", KU_CA, of_root(ku="critical,keyCertSign"))
case("ku: root cRLSign only", "FPP", "RFC 5280 4.2.1.3: keyCertSign for any key that verifies certificates", of_root(ku="critical,cRLSign"))

# Basic constraints and the length of the path.
BC = "RFC 5280 6.1.4 (k)"
PATH_LEN = "RFC 5280 6.1.4 (l), (m)"
case("bc: CA without", "FPP", BC, of_ca(bc=None))
case("bc: CA without, no keyUsage either", "FPP", BC, of_ca(bc=None, ku=None))
case("bc: CA:FALSE", "FPP", BC, of_ca(bc="critical,CA:FALSE"))
case("bc: CA, empty sequence", "FPP", BC + ": DEFAULT FALSE", of_ca(bc="critical," + raw("3000")))
case("bc: CA not critical", "PPP", BC + "; 4.2.1.9 binds the CA only", of_ca(bc="CA:TRUE"))
case("bc: upper CA without", "FPP", BC, line({}, {"bc": None}, {}, {}))
case("bc: lower CA without", "FPP", BC, line({}, {}, {"bc": None}, {}))
case("bc: root without", "FPP", "RFC 5280 4.2.1.9: a v3 certificate without must not verify certificates", of_root(bc=None))
case("bc: root CA:FALSE", "FPP", "RFC 5280 4.2.1.9", of_root(bc="critical,CA:FALSE"))
case("bc: root not critical", "PPP", "RFC 5280 4.2.1.9 binds the CA only", of_root(bc="CA:TRUE"))
case("bc: leaf without", "PPP", "RFC 5280 4.2.1.9: may be absent", of_leaf(bc=None))
case("bc: leaf not critical", "PPP", "RFC 5280 4.2.1.9", of_leaf(bc="CA:FALSE"))
case("bc: leaf is a CA", "PPP", "RFC 5280 4.2.1.9: may appear", of_leaf(bc="critical,CA:TRUE", ku="critical,digitalSignature,keyCertSign"))
case("bc: leaf is a CA without keyCertSign", "FPP", "Chromium VerifyTargetCertHasConsistentCaBits", of_leaf(bc="critical,CA:TRUE"))
case("bc: leaf with pathLen, no CA", "FPP", "RFC 5280 4.2.1.9; Chromium VerifyTargetCertHasConsistentCaBits",
     of_leaf(bc="critical,CA:FALSE,pathlen:0"))
LEAF_ISSUER = server(CA, name="/O=Monban Test/CN=issuing server", key="p256.other")
case("bc: a leaf issued the leaf", "FPP", BC, Given(server(LEAF_ISSUER), [LEAF_ISSUER, CA], [ROOT]))
case("pathLen: CA 0, leaf below", "PPP", PATH_LEN, of_ca(bc="critical,CA:TRUE,pathlen:0"))
case("pathLen: CA 0, leaf is a CA", "PPP", "RFC 5280 4.2.1.9: the last certificate is no intermediate",
     line({}, {"bc": "critical,CA:TRUE,pathlen:0"}, {"bc": "critical,CA:TRUE", "ku": "critical,digitalSignature,keyCertSign"}))
case("pathLen: CA 0, CA below", "FPP", PATH_LEN, line({}, {"bc": "critical,CA:TRUE,pathlen:0"}, {}, {}))
case("pathLen: CA 0, CA below, not critical", "FPP", PATH_LEN, line({}, {"bc": "CA:TRUE,pathlen:0"}, {}, {}))
case("pathLen: CA 1, CA below", "PPP", PATH_LEN, line({}, {"bc": "critical,CA:TRUE,pathlen:1"}, {}, {}))
case("pathLen: CA 1, two CAs below", "FPP", PATH_LEN, line({}, {"bc": "critical,CA:TRUE,pathlen:1"}, {}, {}, {}))
case("pathLen: second CA 0, third below", "FPP", PATH_LEN, line({}, {}, {"bc": "critical,CA:TRUE,pathlen:0"}, {}, {}))
case("pathLen: each as tight as it may be", "PPP", PATH_LEN,
     line({"bc": "critical,CA:TRUE,pathlen:2"}, {"bc": "critical,CA:TRUE,pathlen:1"}, {"bc": "critical,CA:TRUE,pathlen:0"}, {}))
case("pathLen: CA claims more than was left", "FPP", PATH_LEN,
     line({"bc": "critical,CA:TRUE,pathlen:1"}, {"bc": "critical,CA:TRUE,pathlen:9"}, {}, {}))
case("pathLen: 100000", "PPP", PATH_LEN, of_ca(bc="critical,CA:TRUE,pathlen:100000"))
case("pathLen: negative", "FPP", "RFC 5280 4.2.1.9: INTEGER (0..MAX)", of_ca(bc="critical," + raw("30060101ff0201ff")))
ANCHOR = "RFC 5937 3.2; Chromium ApplyTrustAnchorConstraints"
case("pathLen: root 0, leaf at once", "PPP", ANCHOR, line({"bc": "critical,CA:TRUE,pathlen:0"}, {}))
case("pathLen: root 0, CA below", "FPP", ANCHOR, line({"bc": "critical,CA:TRUE,pathlen:0"}, {}, {}))
case("pathLen: root 1, CA below", "PPP", ANCHOR, line({"bc": "critical,CA:TRUE,pathlen:1"}, {}, {}))
case("pathLen: root 1, two CAs below", "FPP", ANCHOR, line({"bc": "critical,CA:TRUE,pathlen:1"}, {}, {}, {}))
CA_LAST = authority(ROOT, bc="critical,CA:TRUE,pathlen:0")
CA_ROLLED = authority(CA_LAST, key="p256.other")
CA_BELOW = authority(CA_ROLLED, 2)
case("pathLen: CA 0, rolled over to a new key", "PPP", "RFC 5280 6.1.4 (l): self-issued does not count",
     Given(server(CA_ROLLED), [CA_ROLLED, CA_LAST], [ROOT]))
case("pathLen: CA 0, rolled over, another CA below", "FPP", PATH_LEN, Given(server(CA_BELOW), [CA_BELOW, CA_ROLLED, CA_LAST], [ROOT]))


def as_v1(fields):
    del fields[0], fields[-1]


def say_v1(fields):
    del fields[0]


case("version: v1 CA", "FPP", "RFC 5280 6.1.4 (k)", of_ca(edit=as_v1))
case("version: v1 root", "PPP", "RFC 5280 6.1: a trust anchor is a name and a key", of_root(edit=as_v1))
case("version: v1 leaf", "PPF", ONLY_SAN, of_leaf(edit=as_v1))
case("version: v1 leaf with extensions", "F..", "RFC 5280 4.1.2.9: extensions in v3 only", of_leaf(edit=say_v1))
case("version: v1 CA with extensions", "FPP", "RFC 5280 4.1.2.9", of_ca(edit=say_v1))

# Name constraints. RFC 5280 4.2.1.10; each row: the CA's constraint and the leaf.
NC = "RFC 5280 4.2.1.10"
SUBTREES = "[monban]\nO=Monban Test\n[other]\nO=Other\n[letters]\nO=MONBAN  test\n[deep]\nO=Monban Test\nCN=server\nOU=x\n"
PRINTABLE_O = tlv(0x31, tlv(0x30, bytes.fromhex("060355040a"), tlv(0x13, b"Monban Test")))
PRINTABLE_SUBTREE = raw(tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0xa4, tlv(0x30, PRINTABLE_O))))).hex())
WILD_NC = NC + "; Chromium NameConstraints: a wildcard stands for all names it matches"
for name, expected, nc, leaf, rule in (
    ("domain itself", "P", "permitted;DNS:www.example.test", {}, NC),
    ("subdomain", "P", "permitted;DNS:example.test", {}, NC),
    ("two levels down", "P", "permitted;DNS:test", {}, NC),
    ("capitals", "P", "permitted;DNS:EXAMPLE.Test", {}, NC + ", 7.2"),
    ("leading dot", "P", "permitted;DNS:.example.test", {}, "Chromium, OpenSSL: a leading dot means subdomains"),
    ("another domain", "F", "permitted;DNS:other.test", {}, NC),
    ("parent of the permitted domain", "F", "permitted;DNS:a.www.example.test", {}, NC),
    ("end of a label", "F", "permitted;DNS:ample.test", {}, NC + ": whole labels"),
    ("one of two permitted", "P", "permitted;DNS:other.test,permitted;DNS:example.test", {}, NC),
    ("second name outside", "F", "permitted;DNS:example.test", {"san": "DNS:www.example.test,DNS:www.other.test"}, NC + ": every name"),
    ("excluded elsewhere", "P", "excluded;DNS:other.test", {}, NC),
    ("excluded domain", "F", "excluded;DNS:example.test", {}, NC),
    ("excluded name itself", "F", "excluded;DNS:www.example.test", {}, NC),
    ("excluded sibling", "P", "excluded;DNS:mail.example.test", {}, NC),
    ("excluded within permitted", "F", "permitted;DNS:example.test,excluded;DNS:www.example.test", {}, NC + ": excluded wins"),
    ("every DNS name excluded", "F", raw(tlv(0x30, tlv(0xa1, tlv(0x30, tlv(0x82)))).hex()), {}, NC + ": zero labels, so all names"),
    ("wildcard inside", "P", "permitted;DNS:example.test", {"san": "DNS:*.example.test"}, NC),
    ("wildcard wider than permitted", "F", "permitted;DNS:www.example.test", {"san": "DNS:*.example.test"}, WILD_NC),
    ("wildcard over an excluded name", "F", "excluded;DNS:www.example.test", {"san": "DNS:*.example.test"}, WILD_NC),
    ("wildcard two labels above an excluded name", "P", "excluded;DNS:a.b.example.test", {"san": "DNS:*.example.test"}, WILD_NC),
    ("excluded domain, trailing dot", "F", "excluded;DNS:example.test", {"san": "DNS:www.example.test."}, "Chromium takes one dot away"),
    ("only IP constrained", "P", "permitted;IP:192.0.2.0/255.255.255.0", {}, NC + ": other kinds stay free"),
    ("only e-mail constrained", "P", "permitted;email:example.test", {}, NC),
    ("e-mail outside", "F", "permitted;email:example.test", {"san": "DNS:www.example.test,email:a@other.test"}, NC),
    ("URI outside", "F", "permitted;URI:.example.test", {"san": "DNS:www.example.test,URI:https://www.other.test/"}, NC),
    ("kind nobody knows", "F", "permitted;otherName:1.2.3.4;UTF8:x", {"san": "DNS:www.example.test,otherName:1.2.3.4;UTF8:y"},
     NC + ": process a critical constraint or reject"),
    ("minimum 1", "F", raw(tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x82, b"example.test"), tlv(0x80, b"\1")))).hex()), {},
     NC + ": minimum is 0; Chromium"),
    ("nothing in it", "F", raw("3000"), {}, NC + ": must not be an empty sequence"),
    # Directory names.
    ("directory", "P", "permitted;dirName:monban", {}, NC),
    ("directory elsewhere", "F", "permitted;dirName:other", {}, NC),
    ("directory in other letters", "P", "permitted;dirName:letters", {}, "RFC 5280 7.1: case and blanks"),
    ("directory as PrintableString", "P", PRINTABLE_SUBTREE, {}, "RFC 5280 7.1: string types"),
    ("directory not at the start", "F", "permitted;dirName:monban", {"name": "/C=JP/O=Monban Test/CN=server"}, NC + ": initial RDNs"),
    ("directory longer than the subject", "F", "permitted;dirName:deep", {}, NC),
    ("directory excluded", "F", "excluded;dirName:monban", {}, NC),
    ("directory excluded elsewhere", "P", "excluded;dirName:other", {}, NC),
    ("directory in the SAN outside", "F", "permitted;dirName:monban", {"san": "DNS:www.example.test,dirName:other"}, NC),
    ("no subject", "P", "permitted;dirName:other", {"name": "/", "san": "critical,DNS:www.example.test"}, NC + ": a non-empty subject"),
):
    case(f"nc: {name}", expected + "PP", rule, line({}, {"nc": "critical," + nc, "sections": SUBTREES}, {"sections": SUBTREES, **leaf}))
case("nc: not critical", "FPP", "RFC 5280 6.1.4 (g): criticality does not count", of_ca(nc="permitted;DNS:other.test"))
for name, expected, nc, address in (
    ("inside", "P", "permitted;IP:192.0.2.0/255.255.255.0", "192.0.2.7"),
    ("the one address", "P", "permitted;IP:192.0.2.7/255.255.255.255", "192.0.2.7"),
    ("last of a /25", "P", "permitted;IP:192.0.2.0/255.255.255.128", "192.0.2.127"),
    ("first after a /25", "F", "permitted;IP:192.0.2.0/255.255.255.128", "192.0.2.128"),
    ("outside", "F", "permitted;IP:192.0.2.0/255.255.255.0", "198.51.100.7"),
    ("excluded", "F", "excluded;IP:192.0.2.0/255.255.255.0", "192.0.2.7"),
    ("excluded elsewhere", "P", "excluded;IP:198.51.100.0/255.255.255.0", "192.0.2.7"),
    ("only DNS constrained", "P", "permitted;DNS:example.test", "192.0.2.7"),
    ("IPv6 inside", "P", "permitted;IP:2001:db8::/ffff:ffff::", "2001:db8::7"),
    ("IPv6 outside", "F", "permitted;IP:2001:db8::/ffff:ffff::", "2001:db9::7"),
    ("IPv6 excluded", "F", "excluded;IP:2001:db8::/ffff:ffff::", "2001:db8::7"),
    ("IPv6 where IPv4 is permitted", "F", "permitted;IP:192.0.2.0/255.255.255.0", "2001:db8::7"),
    ("IPv6 where all IPv4 is excluded", "P", "excluded;IP:0.0.0.0/0.0.0.0", "2001:db8::7"),
):
    case(f"nc: address {name}", expected + "PP", NC, line({}, {"nc": "critical," + nc}, {"san": f"IP:{address}"}), address)
case("nc: every IPv4 excluded, DNS leaf", "PPP", NC, of_ca(nc="critical,excluded;IP:0.0.0.0/0.0.0.0"))
case("nc: common name outside, address in the SAN", "PPP", NC + ": dNSName of the SAN only",
     line({}, {"nc": "critical,permitted;DNS:example.test"}, {"name": "/O=Monban Test/CN=www.other.test", "san": "IP:192.0.2.7"}),
     "192.0.2.7")
case("nc: root's, outside", "FPP", ANCHOR, of_root(nc="critical,permitted;DNS:other.test"))
case("nc: root's, inside", "PPP", ANCHOR, of_root(nc="critical,permitted;DNS:example.test"))
case("nc: upper CA's, outside", "FPP", NC, line({}, {"nc": "critical,permitted;DNS:other.test"}, {}, {}))
case("nc: lower CA permits what the upper does not", "FPP", "RFC 5280 6.1.4 (g): intersection",
     line({}, {"nc": "critical,permitted;DNS:mail.example.test"}, {"nc": "critical,permitted;DNS:example.test"}, {}))
case("nc: both levels permit", "PPP", "RFC 5280 6.1.4 (g): intersection",
     line({}, {"nc": "critical,permitted;DNS:test"}, {"nc": "critical,permitted;DNS:example.test"}, {}))
case("nc: upper excludes, lower permits", "FPP", "RFC 5280 6.1.4 (g): union of excluded",
     line({}, {"nc": "critical,excluded;DNS:www.example.test"}, {"nc": "critical,permitted;DNS:example.test"}, {}))
case("nc: intermediate's subject outside", "FPP", "RFC 5280 6.1.3 (b): every certificate",
     line({}, {"nc": "critical,permitted;dirName:dn", "sections": "[dn]\nO=Monban Test\n"}, {"name": "/O=Elsewhere/CN=CA 2"}, {}))
CA_NARROW = authority(ROOT, name="/O=Elsewhere/CN=CA", nc="critical,permitted;dirName:dn", sections="[dn]\nO=Monban Test\n")
CA_NARROW_ROLLED = authority(CA_NARROW, name=CA_NARROW.name, key="p256.other")
case("nc: self-issued intermediate outside", "PPP", "RFC 5280 6.1.3 (b): self-issued is left out",
     Given(server(CA_NARROW_ROLLED), [CA_NARROW_ROLLED, CA_NARROW], [ROOT]))
case("nc: on the leaf itself", "PPP", "RFC 5280 6.1: binds what is below, and is known", of_leaf(nc="critical,permitted;DNS:other.test"))

# Extensions.
CRITICAL = "RFC 5280 4.2, 6.1.4 (o), 6.1.5 (f)"
UNKNOWN, UNKNOWN_CRITICAL = "1.2.3.4.5=DER:0500", "1.2.3.4.5=critical,DER:0500"
POLICY = "RFC 5280 6.1.3 (d)-(f), 6.1.5 (g)"
case("extension: unknown on all levels", "PPP", CRITICAL, line(*[{"more": [UNKNOWN]}] * 3))
case("extension: unknown critical, leaf", "FPP", CRITICAL, of_leaf(more=[UNKNOWN_CRITICAL]))
case("extension: unknown critical, CA", "FPP", CRITICAL, of_ca(more=[UNKNOWN_CRITICAL]))
case("extension: unknown critical, upper CA", "FPP", CRITICAL, line({}, {"more": [UNKNOWN_CRITICAL]}, {}, {}))
case("extension: unknown critical, root", "FPP", "RFC 5937 2; Chromium ApplyTrustAnchorConstraints", of_root(more=[UNKNOWN_CRITICAL]))
case("extension: precertificate's poison", "FPP", "RFC 6962 3.1", of_leaf(more=["1.3.6.1.4.1.11129.2.4.3=critical,DER:0500"]))
case("extension: must staple", "PPP", "RFC 7633 4: not critical", of_leaf(more=["tlsfeature=status_request"]))
PROCESSED = "Chromium IsHandledCriticalExtension"
APPLICATION_POLICIES = "1.3.6.1.4.1.311.21.10=critical,DER:300c300a06082b06010505070301"
case("extension: critical distribution points", "FPP", PROCESSED, of_leaf(more=["crlDistributionPoints=critical,URI:http://ca.example.test/a.crl"]))
case("extension: critical nsCertType", "FPP", PROCESSED, of_leaf(more=["nsCertType=critical,server"]))
case("extension: critical policies, unknown qualifier", "FPP", PROCESSED, of_leaf(policies="critical," + raw("3014301206032a0304300b300906032a03050c027878")))
case("extension: policies, unknown qualifier", "PPP", "RFC 5280 4.2.1.4", of_leaf(policies=raw("3014301206032a0304300b300906032a03050c027878")))
case("extension: critical application policies", "PPP", PROCESSED + ": beside an EKU", of_leaf(more=[APPLICATION_POLICIES]))
case("extension: critical application policies, no EKU", "FPP", PROCESSED, of_leaf(eku=None, more=[APPLICATION_POLICIES]))
case("extension: broken distribution points", "FPP", "RFC 5280 4.2.1.13", of_leaf(more=["crlDistributionPoints=" + raw("300301")]))
case("extension: critical policies", "PPP", "RFC 5280 4.2.1.4", of_leaf(policies="critical,1.2.3.4"))
case("extension: critical inhibitAnyPolicy", "PPP", "RFC 5280 4.2.1.14", of_ca(any_policy="critical,0"))
case("extension: critical inhibitPolicyMapping", "PPP", "RFC 5280 4.2.1.11", of_ca(policy_limits="critical,inhibitPolicyMapping:0"))
REQUIRED = {"policies": "1.2.3.4", "policy_limits": "critical,requireExplicitPolicy:0"}
case("policy: required, and there", "PPP", POLICY, line({}, REQUIRED, {"policies": "1.2.3.4"}))
case("policy: required, leaf without", "FPP", POLICY, line({}, REQUIRED, {}))
case("policy: required, leaf has another", "FPP", POLICY, line({}, REQUIRED, {"policies": "1.2.3.5"}))
case("policy: required, leaf has any", "PPP", POLICY, line({}, REQUIRED, {"policies": "2.5.29.32.0"}))
case("policy: required, any is inhibited", "FPP", POLICY, line({}, {**REQUIRED, "any_policy": "critical,0"}, {"policies": "2.5.29.32.0"}))


def last_twice(fields):
    extensions = parts(parts(fields[-1])[0])
    fields[-1] = tlv(0xa3, tlv(0x30, *extensions, extensions[-1]))


def twice(oid):
    """Done by hand: openssl drops the second of a kind it knows."""
    def edit(fields):
        extensions = parts(parts(fields[-1])[0])
        fields[-1] = tlv(0xa3, tlv(0x30, *extensions, *[one for one in extensions if oid in one]))
    return edit


ONE_OF_EACH = "RFC 5280 4.2: not more than one of each"
case("extension: EKU twice, leaf", "F..", ONE_OF_EACH, of_leaf(edit=twice(bytes.fromhex("0603551d25"))))
case("extension: unknown one twice, leaf", "F..", ONE_OF_EACH, of_leaf(more=[UNKNOWN], edit=last_twice))
case("extension: SAN twice, leaf", "F..", ONE_OF_EACH, of_leaf(edit=twice(bytes.fromhex("0603551d11"))))
case("extension: basicConstraints twice, CA", "FPP", ONE_OF_EACH, of_ca(edit=twice(bytes.fromhex("0603551d13"))))
for name, serial in (("zero", b"\0"), ("negative", b"\x80"), ("of twenty octets", b"\x7f" * 20)):
    case(f"serial {name}", "PPP", "RFC 5280 4.1.2.2: users handle it gracefully",
         of_leaf(edit=lambda fields, serial=serial: fields.__setitem__(1, tlv(0x02, serial))))

# Keys.
KEYS = "Chromium IsPublicKeyAcceptable: RSA of 1024 bits or more, P-256, P-384, P-521"
for kind in ("p384", "p521", "rsa1024", "rsa2048", "rsa2048e3", "rsa3072"):
    case(f"key: leaf {kind}", "PPP", KEYS, of_leaf(key=f"{kind}.leaf"))
for kind in ("rsa512", "rsa1023", "p224", "k256", "bp256", "ed25519", "dsa1024"):
    case(f"key: leaf {kind}", "FPP", KEYS, of_leaf(key=f"{kind}.leaf"))
case("key: leaf for RSA-PSS alone", "FPP", "Chromium: rsaEncryption only", of_leaf(key="rsapss.leaf"))
case("key: leaf P-256 by parameters", "FPP", "RFC 5480 2.1.1: namedCurve only", of_leaf(key="explicit.leaf"))
for kind in ("p384", "p521", "rsa1024", "rsa2048"):
    case(f"key: CA {kind}", "PPP", KEYS, of_ca(key=f"{kind}.ca"))
    case(f"key: root {kind}", "PPP", KEYS, of_root(key=f"{kind}.root"))
for kind in ("rsa512", "k256", "ed25519"):
    case(f"key: CA {kind}", "FPP", KEYS, of_ca(key=f"{kind}.ca"))
    case(f"key: root {kind}", "FPP", KEYS, of_root(key=f"{kind}.root"))

# What is signed with.
HASH = "Chromium IsSignatureAlgorithmAcceptable: SHA-256, SHA-384, SHA-512"
RSA_CA, RSA_ROOT = {"key": "rsa2048.ca"}, {"key": "rsa2048.root"}
PSS = ("rsa_padding_mode:pss", "rsa_pss_saltlen:-1")
for md, expected in (("sha384", "P"), ("sha512", "P"), ("sha1", "F"), ("sha224", "F"), ("sha3-256", "F")):
    case(f"hash: leaf ECDSA {md}", expected + "PP", HASH, of_leaf(md=md))
for md, expected in (("sha256", "P"), ("sha512", "P"), ("sha1", "F"), ("md5", "F")):
    case(f"hash: leaf RSA {md}", expected + "PP", HASH, line({}, RSA_CA, {"md": md}))
    case(f"hash: CA RSA {md}", expected + "PP", HASH, line(RSA_ROOT, {"md": md}, {}))
    case(f"hash: root RSA {md}", "PPP", "RFC 5280 6.1: an anchor's own signature is not part of the path", of_root(md=md, **RSA_ROOT))
case("hash: root ECDSA sha1", "PPP", "RFC 5280 6.1: an anchor's own signature is not part of the path", of_root(md="sha1"))
case("hash: CA ECDSA sha1", "FPP", HASH, of_ca(md="sha1"))
case("hash: upper CA ECDSA sha1", "FPP", HASH, line({}, {"md": "sha1"}, {}, {}))
case("hash: leaf RSA-PSS sha256", "PPP", "RFC 4055 3.1; Chromium", line({}, RSA_CA, {"sigopt": PSS}))
case("hash: leaf RSA-PSS sha256, salt of twenty", "FPP", "Chromium ParseRsaPss: as in TLS 1.3",
     line({}, RSA_CA, {"sigopt": (PSS[0], "rsa_pss_saltlen:20")}))
case("hash: leaf RSA-PSS sha256, another mask", "FPP", "Chromium ParseRsaPss: as in TLS 1.3",
     line({}, RSA_CA, {"sigopt": (*PSS, "rsa_mgf1_md:sha1")}))
case("hash: leaf RSA-PSS sha1", "FPP", HASH, line({}, RSA_CA, {"sigopt": PSS, "md": "sha1"}))
SHA256_ECDSA, SHA384_ECDSA = (tlv(0x30, bytes.fromhex("06082a8648ce3d04030" + n)) for n in "23")
SHA256_RSA_BARE = tlv(0x30, bytes.fromhex("06092a864886f70d01010b"))
SHA256_ECDSA_NULL = tlv(0x30, parts(SHA256_ECDSA)[0], b"\5\0")


def says(inner, outer):
    """Signed as before, but saying it was done with these algorithms."""
    def edit(fields):
        fields[2] = inner
        return outer
    return edit


case("algorithm: two that differ", "FPP", "RFC 5280 4.1.1.2", of_leaf(edit=says(SHA384_ECDSA, SHA256_ECDSA)))
case("algorithm: two that differ, CA", "FPP", "RFC 5280 4.1.1.2", of_ca(edit=says(SHA384_ECDSA, SHA256_ECDSA)))
case("algorithm: not what signed", "FPP", "RFC 5280 6.1.3 (a)(1)", of_leaf(edit=says(SHA384_ECDSA, SHA384_ECDSA)))
case("algorithm: ECDSA with parameters", "FPP", "RFC 5758 3.2: absent", of_leaf(edit=says(SHA256_ECDSA_NULL, SHA256_ECDSA_NULL)))
case("algorithm: RSA without NULL", "PPP", "RFC 4055 5: must be accepted",
     line({}, RSA_CA, {"edit": says(SHA256_RSA_BARE, SHA256_RSA_BARE)}))

# What was changed after it was signed.
SIGNED = "RFC 5280 6.1.3 (a)(1)"
case("tampered: leaf's signature", "FPP", SIGNED, of_leaf(spoil=last_bit))
case("tampered: CA's signature", "FPP", SIGNED, of_ca(spoil=last_bit))
case("tampered: upper CA's signature", "FPP", SIGNED, line({}, {"spoil": last_bit}, {}, {}))
case("tampered: RSA leaf signature", "FPP", SIGNED, line({}, RSA_CA, {"spoil": last_bit}))
case("tampered: root's signature", "FPP", "RFC 5280 3.2: self-signed is what its own key verifies", of_root(spoil=last_bit))
case("tampered: leaf's serial", "FPP", SIGNED, of_leaf(spoil=lambda der: flipped(der, 20)))
case("tampered: leaf's name", "FPP", SIGNED, of_leaf(spoil=replacing(b"www.example.test", b"www.exomple.test")), "www.exomple.test")
case("tampered: leaf's end", "FPP", SIGNED, of_leaf(end="20210101000000Z", spoil=replacing(b"210101000000Z", b"480101000000Z")))
case("tampered: CA made one", "FPP", SIGNED,
     of_ca(bc="critical,CA:TRUE,pathlen:0", spoil=replacing(bytes.fromhex("0101ff020100"), bytes.fromhex("0101ff020109"))))
case("tampered: leaf without signature", "FPP", SIGNED, of_leaf(spoil=with_signature(lambda _: tlv(0x03, b"\0"))))
case("tampered: leaf's signature cut", "FPP", SIGNED, of_leaf(spoil=with_signature(lambda old: tlv(0x03, old[2:-9]))))
case("tampered: leaf's signature of zeroes", "FPP", SIGNED,
     of_leaf(spoil=with_signature(lambda _: tlv(0x03, b"\0", tlv(0x30, tlv(2, b"\0"), tlv(2, b"\0"))))))
case("tampered: another leaf's signature", "FPP", SIGNED,
     of_leaf(spoil=with_signature(lambda _: parts(server(CA, san="DNS:other.test").der)[2])))
case("tampered: CA's key exchanged", "FPP", SIGNED,
     Given(server(CA_OTHER_KEY, aki=None),
           [authority(ROOT, spoil=lambda der: der.replace(parts(parts(CA.plain)[0])[6], parts(parts(CA_OTHER_KEY.plain)[0])[6]))], [ROOT]))

# Finding the path. 6.1 (a): each certificate was issued by the one before it.
PATH = "RFC 5280 6.1; RFC 4158 2.1"
TWIN = "RFC 4158 2.4: every candidate is tried"
CA2 = authority(CA, 2)
CA3 = authority(CA2, 3)
CA4 = authority(CA3, 4)
DEEP = server(CA4)
case("path: leaf below the root", "PPP", PATH, line({}, {}))
case("path: nine CAs", "PPP", PATH, line(*[{}] * 11))
case("path: CA missing", "FPP", PATH, Given(LEAF, [], [ROOT]))
case("path: upper CA missing", "FPP", PATH, Given(DEEP, [CA4, CA3, CA2], [ROOT]))
case("path: middle CA missing", "FPP", PATH, Given(DEEP, [CA4, CA2, CA], [ROOT]))
case("path: lowest CA missing", "FPP", PATH, Given(DEEP, [CA3, CA2, CA], [ROOT]))
case("path: from the root down", "PPP", PATH, Given(DEEP, [CA, CA2, CA3, CA4], [ROOT]))
case("path: shuffled", "PPP", PATH, Given(DEEP, [CA2, CA4, CA, CA3], [ROOT]))
case("path: root in the chain", "PPP", PATH, Given(LEAF, [CA, ROOT], [ROOT]))
case("path: root first in the chain", "PPP", PATH, Given(LEAF, [ROOT, CA], [ROOT]))
case("path: leaf in the chain", "PPP", PATH, Given(LEAF, [LEAF, CA], [ROOT]))
case("path: CA five times", "PPP", PATH, Given(LEAF, [CA] * 5, [ROOT]))
case("path: root twice", "PPP", PATH, Given(LEAF, [CA], [ROOT, ROOT]))
case("path: another root too", "PPP", PATH, Given(LEAF, [CA], [OTHER_ROOT, ROOT]))
case("path: another root only", "FPP", PATH, Given(LEAF, [CA], [OTHER_ROOT]))
case("path: root only in the chain, another given", "FPP", PATH, Given(LEAF, [CA, ROOT], [OTHER_ROOT]))
case("path: one irrelevant certificate", "PPP", PATH, Given(LEAF, [UNRELATED[0], CA], [ROOT]))
case("path: thirty irrelevant certificates", "PPP", PATH, Given(LEAF, [*UNRELATED[:15], CA, *UNRELATED[15:]], [ROOT]))
case("path: an expired certificate beside it", "PPP", PATH,
     Given(LEAF, [CA, Cert("/CN=old", "p256.other", ROOT, end="20210101000000Z", bc="critical,CA:TRUE")], [ROOT]))
case("path: another leaf beside it", "PPP", PATH, Given(LEAF, [server(CA, san="DNS:other.test"), CA], [ROOT]))
case("issuer: root of that name with another key", "FPP", SIGNED, Given(LEAF, [CA], [SAME_NAME_ROOT]))
case("issuer: root of that name with another key, no SKI", "FPP", SIGNED, Given(server(CA, aki=None), [authority(ROOT, aki=None)],
                                                                                  [root(key="p256.root2", ski=None)]))
case("issuer: CA of that name with another key", "FPP", SIGNED, Given(LEAF, [CA_OTHER_KEY], [ROOT]))
case("issuer: right key, another name", "FPP", "RFC 5280 6.1.3 (a)(4)", Given(LEAF, [authority(ROOT, name="/O=Monban Test/CN=CA X")], [ROOT]))
case("issuer: name in other letters", "PPP", "RFC 5280 7.1: case and blanks",
     Given(server(authority(ROOT, name="/O=MONBAN  TEST/CN=ca 1")), [CA], [ROOT]))
case("issuer: name as PrintableString", "PPP", "RFC 5280 7.1: string types",
     of_leaf(edit=lambda fields: fields.__setitem__(3, fields[3].replace(b"\x0c", b"\x13"))))
case("issuer: AKI of another key", "PPP", "RFC 5280 4.2.1.1: helps to find, 6.1 does not check", of_leaf(aki=raw("30068004deadbeef")))
case("issuer: AKI of another key, CA", "PPP", "RFC 5280 4.2.1.1", of_ca(aki=raw("30068004deadbeef")))
case("issuer: AKI with another serial", "PPP", "RFC 5280 4.2.1.1",
     of_leaf(aki=raw(tlv(0x30, tlv(0xa1, tlv(0xa4, bytes.fromhex("300c310a300806035504030c0178"))), tlv(0x82, b"\5")).hex())))
case("issuer: no AKI", "PPP", "RFC 5280 4.2.1.1", of_leaf(aki=None))
case("issuer: no SKI", "PPP", "RFC 5280 4.2.1.2", of_ca(ski=None))
for order, pick in (("first", lambda wrong, right: [wrong, right]), ("last", lambda wrong, right: [right, wrong])):
    case(f"twin: other key {order}", "PPP", TWIN, Given(LEAF, pick(CA_OTHER_KEY, CA), [ROOT]))
    case(f"twin: other key {order}, no AKI", "PPP", TWIN, Given(server(CA, aki=None), pick(CA_OTHER_KEY, CA), [ROOT]))
    case(f"twin: root with another key {order}", "PPP", TWIN, Given(LEAF, [CA], pick(SAME_NAME_ROOT, ROOT)))
    case(f"twin: expired CA {order}", "PPP", TWIN, Given(LEAF, pick(CA_EXPIRED, CA), [ROOT]))
    case(f"twin: expired root {order}", "PPP", TWIN, Given(LEAF, [CA], pick(root(end="20210101000000Z"), ROOT)))
    case(f"twin: no CA {order}", "PPP", TWIN, Given(LEAF, pick(authority(ROOT, bc="critical,CA:FALSE"), CA), [ROOT]))
    case(f"twin: narrow name constraints {order}", "PPP", TWIN,
         Given(LEAF, pick(authority(ROOT, nc="critical,permitted;DNS:other.test"), CA), [ROOT]))
    case(f"twin: clientAuth {order}", "PPP", TWIN, Given(LEAF, pick(authority(ROOT, eku="clientAuth"), CA), [ROOT]))
    case(f"twin: SHA-1 {order}", "PPP", TWIN, Given(LEAF, pick(authority(ROOT, md="sha1"), CA), [ROOT]))
    case(f"twin: bad signature {order}", "PPP", TWIN, Given(LEAF, pick(authority(ROOT, spoil=last_bit), CA), [ROOT]))
    case(f"twin: of an unknown root {order}", "PPP", TWIN, Given(LEAF, pick(authority(OTHER_ROOT), CA), [ROOT]))
case("twin: expired, the other no CA", "PFP", "RFC 5280 6.1.3 (a)(2): the dates of the one path there is",
     Given(LEAF, [authority(ROOT, bc="critical,CA:FALSE"), CA_EXPIRED], [ROOT]))
CROSS = authority(OTHER_ROOT)
ROOT_CROSSED = Cert(ROOT.name, ROOT.key, OTHER_ROOT, bc="critical,CA:TRUE", ku="critical,keyCertSign,cRLSign", ski="hash", aki="keyid")
case("cross: CA by the other root, that is given", "PPP", PATH, Given(LEAF, [CROSS], [OTHER_ROOT]))
case("cross: CA by both, one root given", "PPP", TWIN, Given(LEAF, [CA, CROSS], [OTHER_ROOT]))
case("cross: new root by an old one, old given", "PPP", PATH, Given(LEAF, [CA, ROOT_CROSSED], [OTHER_ROOT]))
case("cross: new root by an old one, new given", "PPP", TWIN, Given(LEAF, [CA, ROOT_CROSSED], [ROOT]))
case("cross: new root by an old one, both given, old expired", "PPP", TWIN,
     Given(LEAF, [CA, ROOT_CROSSED], [root(OTHER_ROOT.name, OTHER_ROOT.key, end="20210101000000Z"), ROOT]))
case("cross: cross certificate expired, new given", "PPP", TWIN,
     Given(LEAF, [CA, Cert(ROOT.name, ROOT.key, OTHER_ROOT, bc="critical,CA:TRUE", end="20210101000000Z")], [ROOT, OTHER_ROOT]))
A, B = (Cert(f"/CN={n}", f"p256.{n}") for n in "AB")
A_BY_B, B_BY_A = (Cert(one.name, one.key, other, bc="critical,CA:TRUE") for one, other in ((A, B), (B, A)))
case("cross: a ring without a root", "FPP", PATH, Given(server(A), [A_BY_B, B_BY_A], [ROOT]))
case("cross: a ring, and one by the root", "PPP", TWIN,
     Given(server(A), [A_BY_B, B_BY_A, Cert(B.name, B.key, ROOT, bc="critical,CA:TRUE")], [ROOT]))
SELF = server(None)
case("self-signed: leaf nobody trusts", "FPP", PATH, Given(SELF, [], [ROOT]))
case("self-signed: leaf that is trusted", "PPP", "Chromium trust_store_win: a self-signed leaf may be its own root", Given(SELF, [], [SELF]))
case("self-signed: trusted, beside other roots and CAs", "PPP", "Chromium trust_store_win", Given(SELF, [CA], [ROOT, SELF]))
case("self-signed: another of the same name is trusted", "FPP", SIGNED, Given(SELF, [], [server(None, key="p256.other")]))
case("self-signed: given twice, trusted neither way", "FPP", PATH, Given(SELF, [SELF], [ROOT]))
NOT_SELF = "Windows: what is not self-signed is no root"
case("root: an intermediate only", "FPP", NOT_SELF, Given(LEAF, [], [CA]))
case("root: an intermediate, also in the chain", "FPP", NOT_SELF, Given(LEAF, [CA], [CA]))
case("root: an intermediate beside the right one", "PPP", NOT_SELF, Given(LEAF, [CA], [CA, ROOT]))
case("root: a leaf that is not self-signed", "FPP", NOT_SELF, Given(LEAF, [CA], [LEAF]))
case("root: self-issued, signed by another key", "FPP", "RFC 5280 3.2: self-issued is not self-signed",
     Given(LEAF, [CA], [Cert(ROOT.name, ROOT.key, SAME_NAME_ROOT, bc="critical,CA:TRUE", ski="hash", aki="keyid")]))

# No root: the path cannot be judged, the leaf still can.
NO_ROOT = "no root given: nothing to judge the path by"
OWN_DEFECT = "no root is needed to see the leaf's own defect"
case("no root: good", "UPP", NO_ROOT, Given(LEAF, [CA], []))
case("no root: root in the chain", "UPP", NO_ROOT, Given(LEAF, [CA, ROOT], []))
case("no root: no chain either", "UPP", NO_ROOT, Given(LEAF, [], []))
case("no root: self-signed", "UPP", NO_ROOT, Given(SELF, [], []))
case("no root: CA is none", "UPP", NO_ROOT, Given(LEAF, [authority(ROOT, bc="critical,CA:FALSE")], []))
case("no root: CA expired", "UPP", NO_ROOT + "; the leaf's dates alone", Given(LEAF, [CA_EXPIRED], []))
case("no root: leaf expired", "UFP", "RFC 5280 4.1.2.5", Given(server(CA, end="20210101000000Z"), [CA], []))
case("no root: another host", "UPF", PKIX_NAME, Given(LEAF, [CA], []), "other.test")
for name, changes in (("clientAuth", {"eku": "clientAuth"}), ("keyEncipherment", {"ku": "critical,keyEncipherment"}), ("SHA-1", {"md": "sha1"}),
                      ("RSA 512", {"key": "rsa512.leaf"}), ("secp256k1", {"key": "k256.leaf"}), ("unknown critical", {"more": [UNKNOWN_CRITICAL]})):
    case(f"no root: {name}", "FPP", OWN_DEFECT, Given(server(CA, **changes), [CA], []))

# Dates, to the second, on each level.
DATES = "RFC 5280 4.1.2.5: from notBefore through notAfter, inclusive"
for number, level in enumerate(("root", "CA", "leaf")):
    for name, expected, dates, at in (
        ("a second early", "F", {"start": "20250601120000Z"}, "2025-06-01T11:59:59Z"),
        ("at notBefore", "P", {"start": "20250601120000Z"}, "2025-06-01T12:00:00Z"),
        ("at notAfter", "P", {"end": "20300601120000Z"}, "2030-06-01T12:00:00Z"),
        ("a second late", "F", {"end": "20300601120000Z"}, "2030-06-01T12:00:01Z"),
    ):
        case(f"date: {level} {name}", f"P{expected}P", DATES, line(*[dates if n == number else {} for n in range(3)]), at=at)
case("date: upper CA expired", "PFP", DATES, line({}, {"end": "20210101000000Z"}, {}, {}))
case("date: leaf expired, now", "PFP", DATES, of_leaf(end="20210101000000Z"))
case("date: leaf begins in 2099, now", "PFP", DATES, of_leaf(start="20990101000000Z", end="21000101000000Z"))
case("date: offset east, in time", "PPP", "RFC 3339 4.2", of_leaf(end="20300601120000Z"), at="2030-06-01T21:00:00+09:00")
case("date: offset west, late", "PFP", "RFC 3339 4.2", of_leaf(end="20300601120000Z"), at="2030-06-01T08:00:01-04:00")
case("date: 29 February", "PPP", "RFC 3339 5.7", of_leaf(start="20280229000000Z", end="20280229235959Z"), at="2028-02-29T23:59:58Z")
LONG = [{"end": "99991231235959Z"}] * 3
case("date: 9999", "PPP", "RFC 5280 4.1.2.5: no well-defined end", line(*LONG))
case("date: the year 9998", "PPP", "RFC 5280 4.1.2.5.2", line(*LONG), at="9998-01-01T00:00:00Z")
case("date: last second of UTCTime", "PPP", "RFC 5280 4.1.2.5.1: years 50 to 49", line(*LONG[:2], {"end": "20491231235959Z"}),
     at="2049-12-31T23:59:58Z")
case("date: after the last second of UTCTime", "PFP", "RFC 5280 4.1.2.5.1", line(*LONG[:2], {"end": "20491231235959Z"}),
     at="2050-01-01T00:00:00Z")
case("date: first second of GeneralizedTime", "PPP", "RFC 5280 4.1.2.5.2", line(*LONG[:2], {"start": "20500101000000Z", "end": "20510101000000Z"}),
     at="2050-01-01T00:00:00Z")
case("date: before GeneralizedTime begins", "PFP", "RFC 5280 4.1.2.5.2", line(*LONG[:2], {"start": "20500101000000Z", "end": "20510101000000Z"}),
     at="2049-12-31T23:59:59Z")
case("date: after 2038", "PPP", "RFC 5280 4.1.2.5", of_leaf(), at="2040-01-01T00:00:00Z")
case("date: UTCTime 50 is 1950", "PPP", "RFC 5280 4.1.2.5.1", line(*[{"start": "19500101000000Z"}] * 3), at="1965-01-01T00:00:00Z")
case("date: ends before it begins", "PFP", DATES, of_leaf(start="20300101000000Z", end="20200101000000Z"))


def dated(*times):
    """A notBefore and notAfter as openssl would not write them."""
    return lambda fields: fields.__setitem__(4, tlv(0x30, *(tlv(tag, text) for tag, text in times)))


case("date: GeneralizedTime before 2050", "PPP", "RFC 5280 4.1.2.5: users process both",
     of_leaf(edit=dated((0x18, b"20200101000000Z"), (0x18, b"20480101000000Z"))))
case("date: GeneralizedTime before 2050, expired", "PFP", "RFC 5280 4.1.2.5",
     of_leaf(edit=dated((0x18, b"20200101000000Z"), (0x18, b"20210101000000Z"))))
case("date: UTCTime without seconds", ".F.", "RFC 5280 4.1.2.5.1: must include seconds",
     of_leaf(edit=dated((0x17, b"2001010000Z"), (0x17, b"4801010000Z"))))
case("date: UTCTime with an offset", ".F.", "RFC 5280 4.1.2.5.1: must be Z",
     of_leaf(edit=dated((0x17, b"200101000000Z"), (0x17, b"480101000000+0900"))))
case("date: month 13", ".F.", "RFC 5280 4.1.2.5.1", of_leaf(edit=dated((0x17, b"200101000000Z"), (0x17, b"471301000000Z"))))
ALONE = "no path: the leaf's dates alone"
case("date: no path, CA expired", "FPP", ALONE, Given(LEAF, [CA_EXPIRED], [OTHER_ROOT]))
case("date: no path, root expired", "FPP", ALONE, Given(LEAF, [], [root(end="20210101000000Z")]))
case("date: no path, leaf expired", "FFP", ALONE, Given(server(CA, end="20210101000000Z"), [], [ROOT]))


class OpenSsl:
    """openssl verify at its default level, under which nothing is too weak (-auth_level below 1)."""
    def judge(self, chain, roots, leaf, host, seconds):
        try:
            named = ["-verify_ip", str(ipaddress.ip_address(host))]
        except ValueError:
            named = ["-verify_hostname", host]
        untrusted = ["-untrusted", chain] if chain.stat().st_size else []
        done = subprocess.run(["openssl", "verify", "-no-CApath", "-no-CAstore", "-CAfile", roots, *untrusted, "-purpose", "sslserver",
                               *named, "-attime", str(seconds), leaf], capture_output=True, timeout=60)
        return done.returncode == 0


class Datum(ctypes.Structure):
    _fields_ = [("data", ctypes.c_char_p), ("size", ctypes.c_uint)]


class Typed(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("data", ctypes.c_char_p), ("size", ctypes.c_uint)]


class GnuTls:
    """What certtool --verify asks its library: no profile, GNUTLS_VERIFY_DO_NOT_ALLOW_SAME. certtool 3.7 itself knows no other
    time than now."""
    PEM, HOSTNAME, PURPOSE, NOT_THE_ROOT_ITSELF = 1, 1, 2, 4

    def __init__(self):
        self.library = ctypes.CDLL("libgnutls.so.30")
        self.lock, self.seconds = threading.Lock(), 0
        self.clock = ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_void_p)(lambda _: self.seconds)
        self.library.gnutls_global_set_time_function(self.clock)

    def judge(self, chain, roots, leaf, host, seconds):
        with self.lock:
            self.seconds = seconds
            return self.verify(leaf.read_bytes() + chain.read_bytes(), roots.read_bytes(), host.encode())

    def verify(self, certificates, roots, host):
        trusted, first, count, status = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_uint(), ctypes.c_uint()
        datum = Datum(certificates, len(certificates))
        if self.library.gnutls_x509_crt_list_import2(ctypes.byref(first), ctypes.byref(count), ctypes.byref(datum), self.PEM, 0) < 0:
            return False
        self.library.gnutls_x509_trust_list_init(ctypes.byref(trusted), 0)
        datum = Datum(roots, len(roots))
        self.library.gnutls_x509_trust_list_add_trust_mem(trusted, ctypes.byref(datum), None, self.PEM, 0, 0)
        purpose = b"1.3.6.1.5.5.7.3.1"
        asked = (Typed * 2)((self.HOSTNAME, host, len(host)), (self.PURPOSE, purpose, len(purpose)))
        done = self.library.gnutls_x509_trust_list_verify_crt2(trusted, first, count, asked, 2, self.NOT_THE_ROOT_ITSELF,
                                                               ctypes.byref(status), None)
        self.library.gnutls_x509_trust_list_deinit(trusted, 1)
        return done == 0 and status.value == 0


class Files:
    """A case on disk: every second one in DER, a file for each certificate."""
    def __init__(self, number, given):
        folder = WORK / f"case{number}"
        folder.mkdir()
        ders = [[given.leaf.der], [c.der for c in given.chain], [c.der for c in given.roots]]
        self.leaf, self.chain, self.roots = (folder / name for name in ("leaf.pem", "chain.pem", "roots.pem"))
        for file, group in zip((self.leaf, self.chain, self.roots), ders):
            file.write_bytes(pem(*group))
        self.arguments = []
        for option, file, group in zip(("--leaf", "--chain", "--root"), (self.leaf, self.chain, self.roots), ders):
            if number % 2 == 0:
                self.arguments += [option, file] if group else []
                continue
            for position, der in enumerate(group):
                single = file.with_suffix(f".{position}.der")
                single.write_bytes(der)
                self.arguments += [option, single]
        if not ders[2]:  # The others take no roots for their system's.
            self.roots.write_bytes(pem(root("/CN=nobody's", "p256.other").der))


OPENSSL, GNUTLS = OpenSsl(), GnuTls()
WORDS = {True: "good", False: "bad"}


def diagnose(arguments, host=HOST, at=None):
    return monban.run("diagnose", "certificate", *arguments, "--host", host, *(["--at", at] if at else []), "--json")


def ask(number):
    """The verdicts of (openssl, gnutls), and what monban did."""
    asked = CASES[number]
    files = Files(number, asked.given)
    moment = datetime.datetime.fromisoformat(asked.at) if asked.at else datetime.datetime.now(datetime.timezone.utc)
    question = (files.chain, files.roots, files.leaf, asked.host, int(moment.timestamp()))
    ran = diagnose(files.arguments, asked.host, asked.at) if WITH_MONBAN else None
    return (WORDS[OPENSSL.judge(*question)], WORDS[GNUTLS.judge(*question)]), ran


# Where a program that others rely on says something else: (openssl, gnutls, which of the two does what; and the rule).
DIFFERENCES = {
    "name: trailing dot of the host": ("bad", "bad", "neither takes the host's final dot away; RFC 1034 3.1: it is the same name"),
    "name: trailing dot of the name": ("bad", "bad", "both compare the dot; Chromium takes one away"),
    "name: wildcard for an underscore": ("bad", "good", "OpenSSL has a wildcard stand for host names only; Chromium compares literally"),
    "name: wildcard and trailing dot":
        ("bad", "bad", "neither takes the host's final dot away; RFC 1034 3.1: it is the same name"),
    "name: wildcard for a U-label": ("bad", "good", "OpenSSL takes A-labels only; RFC 9525 6.3 compares a U-label as its A-label"),
    "name: star at the end of a label": ("good", "bad", "OpenSSL knows partial wildcards, which RFC 9525 6.3 forbids"),
    "name: star at the start of a label": ("good", "good", "both know partial wildcards, which RFC 9525 6.3 forbids"),
    "name: U-label host": ("bad", "good", "OpenSSL takes A-labels only; RFC 9525 6.3 compares a U-label as its A-label"),
    "name: A-label SAN in capitals":
        ("bad", "good", "OpenSSL takes A-labels only; RFC 9525 6.3 compares a U-label as its A-label"),
    "name: wildcard below an IDN": ("bad", "good", "OpenSSL takes A-labels only; RFC 9525 6.3 compares a U-label as its A-label"),
    "name: U-label in the SAN": ("good", "bad", "OpenSSL compares the bytes; RFC 5280 7.2: a dNSName is ASCII"),
    "name: sharp s": ("bad", "good", "OpenSSL takes A-labels only; RFC 9525 6.3 compares a U-label as its A-label"),
    "name: CN only, no SAN": ("good", "good", "a CN still counts where there is no dNSName; RFC 9525 6.3: never"),
    "name: CN right, SAN has an address only":
        ("good", "bad", "a CN still counts where there is no dNSName; RFC 9525 6.3: never"),
    "name: CN right, SAN has an e-mail address only":
        ("good", "good", "a CN still counts where there is no dNSName; RFC 9525 6.3: never"),
    "eku: leaf any":
        ("bad", "good", "OpenSSL does not take anyExtendedKeyUsage for serverAuth; RFC 5280 4.2.1.12 lets any purpose be"),
    "eku: leaf any beside clientAuth":
        ("bad", "good", "OpenSSL does not take anyExtendedKeyUsage for serverAuth; RFC 5280 4.2.1.12 lets any purpose be"),
    "eku: leaf 1.3.6.1.4.1.311.10.3.3":
        ("good", "bad", "OpenSSL takes server gated crypto for serverAuth; RFC 5280 4.2.1.12 does not know it"),
    "eku: leaf 2.16.840.1.113730.4.1":
        ("good", "bad", "OpenSSL takes server gated crypto for serverAuth; RFC 5280 4.2.1.12 does not know it"),
    "eku: leaf, empty list": ("bad", "good", "GnuTLS takes an empty list for none; RFC 5280 4.2.1.12: one or more"),
    "eku: CA any": ("bad", "bad", "neither takes anyExtendedKeyUsage of a CA for serverAuth; Chromium does"),
    "eku: CA Microsoft SGC":
        ("good", "bad", "OpenSSL takes server gated crypto for serverAuth; RFC 5280 4.2.1.12 does not know it"),
    "eku: upper CA serverAuth, lower any":
        ("bad", "bad", "neither takes anyExtendedKeyUsage of a CA for serverAuth; Chromium does"),
    "eku: root any":
        ("bad", "good", "OpenSSL does not take anyExtendedKeyUsage for serverAuth; RFC 5280 4.2.1.12 lets any purpose be"),
    "eku: root clientAuth": ("bad", "good", "GnuTLS does not look at a root's EKU; Chromium does for Windows' roots"),
    "ku: leaf keyEncipherment only":
        ("good", "good", "both take it for enough; RFC 5280 4.2.1.3: digitalSignature signs the handshake"),
    "ku: leaf keyAgreement only":
        ("good", "good", "both take it for enough; RFC 5280 4.2.1.3: digitalSignature signs the handshake"),
    "ku: leaf nonRepudiation only":
        ("bad", "good", "GnuTLS does not look at a leaf's keyUsage; RFC 5280 4.2.1.3: digitalSignature signs the handshake"),
    "ku: leaf dataEncipherment only":
        ("bad", "good", "GnuTLS does not look at a leaf's keyUsage; RFC 5280 4.2.1.3: digitalSignature signs the handshake"),
    "ku: leaf keyAgreement,decipherOnly only":
        ("good", "good", "both take it for enough; RFC 5280 4.2.1.3: digitalSignature signs the handshake"),
    "ku: leaf cRLSign only":
        ("bad", "good", "GnuTLS does not look at a leaf's keyUsage; RFC 5280 4.2.1.3: digitalSignature signs the handshake"),
    "ku: RSA leaf keyEncipherment only":
        ("good", "good", "both take it for enough; RFC 5280 4.2.1.3: digitalSignature signs the handshake"),
    "ku: leaf keyCertSign, no CA": ("good", "good", "neither looks; RFC 5280 4.2.1.9, Chromium: keyCertSign is for CAs"),
    "ku: leaf, no bit": ("bad", "good", "GnuTLS takes no bit for no limit; RFC 5280 4.2.1.3: at least one"),
    "bc: root without": ("good", "good", "both let a root be without; RFC 5280 4.2.1.9: a v3 certificate must not"),
    "bc: leaf is a CA without keyCertSign": ("good", "good", "neither looks; Chromium wants a CA's marks to agree"),
    "bc: leaf with pathLen, no CA": ("good", "good", "neither looks; RFC 5280 4.2.1.9, Chromium: pathLen is for CAs"),
    "pathLen: negative": ("bad", "good", "GnuTLS reads a negative pathLen as none; RFC 5280 4.2.1.9: 0 or more"),
    "pathLen: CA 0, rolled over to a new key":
        ("good", "bad", "GnuTLS counts self-issued certificates; RFC 5280 6.1.4 (l) does not"),
    "version: v1 leaf with extensions":
        ("good", "bad", "OpenSSL reads the extensions of a v1 certificate; RFC 5280 4.1.2.9: v3 only"),
    "version: v1 CA with extensions":
        ("good", "bad", "OpenSSL reads the extensions of a v1 certificate; RFC 5280 4.1.2.9: v3 only"),
    "nc: wildcard over an excluded name":
        ("good", "good", "both compare the star as text; Chromium: it stands for the excluded name too"),
    "nc: URI outside": ("bad", "good", "GnuTLS does not know URI constraints; RFC 5280 4.2.1.10"),
    "nc: minimum 1": ("bad", "good", "GnuTLS does not read the minimum; RFC 5280 4.2.1.10: 0"),
    "nc: nothing in it":
        ("good", "good", "both take it for no constraint; RFC 5280 4.2.1.10: must not be empty, Chromium rejects it"),
    "nc: directory elsewhere": ("bad", "good", "GnuTLS does not know directory names; RFC 5280 4.2.1.10"),
    "nc: directory not at the start": ("bad", "good", "GnuTLS does not know directory names; RFC 5280 4.2.1.10"),
    "nc: directory longer than the subject": ("bad", "good", "GnuTLS does not know directory names; RFC 5280 4.2.1.10"),
    "nc: directory excluded elsewhere": ("good", "bad", "GnuTLS does not know directory names; RFC 5280 4.2.1.10"),
    "nc: directory in the SAN outside": ("bad", "good", "GnuTLS does not know directory names; RFC 5280 4.2.1.10"),
    "nc: address only DNS constrained":
        ("good", "bad", "GnuTLS judges the CN where there is no dNSName; RFC 5280 4.2.1.10: SAN only"),
    "nc: address IPv6 where IPv4 is permitted":
        ("bad", "good", "GnuTLS takes IPv6 for another kind of name; RFC 5280 4.2.1.10: both are iPAddress"),
    "nc: common name outside, address in the SAN":
        ("bad", "bad", "both judge the CN where there is no dNSName; RFC 5280 4.2.1.10: SAN only"),
    "nc: intermediate's subject outside": ("bad", "good", "GnuTLS does not know directory names; RFC 5280 4.2.1.10"),
    "extension: critical distribution points": ("good", "good", "both know it; Chromium has a list"),
    "extension: critical nsCertType": ("good", "bad", "OpenSSL knows it; Chromium has a list"),
    "extension: critical policies, unknown qualifier": ("good", "good", "neither reads the qualifiers; Chromium does where they are critical"),
    "extension: critical application policies": ("bad", "bad", "neither knows it; Windows does, Chromium looks past it beside an EKU"),
    "extension: broken distribution points": ("bad", "good", "GnuTLS does not read it; RFC 5280 4.2.1.13"),
    "extension: critical inhibitPolicyMapping": ("good", "bad", "GnuTLS does not know policyConstraints; RFC 5280 4.2.1.11"),
    "policy: required, and there": ("good", "bad", "GnuTLS does not know policyConstraints; RFC 5280 4.2.1.11"),
    "policy: required, leaf without": ("good", "bad", "OpenSSL judges policies when asked only; RFC 5280 6.1.3 (f)"),
    "policy: required, leaf has another": ("good", "bad", "OpenSSL judges policies when asked only; RFC 5280 6.1.3 (f)"),
    "policy: required, leaf has any": ("good", "bad", "GnuTLS does not know policyConstraints; RFC 5280 4.2.1.11"),
    "policy: required, any is inhibited": ("good", "bad", "OpenSSL judges policies when asked only; RFC 5280 6.1.3 (f)"),
    "extension: unknown one twice, leaf": ("good", "bad", "OpenSSL reads the first; RFC 5280 4.2: one of each"),
    "key: leaf rsa512": ("good", "good", "no level, no profile, so no key is too weak; Chromium has a list"),
    "key: leaf rsa1023": ("good", "good", "no level, no profile, so no key is too weak; Chromium has a list"),
    "key: leaf p224": ("good", "good", "no level, no profile, so no key is too weak; Chromium has a list"),
    "key: leaf k256": ("good", "good", "no level, no profile, so no key is too weak; Chromium has a list"),
    "key: leaf bp256": ("good", "good", "no level, no profile, so no key is too weak; Chromium has a list"),
    "key: leaf ed25519": ("good", "good", "no level, no profile, so no key is too weak; Chromium has a list"),
    "key: leaf dsa1024": ("good", "good", "no level, no profile, so no key is too weak; Chromium has a list"),
    "key: leaf for RSA-PSS alone": ("good", "good", "both take it; Chromium knows rsaEncryption only"),
    "key: leaf P-256 by parameters":
        ("bad", "good", "GnuTLS does not look at a key it does not use; RFC 5480 2.1.1: namedCurve only"),
    "key: CA rsa512": ("good", "good", "no level, no profile, so no key is too weak; Chromium has a list"),
    "key: root rsa512": ("good", "good", "no level, no profile, so no key is too weak; Chromium has a list"),
    "key: CA k256": ("good", "bad", "OpenSSL: no level, so no curve is too odd; Chromium has a list"),
    "key: root k256": ("good", "bad", "OpenSSL: no level, so no curve is too odd; Chromium has a list"),
    "key: CA ed25519": ("good", "good", "no level, no profile, so no key is too weak; Chromium has a list"),
    "key: root ed25519": ("good", "good", "no level, no profile, so no key is too weak; Chromium has a list"),
    "hash: leaf ECDSA sha1": ("good", "bad", "OpenSSL: no level, so no hash is too weak; Chromium: no SHA-1, no MD5"),
    "hash: leaf ECDSA sha224": ("good", "good", "no level, no profile; Chromium: SHA-256, SHA-384, SHA-512"),
    "hash: leaf ECDSA sha3-256": ("bad", "good", "GnuTLS: no profile; Chromium: SHA-256, SHA-384, SHA-512"),
    "hash: leaf RSA sha1": ("good", "bad", "OpenSSL: no level, so no hash is too weak; Chromium: no SHA-1, no MD5"),
    "hash: CA RSA sha1": ("good", "bad", "OpenSSL: no level, so no hash is too weak; Chromium: no SHA-1, no MD5"),
    "hash: leaf RSA md5": ("good", "bad", "OpenSSL: no level, so no hash is too weak; Chromium: no SHA-1, no MD5"),
    "hash: CA RSA md5": ("good", "bad", "OpenSSL: no level, so no hash is too weak; Chromium: no SHA-1, no MD5"),
    "hash: CA ECDSA sha1": ("good", "bad", "OpenSSL: no level, so no hash is too weak; Chromium: no SHA-1, no MD5"),
    "hash: upper CA ECDSA sha1": ("good", "bad", "OpenSSL: no level, so no hash is too weak; Chromium: no SHA-1, no MD5"),
    "hash: leaf RSA-PSS sha256, salt of twenty": ("good", "bad", "OpenSSL takes any salt; Chromium that of TLS 1.3"),
    "hash: leaf RSA-PSS sha256, another mask": ("good", "bad", "OpenSSL takes any mask; Chromium that of TLS 1.3"),
    "hash: leaf RSA-PSS sha1": ("good", "bad", "OpenSSL: no level, so no hash is too weak; Chromium: no SHA-1, no MD5"),
    "algorithm: ECDSA with parameters": ("good", "good", "neither looks at the parameters; RFC 5758 3.2: absent"),
    "tampered: root's signature":
        ("good", "good", "neither looks at a root's signature; RFC 5280 3.2: then it is not self-signed"),
    "path: thirty irrelevant certificates": ("good", "bad", "GnuTLS reads sixteen certificates; RFC 5280 6.1 has no limit"),
    "issuer: name in other letters": ("good", "bad", "GnuTLS compares names as bytes; RFC 5280 7.1"),
    "issuer: AKI of another key": ("bad", "bad", "both refuse by the AKI; RFC 5280 6.1 does not use it"),
    "issuer: AKI of another key, CA": ("bad", "bad", "both refuse by the AKI; RFC 5280 6.1 does not use it"),
    "issuer: AKI with another serial": ("bad", "good", "OpenSSL refuses by the AKI; RFC 5280 6.1 does not use it"),
    "twin: other key first, no AKI": ("bad", "bad", "both try the first candidate only; RFC 4158 2.4"),
    "twin: expired CA first": ("good", "bad", "GnuTLS tries the first candidate only; RFC 4158 2.4"),
    "twin: no CA first": ("bad", "bad", "both try the first candidate only; RFC 4158 2.4"),
    "twin: narrow name constraints first": ("bad", "bad", "both try the first candidate only; RFC 4158 2.4"),
    "twin: clientAuth first": ("bad", "bad", "both try the first candidate only; RFC 4158 2.4"),
    "twin: SHA-1 first": ("good", "bad", "GnuTLS tries the first candidate only; RFC 4158 2.4"),
    "twin: bad signature first": ("bad", "bad", "both try the first candidate only; RFC 4158 2.4"),
    "twin: of an unknown root first": ("bad", "bad", "both try the first candidate only; RFC 4158 2.4"),
    "cross: CA by both, one root given": ("bad", "bad", "both try the first candidate only; RFC 4158 2.4"),
    "cross: a ring, and one by the root": ("bad", "bad", "both try the first candidate only; RFC 4158 2.4"),
    "self-signed: leaf that is trusted": ("good", "bad", "GnuTLS wants a CA as root; Chromium: a self-signed leaf may be its own"),
    "self-signed: trusted, beside other roots and CAs":
        ("good", "bad", "GnuTLS wants a CA as root; Chromium: a self-signed leaf may be its own"),
    "root: an intermediate only": ("bad", "good", "GnuTLS trusts whatever it is given; Windows: a root is self-signed"),
    "root: an intermediate, also in the chain":
        ("bad", "good", "GnuTLS trusts whatever it is given; Windows: a root is self-signed"),
    "root: self-issued, signed by another key":
        ("bad", "good", "GnuTLS trusts whatever it is given; Windows: a root is self-signed"),
    "date: root at notAfter": ("bad", "good", "OpenSSL leaves the last second out; RFC 5280 4.1.2.5: inclusive"),
    "date: CA at notAfter": ("bad", "good", "OpenSSL leaves the last second out; RFC 5280 4.1.2.5: inclusive"),
    "date: leaf at notAfter": ("bad", "good", "OpenSSL leaves the last second out; RFC 5280 4.1.2.5: inclusive"),
    "date: offset east, in time": ("bad", "good", "OpenSSL leaves the last second out; RFC 5280 4.1.2.5: inclusive"),
    "date: UTCTime 50 is 1950": ("good", "bad", "GnuTLS knows no time before 1970; RFC 5280 4.1.2.5.1: 50 is 1950"),
    "date: UTCTime without seconds": ("bad", "good", "GnuTLS reads it; RFC 5280 4.1.2.5.1: with seconds"),
}


class Chains(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            cls.asked = list(pool.map(ask, range(len(CASES))))

    def test_there_are_enough_cases_and_no_two_alike(self):
        self.assertGreaterEqual(len(CASES), 220)
        self.assertEqual(len({one.name for one in CASES}), len(CASES))

    @unittest.skipUnless(WITH_MONBAN, "MONBAN names no program")
    def test_monban_follows_the_rules(self):
        for one, (_, ran) in zip(CASES, self.asked):
            with self.subTest(one.name, rule=one.rule):
                self.check(ran, one.expected)

    def test_others_differ_only_where_it_is_known_why(self):
        found, agree = {}, [0, 0]
        for one, (others, ran) in zip(CASES, self.asked):
            own = WORDS[ran.code == 0 if ran else one.good]
            agree = [count + (other == own) for count, other in zip(agree, others)]
            if others != (own, own):
                found[one.name] = others
        print(f"\n{len(CASES)} cases; OpenSSL agrees in {agree[0]}, GnuTLS in {agree[1]}; {len(found)} differences", flush=True)
        self.assertEqual(found, {name: (openssl, gnutls) for name, (openssl, gnutls, _) in DIFFERENCES.items()})

    def check(self, ran, expected):
        """The three results, and that what is not well is explained."""
        report = ran.json
        results = "".join(LETTERS[report["checks"][check]["result"]] for check in CHECKS)
        shown = "".join("." if letter == "." else result for letter, result in zip(expected, results))
        self.assertEqual(shown, expected, ran.out + ran.err)
        self.assertEqual(ran.code, 0 if results == "PPP" else 1, ran.out + ran.err)
        for check in CHECKS:
            if report["checks"][check]["result"] != "pass":
                self.assertTrue(report["checks"][check]["reason"] and report["checks"][check]["remedy"], ran.out)
        self.assertIsInstance(report["path"], list)
        if results[0] == "P":
            self.assertTrue(report["path"])
        for finding in report["findings"]:
            for key in ("id", "severity", "message", "remedy"):
                self.assertIsInstance(finding[key], str)


@unittest.skipUnless(WITH_MONBAN, "MONBAN names no program")
class Input(unittest.TestCase):
    check = Chains.check

    def judged(self, leaf, chain=pem(CA.der), trusted=pem(ROOT.der)):
        arguments = []
        for option, content in (("--leaf", leaf), ("--chain", chain), ("--root", trusted)):
            file = WORK / f"input{option}"
            file.write_bytes(content)
            arguments += [option, file]
        return diagnose(arguments)

    def test_what_is_no_certificate(self):
        key = key_file(LEAF.key)
        (WORK / "leaf.pem").write_bytes(pem(LEAF.der))
        (WORK / "crl.cnf").write_text(f"[ca]\ndefault_ca=c\n[c]\ndatabase={WORK}/crl.txt\ndefault_md=sha256\n")
        (WORK / "crl.txt").touch()
        (WORK / "root.pem").write_bytes(pem(ROOT.der))
        for name, content in (
            ("empty", b""),
            ("random bytes", hashlib.shake_256(b"monban").digest(900)),
            ("CRL", openssl("ca", "-gencrl", "-config", WORK / "crl.cnf", "-cert", WORK / "root.pem", "-keyfile", key_file(ROOT.key),
                            "-crldays", 30)),
            ("PKCS#12", openssl("pkcs12", "-export", "-in", WORK / "leaf.pem", "-inkey", key, "-passout", "pass:x")),
            ("truncated DER", LEAF.der[:-1]),
            ("5 MB of random bytes", hashlib.shake_256(b"monban").digest(5_000_000)),
            ("5 MB that begin as DER", b"\x30\x83\x4c\x4b\x40" + bytes(5_000_000)),
            ("text", "証明書はここにはありません。\n".encode()),
            ("private key", key.read_bytes()),
            ("PEM around no certificate", pem(b"no certificate")),
        ):
            with self.subTest(name):
                self.check(self.judged(content), "FFF")

    def test_what_cannot_be_read(self):
        for leaf in (WORK, WORK / "no such file"):
            with self.subTest(leaf):
                ran = diagnose(["--leaf", leaf])
                self.assertEqual(ran.code, 2, ran.out + ran.err)

    def test_a_host_that_would_have_to_be_mapped_first(self):
        """UTS 46 would map the first; monban maps nothing and asks for the ASCII form instead of a wrong answer. The last are no names."""
        for host in ("BÜCHER.example.test", "bu\u0308cher.example.test", "ｗｗｗ.example.test", "www。example。test", "www.ех\u0430mple.test", "www.example.test..", "", "a b", "https://www.example.test/"):
            with self.subTest(host):
                (WORK / "leaf.der").write_bytes(LEAF.der)
                ran = diagnose(["--leaf", WORK / "leaf.der"], host)
                self.assertEqual((ran.code, ran.out), (2, ""), ran.out + ran.err)

    def test_the_first_of_two_is_used(self):
        other = server(CA, san="DNS:other.test")
        self.check(self.judged(pem(LEAF.der, other.der)), "PPP")
        self.check(self.judged(pem(other.der, LEAF.der)), "PPF")

    def test_forms_of_a_file(self):
        """RFC 7468 2: text around the boundaries, and whatever line ends there are."""
        leaf, chain, trusted = pem(LEAF.der), pem(UNRELATED[0].der, CA.der), pem(OTHER_ROOT.der, ROOT.der)
        for name, files in (
            ("CRLF", [file.replace(b"\n", b"\r\n") for file in (leaf, chain, trusted)]),
            ("text around", [b"subject=server\n\n" + file + b"\nend\n" for file in (leaf, chain, trusted)]),
            ("byte order mark", [b"\xef\xbb\xbf" + file for file in (leaf, chain, trusted)]),
            ("key in the same file", [key_file(LEAF.key).read_bytes() + leaf, chain, trusted]),
            ("DER, the others PEM", [LEAF.der, chain, trusted]),
        ):
            with self.subTest(name):
                self.check(self.judged(*files), "PPP")


if __name__ == "__main__":
    unittest.main(verbosity=2)
