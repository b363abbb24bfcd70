"""heapatlas bench: which workloads run, what the table and the JSON say. No time decides a test."""
import cli

QUICK = ["--quick"]


class Bench(cli.CliTest):
    def rows_of(self, *arguments):
        report = self.json_of("bench", "-q", "--json", *QUICK, *arguments)
        return {row["workload"]: {result["allocator"]: result for result in row["results"]}
                for row in report["workloads"]}

    def test_lists_its_workloads(self):
        names = self.succeed("bench", "--benchmark_list_tests").splitlines()
        for name in ("live/1K", "live/4M", "actions/30000", "actions-fixed/1000", "pair/200",
                     "vectors", "hand-over/2", "fill/64", "align/1x4096", "replace/1000",
                     "allocate/cold", "allocate/warm"):
            self.assertTrue(any(line.startswith(name + "/") for line in names), name)

    def test_measures_the_harness_and_system_malloc_beside_every_chain(self):
        rows = self.rows_of("-a", "bump(size=256M)", "--benchmark_filter=pair/200|vectors/reset")
        self.assertEqual(list(rows), ["pair/200", "vectors/reset"])
        for row in rows.values():
            self.assertEqual(list(row), ["null", "system", "bump(size=256M)"])
            self.assertEqual(row["system"]["ratio_to_system"], 1)
            for result in row.values():
                self.assertGreater(result["cpu_ns_per_operation"], 0)
                self.assertGreater(result["ratio_to_system"], 0)

    def test_failed_requests_give_no_time(self):
        rows = self.rows_of("-a", "bump(size=4K)", "--benchmark_filter=live/16K")
        result = rows["live/16K"]["bump(size=4K)"]
        self.assertIsNone(result["cpu_ns_per_operation"])
        self.assertIsNone(result["ratio_to_system"])
        self.assertIn("failed", result["why_not"])

    def test_only_allocators_for_many_threads_hand_blocks_over(self):
        rows = self.rows_of("-a", "bump", "--benchmark_filter=hand-over/2")
        self.assertGreater(rows["hand-over/2"]["system"]["cpu_ns_per_operation"], 0)
        self.assertIn("one thread", rows["hand-over/2"]["bump"]["why_not"])

    def test_how_much_of_a_bounded_heap_was_of_use(self):
        rows = self.rows_of("-a", "stalloc(blocks=1000, block=8)", "--benchmark_filter=fill/64")
        share = rows["fill/64"]["stalloc(blocks=1000, block=8)"]["share_of_memory"]
        self.assertGreater(share, 0.5)
        self.assertLessEqual(share, 1)
        self.assertIn("bounded", rows["fill/64"]["system"]["why_not"])

    def test_the_table_names_everyone(self):
        table = self.succeed("bench", "-q", *QUICK, "-a", "bump", "--benchmark_filter=pair")
        for word in ("null", "system", "bump", "pair/200", "lower is better"):
            self.assertIn(word, table)

    def test_without_a_chain_the_goals_are_judged(self):
        report = self.json_of("bench", "-q", "--json", *QUICK, "--benchmark_filter=live/1K|fill/1024")
        goals = {goal["goal"]: goal for goal in report["goals"]}
        self.assertEqual(len(goals), 3)
        for goal in goals.values():
            self.assertIsNotNone(goal["reached"], goal["goal"])
            above = goal["reached"] >= goal["limit"]
            self.assertEqual(goal["met"], above == (goal["better"] == "higher"))
        self.assertEqual([goal["better"] for goal in goals.values()].count("higher"), 1)
        # Beside the usual allocators, what only the goals compare runs on the goals' workloads.
        rows = {row["workload"]: [result["allocator"] for result in row["results"]]
                for row in report["workloads"]}
        self.assertIn("locked(talc)", rows["live/1K"])
        self.assertNotIn("locked(talc)", rows["fill/1024"])

    def test_goals_are_told_with_what_decides_them(self):
        table = self.succeed("bench", "-q", *QUICK, "--benchmark_filter=allocate/warm")
        for word in ("to reach", "upstream", "reached", "net", "lower is better", "bump / system"):
            self.assertIn(word, table)
        self.assertLessEqual(max(map(len, table.splitlines())), 100)

    def test_a_goal_whose_reference_is_not_measured_says_so(self):
        report = self.json_of("bench", "-q", "--json", *QUICK, "-a", "slab(size=200)",
                              "--benchmark_filter=pair/200")
        goals = {goal["goal"]: goal for goal in report["goals"]}
        beside_mimalloc = goals["slab / mimalloc: 200 B, freed at once"]
        self.assertIsNone(beside_mimalloc["met"])
        self.assertIn("mimalloc", beside_mimalloc["why_not"])
        self.assertIsNotNone(goals["slab / system: 200 B, freed at once"]["met"])

    def test_bad_arguments_are_refused_before_anything_runs(self):
        self.assert_refused(self.run_heapatlas("bench", "-q", "--wrong"), "--wrong")
        self.assert_refused(self.run_heapatlas("bench", "-q", "-a", "tlac"), "tlac")
        self.assert_refused(self.run_heapatlas("bench", "-q", "--rounds", "0"), "rounds")
        self.assert_refused(self.run_heapatlas("bench", "-q", *QUICK, "-a", "bump",
                                               "--benchmark_filter=nothing"), "nothing")
        self.assert_refused(self.run_heapatlas("bench", "-q", *QUICK, "-a", "bump",
                                               "--benchmark_filter=("), "regular expression")


cli.main()
