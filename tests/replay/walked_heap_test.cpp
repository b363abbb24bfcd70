// Nested walks made one list of spans.
#include "core/replay/walked_heap.hpp"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <vector>

namespace heapatlas::replay {
namespace {

std::array<std::byte, 1024> memory;

struct Walking {
  template <HeapVisitor V>
  void walk(V& visitor) const {
    for (const auto& [region, spans] : regions) {
      visitor.region(Region{memory.data() + region.first, region.second, 0});
      for (Span span : spans) visitor.span(span);
    }
  }
  std::vector<std::pair<std::pair<std::size_t, std::size_t>, std::vector<Span>>> regions;
};

Span span(std::size_t from, std::size_t size, SpanKind kind, std::size_t blocks = 0) {
  return {memory.data() + from, size, kind, blocks, 0, 0};
}

std::vector<std::pair<report::SpanKind, std::uint64_t>> flat(const WalkedHeap& heap) {
  std::vector<std::pair<report::SpanKind, std::uint64_t>> spans;
  for (const report::WalkedSpan& one : heap.spans()) spans.emplace_back(one.kind, one.size);
  return spans;
}

using Kind = report::SpanKind;

TEST(WalkedHeap, what_a_child_says_stands_in_the_parents_place) {
  // The child walks first, as talc over a parent does.
  const Walking nested{
      {{{110, 50}, {span(110, 20, SpanKind::used, 1), span(130, 30, SpanKind::free)}},
       {{0, 300},
        {span(0, 100, SpanKind::free), span(100, 100, SpanKind::used, 1),
         span(200, 100, SpanKind::reserved)}}}};
  WalkedHeap heap;
  Violation violation;
  heap.take(nested, 0, violation);
  ASSERT_FALSE(violation.found) << violation.what.data();
  EXPECT_EQ(flat(heap), (std::vector<std::pair<Kind, std::uint64_t>>{{Kind::free, 100},
                                                                     {Kind::padding, 10},
                                                                     {Kind::used, 20},
                                                                     {Kind::free, 30},
                                                                     {Kind::padding, 40}}));
  ASSERT_EQ(heap.regions().size(), 1U);
  EXPECT_EQ(heap.regions()[0].size, 200U) << "without the reserved end";
  EXPECT_EQ(heap.figures().reserved, 100U);
  EXPECT_EQ(heap.figures().largest_free, 100U);
  EXPECT_DOUBLE_EQ(heap.figures().external_fragmentation(), 1 - 100.0 / 130);
}

TEST(WalkedHeap, a_region_may_fill_the_block_it_lies_in) {
  const Walking same{
      {{{0, 64}, {span(0, 64, SpanKind::metadata)}}, {{0, 64}, {span(0, 64, SpanKind::used, 1)}}}};
  WalkedHeap heap;
  Violation violation;
  heap.take(same, 0, violation);
  ASSERT_FALSE(violation.found) << violation.what.data();
  EXPECT_EQ(flat(heap), (std::vector<std::pair<Kind, std::uint64_t>>{{Kind::metadata, 64}}));
}

TEST(WalkedHeap, regions_that_overlap_are_a_fault) {
  const Walking across{
      {{{0, 100}, {span(0, 100, SpanKind::used)}}, {{50, 100}, {span(50, 100, SpanKind::used)}}}};
  WalkedHeap heap;
  Violation violation;
  heap.take(across, 7, violation);
  EXPECT_TRUE(violation.found);
  EXPECT_EQ(violation.operation, 7U);
}

}  // namespace
}  // namespace heapatlas::replay
