# SPDX-License-Identifier: MIT
"""A test case in a lab."""
import hashlib
import subprocess
import unittest

from lab import Lab

LABS = {}


def lab_with(**options):
    """One lab for all that can share it: making one takes longer than most tests."""
    key = tuple(sorted(options.items()))
    if key not in LABS:
        LABS[key] = Lab(**options)
        unittest.addModuleCleanup(LABS[key].close)
    return LABS[key]


class InALab(unittest.TestCase):
    options = {}

    @classmethod
    def setUpClass(cls):
        cls.lab = lab_with(**cls.options)

    def setUp(self):
        self.lab.change_machine(faults=[])

    def succeeds(self, *command, **options):
        ran = self.lab.call(*command, **options)
        self.assertEqual(ran.code, 0, ran.text)
        return ran.text

    def thumbprint(self, name):
        """Of a file of the practice CA, as openssl has it for a PKCS#12 file."""
        file = self.lab.folder / "ca" / name
        if name.endswith(".p12"):
            pem = subprocess.run(["openssl", "pkcs12", "-in", file, "-passin", f"file:{self.lab.folder}/ca/password.txt", "-nokeys",
                                  "-clcerts", "-legacy"], capture_output=True, check=True, timeout=30).stdout
            der = subprocess.run(["openssl", "x509", "-outform", "der"], input=pem, capture_output=True, check=True, timeout=30).stdout
        else:
            der = file.read_bytes()
        return hashlib.sha1(der).hexdigest()

    def import_server(self, modifiers="NoExport,NoRoot"):
        self.succeeds("certutil", "-f", "-p", self.lab.password(), "-importpfx", "MY", r"C:\lab\ca\server.p12", modifiers)
        return self.thumbprint("server.p12")
