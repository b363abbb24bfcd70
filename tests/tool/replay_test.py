"""heapatlas replay: tables and reports that agree, and bad input of every kind."""
import json
import os
import re
import signal
import subprocess
import time

import cli
from replaying import QUICK, ReplayTest, events, three_digits

BROKEN_PLUGIN = os.environ.get("BROKEN_PLUGIN", "broken_plugin.so")


class Replay(ReplayTest):
    def test_the_table_shows_what_the_report_holds(self):
        trace = self.trace("t.hat", *events())
        out = self.replay(trace, "-a", "bump | system", "-o", "report.json", *QUICK).stdout
        runs = self.report()["runs"]
        self.assertEqual([run["chain"] for run in runs][0], "system")
        self.assertEqual(len(runs), 2)
        for run in runs:
            figures = run["figures"]
            line = next(line for line in out.splitlines() if line.startswith(run["chain"] + " "))
            cells = re.split(r"  +", line)
            self.assertEqual(cells[1], three_digits(figures["ns_per_operation"]))
            self.assertEqual(cells[2], f"{100 * figures['relative_spread']:.1f}%")
            self.assertEqual(cells[3], f"{100 * figures['null_share']:.1f}%")
            self.assertEqual(cells[4], three_digits(figures["cold_ns_per_operation"]))
            ratio = figures["ratio_to_system"]
            if run["chain"] == "system":
                self.assertIsNone(ratio)
                self.assertEqual(cells[5], "-")
            else:
                self.assertTrue(cells[5].startswith(
                    f"{ratio['value']:.2f} [{ratio['low']:.2f}, {ratio['high']:.2f}]"), line)
                self.assertEqual(cells[5].endswith("="),
                                 ratio["verdict"] == "no difference detected")
            self.assertEqual(cells[8], "0")

    def test_a_report_counts_the_trace_and_every_link(self):
        trace = self.trace("t.hat", "program /bin/app", "a 100", "a 50", "r 0 200", "f 1", "m 1")
        self.replay(trace, "-a", "bump | system", "-o", "report.json", *QUICK)
        report = self.report()
        for run in report["runs"]:
            identity = run["trace"]
            self.assertEqual((identity["events"], identity["operations"]), (5, 4))
            self.assertEqual((identity["allocations"], identity["resizes"], identity["frees"]),
                             (2, 1, 1))
            self.assertEqual((identity["peak_live_bytes"], identity["peak_live_objects"]), (250, 2))
            self.assertEqual(identity["final_live_objects"], 1)
            self.assertEqual(len(run["samples"]), 5)
            self.assertEqual(run["failures"], {"allocations": 0, "resizes": 0, "skipped": 0})
            self.assertEqual(run["settings"]["order"], "strict")
        links = report["runs"][1]["links"]
        self.assertEqual([link["chain"] for link in links][1:],
                         ["bump" + links[1]["chain"][4:], "system"])
        self.assertEqual(links[1]["answered"], 3)
        self.assertEqual(links[2]["answered"], 0)
        refused = [(link["refused_allocations"], link["refused_resizes"]) for link in links]
        self.assertEqual(refused, [(0, 0), (0, 1), (0, 0)])

    def test_json_on_standard_output_is_the_report(self):
        trace = self.trace("t.hat", "a 1", "f 0")
        shown = json.loads(self.replay(trace, "--json", "-a", "system", *QUICK).stdout)
        self.assertEqual([run["chain"] for run in shown["runs"]], ["system"])
        dashed = json.loads(self.replay(trace, "-o", "-", "-a", "system", *QUICK).stdout)
        self.assertEqual(dashed["format"], "heapatlas.report/1")

    def test_several_traces_make_one_report(self):
        first = self.trace("a.hat", "a 1", "f 0")
        second = self.trace("b.hat", "a 2", "a 3")
        out = self.replay(first, second, "-a", "system", "-o", "r.json", *QUICK).stdout
        self.assertIn("a.hat: 2 operations", out)
        self.assertIn("b.hat: 2 operations", out)
        names = [run["trace"]["name"] for run in self.report("r.json")["runs"]]
        self.assertEqual(names, ["a.hat", "b.hat"])

    def test_too_few_samples_claim_nothing(self):
        trace = self.trace("t.hat", *events(20))
        self.replay(trace, "-a", "bump | system", "-o", "r.json", "--samples", "2")
        ratio = self.report("r.json")["runs"][1]["figures"]["ratio_to_system"]
        self.assertEqual((ratio["low"], ratio["high"], ratio["verdict"]),
                         (None, None, "too few samples"))

    def test_failures_stand_in_the_place_of_speed(self):
        trace = self.trace("t.hat", *events(20))
        out = self.replay(trace, "-a", "bump(size=1)", "-o", "r.json", *QUICK).stdout
        run = self.report("r.json")["runs"][1]
        self.assertEqual(run["failures"], {"allocations": 60, "resizes": 0, "skipped": 40})
        self.assertIsNone(run["figures"]["ns_per_operation"])
        self.assertIsNone(run["figures"]["ratio_to_system"])
        self.assertEqual(len(run["samples"]), 1)
        line = next(line for line in out.splitlines() if line.startswith("bump(size=1) "))
        self.assertIn(" failures ", line)
        self.assertTrue(line.endswith(" 100"), line)
        self.assertIn("a failed request is not speed", out)

    def test_verify_passes_on_a_right_allocator(self):
        trace = self.trace("t.hat", *events(50))
        out = self.replay(trace, "-a", "bump | system", "--verify", "-o", "r.json", *QUICK).stdout
        for run in self.report("r.json")["runs"]:
            self.assertEqual(run["verification"], {"passed": True, "fault": None})
        self.assertIn("- system: verified", out)

    def verify(self, name, *lines, pairs=6):
        """Replays allocations through a plugin that goes wrong at its fifth; gives its run."""
        trace = self.trace("t.hat", *lines, *["a 100", "a 100 zeroed"][: 2 if name == "dirty" else 1]
                           * pairs)
        chain = f'plugin("{BROKEN_PLUGIN}", prefix="{name}")'
        # A sanitizer would catch the crash itself, and make an exit of it.
        result = self.run_heapatlas("replay", trace, "-a", chain, "--verify", "-o", "r.json",
                                    "--samples", "1", "--warm", "0", "--timeout", "1",
                                    env={"ASAN_OPTIONS": "handle_segv=0"})
        return result, self.report("r.json")["runs"][1]

    def test_a_right_plugin_is_verified(self):
        result, run = self.verify("right")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertTrue(run["verification"]["passed"])

    def test_a_broken_allocator_is_named_with_the_event_that_showed_it(self):
        for name, event, words in (("overlap", 5, "granted again"), ("misaligned", 5, "not aligned"),
                                   ("dirty", 10, "something else than 0")):
            result, run = self.verify(name, "m 1")
            self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
            fault = run["verification"]["fault"]
            self.assertEqual((fault["event"], fault["object"]), (event, event - 1), fault)
            self.assertIn(words, fault["what"])
            self.assertIn(f"BROKEN at event {event}, object {event - 1}: ", result.stdout)

    def test_a_crash_is_the_chains_failure_and_names_its_event(self):
        result, run = self.verify("crash")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual((run["trouble"]["kind"], run["trouble"]["pass"]), ("crashed", "throughput"))
        self.assertIn("SIGSEGV", run["trouble"]["what"])
        self.assertEqual(run["verification"]["fault"]["event"], 4)
        self.assertIsNone(run["figures"]["ns_per_operation"])
        self.assertIn("crashed in the throughput pass: killed by SIGSEGV", result.stdout)

    def test_a_hang_is_ended_and_told(self):
        result, run = self.verify("hang")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(run["trouble"]["kind"], "timed_out")

    def test_recorded_threads_are_labelled_as_replayed_on_one(self):
        trace = self.trace("t.hat", "thread 0", "s", "a 10", "thread 1", "s", "f 0")
        out = self.replay(trace, "-a", "system", *QUICK).stdout
        self.assertIn("2 threads", out)
        self.assertIn("strict order", out)

    def test_a_cut_trace_is_replayed_as_far_as_it_goes(self):
        whole = self.trace("whole.hat", *events(5000)).read_bytes()
        (self.folder / "cut.hat").write_bytes(whole[: len(whole) * 9 // 10])
        result = self.replay("cut.hat", "-a", "system", "-o", "r.json", *QUICK, status=3)
        self.assertRegex(result.stderr, r"heapatlas: warning: .*recovered")
        identity = self.report("r.json")["runs"][0]["trace"]
        self.assertIn("recovered", identity["recovery"])
        self.assertGreater(identity["operations"], 0)

    def test_bad_chains_are_refused_before_anything_runs(self):
        trace = self.trace("t.hat", "a 1")
        self.assert_refused(self.replay(trace, "-a", "sistem", "-o", "r.json", status=2), "sistem")
        result = self.replay(trace, "-a", "sistem", status=2)
        self.assertIn("system", result.stderr)
        self.assert_refused(self.replay(trace, "-a", "bump |", status=2))
        self.assertEqual(self.files(), ["t.hat"])

    def test_bad_traces_are_refused(self):
        (self.folder / "empty.hat").write_bytes(b"")
        (self.folder / "foreign.hat").write_bytes(b"\x7fELF" + bytes(5000))
        (self.folder / "folder.hat").mkdir()
        self.trace("nothing.hat", "m 1")
        good = self.trace("good.hat", "a 1")
        for bad in ("missing.hat", "empty.hat", "foreign.hat", "folder.hat", "nothing.hat"):
            self.assert_refused(self.replay(bad, "-a", "system", "-o", "r.json", *QUICK, status=2),
                                bad)
        self.assert_refused(self.replay(good, "missing.hat", "-a", "system", status=2))
        self.assertNotIn("r.json", self.files())

    def test_an_output_that_cannot_be_written_is_refused_before_the_work(self):
        trace = self.trace("t.hat", *events())
        started = time.monotonic()
        self.assert_refused(self.replay(trace, "-o", "no/such/folder/r.json", "--samples", "1000",
                                        status=2), "no/such/folder/r.json")
        self.assertLess(time.monotonic() - started, 20)

    def test_bad_usage_is_refused(self):
        trace = self.trace("t.hat", "a 1")
        for arguments in ((), (trace, "--samples", "0"), (trace, "--touch", "some"),
                          (trace, "--natural-align", "3"), (trace, "--warm", "65"),
                          (trace, "-a"), (trace, "--frobnicate")):
            self.assert_refused(self.replay(*arguments, status=2))

    def test_huge_sizes_fail_cleanly(self):
        trace = self.trace("t.hat", f"a {2**46}", "a 10", f"r 1 {2**47}", "f 1")
        self.replay(trace, "-a", "system", "-o", "r.json", *QUICK,
                    env={"ASAN_OPTIONS": "allocator_may_return_null=1"})
        run = self.report("r.json")["runs"][0]
        self.assertEqual(run["failures"]["allocations"] + run["failures"]["resizes"], 2)

    def test_an_interrupt_ends_everything_and_leaves_nothing(self):
        trace = self.trace("t.hat", *events(20000))
        child = subprocess.Popen(
            [cli.HEAPATLAS, "replay", str(trace), "-o", "r.json", "--samples", "1000"],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            start_new_session=True)
        time.sleep(1)
        os.killpg(child.pid, signal.SIGINT)
        out, err = child.communicate(timeout=60)
        self.assertEqual(child.returncode, 130, err)
        self.assertEqual(out, "")
        self.assertIn("interrupted", err)
        self.assertEqual(self.files(), ["t.hat"])
        with self.assertRaises(ProcessLookupError):
            os.killpg(child.pid, 0)

    def test_self_check_weighs_the_loop(self):
        trace = self.trace("t.hat", *events(2000))
        out = self.replay(trace, "--self-check").stdout
        row = next(line for line in out.splitlines() if line.startswith("t.hat"))
        self.assertRegex(row, r"^t\.hat +11,980 +\d+\.\d\d +\d+\.\d\d +\d+\.\d\d$")


if __name__ == "__main__":
    cli.main()
