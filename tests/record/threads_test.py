#!/usr/bin/env python3
"""One order of all threads' events, and it was possible: reading a trace checks it."""
import unittest

from recording import FIRST_SIZE, RecorderTest


class Threads(RecorderTest):
    def test_threads_that_pass_objects_on(self):
        for count in (2, 8):
            with self.subTest(threads=count):
                trace = self.trace_of("exchange", str(count))
                self.assertEqual(trace.losses(), (0, 0, 0))
                self.assertEqual(len(trace.threads()), count + 1)
                live = trace.count("allocate") - trace.count("free")
                self.assertLess(live, 16)
                makers = {e.object: e.thread for e in trace.events if e.kind == "allocate"}
                foreign = sum(e.kind == "free" and makers[e.object] != e.thread
                              for e in trace.events)
                self.assertGreater(foreign, 100)

    def test_64_threads_at_a_time(self):
        trace = self.trace_of("exchange", "64")
        self.assertEqual(trace.losses(), (0, 0, 0))
        self.assertEqual(trace.count("thread start"), 65)
        self.assertEqual(trace.count("thread exit"), 64)

    def test_generations_of_threads(self):
        trace = self.trace_of("generations", "64")
        self.assertEqual(trace.losses(), (0, 0, 0))
        self.assertEqual(trace.count("thread start"), 1 + 3 * 64)
        self.assertEqual(trace.count("thread exit"), 3 * 64)
        self.assertEqual(trace.count("allocate", FIRST_SIZE), 3 * 64)
        self.assertEqual(len(trace.of_sizes(FIRST_SIZE, FIRST_SIZE)), 2 * 3 * 64)

    def test_destructors_of_threads(self):
        trace = self.trace_of("destructors")
        local = trace.of_sizes(FIRST_SIZE, FIRST_SIZE)
        self.assertEqual([(e.kind, e.thread) for e in local], [("allocate", 1), ("free", 1)])
        keys = trace.of_sizes(FIRST_SIZE + 1, FIRST_SIZE + 1)
        self.assertEqual([e.kind for e in keys], ["allocate", "free"] * 4)
        self.assertEqual({e.thread for e in keys}, {1})
        self.assertEqual([e.thread for e in trace.events if e.kind == "thread exit"], [1])

    def test_threads_at_work_when_the_program_ends(self):
        trace = self.trace_of("abandoned", status=5)
        self.assertEqual(trace.count("allocate", 64), 20000)
        self.assertEqual(trace.losses()[2], 0)

    def test_the_first_thread_ends_first(self):
        trace = self.trace_of("outlived", status=6)
        self.assertEqual(trace.count("allocate", FIRST_SIZE), 1)


if __name__ == "__main__":
    unittest.main()
