"""heapatlas explain metric: what the figures of a report mean."""
import cli


class ExplainMetric(cli.CliTest):
    def test_all_are_listed_and_each_is_explained(self):
        listed = self.succeed("explain", "metric")
        metrics = self.json_of("explain", "metric", "--json")
        self.assertGreater(len(metrics), 20)
        for metric in metrics:
            self.assertIn(metric["name"], listed)
            self.assertEqual(self.json_of("explain", "metric", metric["name"], "--json"), metric)

    def test_one_says_its_formula_and_what_is_better(self):
        text = self.succeed("explain", "metric", "external_fragmentation")
        for part in ("1 - largest_free / free", "lower is better", "heap_figures.snapshots"):
            self.assertIn(part, text)

    def test_a_member_of_the_report_is_explained_by_its_metric(self):
        self.assertEqual(self.succeed("explain", "metric", "peak_footprint_bytes"),
                         self.succeed("explain", "metric", "peak_footprint"))

    def test_an_unknown_one_is_refused_with_the_nearest(self):
        result = self.run_heapatlas("explain", "metric", "chrun")
        self.assert_refused(result, "chrun")
        self.assertIn("did you mean 'churn'?", result.stderr)

    def test_a_chain_is_still_asked_for_without_metric(self):
        self.assert_refused(self.run_heapatlas("explain"), "CHAIN")


if __name__ == "__main__":
    cli.main()
