#!/usr/bin/env python3
"""Every leaf and combinator of core/alloc goes through the conformance suite.

usage: conformance_coverage.py ROOT

core/alloc/README.md lists the headers of the leaves and combinators; each names its allocator as
the file is named (per_thread.hpp: PerThread). A test file with subjects for the suite must name it.
A header that has an `allocate` of its own and stands in neither row is a fault too.
"""
import pathlib
import re
import sys

PARTS = {"forwarding.hpp"}  # what combinators are made of


def listed(readme):
    """The headers of the rows for leaves and combinators."""
    headers = set()
    for kind in ("leaves", "combinators"):
        row = re.search(rf"^\| {kind} \|.*$", readme, re.M).group()
        headers |= set(re.findall(r"`((?:os/)?\w+\.hpp)`", re.sub(r"\(.*?\)", "", row)))
    return headers


def faults(root):
    alloc = root / "core/alloc"
    headers = listed((alloc / "README.md").read_text())
    subjects = "\n".join(
        text for test in (root / "tests/alloc").glob("*_test.cpp")
        if re.search(r"^HEAPATLAS_(THREADS_)?CONFORMANCE\(", text := test.read_text(), re.M))
    for header in sorted(headers):
        name = pathlib.Path(header).stem.title().replace("_", "")
        if not re.search(rf"\b{name}\b", re.sub(r'#include.*|".*?"', "", subjects)):
            yield f"{header}: {name} has no subject in the conformance suite (tests/alloc)"
    for path in sorted([*alloc.glob("*.hpp"), *(alloc / "os").glob("*.hpp")]):
        header = str(path.relative_to(alloc))
        if header not in headers | PARTS and re.search(r"\bBlock allocate\(Layout", path.read_text()):
            yield f"{header} has an allocator, and core/alloc/README.md does not list it as one"


def main():
    found = list(faults(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "every leaf and combinator is covered")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
