"""heapatlas info: a trace's portrait as text and as JSON, and what damaged files give."""
import json

import cli

SMALL = [
    "program /usr/bin/app",
    "command app --fast",
    "time 100", "a 16", "a 100 zeroed", "a 4096 align=12",
    "time 300", "r 1 200",
    "thread 1", "time 5000", "f 0", "s",
    "time 2000000", "f 2",
    "a 0",
    "losses 3 4",
]


def long_trace(events, first=0):
    """Pairs of an allocation and its free, from the object with the number first on."""
    lines = []
    for i in range(events // 2):
        lines += ["time +50", f"a {i * 7919 % 5000}", "time +50", f"f {first + i}"]
    return lines


class Info(cli.CliTest):
    def test_tells_every_figure_as_json(self):
        self.trace("app.hat", *SMALL)
        told = self.json_of("info", "app.hat", "--json")
        self.assertEqual(told["trace"], "app.hat")
        self.assertEqual(told["bytes"], (self.folder / "app.hat").stat().st_size)
        self.assertIs(told["whole"], True)
        self.assertEqual(told["provenance"]["program"], "/usr/bin/app")
        self.assertEqual(told["provenance"]["command"], ["app", "--fast"])
        self.assertEqual(told["provenance"]["fidelity"]["identity"], "exact")
        self.assertEqual(told["losses"], {"dropped_frees": 3, "implicit_frees": 4, "cut": False})
        totals = told["totals"]
        for name, value in {
                "events": 8, "allocate": 4, "resize": 1, "free": 2, "thread_start": 1, "threads": 2,
                "duration_ns": 2000000, "peak_live_bytes": 16 + 200 + 4096, "peak_event": 3,
                "peak_live_blocks": 3, "end_live_bytes": 200, "end_live_blocks": 2,
                "bytes_requested": 4212, "largest_bytes": 4096, "zeroed": 1, "grown": 1,
                "shrunk": 0, "freed_by_another_thread": 2,
                "resized_by_another_thread": 0}.items():
            self.assertEqual(totals[name], value, name)
        self.assertEqual(told["sizes"], [{"up_to_bytes": 0, "blocks": 1, "bytes": 0},
                                         {"up_to_bytes": 16, "blocks": 1, "bytes": 16},
                                         {"up_to_bytes": 128, "blocks": 1, "bytes": 100},
                                         {"up_to_bytes": 4096, "blocks": 1, "bytes": 4096}])
        self.assertEqual(told["lifetimes"], [{"below_ns": 16000, "blocks": 1},
                                             {"below_ns": 4000000, "blocks": 1}])
        self.assertEqual(told["lifetimes_in_events"], [{"below_events": 16, "blocks": 2}])
        self.assertEqual(told["alignments"], {"natural_blocks": 3,
                                              "asked_for": [{"bytes": 4096, "blocks": 1}]})
        self.assertEqual(told["live_bytes"]["events_each"], 1)
        self.assertEqual(told["live_bytes"]["peaks"],
                         [16, 116, 4212, 4312, 4296, 4296, 200, 200])

    def test_fits_a_terminal_of_80_columns_and_needs_no_colour(self):
        self.trace("app.hat", *SMALL, *long_trace(1000, 4))
        text = self.succeed("info", "app.hat")
        self.assertNotIn("\x1b", text)
        for line in text.splitlines():
            self.assertLessEqual(len(line), 80, line)
            self.assertEqual(line, line.rstrip())
        for word in ("/usr/bin/app", "app --fast", "1,008 events in", "3 live at a time", "≤ 4 KiB",
                     "malloc's own", "3 frees of unknown blocks left out", "never freed"):
            self.assertIn(word, text)

    def test_says_what_the_source_did_not_know(self):
        self.trace("app.hat", "no threads", "no times", "no identity", "a 1", "f 0")
        text = self.succeed("info", "app.hat")
        self.assertIn("not known    threads, times, identity", text)
        self.assertIn("approximate", text)
        self.assertIn("< 4 events", text)
        told = self.json_of("info", "app.hat", "--json")
        self.assertIsNone(told["totals"]["duration_ns"])
        self.assertIsNone(told["lifetimes"])
        self.assertEqual(told["provenance"]["fidelity"]["identity"], "approximate")

    def test_of_no_event_is_a_portrait_too(self):
        self.trace("app.hat")
        self.assertIn("0 events", self.succeed("info", "app.hat"))
        self.assertEqual(self.json_of("info", "--json", "app.hat")["totals"]["events"], 0)

    def test_gives_the_terminal_no_control_characters_of_the_file(self):
        self.trace("app.hat", "program \x1b[31mred", "command a\x07b", "a 1")
        text = self.succeed("info", "app.hat")
        self.assertNotIn("\x1b", text)
        self.assertNotIn("\x07", text)
        self.assertIn("?[31mred", text)

    def test_of_a_cut_file_is_shown_as_far_as_it_goes_with_status_3(self):
        path = self.trace("app.hat", *long_trace(20000))
        whole = path.read_bytes()
        path.write_bytes(whole[:len(whole) // 2])
        for arguments in (["app.hat"], ["app.hat", "--json"]):
            result = self.run_heapatlas("info", *arguments)
            self.assertEqual(result.returncode, 3)
            self.assertEqual(len(result.stderr.splitlines()), 1)
            self.assertRegex(result.stderr, r"^heapatlas: warning: the file is cut short: \d+ "
                                            r"events recovered from the first \d+ of \d+ bytes "
                                            r"\(app.hat\)$")
        told = json.loads(result.stdout)
        self.assertIs(told["whole"], False)
        self.assertEqual(told["damage"], "the file is cut short")
        self.assertIsNone(told["losses"])
        self.assertTrue(5000 < told["totals"]["events"] < 15000, told["totals"]["events"])

    def test_of_a_damaged_file_stops_at_the_damage(self):
        path = self.trace("app.hat", *long_trace(20000))
        damaged = bytearray(path.read_bytes())
        damaged[len(damaged) // 2] ^= 1
        path.write_bytes(damaged)
        result = self.run_heapatlas("info", "app.hat")
        self.assertEqual(result.returncode, 3)
        self.assertIn("warning: a block is damaged: ", result.stderr)

    def test_refuses_what_is_no_trace(self):
        (self.folder / "empty.hat").touch()
        (self.folder / "text.hat").write_text("hello")
        (self.folder / "folder.hat").mkdir()
        whole = self.trace("app.hat", *SMALL).read_bytes()
        (self.folder / "cut.hat").write_bytes(whole[:100])
        (self.folder / "future.hat").write_bytes(whole[:8] + b"\x02" + whole[9:])
        before = self.files()
        for name, words in {"missing.hat": "No such file", "empty.hat": "empty",
                            "text.hat": "not a heapatlas trace", "folder.hat": "is a directory",
                            "cut.hat": "cut short", "future.hat": "version 2",
                            "/dev/null": "not a regular file"}.items():
            self.assert_refused(self.run_heapatlas("info", name), words, name)
        self.assert_refused(self.run_heapatlas("info"), "TRACE")
        self.assert_refused(self.run_heapatlas("info", "app.hat", "more"))
        self.assertEqual(self.files(), before)

    def test_help_teaches(self):
        text = self.succeed("info", "--help")
        self.assertIn("heapatlas info app.hat --json", text)


if __name__ == "__main__":
    cli.main()
