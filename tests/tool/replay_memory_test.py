"""heapatlas replay: the memory it measures, and how the table shows it."""
import re

import cli
from replaying import QUICK, ReplayTest, events, three_digits

MEBIBYTE = 1 << 20


def shown_bytes(count):
    if count < 1024:
        return f"{count} B"
    value = count / 1024
    for unit in ("KiB", "MiB", "GiB"):
        if value < 999.5:
            return f"{three_digits(value)} {unit}"
        value /= 1024
    return None


class ReplayMemory(ReplayTest):
    def runs(self, trace, *chains):
        """What the report says of each chain, and the cells of its line in the table."""
        arguments = [part for chain in chains for part in ("-a", chain)]
        out = self.replay(trace, *arguments, "-o", "report.json", *QUICK).stdout
        for run in self.report()["runs"]:
            line = next(line for line in out.splitlines() if line.startswith(run["chain"] + "  "))
            yield run["figures"], re.split(r"  +", line)

    def test_the_table_shows_what_the_report_holds(self):
        for figures, cells in self.runs(self.trace("t.hat", *events()), "bump | system"):
            self.assertEqual(cells[6], shown_bytes(figures["peak_footprint_bytes"]))
            self.assertEqual(cells[7], f"{figures['peak_footprint_over_peak_live']:.2f}")

    def test_every_page_of_what_lives_is_counted_and_little_else(self):
        lines = [f"a {MEBIBYTE}" for _ in range(8)] + [f"f {i}" for i in range(8)]
        for figures, _ in self.runs(self.trace("t.hat", *lines), "talc", "os"):
            self.assertGreaterEqual(figures["peak_footprint_bytes"], 8 * MEBIBYTE)
            self.assertLess(figures["peak_footprint_bytes"], 9 * MEBIBYTE)


if __name__ == "__main__":
    cli.main()
