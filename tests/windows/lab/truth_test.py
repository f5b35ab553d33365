# SPDX-License-Identifier: MIT
"""The rows of tests/data/truth on Wine's own state (truth_rows_test.cpp)."""
import pathlib
import shutil
import tempfile
import unittest

from in_a_lab import InALab
from lab import PROGRAMS


class TruthTables(InALab):
    def test_each_row_holds_and_monban_sees_it(self):
        # In memory where the host has such a place: thousands of flushed files take long on a disk.
        memory = pathlib.Path("/dev/shm")
        work = pathlib.Path(tempfile.mkdtemp(prefix="monban-", dir=memory if memory.is_dir() else None))
        self.addCleanup(shutil.rmtree, work, ignore_errors=True)
        shutil.copytree(self.lab.folder, work / "lab")
        self.lab.env["MONBAN_LAB"] = self.lab._windows(work / "lab")
        self.addCleanup(self.lab.env.pop, "MONBAN_LAB")
        ran = self.lab._run(PROGRAMS / "lab_truth_rows.exe", timeout=800)
        said = ran.output.decode("utf-8", "replace")
        print("".join(line + "\n" for line in said.splitlines() if ".tsv: " in line or "ms)" in line))
        self.assertEqual(ran.code, 0, said)
        self.assertIn("[  PASSED  ] 6 tests.", said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
