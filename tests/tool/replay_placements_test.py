"""heapatlas replay --placements: the heap in the report, and in the table."""
import cli
from replaying import QUICK, ReplayTest


class ReplayPlacements(ReplayTest):
    def test_the_report_holds_every_block_and_the_walks_asked_for(self):
        trace = self.trace("t.hat", "a 100", "a 50", "r 0 200", "f 1", "m 1")
        out = self.replay(trace, "-a", "talc", "--snapshot", 1, "-o", "report.json", *QUICK).stdout
        self.assertIn("frag worst", out)
        self.assertIn("heapatlas explain metric", out)
        system, talc = self.report()["runs"]
        for run in (system, talc):
            placements = run["heap"]["placements"]
            self.assertEqual(placements["count"], 3)
            self.assertEqual(placements["birth"], [0, 1, 2])
            self.assertEqual(placements["death"], [2, 3, None])
            self.assertEqual(placements["requested"], [100, 50, 200])
            self.assertIn((1, "event 1"), [(walk["at"], walk["label"])
                                           for walk in run["heap"]["snapshots"]])
        self.assertFalse(any(region["own"] for region in system["heap"]["regions"]))
        self.assertTrue(all(region["own"] for region in talc["heap"]["regions"]))

    def test_without_it_there_is_no_heap(self):
        trace = self.trace("t.hat", "a 100")
        self.replay(trace, "-a", "talc", "-o", "report.json", *QUICK)
        self.assertIsNone(self.report()["runs"][1]["heap"])

    def test_a_walk_beyond_the_last_event_is_refused(self):
        trace = self.trace("t.hat", "a 100", "f 0")
        result = self.run_heapatlas("replay", trace, "-a", "talc", "--snapshot", 2, "-o", "r.json")
        self.assert_refused(result, "no event 2", "t.hat")
        self.assertEqual(self.files(), ["t.hat"])

    def test_bad_snapshots_and_files_are_refused(self):
        trace = self.trace("t.hat", "a 100")
        for words in (["--snapshot", "-1"], ["--snapshot", "x"], ["--snapshot", ""],
                      ["--placements", "-o", "no/such/folder/r.json"]):
            result = self.run_heapatlas("replay", trace, *words)
            self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
            self.assertTrue(result.stderr.startswith("heapatlas: error: "), result.stderr)
        self.assertEqual(self.files(), ["t.hat"])


if __name__ == "__main__":
    cli.main()
