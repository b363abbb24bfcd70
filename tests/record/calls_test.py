#!/usr/bin/env python3
"""Every function that allocates is seen, with the size, alignment and zeroing that was asked for."""
import unittest

from recording import FIRST_SIZE, RecorderTest

NATURAL = -1


class Calls(RecorderTest):
    def test_every_function(self):
        trace = self.trace_of("functions")
        events = trace.of_sizes(FIRST_SIZE, FIRST_SIZE + 5000)
        made = [(e.size - FIRST_SIZE, e.align, e.zeroed) for e in events if e.kind == "allocate"]
        whole_pages = -(-(FIRST_SIZE + 7) // 4096) * 4096
        self.assertEqual(made, [
            (0, NATURAL, 0),                          # malloc
            (1, NATURAL, 1),                          # calloc
            (2, NATURAL, 0),                          # realloc of nothing
            (3, 6, 0),                                # posix_memalign 64
            (4, 8, 0),                                # aligned_alloc 256
            (5, 6, 0),                                # memalign 48
            (6, 12, 0),                               # valloc
            (whole_pages - FIRST_SIZE, 12, 0),        # pvalloc
            (8, NATURAL, 0)])                         # reallocarray of nothing
        self.assertEqual(sum(e.kind == "free" for e in events), 9)
        self.assertEqual(trace.losses(), (0, 0, 0))

    def test_operators_new_and_delete(self):
        events = self.trace_of("operators").of_sizes(FIRST_SIZE, FIRST_SIZE + 5000)
        self.assertEqual([e.kind for e in events], ["allocate", "free"] * 6)
        made = [(e.size - FIRST_SIZE, e.align) for e in events if e.kind == "allocate"]
        # libstdc++ asks aligned_alloc for a multiple of the alignment
        rounded = lambda size, align: -(-size // align) * align - FIRST_SIZE
        self.assertEqual(made, [
            (0, NATURAL), (1, NATURAL), (2, NATURAL), (rounded(FIRST_SIZE + 3, 64), 6),
            (rounded(FIRST_SIZE + 4, 4096), 12), (rounded(FIRST_SIZE + 127, 128), 7)])

    def test_resizes_keep_the_object(self):
        events = self.trace_of("resizes").of_sizes(FIRST_SIZE, FIRST_SIZE)
        self.assertEqual([(e.kind, e.size) for e in events], [
            ("allocate", FIRST_SIZE),
            ("resize", FIRST_SIZE + 1),
            ("resize", 50 * (FIRST_SIZE + 1)),
            ("resize", 2 * (FIRST_SIZE + 1)),
            ("free", 0)])
        self.assertEqual(len({e.object for e in events}), 1)

    def test_failures_are_no_events(self):
        trace = self.trace_of("failures")
        self.assertEqual(trace.of_sizes(FIRST_SIZE, 2**47), [])
        self.assertEqual(trace.losses(), (0, 0, 0))

    def test_slack_is_not_asked_for(self):
        events = self.trace_of("slack").of_sizes(FIRST_SIZE, FIRST_SIZE)
        self.assertEqual([e.kind for e in events], ["allocate", "free"])

    def test_what_the_library_allocates(self):
        events = self.trace_of("library").of_sizes(FIRST_SIZE, FIRST_SIZE)
        self.assertEqual([e.kind for e in events], ["allocate", "allocate", "free", "free"])

    def test_errno_is_left_alone(self):
        self.trace_of("errno")

    def test_times_ascend_and_are_not_all_the_same(self):
        times = [e.time for e in self.trace_of("work").events]
        self.assertEqual(times, sorted(times))
        self.assertGreater(times[-1], times[0])
        self.assertLess(times[-1], 100 * 10**9)


if __name__ == "__main__":
    unittest.main()
