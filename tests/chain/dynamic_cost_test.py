#!/usr/bin/env python3
"""Holds a four-deep run-time chain to a few instructions an operation over the same static type.

usage: dynamic_cost_test.py CHAIN_COST

CHAIN_COST (tool/bench/chain_cost.cpp) runs each workload once in both forms; callgrind counts the
instructions. Exit status 77 (skipped) when valgrind is not there.
"""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from callgrind import instructions, skip_without_valgrind

# It takes 26, 5 and 0 with g++ 12. A call that is not needed, such as one for the row of links on
# the way to each of them, takes 10 more in the first and 35 in the others.
MOST = {"first_link_answers": 32, "all_links_answer": 20, "last_link_answers": 15}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    skip_without_valgrind()
    program = sys.argv[1]
    failed = False
    for workload, most in MOST.items():
        told = subprocess.run([program, "--once", workload], capture_output=True, text=True,
                              check=True).stdout
        operations = int(told.split()[0])
        static, dynamic = (instructions(function, program, "--once", workload) / operations
                           for function in ("run_static", "run_dynamic"))
        more = dynamic - static
        failed = failed or static == 0 or more > most
        print(f"{workload}: {static:.1f} instructions an operation static, {more:.1f} more at run "
              f"time{'' if more <= most else f', which is MORE than {most}'}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
