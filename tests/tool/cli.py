"""What the tests of the command line share: running it, and what every command promises.

The environment names the programs: HEAPATLAS and TRACE_FROM_TEXT. A test file ends with
cli.main().
"""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

HEAPATLAS = os.environ.get("HEAPATLAS", "heapatlas")
TRACE_FROM_TEXT = os.environ.get("TRACE_FROM_TEXT", "trace_from_text")


class CliTest(unittest.TestCase):
    """Each test has a folder of its own, self.folder, removed when it ends."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="heapatlas-cli-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def run_heapatlas(self, *arguments, stdin=None, env=None, timeout=120):
        """Runs the command line; gives its returncode, stdout and stderr."""
        return subprocess.run([HEAPATLAS, *map(str, arguments)], cwd=self.folder, input=stdin,
                              capture_output=True, text=True, errors="replace", timeout=timeout,
                              env={**os.environ, "TERM": "dumb", **(env or {})}, check=False)

    def succeed(self, *arguments, **options):
        """Runs it, expects status 0 and nothing on stderr, and gives its stdout."""
        result = self.run_heapatlas(*arguments, **options)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
        return result.stdout

    def json_of(self, *arguments):
        return json.loads(self.succeed(*arguments))

    def assert_refused(self, result, *words):
        """Bad input: status 2, nothing on stdout, one line that holds the words; then hints."""
        self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
        lines = result.stderr.splitlines()
        self.assertTrue(lines and lines[0].startswith("heapatlas: error: "), result.stderr)
        for line in lines[1:]:
            self.assertTrue(line.startswith("heapatlas: hint: "), result.stderr)
        for word in words:
            self.assertIn(word, lines[0])

    def files(self):
        """The names of the files in the folder."""
        return sorted(path.name for path in self.folder.iterdir())

    def trace(self, name, *lines):
        """Makes a trace of the lines (trace_from_text.cpp says what they are); gives its path."""
        path = self.folder / name
        subprocess.run([TRACE_FROM_TEXT, str(path)], input="\n".join(lines), text=True, check=True)
        return path


def main():
    unittest.main()
