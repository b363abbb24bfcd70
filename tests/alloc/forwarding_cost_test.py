#!/usr/bin/env python3
"""Holds combinators that only forward to no instruction more than their part takes.

usage: forwarding_cost_test.py PROGRAM

PROGRAM (forwarding_cost.cpp) makes a thousand pairs in each of the functions named below, twice;
callgrind counts both rounds, so the first page of each allocator is in every count. Exit status 77
(skipped) when valgrind is not there.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PART = "cost_of_part"
FORWARDERS = ["cost_of_local", "cost_of_ref", "cost_of_forwarding", "cost_of_proxy",
              "cost_of_locked"]
SKIPPED = 77
# Taking the first page runs once; where its addresses fall may change a few hundred of its
# instructions, but never one for each of 2000 pairs.
SLACK = 1000


def instructions(program, function):
    with tempfile.TemporaryDirectory() as scratch:
        ran = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--toggle-collect={function}",
             f"--callgrind-out-file={pathlib.Path(scratch) / 'out'}", program],
            capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", ran.stderr)
    if ran.returncode != 0 or not found:
        sys.exit(f"callgrind failed on {program}:\n{ran.stderr}")
    return int(found.group(1))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if not shutil.which("valgrind"):
        print("valgrind is not installed")
        sys.exit(SKIPPED)
    program = sys.argv[1]
    part = instructions(program, PART)
    print(f"{PART}: {part} instructions")
    failed = part == 0
    for function in FORWARDERS:
        count = instructions(program, function)
        more = count > part + SLACK
        failed = failed or more or count == 0
        print(f"{function}: {count} instructions{': MORE than its part' if more else ''}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
