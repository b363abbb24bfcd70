#!/usr/bin/env python3
"""Compiles core/alloc, less os/ and std/, as a kernel or a wasm module would.

usage: freestanding_test.py ROOT gcc|clang|wasm32

Checked and unchecked, with -ffreestanding and without exceptions and RTTI, every warning an error.
The object may call nothing but the four memory functions that a freestanding compiler relies on.
Every header there must be reached. Exit status 77 (skipped) when the compiler is not there.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

COMPILERS = {
    "gcc": ["g++"],
    "clang": ["clang++"],
    "wasm32": ["clang++", "--target=wasm32-wasi"],
}
FLAGS = """-std=c++20 -ffreestanding -fno-exceptions -fno-rtti -fno-stack-protector -O1 -Wall -Wextra
-Wpedantic -Wshadow -Wold-style-cast -Werror""".split()
MEMORY_FUNCTIONS = {"memcpy", "memmove", "memset", "memcmp"}
SKIPPED = 77


def run(command):
    return subprocess.run(command, capture_output=True, text=True)


def headers_of(root):
    """The headers that must be freestanding, as they are included."""
    folder = root / "core/alloc"
    return {path.relative_to(root).as_posix() for path in folder.rglob("*.hpp")
            if path.relative_to(folder).parts[0] not in ("os", "std")}


def undefined_symbols(binary):
    found = run(["nm", "-u", "--format=just-symbols", binary])
    return set(found.stdout.split()) - {"_GLOBAL_OFFSET_TABLE_"}


def faults_of(root, target, checked, scratch):
    source = root / "tests/alloc/freestanding.cpp"
    binary = scratch / "freestanding.o"
    depends = scratch / "freestanding.d"
    compiled = run([*COMPILERS[target], *FLAGS, f"-DHEAPATLAS_CHECKED={checked}", "-I", root,
                    "-MMD", "-MF", depends, "-c", source, "-o", binary])
    if compiled.returncode != 0:
        return [compiled.stderr]
    faults = []
    read = depends.read_text()
    for header in sorted(headers_of(root)):
        if header not in read:
            faults.append(f"{header} is not reached from alloc.hpp")
    if "alloc/os/" in read or "alloc/std/" in read:
        faults.append("a header of os/ or std/ is reached")
    if target != "wasm32":
        for symbol in sorted(undefined_symbols(binary) - MEMORY_FUNCTIONS):
            faults.append(f"the object needs {symbol}")
    return faults


def main():
    if len(sys.argv) != 3 or sys.argv[2] not in COMPILERS:
        sys.exit(__doc__)
    root, target = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    compiler = COMPILERS[target]
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        probe = scratch / "probe.cpp"
        probe.write_text("#include <atomic>\n")
        if not shutil.which(compiler[0]) or run(
                [*compiler, "-std=c++20", "-fsyntax-only", probe]).returncode != 0:
            print(f"{' '.join(compiler)} is not installed with a C++ library (see tool/install-deps)")
            sys.exit(SKIPPED)
        faults = []
        for checked in (0, 1):
            faults += faults_of(root, target, checked, scratch)
    print("\n".join(faults) if faults else f"{target}: freestanding")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
