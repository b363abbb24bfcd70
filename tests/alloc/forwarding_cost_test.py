#!/usr/bin/env python3
"""Holds combinators that only forward to no instruction more than their part takes.

usage: forwarding_cost_test.py PROGRAM

PROGRAM (forwarding_cost.cpp) makes a thousand pairs in each of the functions named below, twice;
callgrind counts both rounds, so the first page of each allocator is in every count. Exit status 77
(skipped) when valgrind is not there.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from callgrind import instructions, skip_without_valgrind

PART = "cost_of_part"
FORWARDERS = ["cost_of_local", "cost_of_ref", "cost_of_forwarding", "cost_of_proxy",
              "cost_of_locked"]
# Taking the first page runs once; where its addresses fall may change a few hundred of its
# instructions, but never one for each of 2000 pairs.
SLACK = 1000


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    skip_without_valgrind()
    program = sys.argv[1]
    part = instructions(PART, program)
    print(f"{PART}: {part} instructions")
    failed = part == 0
    for function in FORWARDERS:
        count = instructions(function, program)
        more = count > part + SLACK
        failed = failed or more or count == 0
        print(f"{function}: {count} instructions{': MORE than its part' if more else ''}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
