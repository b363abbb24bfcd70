#!/usr/bin/env python3
"""An installed heapatlas must serve a project that knows only find_package(heapatlas).

usage: install_test.py BUILD_DIR SOURCE_DIR
"""
import pathlib
import subprocess
import sys
import tempfile


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def main():
    build, source = map(pathlib.Path, sys.argv[1:3])
    with tempfile.TemporaryDirectory() as scratch:
        prefix, consumer = pathlib.Path(scratch) / "prefix", pathlib.Path(scratch) / "consumer"
        run("cmake", "--install", build, "--prefix", prefix)
        run("cmake", "-G", "Ninja", "-S", source / "tests/house/consumer", "-B", consumer,
            f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_BUILD_TYPE=Release")
        run("cmake", "--build", consumer)
        if run(consumer / "consumer") != "consumed\n":
            sys.exit("the consumer did not work")
        if not run(prefix / "bin/heapatlas", "--version").startswith("heapatlas "):
            sys.exit("the installed program does not say its version")
        for header in (prefix / "include/heapatlas").rglob("*.hpp"):
            if str(source) in header.read_text():
                sys.exit(f"{header} names the source tree")


if __name__ == "__main__":
    main()
