#!/usr/bin/env python3
"""However a program ends, its output and status pass through, and what it did before is kept."""
import signal
import subprocess
import unittest

from recording import FIRST_SIZE, HEAPATLAS, MADE, MADE_SIZE, SUBJECT, TIMEOUT, RecorderTest, Trace


class Endings(RecorderTest):
    def assert_prefix(self, trace):
        """All that was made before the end, down to the last block."""
        self.assertEqual(trace.count("allocate", MADE_SIZE), MADE)
        self.assertEqual(trace.count("allocate", FIRST_SIZE), 1)
        self.assertEqual(trace.losses(), (0, 0, 0))

    def test_exit_statuses(self):
        for status in (0, 1, 2, 42, 255):
            with self.subTest(status=status):
                self.assert_prefix(self.trace_of("exit", str(status), status=status))

    def test_exit_without_clean_up(self):
        self.assert_prefix(self.trace_of("at-once", status=7))

    def test_every_deadly_signal(self):
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGSEGV):
            with self.subTest(signal=number):
                trace = self.trace_of("signal", str(int(number)), status=128 + number)
                self.assert_prefix(trace)

    def test_a_fault(self):
        self.assert_prefix(self.trace_of("fault", status=128 + signal.SIGSEGV))

    def test_an_abort(self):
        self.assert_prefix(self.trace_of("abort", status=128 + signal.SIGABRT))

    def test_standard_streams_pass_through(self):
        text = b"one\ntwo\nthree\n" * 1000
        alone = subprocess.run([SUBJECT, "copy"], input=text, capture_output=True, timeout=TIMEOUT)
        recorded = self.record(SUBJECT, "copy", flags=["-q"], input=text)
        self.assertEqual(recorded.returncode, alone.returncode)
        self.assertEqual(recorded.stdout, alone.stdout)
        self.assertEqual(recorded.stderr, alone.stderr)

    def test_notes_are_on_standard_error(self):
        ran = self.record(SUBJECT, "work")
        self.assertEqual(ran.stdout, b"")
        self.assertRegex(ran.stderr.decode(), r"heapatlas: .*app\.hat: [\d,]+ events")

    def test_signals_reach_the_program(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
            with self.subTest(signal=number):
                with subprocess.Popen([HEAPATLAS, "record", "-o", self.trace_path, "--", SUBJECT,
                                       "wait"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      cwd=self.folder) as recorder:
                    self.assertEqual(recorder.stdout.readline(), b"ready\n")
                    recorder.send_signal(number)
                    self.assertEqual(recorder.wait(TIMEOUT), number)
                self.assertEqual(Trace(self.trace_path).count("allocate", FIRST_SIZE), 1)

    def test_a_daemon_that_closes_every_file(self):
        self.assert_prefix(self.trace_of("close-all"))

    def test_signal_handlers_that_allocate(self):
        trace = self.trace_of("in-handlers")
        self.assertEqual(trace.count("allocate", FIRST_SIZE), 100)

    def test_locked_memory(self):
        self.assert_prefix(self.trace_of("lock"))

    def test_little_address_space(self):
        ran = self.record("sh", "-c", f"ulimit -v 200000; exec {SUBJECT} exit 4")
        self.assertEqual(ran.returncode, 4, ran.stderr)
        self.assert_prefix(Trace(self.trace_path))


if __name__ == "__main__":
    unittest.main()
