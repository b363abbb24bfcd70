"""What the tests of heapatlas replay share: a trace, runs, reports that keep to the schema."""
import json
import pathlib

import jsonschema

import cli

SCHEMA = pathlib.Path(__file__).parents[2] / "core/report/report.schema.json"
QUICK = ("--samples", "5", "--warm", "1")


def events(count=300):
    """Small and large blocks, resizes, alignments, zeroed memory; some live at the end."""
    lines = []
    for i in range(count):
        lines += [f"a {16 + i % 90 * 7}", f"a {100 + i * 37 % 70000} zeroed", f"a {40 + i} align=6",
                  f"r {3 * i} {100 + i % 3000}", f"f {3 * i + 1}"]
        if i >= 20:
            lines.append(f"f {3 * (i - 20)}")
    return lines


def three_digits(value):
    return f"{value:.2f}" if value < 9.995 else f"{value:.1f}" if value < 99.95 else f"{value:.0f}"


class ReplayTest(cli.CliTest):
    def run_heapatlas(self, *arguments, env=None, **options):
        """What a trace leaves alive is no leak of the program that replays it."""
        given = (env or {}).get("ASAN_OPTIONS", "")
        env = {**(env or {}), "ASAN_OPTIONS": f"detect_leaks=0:{given}"}
        return super().run_heapatlas(*arguments, env=env, **options)

    def report(self, name="report.json"):
        with open(self.folder / name, encoding="utf-8") as file:
            report = json.load(file)
        with open(SCHEMA, encoding="utf-8") as file:
            jsonschema.validate(report, json.load(file))
        return report

    def replay(self, *arguments, status=0, **options):
        result = self.run_heapatlas("replay", *arguments, **options)
        self.assertEqual(result.returncode, status, result.stderr + result.stdout)
        return result
