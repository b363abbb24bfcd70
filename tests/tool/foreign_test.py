"""jemalloc, mimalloc and tcmalloc beside ours in one table; and foreign links that cannot be had."""
import subprocess

import cli
from replaying import ReplayTest, events

PACKAGES = {"jemalloc": "libjemalloc2", "mimalloc": "libmimalloc2.0",
            "tcmalloc": "libtcmalloc-minimal4"}
OURS = ["talc", "slabs(max=1K) | talc", "stalloc(blocks=1000, block=8) | system"]


class Foreign(ReplayTest):
    def installed(self):
        """The names whose library is there; of the others, the message must name the package."""
        found = []
        for name, package in PACKAGES.items():
            result = self.run_heapatlas("explain", name)
            if result.returncode == 0:
                found.append(name)
                continue
            self.assert_refused(result, "is not installed", "(position 1)")
            self.assertIn(f"the Debian package {package} has it", result.stderr)
        if not found:
            self.skipTest("none of them is installed")
        return found

    def test_stand_beside_ours_in_one_verified_table(self):
        names = self.installed()
        trace = self.trace("t.hat", "program /bin/app", *events(400))
        chains = names + [f"slabs(max=256) | {name}" for name in names] + OURS
        arguments = [part for chain in chains for part in ("-a", chain)]
        result = self.run_heapatlas("replay", trace, *arguments, "--verify", "--samples", "3",
                                    "--warm", "1", "-o", "report.json")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        runs = self.report()["runs"]
        self.assertEqual([run["chain"] for run in runs], ["system", *chains])
        for run in runs:
            with self.subTest(run["chain"]):
                self.assertTrue(any(line.startswith(run["chain"] + "  ")
                                    for line in result.stdout.splitlines()), result.stdout)
                self.assertEqual(run["verification"], {"passed": True, "fault": None})
                self.assertEqual(run["failures"], {"allocations": 0, "resizes": 0, "skipped": 0})
                self.assertIsNone(run["trouble"])
                self.assertGreater(run["figures"]["ns_per_operation"], 0)
                self.assertGreater(run["figures"]["peak_footprint_bytes"], 0)

    def test_its_settings_reach_its_process(self):
        if "jemalloc" not in self.installed():
            self.skipTest("jemalloc is not installed")
        trace = self.trace("t.hat", "a 100", "f 0")
        chain = 'jemalloc(env="MALLOC_CONF=abort_conf:true,no_such_setting:1")'
        result = self.run_heapatlas("replay", trace, "-a", chain, "--samples", "1")
        self.assertEqual(result.returncode, 1, "jemalloc stops on a setting that it does not know: "
                         + result.stdout + result.stderr)

    def test_two_mallocs_in_one_chain_are_refused(self):
        names = self.installed()
        for chain in [f"{names[0]} | system", f"bump | {names[0]} | {names[-1]}",
                      f"slabs(backing=talc(system)) | {names[0]}"]:
            result = self.run_heapatlas("explain", chain)
            self.assertEqual(result.returncode, 2, chain)

    def test_a_library_that_is_no_malloc_or_no_library_is_told(self):
        trace = self.trace("t.hat", "a 100", "f 0")
        self.assert_refused(self.run_heapatlas("replay", trace, "-a", 'preload("libnone.so.9")'),
                            "libnone.so.9", "not installed", "position 1")
        (self.folder / "text.so").write_text("not a library", encoding="utf-8")
        result = self.run_heapatlas("replay", trace, "-a", 'preload("./text.so")', "--samples", "1")
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertIn("was not started with", result.stdout)
        result = self.run_heapatlas("replay", trace, "-a", 'preload("libzstd.so.1")', "--samples",
                                    "1")
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertIn("brings no malloc", result.stdout)
        self.assert_refused(
            self.run_heapatlas("explain", 'plugin("./text.so", prefix="x")'), "cannot open")
        source = self.folder / "half.c"
        source.write_text("void* half_create(unsigned long n) { return 0; }", encoding="utf-8")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", self.folder / "half.so", source], check=True)
        self.assert_refused(
            self.run_heapatlas("replay", trace, "-a", 'plugin("./half.so", prefix="half")'),
            "exports no function 'half_alloc'", "half.so")


if __name__ == "__main__":
    cli.main()
