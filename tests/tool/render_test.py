"""heapatlas render: reports as pictures, and what cannot be drawn."""
import json
import os
import struct
import zlib

import cli

NIGHT = {"live": (0x56, 0xB4, 0xE9), "slack": (0xE6, 0x9F, 0x00), "unused": (0x35, 0x3C, 0x46),
         "opaque": (0x64, 0x6A, 0x73)}


def columns(names, rows):
    return {"count": len(rows), **{name: [row[i] for row in rows] for i, name in enumerate(names)}}


def heap(size, blocks, own=True, events=100):
    """One region, and blocks of (birth, death, offset, requested, granted)."""
    names = ["birth", "death", "offset", "requested", "granted", "region", "node", "thread", "site"]
    return {
        "events": events, "nodes": ["talc", "system"], "threads": ["thread 0"], "sites": [],
        "regions": [{"address": 0, "extents": [{"from": 0, "size": size}], "death": None,
                     "node": 0, "own": own}],
        "placements": columns(names, [(*block, 0, 0, 0, None) for block in blocks]),
        "snapshots": [{"at": 50, "label": "worst", "spans": columns(
            ["address", "size", "kind", "node", "blocks", "requested"],
            [(0, size, "used" if own else "opaque", 0, 0, 0)])}],
        "series": [{"name": "live", "unit": "bytes", "at": [0, 50], "value": [4096, 100]}]}


def pixels_of(png):
    """The rows of an RGBA picture as lists of (r, g, b)."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, data = 8, b""
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        body = png[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height = struct.unpack(">II", body[:8])
        if kind == b"IDAT":
            data += body
        at += 12 + length
    raw, before, rows = zlib.decompress(data), bytearray(width * 4), []
    for y in range(height):
        row = bytearray(raw[y * (width * 4 + 1) + 1:(y + 1) * (width * 4 + 1)])
        how = raw[y * (width * 4 + 1)]
        for i, value in enumerate(row):
            left = row[i - 4] if i >= 4 else 0
            up, corner = before[i], before[i - 4] if i >= 4 else 0
            guess = left + up - corner
            nearest = min((left, up, corner), key=lambda one: abs(guess - one))
            row[i] = value + (0, left, up, (left + up) // 2, nearest)[how] & 255
        rows.append([tuple(row[x:x + 3]) for x in range(0, width * 4, 4)])
        before = row
    return rows


class Render(cli.CliTest):
    def setUp(self):
        super().setUp()
        self.trace("app.hat", "a 16", "a 100", "f 0")
        self.succeed("-q", "replay", "app.hat", "-a", "talc | system", "--samples", "1", "--warm",
                     "0", "-o", "plain.json")
        self.document = json.loads((self.folder / "plain.json").read_text())
        by_chain = {run["chain"]: run for run in self.document["runs"]}
        by_chain["talc | system"]["heap"] = heap(
            8192, [(0, None, 0, 4096, 4096), (0, 60, 4096, 1000, 2048)])
        by_chain["system"]["heap"] = heap(16384, [(0, None, 64, 4096, 4096)], own=False)
        self.write("report.json", self.document)

    def write(self, name, document):
        (self.folder / name).write_text(json.dumps(document))

    def picture(self, *arguments):
        """Draws the report; the picture's rows."""
        self.succeed("-q", "render", "report.json", "-o", "out.png", *arguments)
        return pixels_of((self.folder / "out.png").read_bytes())

    def colours(self, *arguments):
        return {pixel for row in self.picture("--size", "500x400", *arguments) for pixel in row}

    def test_draws_every_kind_colour_and_palette_without_a_display(self):
        self.assertNotIn("DISPLAY", os.environ)
        seen = set()
        for arguments in ([], ["--kind", "history"], ["--kind", "timeline"], ["--kind", "compare"],
                          *(["--colour", by] for by in
                            ("link", "size", "age", "waste", "thread", "site")),
                          ["--palette", "day"], ["--row", "1K"], ["--at", "99"]):
            self.succeed("-q", "render", "report.json", "-o", "out.png", *arguments)
            png = (self.folder / "out.png").read_bytes()
            self.assertEqual(struct.unpack(">II", png[16:24]), (1600, 900))
            self.assertNotIn(png, seen, arguments)
            seen.add(png)

    def test_the_map_shows_blocks_slack_and_holes(self):
        colours = self.colours("--row", "256", "--at", "0")
        self.assertTrue({NIGHT["live"], NIGHT["slack"], NIGHT["unused"]} <= colours)
        self.assertNotIn(NIGHT["opaque"], colours)
        rows = self.picture("--size", "500x400", "--row", "256", "--at", "0")
        live, slack = (sum(row.count(NIGHT[kind]) for row in rows) for kind in ("live", "slack"))
        self.assertAlmostEqual(live / slack, 5096 / 1048, delta=0.1)  # and the legend's squares

    def test_what_is_foreign_is_opaque(self):
        colours = self.colours("--run", "system", "--at", "0")
        self.assertIn(NIGHT["opaque"], colours)
        self.assertNotIn(NIGHT["unused"], colours)

    def test_instants_have_names_and_numbers(self):
        def event(*arguments):
            return json.loads(self.succeed("-q", "render", "report.json", "-o", "out.png",
                                           "--json", *arguments))["event"]
        self.assertEqual(event(), 0)
        self.assertEqual(event("--at", "worst"), 50)
        self.assertEqual(event("--at", "end"), 99)
        self.assertEqual(event("--at", "0.07k"), 70)
        for text, words in {"101": "no event 101", "1M": "no event 1000000",
                            "never": "no instant 'never'", "-1": "no instant"}.items():
            result = self.run_heapatlas("render", "report.json", "-o", "no.png", f"--at={text}")
            self.assert_refused(result, words)
        self.assertNotIn("no.png", self.files())

    def test_runs_are_chosen_by_number_chain_or_part(self):
        def chains(*arguments):
            return json.loads(self.succeed("-q", "render", "report.json", "-o", "out.png",
                                           "--json", *arguments))["chains"]
        self.assertEqual(chains(), ["talc | system"], "ours before the system's")
        for text in ("talc | system", "talc|system", "tal"):
            self.assertEqual(chains("--run", text), ["talc | system"])
        self.assertEqual(chains("--run", "system"), ["system"])
        numbers = {chains("--run", "1")[0], chains("--run", "2")[0]}
        self.assertEqual(numbers, {"talc | system", "system"})
        self.assertEqual(sorted(chains("--kind", "compare")), ["system", "talc | system"])
        self.assertEqual(chains("--kind", "compare", "--run", "talc", "--run", "system"),
                         ["talc | system", "system"])
        for arguments, words in ((["--run", "3"], "'3'"), (["--run", "bump"], "'bump'"),
                                 (["--run", "1", "--run", "2"], "shows 1"),
                                 (["--kind", "compare", *["--run", "1"] * 5], "shows 4")):
            self.assert_refused(
                self.run_heapatlas("render", "report.json", "-o", "no.png", *arguments), words)

    def test_says_which_run_it_took(self):
        result = self.run_heapatlas("render", "report.json", "-o", "out.png")
        self.assertEqual(result.returncode, 0)
        self.assertEqual(result.stdout, "out.png: the map of app.hat on talc | system, event 0, "
                                        "1600 x 900 pixels\n")
        self.assertIn("drew 1 of 2 runs; --run N chooses: 1 ", result.stderr)

    def test_to_standard_output(self):
        command = [cli.HEAPATLAS, "-q", "render", "report.json", "-o", "-", "--size", "320x200"]
        png = cli.subprocess.run(command, cwd=self.folder, capture_output=True, check=True).stdout
        self.assertEqual((len(pixels_of(png)), len(pixels_of(png)[0])), (200, 320))

    def test_a_report_without_placements_says_how_to_record_them(self):
        result = self.run_heapatlas("render", "plain.json", "-o", "no.png")
        self.assert_refused(result, "no placements", "plain.json")
        self.assertIn("--placements", result.stderr.splitlines()[1])
        self.document["runs"][0]["heap"] = None
        self.write("half.json", self.document)
        chain = self.document["runs"][0]["chain"]
        self.assert_refused(
            self.run_heapatlas("render", "half.json", "-o", "no.png", "--run", chain),
            "has no placements")
        self.assertNotIn("no.png", self.files())

    def test_refuses_what_is_no_report_and_no_place(self):
        (self.folder / "text.json").write_text("hello")
        (self.folder / "empty.json").touch()
        hostile = json.loads(json.dumps(self.document))
        hostile["runs"][0]["heap"]["placements"]["death"][0] = 0
        self.write("hostile.json", hostile)
        for name in ("missing.json", "text.json", "empty.json", "hostile.json", "app.hat", "."):
            self.assert_refused(self.run_heapatlas("render", name, "-o", "no.png"))
        self.assert_refused(
            self.run_heapatlas("render", "report.json", "-o", "nowhere/at/all.png"), "nowhere")
        (self.folder / "folder.png").mkdir()
        self.assert_refused(self.run_heapatlas("render", "report.json", "-o", "folder.png"))
        self.assertNotIn("no.png", self.files())

    def test_refuses_senseless_options(self):
        for arguments in (["--size", "10x10"], ["--size", "99999x400"], ["--size", "600"],
                          ["--size", "600x400x3"], ["--size", "x"], ["--row", "3000"],
                          ["--row", "0"], ["--row", "4T"], ["--row", "99999999999999999999"],
                          ["--kind", "sculpture"], ["--colour", "hue"], ["--palette", "dusk"],
                          ["more.json"]):
            self.assert_refused(
                self.run_heapatlas("render", "report.json", "-o", "no.png", *arguments))
        self.assert_refused(self.run_heapatlas("render", "report.json"))
        self.assertNotIn("no.png", self.files())

    def test_help_teaches(self):
        text = self.succeed("render", "--help")
        self.assertIn("--placements -o report.json", text)
        self.assertIn("heapatlas render report.json -o map.png", text)
        for line in text.splitlines():
            self.assertLessEqual(len(line), 100, line)


if __name__ == "__main__":
    cli.main()
