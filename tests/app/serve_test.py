# SPDX-License-Identifier: MIT
"""A practice server that is changed while it is served."""
import json
import time
import unittest

from monban import PracticeCase


class Serve(PracticeCase):
    def wait_for(self, there):
        for _ in range(200):
            listening = json.loads((self.server / "listening.json").read_text())
            if bool(listening["https"]) == there:
                return listening
            time.sleep(0.1)
        self.fail("the listeners did not follow the bindings")

    def test_what_is_set_up_later_is_listened_for(self):
        self.serve()
        self.assertEqual(self.listening["https"], [])
        self.assertEqual(json.loads((self.server / "listening.json").read_text()), self.listening)
        self.set_up()
        self.listening = self.wait_for(True)
        self.assertEqual([one["endpoint"] for one in self.listening["https"]], ["0.0.0.0:443"])
        self.assertEqual(self.curl(self.ca / "client.p12"), (200, None))
        self.assertEqual(self.curl(), (403, 7))
        self.assertEqual(self.monban("undo").code, 0)
        self.wait_for(False)
        self.assertEqual((self.work / "serve.json").read_text().count("\n"), 1, "scripts read one line")
        self.stop()
        self.assertFalse((self.server / "listening.json").exists())


if __name__ == "__main__":
    unittest.main()
