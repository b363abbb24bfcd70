#!/usr/bin/env python3
"""The examples of core/report/README.md, run as they stand there over the sample report.

usage: readme_test.py README PRINT_SAMPLE
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

README, PRINT_SAMPLE = sys.argv[1:3]


class Examples(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="heapatlas-readme-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.text = pathlib.Path(README).read_text(encoding="utf-8")
        subprocess.run([PRINT_SAMPLE, self.folder / "report.json"], check=True)

    def example(self, language):
        found = re.findall(rf"^```{language}\n(.*?)^```$", self.text, re.M | re.S)
        self.assertEqual(len(found), 1)
        return found[0]

    def output(self, *command):
        return subprocess.check_output(command, cwd=self.folder, text=True)

    def test_python(self):
        self.assertEqual(self.output(sys.executable, "-c", self.example("python")),
                         "stalloc | system: 3 blocks of 911 bytes at event 6\n")

    def test_jq(self):
        self.assertEqual(self.output("sh", "-c", self.example("sh")),
                         "stalloc: 13 bytes\nsystem: 0 bytes\n")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
