// Heap efficiency: random actions until a request fails; how much of the memory was asked for.
//
// Of seven actions four allocate, two free a random block and one resizes a random block. Sizes
// below 10,000: uniform in 1..max, alignment 8; else those of random actions, resizes to 1..3*max.
// What is divided by are the regions that a walk shows, so it is for allocators whose memory is
// bounded and that can walk.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/alloc/concepts.hpp"
#include "core/alloc/resize.hpp"
#include "tool/bench/random.hpp"

namespace heapatlas::tool::bench {

/// The largest heap that is filled; one that grants more counts as unbounded.
inline constexpr std::size_t max_filled = std::size_t{1} << 28;

class RegionMeter {
 public:
  void region(const Region& region) {
    if (region.node <= outermost_) {
      if (region.node < outermost_) bytes_ = 0;
      outermost_ = region.node;
      bytes_ += region.size;
    }
  }
  static void span(const Span&) {}
  /// Bytes of the regions of the node that comes first.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  NodeId outermost_ = static_cast<NodeId>(-1);
  std::size_t bytes_ = 0;
};

/// Requested bytes when the first request fails, as a share of all memory; nothing when no request
/// fails before max_filled, or the memory cannot be told.
template <Allocator A>
std::optional<double> fill(A& a, std::size_t max) {
  struct Live {
    std::byte* ptr;
    Layout layout;
  };
  std::vector<Live> live;
  std::size_t bytes = 0;
  Random random;
  const bool actions = max >= 10000;
  const auto layout = [&] {
    if (actions) return Layout{random.action_size(max), std::size_t{1} << random.align_log2()};
    return Layout{random.between(1, max), 8};
  };
  for (bool full = false; !full;) {
    const std::size_t action = random.between(0, 6);
    if (action < 4 || live.empty()) {
      const Layout wanted = layout();
      const Block block = a.allocate(wanted);
      full = !block;
      if (block) live.push_back({block.ptr, wanted});
      if (block) bytes += wanted.size;
    } else {
      Live& victim = live[random.between(0, live.size() - 1)];
      if (action == 6) {
        const std::size_t size = random.between(1, actions ? 3 * max : max);
        const Block block = heapatlas::reallocate(a, victim.ptr, victim.layout, size);
        full = !block;
        if (block) bytes += size - victim.layout.size;
        if (block) victim = {block.ptr, victim.layout.with_size(size)};
      } else {
        a.deallocate(victim.ptr, victim.layout);
        bytes -= victim.layout.size;
        victim = live.back();
        live.pop_back();
      }
    }
    if (bytes > max_filled) return std::nullopt;
  }
  RegionMeter meter;
  walk_part(a, meter, 0);
  for (const Live& block : live) a.deallocate(block.ptr, block.layout);
  if (meter.bytes() == 0) return std::nullopt;
  return static_cast<double>(bytes) / static_cast<double>(meter.bytes());
}

}  // namespace heapatlas::tool::bench
