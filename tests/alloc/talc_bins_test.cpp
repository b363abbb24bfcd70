// Binning: a gap that is found is large enough, whatever its size and whatever is asked.
#include "core/alloc/talc/bins.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <random>
#include <vector>

#include "core/alloc/talc/binning.hpp"
#include "core/alloc/talc/chunk.hpp"

namespace heapatlas::talc {
namespace {

template <class B>
class BinningLaws : public testing::Test {};
using Binnings = testing::Types<FineBinning, WideBinning, CoarseBinning>;
TYPED_TEST_SUITE(BinningLaws, Binnings);

std::vector<std::size_t> interesting_units(std::size_t max_bits) {
  std::vector<std::size_t> units;
  for (std::size_t i = 1; i <= 5000; ++i) units.push_back(i);
  for (std::size_t bit = 12; bit < max_bits; ++bit) {
    for (std::size_t eighth = 0; eighth < 8; ++eighth) {
      const std::size_t edge = (std::size_t{1} << bit) + (eighth << (bit - 3));
      for (const std::size_t near : {edge - 1, edge, edge + 1}) units.push_back(near);
    }
  }
  units.push_back((std::size_t{1} << max_bits) - 1);
  std::sort(units.begin(), units.end());
  return units;
}

TYPED_TEST(BinningLaws, bins_grow_with_sizes_and_every_bin_is_reached) {
  const std::size_t max_bits = std::is_same_v<TypeParam, FineBinning> ? 28 : 58;
  const auto units = interesting_units(max_bits);
  unsigned last = 0;
  for (const std::size_t size : units) {
    const unsigned bin = TypeParam::bin_of(size);
    EXPECT_LT(bin, TypeParam::count);
    EXPECT_GE(bin, last);
    last = bin;
    const unsigned from = TypeParam::search_from(size);
    EXPECT_GE(from, bin);
    EXPECT_LE(from, bin + 1);
  }
  EXPECT_EQ(last, TypeParam::count - 1);
}

TEST(Binning, small_sizes_have_bins_of_their_own) {
  for (std::size_t units = 1; units < 64; ++units) {
    EXPECT_EQ(FineBinning::bin_of(units), units - 1);
    EXPECT_EQ(FineBinning::search_from(units), units - 1);
  }
}

/// Every pair of a gap and a request.
TYPED_TEST(BinningLaws, every_gap_of_the_bin_searched_from_is_large_enough) {
  for (std::size_t gap = 1; gap <= 700; ++gap) {
    for (std::size_t request = 1; request <= 700; ++request) {
      if (TypeParam::bin_of(gap) >= TypeParam::search_from(request)) {
        EXPECT_GE(gap, request);
      }
      if (gap >= request) {
        EXPECT_GE(TypeParam::bin_of(gap), TypeParam::bin_of(request));
      }
    }
  }
}

TEST(Bins, next_bin_agrees_with_the_heads) {
  using Gaps = Bins<SmallChunks, FineBinning>;
  static std::byte memory[1 << 20];
  Gaps gaps;
  std::mt19937 random{5};
  std::vector<std::pair<std::byte*, std::size_t>> live;
  std::byte* at = memory + 16;
  for (int i = 0; i < 2000; ++i) {
    if (live.empty() || (random() % 2 == 0 && at < memory + sizeof memory - 64)) {
      // Bins never look at a gap's size: only its links are there.
      const std::size_t size = 16 * (1 + (random() % 4 == 0 ? random() % (1 << 27) : random() % 9));
      gaps.insert(at, size);
      live.emplace_back(at, size);
      at += 32;
    } else {
      const std::size_t victim = random() % live.size();
      gaps.remove(live[victim].first, live[victim].second);
      live.erase(live.begin() + static_cast<std::ptrdiff_t>(victim));
    }
    ASSERT_EQ(gaps.check(), nullptr);
    for (const unsigned from : {0U, 1U, 63U, 64U, 65U, 100U, 127U, 128U, 200U, Gaps::count}) {
      unsigned expected = from;
      while (expected < Gaps::count && gaps.head(expected) == nullptr) ++expected;
      ASSERT_EQ(gaps.next_bin(from), expected);
    }
  }
}

TEST(Chunk, packed_links_hold_both_halves_of_the_address_space) {
  if constexpr (SmallChunks::packs_unit_gaps) {
    alignas(16) std::byte memory[64] = {};
    std::byte* const p = memory + 16;
    SmallChunks::set_tag(p, 0x12345678);
    SmallChunks::set_tag(p + 16, 0x9ABCDEF0);
    std::vector<std::byte*> addresses = {nullptr, memory};
    for (const std::uintptr_t address :
         {std::uintptr_t{0x7FFFFFFFFFF0}, ~std::uintptr_t{0} - 0x7FFFFFFFFFFF, std::uintptr_t{16},
          ~std::uintptr_t{15}})
      addresses.push_back(reinterpret_cast<std::byte*>(address));
    for (std::byte* const next : addresses) {
      for (std::byte* const previous : addresses) {
        SmallChunks::set_links(p, {previous, next}, true);
        SmallChunks::set_next(p, next, true);
        SmallChunks::set_previous(p, previous, true);
        EXPECT_EQ(SmallChunks::links(p, true).next, next);
        EXPECT_EQ(SmallChunks::links(p, true).previous, previous);
      }
    }
    EXPECT_EQ(SmallChunks::tag(p), 0x12345678U);
    EXPECT_EQ(SmallChunks::tag(p + 16), 0x9ABCDEF0U);
  }
}

}  // namespace
}  // namespace heapatlas::talc
