#!/usr/bin/env python3
"""What goes wrong: programs that can't be recorded, traces that can't be written, full disks,
a recorder that is killed, spools that are damaged."""
import os
import pathlib
import random
import resource
import signal
import subprocess
import time
import unittest

from recording import (FIRST_SIZE, HEAPATLAS, MADE, OWN_MALLOC, SUBJECT, TIMEOUT, RecorderTest,
                       Trace)


class Trouble(RecorderTest):
    def test_programs_that_cannot_be_started(self):
        plain = self.folder / "plain"
        plain.write_text("no program\n")
        broken = self.folder / "broken"
        broken.write_text("#!/no/such/interpreter\n")
        broken.chmod(0o755)
        for program in ("no-such-program", "./no-such-program", self.folder, plain, broken):
            with self.subTest(program=program):
                self.assert_refused(self.record(program), "can't be started")
                self.nothing_is_left("plain", "broken")

    def test_a_program_that_no_library_can_be_loaded_into(self):
        static = self.folder / "static"
        # An ELF file without a dynamic loader is all that the recorder looks at.
        header = bytearray(pathlib.Path(SUBJECT).read_bytes()[:64])
        header[56:58] = (0).to_bytes(2, "little")  # no program headers
        static.write_bytes(header)
        static.chmod(0o755)
        self.assert_refused(self.record(static), "statically linked")
        header[4] = 1  # ELFCLASS32
        static.write_bytes(header)
        self.assert_refused(self.record(static), "no 64-bit program")
        self.nothing_is_left("static")

    def warnings(self, ran):
        return [l for l in ran.stderr.decode().splitlines() if "can't see" in l]

    def test_a_program_with_a_malloc_of_its_own(self):
        ran = self.record(OWN_MALLOC)
        self.assertEqual(ran.returncode, 5, ran.stderr)
        warning, = self.warnings(ran)
        self.assertIn("has a malloc of its own", warning)
        self.assertIn(OWN_MALLOC, warning)
        self.assertEqual(Trace(self.trace_path).count("allocate"), 0)
        self.assertEqual(self.heapatlas("-q", "record", "--", OWN_MALLOC).stderr, b"")

    def test_a_program_that_maps_its_memory_itself(self):
        warning, = self.warnings(self.record(SUBJECT, "fill", "100"))
        self.assertRegex(warning, r"took up 1\d\d MiB at its peak")

    def test_a_program_of_the_systems_malloc_is_not_warned_of(self):
        for command in ([SUBJECT, "work"], [SUBJECT, "fill", "1"], [SUBJECT, "fill", "100", "malloc"],
                        ["sh", "-c", f"exec {SUBJECT} work"]):
            self.assertEqual(self.warnings(self.record(*command)), [])

    def test_a_program_that_drops_the_recorder(self):
        ran = self.record("env", "-i", SUBJECT, "exit", "3")
        self.assertEqual(ran.returncode, 3)
        self.assertEqual(os.path.basename(Trace(self.trace_path).facts["program"]), "env")
        warning, = self.warnings(ran)
        self.assertIn(f"became '{os.path.basename(SUBJECT)}'", warning)

    def test_an_output_that_cannot_be_written(self):
        (self.folder / "folder").mkdir()
        marker = self.folder / "marker"
        for output in ("no/such/app.hat", "folder", "/proc/app.hat", "-"):
            with self.subTest(output=output):
                ran = self.heapatlas("record", "-o", output, "--", "touch", marker)
                self.assert_refused(ran)
                self.nothing_is_left("folder")

    def test_a_spool_folder_that_cannot_be_written(self):
        ran = self.record("touch", self.folder / "marker", flags=["--spool", "no/such"])
        self.assert_refused(ran, "spool")
        self.nothing_is_left()

    def test_an_earlier_trace_stays_when_nothing_was_recorded(self):
        self.trace_path.write_text("earlier")
        self.assert_refused(self.record("./no-such-program"))
        self.assertEqual(self.trace_path.read_text(), "earlier")

    def test_the_spool_may_lie_elsewhere(self):
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir()
        ran = self.record(SUBJECT, "work", flags=["--spool", elsewhere])
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertEqual(list(elsewhere.iterdir()), [])

    def assert_cut(self, ran):
        self.assertEqual(ran.returncode, 9, ran.stderr)
        self.assertIn("cut short", ran.stderr.decode())
        trace = Trace(self.trace_path)
        self.assertEqual(trace.losses(), (0, 0, 1))
        self.assertGreater(trace.count("allocate"), 1000)
        self.assertLess(trace.count("allocate"), MADE)

    def test_a_limit_on_file_sizes(self):
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300000, 300000))
        self.assert_cut(self.record(SUBJECT, "exit", "9", preexec_fn=limit))

    def test_a_full_disk(self):
        disk = self.folder / "disk"
        disk.mkdir()
        script = (f"mount -t tmpfs -o size=400k none {disk} && exec {HEAPATLAS} record "
                  f"-o {self.trace_path} --spool {disk} -- {SUBJECT} exit 9")
        mounts = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
        if subprocess.run([*mounts, f"mount -t tmpfs none {disk}"], capture_output=True).returncode:
            self.skipTest("no file system can be mounted here")
        self.assert_cut(subprocess.run([*mounts, script], capture_output=True, timeout=TIMEOUT))

    def test_threads_on_a_full_disk(self):
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2500000, 2500000))
        ran = self.record(SUBJECT, "exchange", "8", preexec_fn=limit)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertEqual(Trace(self.trace_path).losses(), (0, 0, 1))


class Finish(RecorderTest):
    def leave_spool(self):
        """The spool of a recorder that was killed, and the program's pid, which goes on."""
        with subprocess.Popen([HEAPATLAS, "record", "-o", self.trace_path, "--", SUBJECT, "sleep"],
                              stdout=subprocess.PIPE, cwd=self.folder) as recorder:
            self.assertEqual(recorder.stdout.readline(), b"ready\n")
            recorder.kill()
        spool, = self.folder.glob("*.spool")
        with open(spool, "rb") as file:
            program = int.from_bytes(file.read(20)[16:], "little")
        return spool, program

    def finished_spool(self):
        """The spool of a program that is gone, too, and its bytes as far as they were written."""
        spool, program = self.leave_spool()
        os.kill(program, signal.SIGKILL)
        for _ in range(1000):
            try:
                os.readlink(f"/proc/{program}/exe")
            except OSError:
                break
            time.sleep(0.01)
        with open(spool, "rb") as file:
            return spool, file.read(4096 + 3 * (256 << 10))

    def test_after_the_recorder_was_killed(self):
        spool, _ = self.finished_spool()
        ran = self.heapatlas("finish", spool)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.nothing_is_left("app.hat")
        self.assertEqual(Trace(self.trace_path).count("allocate", FIRST_SIZE), 1)

    def test_while_the_program_goes_on(self):
        spool, program = self.leave_spool()
        self.assert_refused(self.heapatlas("finish", spool), "still running")
        os.kill(program, signal.SIGKILL)

    def test_while_the_recorder_is_at_work(self):
        with subprocess.Popen([HEAPATLAS, "record", "-o", self.trace_path, "--", SUBJECT, "wait"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              cwd=self.folder) as recorder:
            self.assertEqual(recorder.stdout.readline(), b"ready\n")
            spool, = self.folder.glob("*.spool")
            self.assert_refused(self.heapatlas("finish", spool), "still at work")
            recorder.terminate()
        self.nothing_is_left("app.hat")

    def test_foreign_files(self):
        for name, contents in (("empty.spool", b""), ("text.spool", b"text " * 5000),
                               ("zero.spool", bytes(300000))):
            path = self.folder / name
            path.write_bytes(contents)
            self.assert_refused(self.heapatlas("finish", path, "-o", "x.hat"), "not a spool")
            path.unlink()
        self.assert_refused(self.heapatlas("finish", "missing.spool", "-o", "x.hat"))
        self.assert_refused(self.heapatlas("finish", self.folder, "-o", "x.hat"))
        self.nothing_is_left()

    def test_damaged_spools_give_one_line_or_a_sound_trace(self):
        spool, whole = self.finished_spool()
        spool.unlink()
        rng = random.Random(7)
        copy = self.folder / "copy.spool"
        header_places = [rng.randrange(4096) for _ in range(40)] + list(range(0, 160, 4))
        record_places = [rng.randrange(4096, len(whole)) for _ in range(40)]
        chunk_places = [4096 + i for i in range(0, 200, 3)]
        for place in header_places + chunk_places + record_places:
            damaged = bytearray(whole)
            damaged[place] ^= 1 << rng.randrange(8)
            copy.write_bytes(damaged)
            ran = self.heapatlas("finish", "-q", copy, "-o", self.trace_path)
            if ran.returncode != 0:
                self.assert_refused(ran)
                self.nothing_is_left("copy.spool")
                continue
            Trace(self.trace_path)
            self.trace_path.unlink()

    def test_cut_spools(self):
        spool, whole = self.finished_spool()
        spool.unlink()
        copy = self.folder / "copy.spool"
        for length in (1, 100, 4095, 4096, 4097, 5000, 4096 + (256 << 10), len(whole) - 400000):
            copy.write_bytes(whole[:length])
            self.assert_refused(self.heapatlas("finish", copy, "-o", self.trace_path))
            self.nothing_is_left("copy.spool")


if __name__ == "__main__":
    unittest.main()
