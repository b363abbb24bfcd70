#!/usr/bin/env python3
"""The include-graph check must find what it is there to find."""
import unittest

from include_graph import faults_of


class IncludeGraph(unittest.TestCase):
    def refuses(self, path, line):
        self.assertTrue(faults_of(path, line), f"{path} may hold {line!r}")

    def accepts(self, path, line):
        self.assertEqual(faults_of(path, line), [])

    def test_arrows_run_down_only(self):
        self.accepts("core/chain/a.hpp", '#include "core/alloc/b.hpp"')
        self.refuses("core/alloc/a.hpp", '#include "core/chain/b.hpp"')
        self.refuses("core/alloc/a.hpp", '#include "core/base/b.hpp"')
        self.refuses("core/base/a.hpp", '#include "core/alloc/b.hpp"')
        self.refuses("core/trace/a.hpp", '#include "core/report/b.hpp"')
        self.refuses("core/replay/a.hpp", '#include "tool/b.hpp"')
        self.refuses("viewer/ui/a.hpp", '#include "tool/b.hpp"')

    def test_the_command_line_draws_without_a_window(self):
        self.accepts("tool/a.cpp", '#include "viewer/raster/b.hpp"')
        self.refuses("tool/a.cpp", '#include "viewer/ui/b.hpp"')
        self.refuses("viewer/raster/a.hpp", '#include "viewer/ui/b.hpp"')

    def test_alloc_is_freestanding(self):
        self.accepts("core/alloc/a.hpp", "#include <cstddef>")
        self.refuses("core/alloc/a.hpp", "#include <vector>")
        self.refuses("core/alloc/a.hpp", '#include "core/alloc/os/b.hpp"')
        self.accepts("core/alloc/std/a.hpp", "#include <memory_resource>")

    def test_includes_are_written_from_the_root(self):
        self.refuses("core/base/a.hpp", '#include "b.hpp"')
        self.refuses("core/base/a.hpp", '  #  include "../alloc/b.hpp"')


if __name__ == "__main__":
    unittest.main()
