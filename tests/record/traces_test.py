#!/usr/bin/env python3
"""The programs whose traces are bundled put out the same and end the same, recorded or not."""
import pathlib
import subprocess
import unittest

from recording import HEAPATLAS, TIMEOUT, RecorderTest

RUN = pathlib.Path(__file__).parents[2] / "traces" / "run"


def run(*arguments):
    ran = subprocess.run([RUN, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         timeout=TIMEOUT)
    return ran.returncode, ran.stdout, ran.stderr


class Traces(RecorderTest):
    def assert_unchanged(self, name):
        alone = run(name)
        recorded = run(name, HEAPATLAS, "-q", "record", "-o", self.trace_path, "--")
        self.assertEqual(alone[0], 0, alone[2])
        self.assertEqual(recorded[0], 0, recorded[2])
        self.assertGreater(len(alone[1]), 100)
        self.assertEqual(recorded[1], alone[1])
        self.nothing_is_left("app.hat")
        self.assertGreater(self.trace_path.stat().st_size, 50000)

    def test_every_program_is_tried(self):
        _, names, _ = run("--list")
        tried = {name.removeprefix("test_").replace("_", "-") for name in dir(self)
                 if name.startswith("test_")} - {"every-program-is-tried"}
        self.assertEqual(set(names.decode().split()), tried)

    def test_cc1plus(self):
        self.assert_unchanged("cc1plus")

    def test_python(self):
        self.assert_unchanged("python")

    def test_sqlite3(self):
        self.assert_unchanged("sqlite3")

    def test_redis_server(self):
        self.assert_unchanged("redis-server")

    def test_rsyslogd(self):
        self.assert_unchanged("rsyslogd")


if __name__ == "__main__":
    unittest.main()
