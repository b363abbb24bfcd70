// The same random operations on any allocator, and where each block went: two forms of a chain
// place alike when their logs are equal.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "core/alloc/concepts.hpp"
#include "core/alloc/resize.hpp"

namespace heapatlas::chain::testing {

/// Where a block lies: the region of the walk (its number) and the offset in it. Blocks outside
/// every region, of malloc or the kernel, are all "elsewhere".
struct Place {
  std::size_t region = elsewhere;
  std::size_t offset = 0;
  std::size_t granted = 0;

  static constexpr std::size_t elsewhere = static_cast<std::size_t>(-1);
  static constexpr std::size_t failed = static_cast<std::size_t>(-2);
  static constexpr std::size_t untiled = static_cast<std::size_t>(-3);  ///< the walk was broken
  friend bool operator==(const Place&, const Place&) = default;
};

/// Collects the regions of a walk that blocks may lie in. How many tables a slab's page map takes
/// depends on how far apart the kernel maps its pages; where blocks lie in these does not. The law
/// of a walk is checked on the way: the spans of a region ascend and tile it exactly.
struct Regions {
  std::vector<Region> regions;
  const std::byte* at = nullptr;
  const std::byte* end = nullptr;
  bool tiled = true;

  void region(const Region& seen) {
    tiled &= at == end;
    at = seen.address;
    end = at + seen.size;
    if (seen.size > 0) regions.push_back(seen);
  }
  void span(const Span& seen) {
    tiled &= seen.address == at && seen.size > 0;
    at = seen.address + seen.size;
    if (seen.kind == SpanKind::metadata && seen.size == regions.back().size) regions.pop_back();
  }
};

template <Allocator A>
Place place_of(const A& allocator, Block block) {
  if (!block) return {Place::failed, 0, 0};
  Regions seen;
  if constexpr (Introspectable<A>) allocator.walk(seen);
  if (!seen.tiled || seen.at != seen.end) return {Place::untiled, 0, 0};
  for (std::size_t i = seen.regions.size(); i-- > 0;) {  // the innermost region that holds it
    const std::size_t offset = address_of(block.ptr) - address_of(seen.regions[i].address);
    if (offset < seen.regions[i].size) return {i, offset, block.size};
  }
  return {Place::elsewhere, 0, block.size};
}

/// The log of a chain as one number, to compare across programs (FNV-1a).
inline std::uint64_t digest(const std::vector<Place>& log) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const Place& place : log) {
    hash = (hash ^ place.region) * 1099511628211ULL;
    hash = (hash ^ place.offset) * 1099511628211ULL;
    hash = (hash ^ place.granted) * 1099511628211ULL;
  }
  return hash;
}

struct Mix {
  std::size_t operations = 2'000;
  std::size_t max_size = 300;
  std::size_t max_align = 256;
};

/// Allocates, frees, resizes by reallocate at random; what it writes into blocks must survive.
/// Stops with an empty log when a block's bytes changed, or a walk did not tile its regions.
template <Allocator A>
std::vector<Place> run_operations(A& allocator, std::uint64_t seed, const Mix& mix = {}) {
  struct Live {
    std::byte* ptr;
    Layout layout;
    std::byte fill;
  };
  std::mt19937_64 random(seed);
  std::vector<Live> live;
  std::vector<Place> log;
  const auto below = [&](std::size_t end) { return static_cast<std::size_t>(random() % end); };
  const auto filled = [](const Live& block) {
    for (std::size_t i = 0; i < block.layout.size; ++i) {
      if (block.ptr[i] != block.fill) return false;
    }
    return true;
  };
  const auto fill = [&](Live& block) {
    block.fill = static_cast<std::byte>(random());
    for (std::size_t i = 0; i < block.layout.size; ++i) block.ptr[i] = block.fill;
  };
  for (std::size_t i = 0; i < mix.operations; ++i) {
    const std::size_t action = live.empty() ? 0 : below(8);
    if (action <= 3) {
      const Layout layout{1 + below(mix.max_size),
                          std::size_t{1} << below(floor_log2(mix.max_align) + 1)};
      const bool zeroed = below(4) == 0;
      const Block block = zeroed ? allocate_zeroed(allocator, layout) : allocator.allocate(layout);
      log.push_back(place_of(allocator, block));
      if (log.back().region == Place::untiled) return {};
      if (!block) continue;
      if (zeroed && block.ptr[below(block.size)] != std::byte{0}) return {};
      live.push_back({block.ptr, layout, {}});
      fill(live.back());
      continue;
    }
    const std::size_t chosen = below(live.size());
    if (!filled(live[chosen])) return {};
    if (action <= 6) {
      allocator.deallocate(live[chosen].ptr, live[chosen].layout);
      live[chosen] = live.back();
      live.pop_back();
      continue;
    }
    const std::size_t new_size = 1 + below(mix.max_size);
    const Block block =
        heapatlas::reallocate(allocator, live[chosen].ptr, live[chosen].layout, new_size);
    log.push_back(place_of(allocator, block));
    if (log.back().region == Place::untiled) return {};
    if (!block) continue;
    Live moved{block.ptr, live[chosen].layout, live[chosen].fill};
    moved.layout.size = std::min(new_size, moved.layout.size);
    if (!filled(moved)) return {};
    moved.layout.size = new_size;
    fill(moved);
    live[chosen] = moved;
  }
  for (const Live& block : live) allocator.deallocate(block.ptr, block.layout);
  return log;
}

}  // namespace heapatlas::chain::testing
