// scoped: the suite on a root and on a nested scope, and what scopes promise.
#include "core/alloc/scoped.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <stdexcept>

#include "tests/alloc/conformance/conformance.hpp"

namespace heapatlas::conformance {
namespace {

template <std::size_t Bytes>
class RootSubject {
 public:
  static constexpr auto name = "root";
  static constexpr Facts facts{
      .capacity = Bytes, .exact_fit = Bytes, .reclaims = false, .coalesces = false};
  Scoped& allocator() { return root_; }

 private:
  alignas(4096) std::byte memory_[Bytes];
  Scoped root_{memory_, Bytes};
};
struct Root : RootSubject<1 << 14> {
  using Tiny = RootSubject<96>;
};

/// A scope within a scope, above blocks of each.
class NestedSubject {
 public:
  static constexpr auto name = "nested";
  static constexpr Facts facts{
      .capacity = 1 << 14, .exact_fit = 1 << 14, .reclaims = false, .coalesces = false};
  Scoped& allocator() { return inner_; }

 private:
  static Scoped opened_above_a_block(Scoped& parent) {
    EXPECT_TRUE(parent.allocate({8, 1}));
    return parent.open();
  }
  alignas(64) std::byte memory_[(1 << 14) + 16];
  Scoped root_{memory_, sizeof memory_};
  Scoped outer_ = opened_above_a_block(root_);
  Scoped inner_ = opened_above_a_block(outer_);
};

HEAPATLAS_CONFORMANCE(Scoped, Root, NestedSubject);

TEST(Scoped, a_scope_ends_with_all_its_blocks) {
  std::byte memory[64];
  Scoped root{memory, sizeof memory};
  EXPECT_TRUE(root.allocate({8, 1}));
  {
    Scoped scope = root.open();
    EXPECT_EQ(scope.capacity(), 56U);
    EXPECT_EQ(scope.allocate({56, 1}).ptr, memory + 8);
    EXPECT_TRUE(root.owns(memory + 40));
  }
  EXPECT_EQ(root.used(), 8U);
  EXPECT_EQ(root.allocate({56, 1}).ptr, memory + 8);
}

TEST(Scoped, a_parent_is_closed_while_a_scope_is_open) {
  std::byte memory[64];
  Scoped root{memory, sizeof memory};
  const Block block = root.allocate({8, 1});
  {
    Scoped scope = root.open();
    EXPECT_TRUE(root.is_closed());
    EXPECT_FALSE(root.allocate({1, 1}));
    EXPECT_FALSE(root.grow(block.ptr, {8, 1}, 9));
    EXPECT_TRUE(root.shrink(block.ptr, {8, 1}, 4));
    root.deallocate(block.ptr, {4, 1});
    EXPECT_EQ(root.used(), 8U);
    EXPECT_TRUE(scope.allocate({1, 1}));
  }
  EXPECT_FALSE(root.is_closed());
  EXPECT_TRUE(root.allocate({1, 1}));
}

TEST(Scoped, a_throwing_body_ends_its_scope) {
  std::byte memory[64];
  Scoped root{memory, sizeof memory};
  EXPECT_THROW(root.scope([](Scoped& scope) -> int {
    static_cast<void>(scope.allocate({32, 1}));
    throw std::runtime_error("body");
  }),
               std::runtime_error);
  EXPECT_FALSE(root.is_closed());
  EXPECT_EQ(root.used(), 0U);
}

TEST(Scoped, scopes_nest_and_bodies_return) {
  std::byte memory[64];
  Scoped root{memory, sizeof memory};
  const int depth = root.scope([](Scoped& outer) {
    static_cast<void>(outer.allocate({16, 1}));
    return outer.scope([&](Scoped& inner) {
      EXPECT_EQ(inner.capacity(), 48U);
      EXPECT_TRUE(outer.is_closed());
      return 2;
    });
  });
  EXPECT_EQ(depth, 2);
}

TEST(Scoped, freeing_or_resizing_the_last_block_reclaims) {
  std::byte memory[64];
  Scoped root{memory, sizeof memory};
  const Block first = root.allocate({16, 1});
  const Block last = root.allocate({16, 1});
  EXPECT_TRUE(root.grow(last.ptr, {16, 1}, 48)) << "an exact fit was refused";
  EXPECT_TRUE(root.shrink(last.ptr, {48, 1}, 8));
  EXPECT_EQ(root.used(), 24U);
  root.deallocate(last.ptr, {8, 1});
  root.deallocate(first.ptr, {16, 1});
  EXPECT_EQ(root.used(), 0U);
}

TEST(Scoped, a_resize_that_fits_exactly_was_refused) {
  std::byte memory[64];
  Scoped root{memory, sizeof memory};
  const Block block = root.allocate({8, 1});
  EXPECT_TRUE(root.grow(block.ptr, {8, 1}, 64));
  EXPECT_FALSE(root.grow(block.ptr, {64, 1}, 65));
}

TEST(Scoped, rewinds_to_a_checkpoint) {
  std::byte memory[64];
  Scoped root{memory, sizeof memory};
  static_cast<void>(root.allocate({8, 1}));
  const Scoped::Checkpoint checkpoint = root.checkpoint();
  static_cast<void>(root.allocate({20, 1}));
  static_cast<void>(root.allocate({20, 1}));
  root.rewind(checkpoint);
  EXPECT_EQ(root.used(), 8U);
  EXPECT_EQ(root.allocate({56, 1}).ptr, memory + 8);
}

TEST(Scoped, owned_its_end_pointer) {
  std::byte memory[65];
  Scoped root{memory, 64};
  EXPECT_TRUE(root.owns(memory + 63));
  EXPECT_FALSE(root.owns(memory + 64));
}

TEST(Scoped, a_walk_shows_what_an_open_scope_has_as_used) {
  std::byte memory[64];
  Scoped root{memory, sizeof memory};
  static_cast<void>(root.allocate({8, 1}));
  Scoped scope = root.open();
  const Snapshot outer = take_snapshot(root);
  const Snapshot inner = take_snapshot(scope);
  EXPECT_EQ(outer.count(SpanKind::used), 1U);
  EXPECT_EQ(outer.count(SpanKind::free), 0U);
  EXPECT_EQ(inner.count(SpanKind::free), 1U);
}

#if HEAPATLAS_CHECKED
TEST(Scoped, a_checked_build_stops_on_misuse) {
  std::byte memory[64];
  Scoped root{memory, sizeof memory};
  Scoped scope = root.open();
  EXPECT_DEATH(static_cast<void>(root.open()), "misuse of scoped.*one open scope");
  EXPECT_DEATH(root.reset(), "misuse of scoped.*closed");
  EXPECT_DEATH(scope.rewind(Scoped::Checkpoint{1}), "misuse of scoped.*past");
}
#else
TEST(Scoped, a_second_scope_has_no_memory) {
  std::byte memory[64];
  Scoped root{memory, sizeof memory};
  Scoped scope = root.open();
  {
    Scoped second = root.open();
    EXPECT_EQ(second.capacity(), 0U);
  }
  EXPECT_TRUE(root.is_closed());
  EXPECT_TRUE(scope.allocate({64, 1}));
}
#endif

}  // namespace
}  // namespace heapatlas::conformance
