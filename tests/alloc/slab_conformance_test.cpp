// The suite over slab and slabs, alone and as a first link.
#include <algorithm>
#include <bit>
#include <cstddef>

#include "core/alloc/fallback.hpp"
#include "core/alloc/slab.hpp"
#include "core/alloc/slabs.hpp"
#include "tests/alloc/conformance/conformance.hpp"
#include "tests/alloc/watched_backing.hpp"

namespace heapatlas::conformance {
namespace {

using testing_support::WatchedBacking;

template <std::size_t Bytes, std::size_t Align, std::size_t Pages, GrowthPolicy Growth>
class SlabOf {
 public:
  static constexpr OneClass classes{{Bytes, Align}};
  static constexpr Facts facts{
      .capacity = classes.block_size(),
      .unit = std::max<std::size_t>(8, std::bit_floor(classes.block_size() / 4)),
      .usual_size = Bytes,
      .coalesces = false};
  auto& allocator() { return slab_; }

 private:
  Slab<Failing<WatchedBacking>> slab_{classes, {Pages * classes.page_size(), Growth}};
};

struct FixedSlab : SlabOf<48, 16, 2, GrowthPolicy::fixed> {
  static constexpr auto name = "slab";
  struct Tiny : SlabOf<8192, 8, 1, GrowthPolicy::fixed> {
    static constexpr auto name = "tiny_slab";
  };
};
struct LinearSlab : SlabOf<4096, 4096, 6, GrowthPolicy::linear> {
  static constexpr auto name = "linear_slab";
};
struct DoublingSlab : SlabOf<20000, 8, 7, GrowthPolicy::pow2> {
  static constexpr auto name = "doubling_slab";
};

template <std::size_t Min, std::size_t Max, std::size_t Pages, GrowthPolicy Growth>
class SlabsOf {
 public:
  static constexpr Facts facts{.capacity = Max, .coalesces = false};
  auto& allocator() { return slabs_; }

 private:
  Slabs<Failing<WatchedBacking>> slabs_{{Min, Max}, {Pages << 16, Growth}};
};

struct AllSlabs : SlabsOf<1, 8192, 5, GrowthPolicy::pow2> {
  static constexpr auto name = "slabs";
};
struct FewSlabs : SlabsOf<16, 1000, 3, GrowthPolicy::fixed> {
  static constexpr auto name = "few_slabs";
};

/// Small requests to slabs; what they refuse, or have no page for, to the second link.
class SlabsThenMore {
 public:
  static constexpr auto name = "slabs_then_more";
  static constexpr Facts facts{.coalesces = false};
  auto& allocator() { return chain_; }

 private:
  using Small = Slabs<Failing<WatchedBacking>>;
  Fallback<Small, Failing<WatchedBacking>> chain_{
      Small{SizeClasses{8, 200}, SlabOptions{2 << 16, GrowthPolicy::fixed}}, {}};
};

HEAPATLAS_CONFORMANCE(Slab, SlabsThenMore, FixedSlab, LinearSlab, DoublingSlab, AllSlabs, FewSlabs);

}  // namespace
}  // namespace heapatlas::conformance
