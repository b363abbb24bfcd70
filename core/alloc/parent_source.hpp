// parent(A): regions that are blocks of another allocator.
//
// A region is given back with the size and the alignment that were asked for it. Regions grow
// with what is held (an eighth of it), so that their number stays logarithmic; when the parent
// has no such block, smaller ones are asked, and at last exactly what is needed. Cost: A, and two
// words.
#pragma once

#include <cstddef>

#include "core/alloc/arithmetic.hpp"
#include "core/alloc/concepts.hpp"
#include "core/alloc/made_by.hpp"
#include "core/alloc/source.hpp"

namespace heapatlas {

template <Allocator A>
class ParentSource {
 public:
  static constexpr std::size_t default_region_size = std::size_t{1} << 20;
  static constexpr NodeId node_count = heapatlas::node_count<A>;

  /// The allocator is built in place from args; Ref<A> borrows one.
  template <class... Args>
  explicit constexpr ParentSource(std::size_t region_size, Args&&... args) noexcept
      : parent_(static_cast<Args&&>(args)...), region_size_(region_size) {}
  template <class F>
  constexpr ParentSource(std::size_t region_size, MadeBy<F> parent) noexcept
      : parent_(parent.make()), region_size_(region_size) {}

  [[nodiscard]] constexpr A& parent() noexcept { return parent_; }
  [[nodiscard]] constexpr const A& parent() const noexcept { return parent_; }

  [[nodiscard]] constexpr std::size_t region_size() const noexcept {
    const std::size_t share = round_down(held_ / 8, 4096);
    return share > region_size_ ? share : region_size_;
  }

  [[nodiscard]] constexpr SourceRegion acquire(std::size_t min, std::size_t align) noexcept {
    for (std::size_t wanted = region_size(); wanted > min; wanted /= 2) {
      if (const SourceRegion large = ask(wanted, align)) return large;
    }
    return ask(min, align);
  }

  constexpr void release(SourceRegion region, std::size_t align) noexcept {
    held_ -= region.note;
    parent_.deallocate(region.ptr, Layout{region.note, align});
  }

 private:
  /// The region is what was granted; its note is what was asked, the size that frees it.
  constexpr SourceRegion ask(std::size_t size, std::size_t align) noexcept {
    const Block block = parent_.allocate(Layout{size, align});
    if (!block) return {};
    held_ += size;
    return {block.ptr, block.size, size};
  }

  A parent_;
  std::size_t region_size_;
  std::size_t held_ = 0;  // bytes of all regions
};

}  // namespace heapatlas
