"""Every example of `heapatlas list` replays a bundled trace, and every block of it is checked."""
import json
import pathlib

import cli

TRACE = pathlib.Path(__file__).parents[2] / "traces/sqlite3.hat"


class Examples(cli.CliTest):
    def test_each_replays_a_bundled_trace_verified(self):
        listed = json.loads(self.succeed("list", "--json"))["examples"]
        chains = [example["chain"] for example in listed]
        self.assertGreaterEqual(len(chains), 20)
        arguments = [part for chain in chains for part in ("-a", chain)]
        result = self.run_heapatlas("replay", TRACE, *arguments, "--verify", "--samples", "1",
                                    "--warm", "0", "-q", "-o", "report.json", timeout=500)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        with open(self.folder / "report.json", encoding="utf-8") as file:
            runs = {run["chain"]: run for run in json.load(file)["runs"]}
        for chain in chains:
            with self.subTest(chain):
                run = runs[chain]
                self.assertEqual(run["verification"], {"passed": True, "fault": None})
                self.assertEqual(run["failures"], {"allocations": 0, "resizes": 0, "skipped": 0})
                self.assertGreater(run["figures"]["ns_per_operation"], 0)


if __name__ == "__main__":
    cli.main()
