// The placements pass in this process: what hand-made allocators do, and what the report says.
#include "core/replay/heap_pass.hpp"

#include <array>

#include "core/chain/check.hpp"
#include "core/replay/record_heap.hpp"
#include "tests/replay/hand_made.hpp"

namespace heapatlas::replay {
namespace {

using report::forever;

/// A bump of 16-byte steps over 64 KiB that grows its last block in place, refuses what is larger
/// than 1000 bytes, and walks as one region: used, then free. It may be told to lie.
class Arena {
 public:
  static constexpr Threads threads = Threads::one;
  static constexpr std::size_t capacity = std::size_t{64} << 10;

  enum class Lie { none, gap, overlap, inner_apart };

  static std::size_t min_alignment() noexcept { return 16; }
  static std::size_t max_alignment() noexcept { return 16; }
  Block allocate(Layout layout) noexcept {
    if (layout.size > 1000) return {};
    last_ = top_;
    top_ += (layout.size + 15) / 16 * 16;
    return {memory_.data() + last_, top_ - last_};
  }
  static void deallocate(std::byte*, Layout) noexcept {}
  Block reallocate(std::byte* ptr, Layout old, std::size_t size) noexcept {
    if (size > 1000) return {};
    if (ptr != memory_.data() + last_) return allocate(old.with_size(size));
    top_ = last_ + (size + 15) / 16 * 16;
    return {ptr, top_ - last_};
  }
  template <HeapVisitor V>
  void walk(V& visitor) const {
    const std::byte* const begin = memory_.data();
    visitor.region(Region{begin, capacity});
    const std::size_t gap = lie == Lie::gap ? 16 : 0;
    const std::size_t twice = lie == Lie::overlap ? 16 : 0;
    if (top_ > 0) visitor.span(Span{begin, top_, SpanKind::used});
    visitor.span(Span{begin + top_ + gap - twice, capacity - top_ - gap + twice, SpanKind::free});
    if (lie != Lie::inner_apart) return;
    visitor.region(Region{begin + capacity - 16, 16});
    visitor.span(Span{begin + capacity - 16, 16, SpanKind::used});
  }

  Lie lie = Lie::none;

 private:
  alignas(16) std::array<std::byte, capacity> memory_{};
  std::size_t top_ = 0;
  std::size_t last_ = 0;
};

struct Recorded {
  Outcome outcome;
  std::optional<report::Heap> heap;
};

Recorded record(Arena& arena, const std::vector<trace::Event>& events,
                const std::vector<std::uint64_t>& walks = {}) {
  HandMade trace(events);
  auto reader = trace::Reader::open(trace.path());
  const TraceIndex index = TraceIndex::of(*reader);
  const auto stand_in = chain::parse_and_check("talc");  // one link that walks
  const WalkPlan plan(trace.view().facts, index, walks);
  auto file = HistoryFile::create(plan.walks(), traits_of(*stand_in),
                                  trace.view().facts.allocations + trace.view().facts.resizes);
  EXPECT_TRUE(file.has_value());
  auto history = HistoryMap::map(file->file());
  EXPECT_TRUE(history.has_value());
  Recorded recorded;
  const Bench bench = trace.bench();
  run_placements(arena, bench.workload, bench.slots.data(), *history, nullptr, recorded.outcome);
  if (recorded.outcome.violation.found) return recorded;
  auto heap =
      assemble_heap(*file, recorded.outcome.heap.grants, plan, *stand_in, trace.view(), index);
  EXPECT_TRUE(heap.has_value()) << (heap ? "" : heap.error().line());
  if (heap) recorded.heap = std::move(*heap);
  return recorded;
}

TEST(LinkTraits, ask_malloc_only_about_blocks_that_start_where_its_own_do) {
  const auto asks = [](const char* text) {
    std::vector<bool> of_links;
    for (const LinkTraits& link : traits_of(*chain::parse_and_check(text)))
      of_links.push_back(link.uses_malloc);
    return of_links;
  };
  EXPECT_EQ(asks("talc | system"), (std::vector<bool>{false, false, true}));
  EXPECT_EQ(asks("locked(system)"), (std::vector<bool>{false, true}));
  EXPECT_EQ(asks("sized(locked(system))"), (std::vector<bool>{false, false, false}));
  EXPECT_EQ(asks("segregate(64, sized(talc), system)"),
            (std::vector<bool>{false, false, false, true}));
}

TEST(HeapPass, every_block_lives_from_its_event_to_its_end) {
  Arena arena;
  const auto heap = *record(arena, {marker(), allocate(0, 100), allocate(1, 0), release(0)}).heap;
  ASSERT_EQ(heap.placements.size(), 2U);
  const report::Placement& first = heap.placements[0];
  EXPECT_EQ(first.birth, 1U);
  EXPECT_EQ(first.death, 3U);
  EXPECT_EQ(first.address, 0U);
  EXPECT_EQ(first.requested, 100U);
  EXPECT_EQ(first.granted, 112U);
  EXPECT_EQ(first.thread, 0U);
  EXPECT_EQ(first.site, report::unknown);
  EXPECT_EQ(heap.placements[1].requested, 1U) << "a size of 0 counts as 1";
  EXPECT_EQ(heap.placements[1].death, forever);
  ASSERT_EQ(heap.regions.size(), 1U);
  EXPECT_TRUE(heap.regions[0].own);
  EXPECT_EQ(heap.regions[0].size_at(1), Arena::capacity);
}

TEST(HeapPass, a_resized_block_is_two_also_in_place) {
  Arena arena;
  const auto heap =
      *record(arena, {allocate(0, 16), resize(0, 40), allocate(1, 16), resize(0, 80)}).heap;
  ASSERT_EQ(heap.placements.size(), 4U);
  EXPECT_EQ(heap.placements[0].death, 1U);
  EXPECT_EQ(heap.placements[1].address, heap.placements[0].address);
  EXPECT_EQ(heap.placements[1].granted, 48U);
  EXPECT_EQ(heap.placements[1].death, 3U);
  EXPECT_EQ(heap.placements[3].address, 64U) << "moved";
  const report::Series* live = heap.find_series("live");
  ASSERT_NE(live, nullptr);
  EXPECT_EQ(live->value.back(), 96);
}

TEST(HeapPass, what_failed_leaves_no_placement) {
  Arena arena;
  const auto recorded = record(arena, {allocate(0, 5000), resize(0, 10), allocate(1, 10),
                                       resize(1, 5000), release(0), release(1)});
  EXPECT_EQ(recorded.outcome.failures.total(), 4U);
  ASSERT_EQ(recorded.heap->placements.size(), 1U);
  EXPECT_EQ(recorded.heap->placements[0].birth, 2U);
  EXPECT_EQ(recorded.heap->placements[0].death, 5U);
}

TEST(HeapPass, walks_at_the_peak_the_end_markers_and_where_asked) {
  Arena arena;
  const auto heap =
      *record(arena, {allocate(0, 16), allocate(1, 16), release(0), marker(), allocate(2, 8)}, {0})
           .heap;
  std::vector<std::pair<report::Event, std::string>> found;
  for (const report::Snapshot& snapshot : heap.snapshots) {
    found.emplace_back(snapshot.at, snapshot.label);
    ASSERT_EQ(snapshot.spans.size(), 2U);
    EXPECT_EQ(snapshot.spans[0].kind, report::SpanKind::used);
  }
  EXPECT_EQ(found, (std::vector<std::pair<report::Event, std::string>>{
                       {0, "event 0"}, {1, "peak"}, {3, "marker 0"}, {4, "end"}}));
  EXPECT_EQ(heap.snapshots[0].spans[0].size, 16U);
  EXPECT_EQ(heap.snapshots[2].spans[0].size, 32U);
  EXPECT_NE(heap.find_series("free"), nullptr);
}

TEST(HeapPass, a_walk_that_breaks_the_law_ends_it) {
  const std::pair<Arena::Lie, const char*> lies[] = {
      {Arena::Lie::gap, "leave a gap"},
      {Arena::Lie::overlap, "overlap"},
      {Arena::Lie::inner_apart, "neither apart nor in one used span"}};
  for (const auto& [lie, what] : lies) {
    Arena arena;
    arena.lie = lie;
    const auto recorded = record(arena, {allocate(0, 16), allocate(1, 16)});
    ASSERT_TRUE(recorded.outcome.violation.found) << what;
    EXPECT_NE(std::string(recorded.outcome.violation.what.data()).find(what), std::string::npos)
        << recorded.outcome.violation.what.data();
    EXPECT_FALSE(recorded.heap.has_value());
  }
}

}  // namespace
}  // namespace heapatlas::replay
