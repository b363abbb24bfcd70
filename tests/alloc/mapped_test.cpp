// mapped: the suite over parts that are given their memory in different ways.
#include "core/alloc/os/mapped.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <limits>

#include "core/alloc/bump.hpp"
#include "core/alloc/stalloc.hpp"
#include "core/alloc/tree_stalloc.hpp"
#include "tests/alloc/conformance/conformance.hpp"

namespace heapatlas::conformance {
namespace {

template <class A>
struct MappedBumpOver {
  static constexpr Facts facts{
      .capacity = 1 << 14, .exact_fit = 1 << 14, .reclaims = false, .coalesces = false};
  Mapped<A>& allocator() { return bump_; }

 private:
  Mapped<A> bump_{std::size_t{1} << 14};
};
struct MappedPlainBump : MappedBumpOver<Bump> {
  static constexpr auto name = "mapped(bump)";
};
/// One mapped region that any thread takes from.
struct MappedSharedBump : MappedBumpOver<SharedBump> {
  static constexpr auto name = "mapped(shared_bump)";
};
template <class Stalloc>
struct MappedStalloc {
  static constexpr Facts facts{.capacity = 1 << 13, .exact_fit = 1 << 13, .unit = 16};
  Mapped<Stalloc>& allocator() { return heap_; }

 private:
  Mapped<Stalloc> heap_{std::size_t{1} << 13, std::size_t{16}};
};
struct MappedList : MappedStalloc<StallocOver<>> {
  static constexpr auto name = "mapped(stalloc)";
};
/// Its tables lie behind the blocks, in the same mapping.
struct MappedTree : MappedStalloc<TreeStallocOver> {
  static constexpr auto name = "mapped(tree_stalloc)";
};

HEAPATLAS_CONFORMANCE(Mapped, MappedPlainBump, MappedSharedBump, MappedList, MappedTree);

TEST(Mapped, without_a_mapping_nothing_is_granted) {
  Mapped<Bump> bump{std::numeric_limits<std::size_t>::max() / 2};
  EXPECT_FALSE(bump.allocate({1, 1}));
  EXPECT_EQ(bump.capacity(), 0U);
}

}  // namespace
}  // namespace heapatlas::conformance
