// Equal slabs place, own and walk alike, as offsets, wherever their memory lies.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <tuple>
#include <vector>

#include "core/alloc/bump.hpp"
#include "core/alloc/slab.hpp"
#include "core/alloc/slabs.hpp"

namespace heapatlas {
namespace {

constexpr std::size_t page = SlabPage::min_page_size;
constexpr std::size_t arena_size = 128 * page;
constexpr std::size_t owns_step = 32;

/// Everything that a user of a slab can see of where it puts things.
struct Seen {
  using Part = std::tuple<NodeId, std::ptrdiff_t, std::size_t, int, std::size_t>;
  std::byte* origin;
  std::vector<std::ptrdiff_t> blocks;
  std::vector<Part> parts;  ///< regions (kind -1) and spans, in the order of the walk
  std::vector<bool> owned;  ///< every 32nd byte of the arena

  void region(const Region& region) {
    parts.emplace_back(region.node, region.address - origin, region.size, -1, 0);
  }
  void span(const Span& span) {
    parts.emplace_back(span.node, span.address - origin, span.size, static_cast<int>(span.kind),
                       span.blocks);
  }
};

/// Allocates and frees, on both sides and with a trim between, and leaves live, full, cached and
/// spare pages behind.
template <class A>
void use(A& slab, std::size_t max_size, Seen& seen) {
  struct Live {
    std::byte* ptr;
    Layout layout;
  };
  std::mt19937 random{7};
  std::vector<Live> live;
  const auto free_one = [&] {
    std::swap(live[random() % live.size()], live.back());
    const Live last = live.back();
    live.pop_back();
    random() % 4 == 0 ? slab.remote().deallocate(last.ptr, last.layout)
                      : slab.deallocate(last.ptr, last.layout);
  };
  for (int i = 0; i < 6000; ++i) {
    if (i == 3000) {
      while (live.size() > 20) free_one();
      slab.trim();
    }
    if (!live.empty() && random() % 3 == 0) {
      free_one();
    } else {
      const Layout layout{1 + random() % max_size, std::size_t{1} << random() % 4};
      const Block block = slab.allocate(layout);
      seen.blocks.push_back(block ? block.ptr - seen.origin : -1);
      if (block) live.push_back({block.ptr, layout});
    }
  }
  while (live.size() > 40) free_one();
}

/// A slab, of `classes`, over an arena at a number of bytes behind an aligned address.
template <class A, class Classes>
Seen seen_at(std::size_t shift, Classes classes, std::size_t max_size) {
  static constexpr std::size_t alignment = std::size_t{4} << 20;
  const std::unique_ptr<std::byte, decltype(&std::free)> memory(
      static_cast<std::byte*>(std::aligned_alloc(alignment, arena_size + alignment)), &std::free);
  Seen seen{memory.get() + shift, {}, {}, {}};
  A slab{classes, SlabOptions{}, seen.origin, arena_size};
  use(slab, max_size, seen);
  EXPECT_EQ(slab.check(), nullptr);
  walk_part(slab, seen, 0);
  for (std::size_t at = 0; at < arena_size; at += owns_step)
    seen.owned.push_back(slab.owns(seen.origin + at));
  return seen;
}

template <class A, class Classes>
void expect_alike(Classes classes, std::size_t max_size) {
  const Seen first = seen_at<A>(0, classes, max_size);
  ASSERT_GT(first.parts.size(), 50U);
  const std::size_t step = classes.page_size();
  for (const std::size_t shift : {step, 3 * step, 7 * step}) {
    SCOPED_TRACE(shift);
    const Seen other = seen_at<A>(shift, classes, max_size);
    EXPECT_EQ(first.blocks, other.blocks);
    EXPECT_EQ(first.parts, other.parts);
    EXPECT_TRUE(first.owned == other.owned) << "an address is owned in one and not in the other";
  }
}

TEST(SlabPlacement, of_size_classes_follows_no_address) {
  expect_alike<Slabs<Bump>>(SizeClasses{8, 1024}, 1024);
}
TEST(SlabPlacement, of_one_size_follows_no_address) {
  expect_alike<Slab<Bump>>(OneClass{{700, 8}}, 700);
}
TEST(SlabPlacement, of_long_pages_follows_no_address) {
  expect_alike<Slab<Bump>>(OneClass{{9000, 8}}, 9000);
}

}  // namespace
}  // namespace heapatlas
