#!/usr/bin/env python3
"""Reads every #include of the tree and fails when an arrow runs against the layering.

usage: include_graph.py ROOT

The rules are the table below: what each folder may include of the house, beside itself. Beyond it:
core/alloc, less os/ and std/, may include only headers that a freestanding C++20 compiler has.
"""
import pathlib
import re
import sys

MAY_INCLUDE = {
    "core/base": [],
    "core/alloc": [],
    "core/alloc/os": ["core/alloc"],
    "core/alloc/std": ["core/alloc"],
    "core/trace": ["core/base"],
    "core/report": ["core/base"],
    "core/chain": ["core/base", "core/alloc", "core/alloc/os", "core/alloc/std"],
    "core/replay": ["core/base", "core/alloc", "core/alloc/os", "core/alloc/std", "core/chain",
                    "core/trace", "core/report"],
    "viewer/model": ["core"],
    "viewer/raster": ["core", "viewer/model"],
    "viewer/ui": ["core", "viewer/model", "viewer/raster"],
    "viewer/platform": ["core", "viewer/model", "viewer/raster", "viewer/ui"],
    "viewer": ["core", "viewer"],
    "tool": ["core", "viewer/model", "viewer/raster"],
    "tests": ["core", "tool", "viewer"],
}

# A hosted build stops on misuse with a printed message; the one arrow from the freestanding part
# into os/ is guarded by __STDC_HOSTED__.
GUARDED = {("core/alloc/misuse.hpp", "core/alloc/os/misuse_message.hpp")}

FREESTANDING = set("""atomic bit cfloat climits compare concepts coroutine cstdarg cstddef cstdint
initializer_list limits new source_location type_traits version""".split())

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
OURS = ("core/", "tool/", "viewer/", "tests/")


def folder_of(path):
    """The longest folder of the table that holds path."""
    holders = [f for f in MAY_INCLUDE if path.startswith(f + "/")]
    return max(holders, key=len, default=None)


def within(folder, allowed):
    return folder == allowed or (allowed in ("core", "viewer") and folder.startswith(allowed + "/"))


def faults_of(path, text):
    """The faults of one file, each one line."""
    here = folder_of(path)
    if here is None:
        return [f"{path}: stands in no folder of the layering"]
    faults = []
    for kind, name in INCLUDE.findall(text):
        if name.startswith(OURS):
            there = folder_of(name)
            if there == here or (path, name) in GUARDED:
                continue
            if here == "tests" or (here.startswith("core/alloc/") and there == "core/alloc"):
                continue
            if not any(within(there, allowed) for allowed in MAY_INCLUDE[here]):
                faults.append(f"{path}: {here} may not include {name}")
        elif kind == '"':
            faults.append(f'{path}: write "{name}" from the root of the tree')
        elif here == "core/alloc" and name not in FREESTANDING:
            faults.append(f"{path}: <{name}> is not a freestanding header")
    return faults


def faults_in(root):
    root = pathlib.Path(root)
    faults, files = [], 0
    for top in ("core", "tool", "viewer", "tests"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".hpp", ".cpp", ".h", ".c"):
                files += 1
                faults += faults_of(path.relative_to(root).as_posix(), path.read_text())
    if files == 0:
        faults.append(f"{root}: no source file found")
    return faults


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    faults = faults_in(sys.argv[1])
    print("\n".join(faults) if faults else "the include graph holds")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
