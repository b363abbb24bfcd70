"""What the recorder's tests share: run a program under `heapatlas record`, read its trace back."""
import collections
import os
import pathlib
import subprocess
import tempfile
import unittest

HEAPATLAS = os.environ["HEAPATLAS"]
SUBJECT = os.environ["SUBJECT"]
EARLY = os.environ["EARLY"]
OWN_MALLOC = os.environ["OWN_MALLOC"]
PRINT_EVENTS = os.environ["PRINT_EVENTS"]
FIRST_SIZE = 100001
MADE, MADE_SIZE = 20000, 333  # blocks that the endings make before they end
WORK = 10000  # pairs of 48 bytes
TIMEOUT = 120

Event = collections.namedtuple("Event", "kind thread object size align zeroed time")


class Trace:
    """A trace's events and losses; reading it checks what holds of every trace."""

    def __init__(self, path):
        text = subprocess.run([PRINT_EVENTS, path], capture_output=True, check=True, timeout=TIMEOUT)
        self.facts, self.arguments, self.events = {}, [], []
        for line in text.stdout.decode(errors="replace").splitlines():
            fields = line.split("|")
            if len(fields) == 7:
                self.events.append(Event(fields[0], *map(int, fields[1:])))
            elif line.startswith("argument "):
                self.arguments.append(line[9:])
            else:
                name, _, value = line.partition(" ")
                self.facts[name] = value
        self.check()

    def check(self):
        """Every free and resize is of a live object; every thread starts first and ends last."""
        live, started, ended = set(), set(), set()
        for event in self.events:
            assert event.thread not in ended, f"an event after its thread's end: {event}"
            if event.kind == "thread start":
                assert event.thread not in started, f"a thread starts twice: {event}"
                started.add(event.thread)
            assert event.thread in started, f"an event of a thread that did not start: {event}"
            if event.kind == "thread exit":
                ended.add(event.thread)
            if event.kind == "allocate":
                live.add(event.object)
            if event.kind in ("resize", "free"):
                assert event.object in live, f"of no live object: {event}"
            if event.kind == "free":
                live.remove(event.object)

    def of_sizes(self, low, high):
        """The events of objects that were allocated with a size in low..high."""
        found = {e.object for e in self.events if e.kind == "allocate" and low <= e.size <= high}
        return [e for e in self.events
                if e.kind in ("allocate", "resize", "free") and e.object in found]

    def count(self, kind, size=None):
        return sum(e.kind == kind and (size is None or e.size == size) for e in self.events)

    def threads(self):
        return {e.thread for e in self.events}

    def losses(self):
        return tuple(int(self.facts[name]) for name in ("dropped_frees", "implicit_frees", "cut"))


class RecorderTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="heapatlas-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.trace_path = self.folder / "app.hat"

    def heapatlas(self, *arguments, **options):
        options = {"capture_output": True, "cwd": self.folder, "timeout": TIMEOUT} | options
        return subprocess.run([HEAPATLAS, *map(str, arguments)], **options)

    def record(self, *command, flags=(), **options):
        """Records a command to app.hat; gives what subprocess.run gives."""
        return self.heapatlas("record", "-o", self.trace_path, *flags, "--", *command, **options)

    def trace_of(self, *behaviour, status=0, flags=(), **options):
        """The trace of a behaviour of the subject that must end with the status."""
        ran = self.record(SUBJECT, *behaviour, flags=flags, **options)
        self.assertEqual(ran.returncode, status, ran.stderr.decode())
        self.nothing_is_left("app.hat")
        return Trace(self.trace_path)

    def nothing_is_left(self, *but):
        """No spool, no temporary file."""
        left = {p.name for p in self.folder.iterdir()} - set(but)
        self.assertEqual(left, set())

    def assert_refused(self, ran, *words):
        """One line of error, status 2."""
        lines = [l for l in ran.stderr.decode().splitlines() if not l.startswith("heapatlas: hint")]
        self.assertEqual(ran.returncode, 2, lines)
        self.assertEqual(len(lines), 1, lines)
        self.assertTrue(lines[0].startswith("heapatlas: error: "), lines)
        for word in words:
            self.assertIn(word, lines[0])
