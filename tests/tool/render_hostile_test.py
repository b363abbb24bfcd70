"""heapatlas render: damaged and hostile reports, places that cannot be written, absurd options.

Whatever it is given, render draws a whole picture, or says in one line why not, with exit status 2
and no file left behind.
"""
import json
import random

import cli
import render_test

TRILLION = 10 ** 12


class RenderHostile(cli.CliTest):
    def setUp(self):
        super().setUp()
        self.trace("app.hat", "a 16", "a 100", "f 0", "a 5000", "a 32", "f 2")
        self.succeed("-q", "replay", "app.hat", "-a", "talc", "--placements", "--samples", "1",
                     "--warm", "0", "-o", "report.json")
        self.document = json.loads((self.folder / "report.json").read_text())

    def render(self, name, *arguments):
        """Draws a small picture of a report to no.png; gives what became of it."""
        return self.run_heapatlas("-q", "render", name, "-o", "no.png", "--size", "320x200",
                                  *arguments, timeout=30)

    def refuse(self, name, *arguments, why=""):
        """Expects one line and perhaps a hint, status 2, and no file that was not there."""
        before = self.files()
        with self.subTest(why or name, arguments=arguments):
            result = self.render(name, *arguments)
            self.assert_refused(result)
            self.assertLessEqual(len(result.stderr.splitlines()), 2, result.stderr)
            self.assertLess(len(result.stderr), 1000)
            self.assertEqual(self.files(), before)

    def refuse_or_draw(self, name, why):
        """Expects a refusal, or a whole picture; says whether it was refused."""
        before = self.files()
        with self.subTest(why):
            result = self.render(name)
            if result.returncode != 0:
                self.assert_refused(result)
                self.assertEqual(self.files(), before)
                return True
            picture = self.folder / "no.png"
            self.assertEqual(len(render_test.pixels_of(picture.read_bytes())), 200)
            picture.unlink()
        return False

    def in_every_format(self):
        """The same report as JSON and CBOR, plain and packed."""
        names = ["report.json"]
        for name in ("report.json.zst", "report.cbor", "report.cbor.zst"):
            self.succeed("-q", "replay", "app.hat", "-a", "talc", "--placements", "--samples", "1",
                         "--warm", "0", "-o", name)
            names.append(name)
        return names

    def test_the_report_itself_can_be_drawn(self):
        for name in self.in_every_format():
            self.assertFalse(self.refuse_or_draw(name, name))

    def test_cut_anywhere(self):
        for name in self.in_every_format():
            whole = (self.folder / name).read_bytes().rstrip()
            cuts = {0, 1, 2, len(whole) - 1, *(len(whole) * i // 12 for i in range(1, 12))}
            for length in sorted(cuts):
                (self.folder / f"cut-{name}").write_bytes(whole[:length])
                self.refuse(f"cut-{name}", why=f"{name} cut to {length} of {len(whole)} bytes")

    def test_flipped_bits_and_bytes(self):
        dice = random.Random(20260101)
        for name in self.in_every_format():
            whole = (self.folder / name).read_bytes()
            refused = 0
            for _ in range(20):
                damaged = bytearray(whole)
                at = dice.randrange(len(whole))
                damaged[at] ^= 1 << dice.randrange(8)
                (self.folder / f"flip-{name}").write_bytes(damaged)
                refused += self.refuse_or_draw(f"flip-{name}", f"{name}, a bit of byte {at}")
            self.assertGreater(refused, 3, name)

    def test_what_is_no_report(self):
        for name, content in {
                "empty.json": b"", "empty.cbor": b"", "empty.cbor.zst": b"", "nul.json": b"\0" * 99,
                "text.json": b"hello", "text.zst": b"hello", "list.json": b"[]",
                "null.json": b"null",
                "object.json": b"{}", "number.json": b"1e999", "deep.json": b"[" * 200_000,
                "deep.cbor": b"\x81" * 200_000, "endless.cbor": b"\x9f" + b"\x00" * 1000,
                "huge.cbor": b"\x9b" + b"\xff" * 8, "long.cbor": b"\x7b\x7f" + b"\xff" * 7,
                "elf.json": b"\x7fELF" + b"\1" * 100, "utf.json": b'{"\xff\xfe": 1}',
                "zeroes.json.zst": b"\x28\xb5\x2f\xfd" + b"\0" * 20}.items():
            (self.folder / name).write_bytes(content)
            self.refuse(name)
        (self.folder / "folder.json").mkdir()
        for name in ("folder.json", "missing.json", "app.hat", "", "/dev/null", "app.hat/x.json"):
            self.refuse(name)

    def test_versions_of_the_future(self):
        for version in ("heapatlas.report/2", "heapatlas.report/99", "heapatlas.report/", "", 1,
                        None):
            self.write("future.json", {**self.document, "format": version})
            self.refuse("future.json", why=f"format {version!r}")
        del self.document["format"]
        self.write("future.json", self.document)
        self.refuse("future.json", why="no format")

    def write(self, name, document):
        (self.folder / name).write_text(json.dumps(document))

    def test_impossible_heaps(self):
        """Each changes one number of a heap that can be drawn."""
        names = ("birth", "death", "offset", "requested", "granted", "region", "node", "thread",
                 "site")

        def placement(column, value):
            def change(heap):
                heap["placements"][column][0] = value
            return change

        def other(*path):
            *path, value = path

            def change(heap):
                for step in path[:-1]:
                    heap = heap[step]
                heap[path[-1]] = value
            return change

        changes = {"no placements": other("placements", None),
                   "a count": other("placements", "count", TRILLION),
                   "a count less": other("placements", "count", 1),
                   "a count below 0": other("placements", "count", -1),
                   "events": other("events", -1), "no events": other("events", 0),
                   "too many events": other("events", 2 ** 53 + 2),
                   "no region": other("regions", []),
                   "an address": other("regions", 0, "address", -8),
                   "an address of 64 bits": other("regions", 0, "address", 2 ** 64 - 1),
                   "a region of nothing": other("regions", 0, "extents", 0, "size", 0),
                   "a region below 0": other("regions", 0, "extents", 0, "size", -1),
                   "a region dead at birth": other("regions", 0, "death", 0),
                   "a region without extents": other("regions", 0, "extents", []),
                   "no snapshot": other("snapshots", 0, None),
                   "a snapshot's count": other("snapshots", 0, "spans", "count", TRILLION),
                   "a snapshot later than all": other("snapshots", 0, "at", TRILLION),
                   "a span below 0": other("snapshots", 0, "spans", "size", 0, -1),
                   "a span's kind": other("snapshots", 0, "spans", "kind", 0, "haunted"),
                   "a series": other("series", 0, "value", [1]),
                   "names": other("nodes", 5)}
        for column in names:
            values = [-1, 0.5, "x", [], 2 ** 53 + 2, 2 ** 64 - 1, 2 ** 70]
            if column in ("birth", "death", "offset", "region", "node", "thread"):
                values.append(TRILLION)
            if column in ("requested", "granted"):
                values += [0, TRILLION]
            for value in values:
                changes[f"{column} {value!r}"] = placement(column, value)
            changes[f"{column} is short"] = other("placements", column, [0])
            changes[f"{column} is no column"] = other("placements", column, 7)
        changes["dead before it is born"] = placement("death", 0)
        changes["beyond its region"] = placement("offset", 8192 - 8)
        changes["larger than its region"] = placement("granted", 8193)
        changes["granted less"] = placement("granted", 4095)
        for why, change in changes.items():
            heap = render_test.heap(8192, [(0, None, 0, 4096, 4096), (0, 60, 4096, 1000, 2048)])
            self.document["runs"][0]["heap"] = heap
            change(heap)
            self.write("changed.json", self.document)
            self.refuse("changed.json", why=why)

    def test_the_heap_that_these_change_can_be_drawn(self):
        self.document["runs"][0]["heap"] = render_test.heap(8192, [(0, None, 0, 4096, 4096)])
        self.write("changed.json", self.document)
        self.assertFalse(self.refuse_or_draw("changed.json", "unchanged"))

    def test_reports_of_other_things(self):
        for run in self.document["runs"]:
            run["heap"] = None
        self.write("plain.json", self.document)
        self.refuse("plain.json")
        self.write("none.json", {**self.document, "runs": []})
        self.refuse("none.json")

    def test_places_that_cannot_be_written(self):
        (self.folder / "folder.png").mkdir()
        for place in ("folder.png", "nowhere/at/all.png", "app.hat/x.png", "", "/dev/full",
                      "/proc/self/no.png", "x" * 300 + ".png"):
            with self.subTest(place):
                before = self.files()
                result = self.run_heapatlas("-q", "render", "report.json", "-o", place)
                self.assert_refused(result)
                self.assertEqual(self.files(), before)
                self.assertEqual(list((self.folder / "folder.png").iterdir()), [])

    def test_a_picture_that_stands_is_kept(self):
        picture = self.folder / "no.png"
        self.assertEqual(self.render("report.json").returncode, 0)
        drawn = picture.read_bytes()
        (self.folder / "cut.json").write_bytes((self.folder / "report.json").read_bytes()[:-9])
        self.refuse("cut.json")
        self.refuse("report.json", "--at", "999999")
        self.assertEqual(picture.read_bytes(), drawn)

    def test_a_full_pipe(self):
        with open("/dev/full", "wb") as full:
            result = cli.subprocess.run(
                [cli.HEAPATLAS, "-q", "render", "report.json", "-o", "-"], cwd=self.folder,
                stdout=full, stderr=cli.subprocess.PIPE, text=True, timeout=30, check=False)
        self.assertNotEqual(result.returncode, 0)
        self.assertTrue(result.stderr.startswith("heapatlas: error: "), result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 1)

    def test_absurd_options(self):
        numbers = ("", " ", "-1", "0", "1.5", "1e9", "nan", "inf", "0x10", "9" * 40, "-" + "9" * 40,
                   "1k", "1KK", "\u0661", "%s%n", "1\n2")
        for text in numbers:
            for size in (f"{text}x400", f"400x{text}", text):
                self.refuse("report.json", f"--size={size}")
        for size in ("x", "xx", "400X400", "400x400x400", "16385x400", "400x16385", "319x400"):
            self.refuse("report.json", f"--size={size}")
        for row in (*numbers, "3", "1023K", "2048G", "K", "1T"):
            if row:
                self.refuse("report.json", f"--row={row}")
        for at in (*numbers, "999999", "1M", "PEAK", "middle", "x" * 500):
            if at != "0":
                self.refuse("report.json", f"--at={at}")
        for option in ("--kind", "--colour", "--palette", "--run"):
            for text in ("-1", "9" * 40, "x", "state,map"):
                self.refuse("report.json", f"{option}={text}")


if __name__ == "__main__":
    cli.main()
