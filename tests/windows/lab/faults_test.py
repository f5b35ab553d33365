# SPDX-License-Identifier: MIT
"""Every kind of fault goes wrong in the lab as it does on the practice server."""
import unittest

from in_a_lab import InALab


class Faults(InALab):
    """Each kind once, as another program would meet it."""
    AT = "ipport=0.0.0.0:8443"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls().import_server()

    def add(self, kind, **more):
        self.lab.change_machine(faults=[])
        self.lab.call("netsh", "http", "delete", "sslcert", self.AT)
        self.lab.fault("netsh", kind, arguments="add sslcert", **more)
        return self.lab.call("netsh", "http", "add", "sslcert", self.AT, "certhash=" + self.server,
                             "appid={00112233-4455-6677-8899-aabbccddeeff}", seconds=5)

    def test_no_effect(self):
        ran = self.add("no-effect")
        self.assertEqual((ran.code, ran.output, self.lab.records()), (0, b"", []))

    def test_fail(self):
        ran = self.add("fail", exit_code=0x80070005, text="アクセスが拒否されました。Denied.")
        self.assertEqual((ran.code, self.lab.records()), (0x80070005, []))
        self.assertIn("?Denied.\n", ran.text)

    def test_busy(self):
        ran = self.add("busy")
        self.assertEqual((ran.code, self.lab.records()), (1, []))
        self.assertIn("The parameter is incorrect.", ran.text)

    def test_denied(self):
        ran = self.add("denied")
        self.assertEqual((ran.code, self.lab.records()), (1, []))
        self.assertIn("elevation", ran.text)

    def test_hang(self):
        ran = self.add("hang")
        self.assertEqual((ran.code, self.lab.records()), (None, []))

    def test_garbage(self):
        ran = self.add("garbage")
        self.assertEqual((ran.code, len(self.lab.records())), (0, 1))
        self.assertGreater(len(ran.output), 1024 * 1024)
        self.assertIn(b"\xff\xfe\x80\x00", ran.output)

    def test_reports_failure(self):
        ran = self.add("reports-failure")
        self.assertEqual((ran.code, len(self.lab.records())), (1, 1))

    def test_other_writer(self):
        ran = self.add("other-writer")
        (record,) = self.lab.records()
        self.assertEqual((ran.code, record["app_id"]), (0, "{4dc3e181-e14b-4a21-b022-59fc669b0914}"))


if __name__ == "__main__":
    unittest.main()
