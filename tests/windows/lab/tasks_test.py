# SPDX-License-Identifier: MIT
"""Scheduled tasks of an installed Monban: what nobody kept goes back although the Monban that asked is gone, and the revocation check
comes on again. Wine runs no task, so the test types what the scheduler would run: what stands in the task's own file."""
import re
import time
import unittest

from power_cut_test import steady
from this_windows import APPLY, OnThisWindows


class Tasks(OnThisWindows):
    def file(self, name):
        return self.lab.path("C:\\windows\\system32\\Tasks\\Monban\\" + name)

    def command(self, name):
        """The task as Task Scheduler would start it, with the program and its arguments apart."""
        xml = self.file(name).read_bytes().decode("utf-16")
        program, arguments = (re.search(f"<{word}>(.*?)</{word}>", xml)[1] for word in ("Command", "Arguments"))
        self.assertEqual(program, r'"C:\Program Files\Monban\monban.exe"')
        return arguments.split()

    def test_1_a_monban_that_is_not_installed_says_that_its_question_ends_with_it(self):
        done = self.apply("--revert-after", "1")
        self.assertEqual((done.code, done.json["taken_back"]), (1, True), done.told)
        self.assertNotIn("keep.task", [step["id"] for step in done.json["steps"]])
        self.assertIn("revert-ends-with-program", [one["id"] for one in done.json["findings"]])

    def test_2_nor_does_a_task_run_what_a_user_can_replace(self):
        folder = self.lab.install_monban()
        for place in (folder, folder / "monban.exe", folder.parent):
            mode = place.stat().st_mode
            place.chmod(0o777)
            done = self.apply("--revert-after", "1")
            place.chmod(mode & 0o755)
            finding = next((one for one in done.json["findings"] if one["id"] == "revert-ends-with-program"), None)
            self.assertTrue(finding and "exchange" in finding["remedy"], (place, done.json["findings"]))

    def test_2b_a_file_that_somebody_put_there_is_no_task(self):
        place = self.file("KeepOrRevert")
        place.parent.mkdir(parents=True, exist_ok=True)
        (place.parent / "folder").mkdir(exist_ok=True)
        place.write_bytes("<Task/>".encode("utf-16"))
        shown = self.status()
        place.unlink()
        (place.parent / "folder").rmdir()
        self.assertEqual(shown["tasks"], [])

    def test_3_what_nobody_kept_goes_back_without_the_monban_that_asked(self):
        self.lab.install_monban()
        before = steady(self.status())
        begun = time.monotonic()
        kept = self.apply()
        usual = time.monotonic() - begun
        self.assertEqual((kept.code, self.lab.monban("undo", "--json").code), (0, 0), kept.told)
        ended = self.lab.monban_until(int(1000 * (usual + 4)), *APPLY, "--revert-after", "9")
        self.assertIsNone(ended.code, "it still asks")
        shown = self.status()
        self.assertEqual([(one["name"], one["every_minutes"], one["user"]) for one in shown["tasks"]], [(r"Monban\KeepOrRevert", 1, "S-1-5-18")])
        command = self.command("KeepOrRevert")
        early = self.lab.monban(*command, "--json")
        self.assertEqual((early.code, early.json), (0, {"run": None, "undone": False}))
        until = time.monotonic() + 60
        while self.file("KeepOrRevert").exists() and time.monotonic() < until:
            self.assertEqual(self.lab.monban(*command).code, 0)
            time.sleep(2)
        self.assertEqual(steady(self.status()), before)
        self.assertEqual([(call["arguments"][0]) for call in self.lab.calls() if call["program"] == "schtasks"], ["/Create", "/Delete"])

    def test_4_the_check_comes_on_again(self):
        self.lab.install_monban()
        self.assertEqual(self.apply().code, 0)
        checked = self.lab.records()
        self.ca.answers("pause.json", troubleshoot={"revocation_off_until": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 25))})
        off = self.lab.monban("apply", "--answers", r"C:\lab\own\pause.json", *APPLY[3:])
        self.assertEqual((off.code, off.json["outcome"]), (0, "done"), off.told)
        self.assertNotEqual(self.lab.records(), checked)
        command = self.command("CheckRevocation-0.0.0.0_443")
        self.assertEqual(self.lab.monban(*command, "--json").json["outcome"], "waiting")
        time.sleep(25)
        on = self.lab.monban(*command, "--json")
        self.assertEqual((on.code, on.json["outcome"]), (0, "done"), on.told)
        self.assertEqual(self.lab.records(), checked)
        self.assertFalse(self.file("CheckRevocation-0.0.0.0_443").exists())

    def test_5_a_list_is_put_into_the_store_and_taken_out(self):
        self.ca.answers("list.json", troubleshoot={"install_crl": "crl.crl"})
        (self.lab.folder / "own/crl.crl").write_bytes(self.ca.crl())
        done = self.lab.monban("apply", "--answers", r"C:\lab\own\list.json", *APPLY[3:])
        self.assertEqual((done.code, done.json["outcome"]), (0, "done"), done.told)
        self.assertEqual(len(self.status()["crls"]), 1)
        self.assertEqual(self.lab.monban("undo", "--json").code, 0)
        self.assertEqual(self.status()["crls"], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
