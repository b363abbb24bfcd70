"""How many instructions a function of a program takes, counted by callgrind: the same on a busy
machine as on a quiet one."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77


def skip_without_valgrind():
    """Ends the test as skipped (status 77) when valgrind is not there."""
    if not shutil.which("valgrind"):
        print("valgrind is not installed")
        sys.exit(SKIPPED)


def instructions(function, *command):
    """Those executed in calls of the function, and in what it calls."""
    with tempfile.TemporaryDirectory() as scratch:
        ran = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--toggle-collect={function}",
             f"--callgrind-out-file={pathlib.Path(scratch) / 'out'}", *command],
            capture_output=True, text=True, check=False)
    found = re.search(r"Collected : (\d+)", ran.stderr)
    if ran.returncode != 0 or not found:
        sys.exit(f"callgrind failed on {command}:\n{ran.stderr}")
    return int(found.group(1))
