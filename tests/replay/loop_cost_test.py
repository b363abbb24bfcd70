#!/usr/bin/env python3
"""Holds the replay loop with the null allocator to few more instructions than the loop by hand.

usage: loop_cost_test.py LOOP_COST

LOOP_COST (loop_cost.cpp) runs both once over a trace; callgrind counts. What they take in time,
heapatlas replay --self-check says. Exit status 77 (skipped) when valgrind is not there.
"""
import pathlib
import subprocess
import sys

TESTS = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))
from callgrind import instructions, skip_without_valgrind

TRACE = TESTS.parent / "traces/rsyslogd.hat"
# g++ 12 takes 1.08 times as many, clang 14 1.20; one of them, which asks for operations ahead, makes
# the loop quicker.
MOST = 1.25


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    skip_without_valgrind()
    command = [sys.argv[1], str(TRACE)]
    operations = int(subprocess.run(command, capture_output=True, check=True).stdout)
    loop, by_hand = (instructions(function, *command) / operations
                     for function in ("run_replay_loop", "run_loop_by_hand"))
    ratio = loop / by_hand
    print(f"{loop:.2f} instructions an operation, by hand {by_hand:.2f}: {ratio:.2f} times as many")
    sys.exit(0 if 0 < ratio <= MOST else f"that is MORE than {MOST}")


if __name__ == "__main__":
    main()
