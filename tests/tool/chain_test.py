"""heapatlas list, explain and export-cpp: what a user is told of chains, and bad chains of every
kind."""
import json

import cli


class Chains(cli.CliTest):
    def test_list_shows_the_family_and_the_examples(self):
        text = self.succeed("list")
        told = self.json_of("list", "--json")
        for entry in told["entries"]:
            self.assertIn(f"  {entry['name']:<14}{entry['help']}", text)
        flat = " ".join(text.split())
        self.assertGreaterEqual(len(told["examples"]), 20)
        for example in told["examples"]:
            self.assertIn(example["chain"] + " " + example["help"], flat)

    def test_list_of_a_name_shows_its_arguments_and_an_example_that_explain_takes(self):
        for entry in self.json_of("list", "--json")["entries"]:
            text = " ".join(self.succeed("list", entry["name"]).split())
            for argument in entry["arguments"]:
                self.assertIn(argument["name"], text)
                self.assertIn(" ".join(argument["takes"].split()), text)
            result = self.run_heapatlas("explain", entry["example"])
            if result.returncode != 0:
                self.assertIn("position 1)", result.stderr)  # a library that is not there
                self.assertIn(entry["name"], ["preload", "jemalloc", "mimalloc", "tcmalloc",
                                              "plugin"])

    def test_explain_tells_tree_guarantees_overhead_and_type(self):
        text = self.succeed("explain", " stalloc( blocks=1000,block=8 )|talc(parent(bump))| system")
        lines = text.splitlines()
        self.assertEqual(lines[0], "stalloc(blocks=1000, block=8) | talc(parent(bump)) | system")
        self.assertEqual(lines[2:9], ["  0 fallback", "  ├─ 1 stalloc(blocks=1000, block=8)",
                                      "  └─ 2 fallback", "     ├─ 3 talc(parent(bump))",
                                      "     │  └─ source parent(bump)", "     │     └─ 4 bump",
                                      "     └─ 5 system"])
        flat = " ".join(text.split())
        self.assertIn("runs as a run-time chain, one virtual call a link", flat)
        self.assertIn("overhead stalloc: at most 7 bytes of rounding a block; talc: 4 bytes, and at "
                      "most 15 of rounding, a block; system: ", flat)
        self.assertIn("in bytes 7 bytes on a block of 1, 0 on 16, 4 on 100, 0 on 1000", flat)
        self.assertIn("in C++ heapatlas::Fallback<heapatlas::Stalloc<1000, 8>,", flat)

    def test_explain_tells_the_worst_overhead_in_bytes(self):
        chain = "slab(size=64) | stalloc(blocks=10, block=4) | talc"
        flat = " ".join(self.succeed("explain", chain).split())
        self.assertIn("at worst 63 bytes on a block of 1, 48 on 16, 12 on 100, 8 on 1000", flat)
        root = self.json_of("explain", chain, "--json")["root"]
        self.assertEqual(root["block_overhead"],
                         [{"size": size, "align": 16, "bytes": most}
                          for size, most in [(1, 63), (16, 48), (100, 12), (1000, 8)]])
        slab = root["parts"][0]
        self.assertEqual([told["size"] for told in slab["block_overhead"]], [1, 16])

    def test_text_and_json_are_one_chain_both_ways(self):
        chain = "stalloc(blocks=4K, index=tree) | locked(slabs(max=1K), mutex=spin) | system"
        told = self.json_of("explain", chain, "--json")
        self.assertEqual(told["text"], chain)
        again = self.json_of("explain", json.dumps(told["tree"]), "--json")
        self.assertEqual(again, told)

    def test_named_chains_come_from_a_file(self):
        named = {"format": "heapatlas.chains/1",
                 "chains": {"production": "stalloc(blocks=1000, block=8) | system",
                            "tree": {"name": "fallback", "args": ["bump", "talc"]},
                            "typo": "bump | sytem"}}
        (self.folder / "chains.json").write_text(json.dumps(named), encoding="utf-8")
        self.assertEqual(self.succeed("explain", "@production").splitlines()[0],
                         "stalloc(blocks=1000, block=8) | system")
        (self.folder / "chains.json").rename(self.folder / "mine.json")
        self.assertEqual(self.succeed("explain", "@tree", "--chains", "mine.json").splitlines()[0],
                         "bump | talc")
        result = self.run_heapatlas("explain", "@prodution", "--chains", "mine.json")
        self.assert_refused(result, "no chain is named 'prodution'", "mine.json")
        self.assertIn("did you mean 'production'?", result.stderr)
        self.assert_refused(self.run_heapatlas("explain", "@typo", "--chains", "mine.json"),
                            "'sytem'", "position 8 of bump | sytem")
        self.assert_refused(self.run_heapatlas("explain", "@production"), "chains.json")

    def test_every_command_that_takes_chains_takes_the_file_of_names(self):
        named = {"format": "heapatlas.chains/1",
                 "chains": {"production": "bump(size=1M) | system", "old": "talc",
                            "broken": "system | talc"}}
        (self.folder / "team.json").write_text(json.dumps(named), encoding="utf-8")
        (self.folder / "text.json").write_text("no JSON", encoding="utf-8")
        trace = self.trace("t.hat", "a 100", "f 0")
        told = self.json_of("replay", trace, "--chains", "team.json", "-a", "@production", "-a",
                            "@old", "--samples", "1", "--json")
        self.assertEqual([run["chain"] for run in told["runs"]],
                         ["system", "bump(size=1M) | system", "talc"])
        self.succeed("export-cpp", "@production", "--chains", "team.json", "-o", "p.hpp")
        self.assertIn("bump(size=1M) | system", (self.folder / "p.hpp").read_text())
        text = self.succeed("list", "--chains", "team.json")
        self.assertEqual(text.splitlines()[:2], ["@broken", "    system | talc"])
        self.assertIn("nothing may follow it", text)
        self.assertIn("@production\n    bump(size=1M) | system\n", text)
        told = self.json_of("list", "--chains", "team.json", "--json")["chains"]
        self.assertEqual([(chain["name"], chain["refused"] is None) for chain in told],
                         [("broken", False), ("old", True), ("production", True)])
        before = self.files()
        for command in [("explain",), ("export-cpp", "-o", "none.hpp"),
                        ("replay", trace, "-o", "none.json", "-a"), ("bench", "--quick", "-a")]:
            for file, name, *words in [("none.json", "@old", "none.json", "No such file"),
                                       ("text.json", "@old", "text.json", "not JSON"),
                                       (".", "@old", "directory"),
                                       ("team.json", "@prodution", "'prodution'", "team.json")]:
                with self.subTest(f"{command[0]} {file}"):
                    result = self.run_heapatlas(*command, name, "--chains", file)
                    self.assert_refused(result, *words)
                    if name == "@prodution":
                        self.assertIn("did you mean 'production'?", result.stderr)
        for file in ["none.json", "text.json"]:
            self.assert_refused(self.run_heapatlas("list", "--chains", file), file)
        self.assert_refused(self.run_heapatlas("list", "talc", "--chains", "team.json"))
        self.assertEqual(self.files(), before)

    def test_replay_takes_names_and_json_as_explain_does(self):
        trace = self.trace("t.hat", "a 100", "a 5000", "f 0")
        (self.folder / "chains.json").write_text(json.dumps(
            {"format": "heapatlas.chains/1", "chains": {"mine": "bump(size=1M) | system"}}))
        tree = json.dumps({"name": "fallback", "args": ["stalloc", "talc"]})
        told = self.json_of("replay", trace, "-a", "@mine", "-a", tree, "--samples", "1", "--json")
        self.assertEqual([run["chain"] for run in told["runs"]],
                         ["system", "bump(size=1M) | system", "stalloc | talc"])
        self.assert_refused(self.run_heapatlas("replay", trace, "-a", "@none"), "'none'")

    def test_explain_says_whether_a_trace_can_be_served(self):
        trace = self.trace("t.hat", "a 100", "a 5000", "a 70000 align=12", "f 2", "f 0")
        threads = self.trace("threads.hat", "a 100", "thread 1", "a 200")
        self.assertIn("serves", self.succeed("explain", "talc", "--for", trace))
        self.assertIs(self.json_of("explain", "talc", "--json", "--for", trace)["serves_trace"],
                      True)
        for chain, path, reason in [
                ("slabs(max=1K)", trace, "no link serves alignment 4096"),
                ("slab(size=8K, align=4096)", trace, "no link serves 70000 bytes at once"),
                ("bump(size=72K)", trace, "holds at most 73728 bytes"),
                ("stalloc | locked(talc)", threads, "serves one thread"),
                ("bump", threads, "serves one thread")]:
            result = self.run_heapatlas("explain", chain, "--for", path)
            self.assertEqual((result.returncode, result.stderr), (1, ""), chain)
            self.assertIn(reason, " ".join(result.stdout.split()))
        self.succeed("explain", "per_thread(slabs) | locked(talc)", "--for", threads)
        self.assert_refused(self.run_heapatlas("explain", "talc", "--for", "none.hat"), "none.hat")

    def test_bad_chains_are_refused_in_one_line(self):
        deep = '{"name":"locked","args":['
        for chain, *words in [
                ("", "empty", "position 1"), ("   ", "empty"), ("(", "position 2"),
                ("bump)", "')'", "position 5"), ("bump |", "the end", "position 7"),
                ("bump(size=99999999999999999999)", "64 bits", "position 11"),
                ("bump(size=18446744073709551615G)", "64 bits", "position 11"),
                ("bump(size=2048G)", "out of range"), ("bump(size=1T)", "K, M or G"),
                ("bump(sise=1)", "no argument 'sise'"), ("bump(1K, size=2K)", "given twice"),
                ("a" * 60000, "no allocator is called"), ("bump " + "a" * 60000, "found 'a"),
                ("bump(1" + "x" * 60000 + ")", "K, M or G"),
                ("bump(size=\"" + "x" * 60000 + "\")", "expected a number"),
                ('preload("no\\nsuch\\tlibrary")', "no\\nsuch\\tlibrary is not installed"),
                ("bump(\"x", "position"), ("bump # x", "position 6"),
                ("locked(" * 5000 + "talc" + ")" * 5000, "deeper than 64"),
                ("(" * 60000, "deeper than 64"), ("a|" * 30000, "more than 256 links"),
                ("a" * 70000, "longer than 64 KiB"), ("system | talc", "put system last"),
                ('{"name":"bump"', "not JSON"), ('{"name":"bump","args":[-1]}', "/args/0"),
                ('{"name":"bump","args":[1e30]}', "/args/0"), ('{"nam":"bump"}', '"nam"'),
                (deep * 2000 + "]}" * 2000, "deeper than 64"), ("bump | @x", "'@'")]:
            with self.subTest(chain[:60]):
                result = self.run_heapatlas("explain", chain)
                self.assert_refused(result)
                self.assertLess(len(result.stderr.splitlines()[0]), 250)
                for word in words:
                    self.assertIn(word, result.stderr)

    def test_a_file_of_chains_that_is_none_is_refused(self):
        path = self.folder / "chains.json"
        for text in ["", "[1,2", "[" * 500000, '{"format":"x"}', '{"format":"heapatlas.chains/1"}',
                     '{"format":"heapatlas.chains/1","chains":{"x":7}}', "\x00\xff"]:
            path.write_text(text, encoding="latin-1")
            self.assert_refused(self.run_heapatlas("explain", "@x"), "chains.json")

    def test_export_writes_a_header_that_compiles_or_nothing(self):
        self.succeed("export-cpp", "locked(talc) | system", "-o", "my-chain.hpp")
        self.assertIn("namespace my_chain {", (self.folder / "my-chain.hpp").read_text())
        self.succeed("export-cpp", "talc", "-o", "class.hpp")
        self.assertIn("namespace chain_class {", (self.folder / "class.hpp").read_text())
        before = self.files()
        for arguments in [("jemalloc",), ("preload(\"/proc/self/exe\")",), ("bmup",),
                          ("talc", "--namespace", "class"), ("talc", "--namespace", "a-b")]:
            self.assert_refused(self.run_heapatlas("export-cpp", *arguments, "-o", "none.hpp"))
        self.assert_refused(self.run_heapatlas("export-cpp", "talc", "-o", "no/folder.hpp"))
        self.assertEqual(self.files(), before)

    def test_an_unknown_command_is_named(self):
        result = self.run_heapatlas("relpay", "x.hat")
        self.assert_refused(result, "no command is called 'relpay'")
        self.assertIn("did you mean 'replay'?", result.stderr)
        self.assert_refused(self.run_heapatlas("bogus"), "'bogus'")
        self.assert_refused(self.run_heapatlas("--bogus"), "unknown option '--bogus'")
        self.assert_refused(self.run_heapatlas())


if __name__ == "__main__":
    cli.main()
