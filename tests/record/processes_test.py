#!/usr/bin/env python3
"""Which process is recorded: the one started, in its last program; others only if followed."""
import os
import unittest

from recording import EARLY, FIRST_SIZE, SUBJECT, WORK, RecorderTest, Trace

CHILD_SIZE = FIRST_SIZE + 1


class Processes(RecorderTest):
    def assert_parent_alone(self, trace):
        self.assertEqual(trace.count("allocate", FIRST_SIZE), 1)
        self.assertEqual(trace.count("allocate", CHILD_SIZE), 0)
        self.assertEqual(trace.count("allocate", 48), WORK)
        self.assertEqual(trace.losses(), (0, 0, 0))

    def children(self):
        """The traces of followed children."""
        paths = sorted(p for p in self.folder.iterdir() if p.name != "app.hat")
        for path in paths:
            self.assertRegex(path.name, r"^app\.\d+\.hat$")
        return [Trace(path) for path in paths]

    def test_a_forked_child_is_left_alone(self):
        self.assert_parent_alone(self.trace_of("fork"))

    def test_a_child_forked_behind_the_library_is_left_alone(self):
        self.assert_parent_alone(self.trace_of("bare-fork"))

    def test_forks_while_threads_allocate(self):
        trace = self.trace_of("threaded-fork")
        self.assertEqual(trace.count("allocate", FIRST_SIZE), 1)
        self.assertEqual(trace.count("allocate", CHILD_SIZE), 0)
        self.assertEqual(trace.losses(), (0, 0, 0))

    def test_programs_started_in_children_are_left_alone(self):
        for how in ("vfork", "spawn"):
            with self.subTest(how=how):
                self.assert_parent_alone(self.trace_of(how, SUBJECT, "work"))

    def test_followed_children_have_their_own_traces(self):
        for how in (["fork"], ["bare-fork"], ["vfork", SUBJECT, "work"],
                    ["spawn", SUBJECT, "work"]):
            with self.subTest(how=how):
                ran = self.record(SUBJECT, *how, flags=["--follow"])
                self.assertEqual(ran.returncode, 0, ran.stderr)
                self.assert_parent_alone(Trace(self.trace_path))
                children = self.children()
                self.assertEqual(len(children), 1)
                own = CHILD_SIZE if "fork" in how[0] and "v" not in how[0] else FIRST_SIZE
                self.assertEqual(children[0].count("allocate", own), 1)
                self.assertEqual(children[0].count("allocate", 48), WORK)
                for path in self.folder.iterdir():
                    path.unlink()

    def test_followed_children_of_a_program_with_threads(self):
        ran = self.record(SUBJECT, "threaded-fork", flags=["--follow"])
        self.assertEqual(ran.returncode, 0, ran.stderr)
        children = self.children()
        self.assertEqual(len(children), 8)
        for child in children:
            self.assertEqual(child.count("allocate", CHILD_SIZE), 1)
            self.assertEqual(child.count("allocate", 48), WORK)

    def test_followed_children_are_waited_for(self):
        script = f"(sleep 0.3; exec {SUBJECT} work) & exit 9"
        ran = self.record("sh", "-c", script, flags=["--follow"])
        self.assertEqual(ran.returncode, 9, ran.stderr)
        self.assertEqual(sum(t.count("allocate", FIRST_SIZE) for t in self.children()), 1)

    def test_a_chain_of_programs_is_recorded_in_its_last(self):
        ran = self.record("env", "A=1", "sh", "-c", f"exec {SUBJECT} exec {SUBJECT} work")
        self.assertEqual(ran.returncode, 0)
        trace = Trace(self.trace_path)
        self.assert_parent_alone(trace)
        self.assertEqual(os.path.realpath(trace.facts["program"]), os.path.realpath(SUBJECT))
        self.assertIn("the last of 4 programs", ran.stderr.decode())

    def test_a_library_that_allocates_before_main(self):
        # The recorder has it, too: the sanitizer must not mind that it isn't the first library.
        trace = self.trace_of("work", env=os.environ | {"LD_PRELOAD": EARLY,
                                                        "ASAN_OPTIONS": "verify_asan_link_order=0"})
        self.assertEqual(trace.count("allocate", 80001), 1)
        self.assert_parent_alone(trace)

    def test_dlopen_and_dlsym(self):
        trace = self.trace_of("dlopen", EARLY)
        self.assertEqual([e.kind for e in trace.of_sizes(80001, 80001)], ["allocate", "free"])

    def test_the_command_is_in_the_trace(self):
        trace = self.trace_of("exit", "0")
        self.assertEqual(trace.arguments, [SUBJECT, "exit", "0"])


if __name__ == "__main__":
    unittest.main()
