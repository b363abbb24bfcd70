// Every example of `heapatlas list` works: checked, built, run, and its heap tiled.
#include "core/chain/examples.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "core/alloc/os/pages.hpp"
#include "core/chain/chain.hpp"
#include "tests/chain/operations.hpp"

namespace heapatlas::chain {
namespace {

/// The law of a walk: the spans of a region ascend and tile it exactly. Keeps what they say.
struct Tiling {
  using Said = std::tuple<NodeId, SpanKind, std::size_t, std::size_t>;
  const std::byte* start = nullptr;
  const std::byte* at = nullptr;
  const std::byte* end = nullptr;
  bool holds = true;
  std::vector<Said> said;

  void region(const Region& region) {
    holds &= at == end;
    start = at = region.address;
    end = region.address + region.size;
  }
  void span(const Span& span) {
    holds &= span.address == at && span.size > 0;
    at = span.address + span.size;
    // Of tables there are more when the kernel maps pages far apart.
    const bool is_table = span.kind == SpanKind::metadata && span.address == start && at == end;
    if (!is_table) said.emplace_back(span.node, span.kind, span.size, span.blocks);
  }
};

/// The README lists them as `heapatlas list` does: each on a line, its help on the next.
TEST(Examples, stand_in_the_readme) {
  std::ifstream file(HEAPATLAS_ROOT "/README.md");
  std::string line;
  std::vector<std::string> listed;
  const std::string chain_margin(4, ' ');
  const std::string help_margin(8, ' ');
  while (std::getline(file, line) && !line.starts_with("**Chains worth knowing**")) {
  }
  while (std::getline(file, line) && !line.starts_with("**")) {
    if (line.starts_with(chain_margin)) listed.push_back(line);
  }
  std::vector<std::string> expected;
  for (const Example& example : examples()) {
    expected.push_back(chain_margin + std::string(example.text));
    expected.push_back(help_margin + std::string(example.help));
  }
  EXPECT_EQ(listed, expected);
}

TEST(Examples, are_twenty_and_distinct) {
  std::set<std::string_view> texts;
  for (const Example& example : examples()) texts.insert(example.text);
  EXPECT_EQ(texts.size(), examples().size());
  EXPECT_GE(texts.size(), 20U);
}

/// Alignments stay small: a region of malloc starts anywhere.
TEST(Examples, work_and_place_alike_counted_or_not) {
  for (const Example& example : examples()) {
    SCOPED_TRACE(example.text);
    const auto chain = parse_and_check(example.text);
    ASSERT_TRUE(chain) << chain.error().line();
    EXPECT_EQ(chain->text(), example.text) << "examples are written canonically";
    Counts counts = counts_for(*chain);
    std::vector<testing::Place> logs[2];
    std::vector<Tiling::Said> walks[2];
    for (Counts* counted : {static_cast<Counts*>(nullptr), &counts}) {
      // The kernel would give the second chain the very addresses of the first.
      const Block in_the_way =
          counted != nullptr ? os::map(192 << 10, 1, os::Access::none) : Block{};
      const auto status = with_allocator(*chain, {.force_dynamic = true, .counts = counted},
                                         [&](auto& allocator, const BuildFacts&) {
                                           logs[counted != nullptr] = testing::run_operations(
                                               allocator, 11, {.max_size = 3000, .max_align = 16});
                                           Tiling tiling;
                                           walk_part(allocator, tiling, 0);
                                           EXPECT_TRUE(tiling.holds && tiling.at == tiling.end);
                                           walks[counted != nullptr] = tiling.said;
                                           EXPECT_EQ(check_part(allocator), nullptr);
                                         });
      os::unmap(in_the_way);
      ASSERT_TRUE(status) << status.error().line();
    }
    ASSERT_FALSE(logs[0].empty()) << "a block lost its bytes";
    EXPECT_EQ(logs[0], logs[1]);
    EXPECT_EQ(walks[0], walks[1]) << "counted, a row of fallbacks is built link by link";
    EXPECT_EQ(counts.figures(0).live_bytes, 0U);
    EXPECT_GT(counts.figures(0).peak_bytes, 0U);
  }
}

}  // namespace
}  // namespace heapatlas::chain
