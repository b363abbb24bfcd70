// Deliberately broken allocators, and what the verification says of them.
#include "core/replay/verify.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "core/alloc/bump.hpp"
#include "core/replay/passes.hpp"
#include "tests/replay/hand_made.hpp"
#include "tests/trace/random_trace.hpp"

namespace heapatlas::replay {
namespace {

/// Right in every way: a bump over its own memory that never reuses any. Each broken allocator
/// hides one of its methods.
class Right {
 public:
  static constexpr Threads threads = Threads::one;
  Right() : memory_(std::size_t{1} << 20, std::byte{0xCC}) {
    while (reinterpret_cast<std::uintptr_t>(memory_.data() + top_) % 4096 != 0) ++top_;
  }
  Right(const Right&) = delete;
  Right& operator=(const Right&) = delete;

  [[nodiscard]] static std::size_t min_alignment() noexcept { return 16; }
  [[nodiscard]] static std::size_t max_alignment() noexcept { return 4096; }
  [[nodiscard]] Block allocate(Layout layout) noexcept {
    while (reinterpret_cast<std::uintptr_t>(memory_.data() + top_) %
               std::max<std::size_t>(layout.align, 16) !=
           0)
      ++top_;
    if (layout.size > memory_.size() - top_) return {};
    std::byte* ptr = memory_.data() + top_;
    top_ += layout.size;
    return {ptr, layout.size};
  }
  void deallocate(std::byte*, Layout) noexcept {}
  [[nodiscard]] bool owns(const std::byte* ptr) const noexcept {
    return ptr >= memory_.data() && ptr < memory_.data() + memory_.size();
  }

 protected:
  std::vector<std::byte> memory_;
  std::size_t top_ = 0;
};

template <class A>
Violation verified(A& allocator, const std::vector<Event>& events) {
  HandMade trace(events);
  Outcome outcome;
  Request request;
  request.pass = Pass::verify;
  run_pass(allocator, request, trace.bench(), outcome);
  EXPECT_EQ(outcome.stage, Stage::done);
  return outcome.violation;
}

testing::AssertionResult names(const Violation& violation, std::uint64_t operation,
                               const char* words) {
  if (!violation.found) return testing::AssertionFailure() << "nothing was found";
  if (violation.operation == operation && std::strstr(violation.what.data(), words) != nullptr)
    return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << "operation " << violation.operation << ": " << violation.what.data();
}

const std::vector<Event> plain = {allocate(0, 100), allocate(1, 100, 8), allocate(2, 64),
                                  resize(0, 300),   resize(1, 10),       release(1),
                                  allocate(3, 77),  release(0),          release(3)};

TEST(Verify, finds_nothing_in_a_right_allocator) {
  Right allocator;
  const Violation violation = verified(allocator, plain);
  EXPECT_FALSE(violation.found) << violation.what.data();
}

TEST(Verify, finds_nothing_in_bump_on_random_traces) {
  std::vector<std::byte> memory(std::size_t{1} << 22);
  Bump bump(memory.data(), memory.size());
  for (unsigned seed = 0; seed < 5; ++seed) {
    auto events = trace::random_trace(3000, seed);
    for (Event& event : events) {
      event.size %= 700;
      if (event.align_log2 != trace::natural_align) event.align_log2 %= 8;
    }
    const Violation violation = verified(bump, events);
    EXPECT_FALSE(violation.found) << violation.what.data();
    bump.reset();
  }
}

struct Overlapping : Right {
  Block allocate(Layout layout) noexcept {
    const Block block = Right::allocate(layout);
    if (++calls_ == 3) return {block.ptr - 16, layout.size};
    return block;
  }
  int calls_ = 0;
};
TEST(Verify, overlap_with_a_live_block) {
  Overlapping allocator;
  EXPECT_TRUE(names(verified(allocator, {allocate(0, 64), allocate(1, 64), allocate(2, 64)}), 2,
                    "granted again"));
}

struct DoubleGrant : Right {
  Block allocate(Layout layout) noexcept {
    if (!last_) last_ = Right::allocate(layout);
    return last_;
  }
  Block last_;
};
TEST(Verify, the_same_block_twice) {
  DoubleGrant allocator;
  EXPECT_TRUE(names(verified(allocator, {allocate(0, 64), allocate(1, 64)}), 1, "granted again"));
}
TEST(Verify, the_same_block_again_after_its_free_is_no_fault) {
  DoubleGrant allocator;
  const Violation violation =
      verified(allocator, {allocate(0, 64), release(0), allocate(1, 64), release(1)});
  EXPECT_FALSE(violation.found) << violation.what.data();
}

struct Misaligned : Right {
  Block allocate(Layout layout) noexcept { return Right::allocate({layout.size, 16}); }
};
TEST(Verify, an_alignment_that_was_not_kept) {
  Misaligned allocator;
  EXPECT_TRUE(names(verified(allocator, {allocate(0, 8), allocate(1, 8, 12)}), 1,
                    "not aligned to the 4096 bytes requested"));
}

struct BelowItsMinimum : Right {
  Block allocate(Layout layout) noexcept {
    Block block = Right::allocate({layout.size + 8, 16});
    return {block.ptr + 8, layout.size};
  }
};
TEST(Verify, a_guaranteed_alignment_that_was_not_kept) {
  BelowItsMinimum allocator;
  EXPECT_TRUE(names(verified(allocator, {allocate(0, 8, 3)}), 0, "always guaranteed"));
}

struct Short : Right {
  Block allocate(Layout layout) noexcept {
    const Block block = Right::allocate(layout);
    return {block.ptr, block.size - 1};
  }
};
TEST(Verify, a_grant_smaller_than_the_request) {
  Short allocator;
  EXPECT_TRUE(names(verified(allocator, {allocate(0, 8)}), 0, "7 bytes were granted where 8"));
}

struct DirtyCalloc : Right {
  Block allocate_zeroed(Layout layout) noexcept {
    const Block block = allocate(layout);
    std::memset(block.ptr, 0, block.size - 1);
    return block;
  }
};
TEST(Verify, a_zeroed_block_that_is_not_zero) {
  DirtyCalloc allocator;
  const auto events = {allocate(0, 10), allocate(1, 9000, trace::natural_align, true)};
  EXPECT_TRUE(names(verified(allocator, events), 1, "at offset 8999"));
}

struct ForgetfulRealloc : Right {
  Block reallocate(std::byte* ptr, Layout old, std::size_t size) noexcept {
    const Block block = allocate({size, old.align});
    std::memcpy(block.ptr, ptr, std::min(old.size, size) - 1);
    return block;
  }
};
TEST(Verify, a_resize_that_loses_the_last_byte) {
  ForgetfulRealloc allocator;
  EXPECT_TRUE(names(verified(allocator, {allocate(0, 100), resize(0, 200)}), 1,
                    "lost its contents at offset 96 while it was resized"));
}

struct SpoilingFailure : Right {
  Block reallocate(std::byte* ptr, Layout, std::size_t) noexcept {
    ptr[0] = std::byte{0};
    return {};
  }
};
TEST(Verify, a_failed_resize_that_touches_the_block) {
  SpoilingFailure allocator;
  EXPECT_TRUE(
      names(verified(allocator, {allocate(0, 100), resize(0, 200)}), 1, "while its resize failed"));
}

struct Scribbler : Right {
  Block allocate(Layout layout) noexcept {
    if (first_.ptr != nullptr) first_.ptr[40] = std::byte{0x55};
    const Block block = Right::allocate(layout);
    if (first_.ptr == nullptr) first_ = block;
    return block;
  }
  Block first_;
};
TEST(Verify, a_live_block_that_was_written_to) {
  Scribbler allocator;
  EXPECT_TRUE(names(verified(allocator, {allocate(0, 100), allocate(1, 8), release(1), release(0)}),
                    3, "lost its contents at offset 40 before it was freed"));
}
TEST(Verify, a_survivor_that_was_written_to_is_found_after_the_last_operation) {
  Scribbler allocator;
  EXPECT_TRUE(names(verified(allocator, {allocate(0, 100), allocate(1, 8)}), 2, "offset 40"));
}

struct OwnsNothing : Right {
  bool owns(const std::byte*) const noexcept { return false; }
};
struct OwnsEverything : Right {
  bool owns(const std::byte*) const noexcept { return true; }
};
TEST(Verify, lies_about_owning) {
  OwnsNothing nothing;
  EXPECT_TRUE(names(verified(nothing, plain), 0, "does not own the block"));
  OwnsEverything everything;
  EXPECT_TRUE(names(verified(everything, plain), 0, "never granted"));
}

struct SelfSized : Right {
  using Right::deallocate;
  static void deallocate(std::byte*) noexcept {}
};
struct UsableTooLarge : SelfSized {
  std::size_t usable_size(const std::byte*) const noexcept { return 300; }
};
struct UsableTooSmall : SelfSized {
  std::size_t usable_size(const std::byte*) const noexcept { return 99; }
};
TEST(Verify, lies_about_the_usable_size) {
  UsableTooSmall small;
  EXPECT_TRUE(names(verified(small, {allocate(0, 99), allocate(1, 100)}), 1,
                    "usable size is 99 where 100"));
  UsableTooLarge large;
  EXPECT_TRUE(names(verified(large, {allocate(0, 200), allocate(1, 200)}), 1, "granted again"));
}

struct BrokenInside : Right {
  void deallocate(std::byte*, Layout) noexcept { broken_ = true; }
  const char* check() const noexcept { return broken_ ? "the list is torn" : nullptr; }
  bool broken_ = false;
};
TEST(Verify, an_invariant_of_its_own) {
  BrokenInside allocator;
  EXPECT_TRUE(names(verified(allocator, {allocate(0, 8), release(0), allocate(1, 8)}), 1,
                    "broken: the list is torn"));
}

/// Walks as one region of the given spans.
struct Walking : Right {
  template <HeapVisitor V>
  void walk(V& visitor) const {
    visitor.region(Region{memory_.data(), memory_.size()});
    for (std::size_t i = 0; i < spans.size(); ++i) {
      Span span = spans[i];
      span.address = memory_.data() + starts[i];
      visitor.span(span);
    }
  }
  std::size_t size() const { return memory_.size(); }
  std::vector<Span> spans;
  std::vector<std::size_t> starts;
};

Violation walked(std::vector<std::pair<std::size_t, std::size_t>> spans, SpanKind last_kind) {
  Walking allocator;
  for (auto [start, size] : spans) {
    allocator.starts.push_back(start);
    allocator.spans.push_back({nullptr, size, SpanKind::used});
  }
  allocator.spans.back().kind = last_kind;
  return verified(allocator, {allocate(0, 100)});
}

TEST(Verify, a_walk_that_breaks_the_law_of_tiling) {
  const std::size_t all = Walking().size();
  EXPECT_FALSE(walked({{0, 4096}, {4096, all - 4096}}, SpanKind::used).found);
  EXPECT_TRUE(names(walked({{0, 4096}, {5000, all - 5000}}, SpanKind::used), 0, "leave a gap"));
  EXPECT_TRUE(names(walked({{0, 4096}, {4000, all - 4000}}, SpanKind::used), 0, "overlap"));
  EXPECT_TRUE(names(walked({{0, all - 10}}, SpanKind::used), 0, "10 bytes before"));
  EXPECT_TRUE(names(walked({{0, all + 1}}, SpanKind::used), 0, "beyond their region"));
  EXPECT_TRUE(names(walked({{0, all}, {all, 0}}, SpanKind::used), 0, "span of no bytes"));
}

TEST(Verify, a_walk_that_calls_a_live_block_free) {
  const std::size_t all = Walking().size();
  EXPECT_TRUE(names(walked({{0, all}}, SpanKind::free), 0, "a live block free"));
  EXPECT_TRUE(names(walked({{0, all}}, SpanKind::cached), 0, "a live block cached"));
  EXPECT_FALSE(walked({{0, all}}, SpanKind::opaque).found);
}

TEST(Verify, large_blocks_are_checked_at_their_edges) {
  struct Big : Right {
    Big() { memory_.resize(std::size_t{8} << 20); }
    Block reallocate(std::byte* ptr, Layout, std::size_t size) noexcept {
      ptr[size - 1] = std::byte{0};
      return {ptr, size};
    }
  } allocator;
  constexpr std::size_t size = std::size_t{3} << 20;
  EXPECT_TRUE(
      names(verified(allocator, {allocate(0, size), resize(0, size)}), 1, "lost its contents"));
}

TEST(LiveMap, overlap_at_every_edge) {
  LiveMap live;
  live.insert({100, 200, 1});
  live.insert({200, 300, 2});
  live.insert({400, 500, 3});
  EXPECT_EQ(live.overlapping(0, 100), nullptr);
  EXPECT_EQ(live.overlapping(300, 400), nullptr);
  EXPECT_EQ(live.overlapping(500, 600), nullptr);
  EXPECT_EQ(live.overlapping(0, 101)->slot, 1U);
  EXPECT_EQ(live.overlapping(199, 200)->slot, 1U);
  EXPECT_EQ(live.overlapping(250, 260)->slot, 2U);
  EXPECT_EQ(live.overlapping(350, 600)->slot, 3U);
  live.erase(200);
  EXPECT_EQ(live.overlapping(200, 300), nullptr);
}

TEST(Pattern, every_changed_byte_of_a_small_block_is_seen) {
  std::vector<std::byte> block(37);
  const Pattern pattern{5};
  pattern.fill(block.data(), block.size());
  EXPECT_FALSE(pattern.first_difference(block.data(), 37, 37).has_value());
  for (std::size_t i = 0; i < block.size(); ++i) {
    block[i] ^= std::byte{1};
    EXPECT_EQ(pattern.first_difference(block.data(), 37, 37), i / 8 * 8);
    EXPECT_EQ(pattern.first_difference(block.data(), 37, i).has_value(), false);
    block[i] ^= std::byte{1};
  }
}

TEST(Pattern, two_seeds_differ_in_the_first_word) {
  std::vector<std::byte> block(8);
  Pattern{1}.fill(block.data(), 8);
  EXPECT_EQ(Pattern{2}.first_difference(block.data(), 8, 8), 0U);
}

}  // namespace
}  // namespace heapatlas::replay
