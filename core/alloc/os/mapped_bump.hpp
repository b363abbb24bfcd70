// mapped_bump: a bump over one region of the address space, mapped when it is first used.
//
// Layout: the region is reserved whole (1 GiB unless told otherwise) at the first request, and
// committed from its start in steps of a quarter of what it has, from 64 KiB up to 4 MiB, so that
// what is charged to the process stays near what is used. What is fresh costs page faults, which
// is most of what a bump costs; so a step's pages are brought in together, and behind the first
// 8 MiB as huge pages where the system has them.
//
//   begin        top      committed                       reserved end
//   [ blocks      | free   | reserved, without memory      ]
//
// The fast path is that of a bump whose memory ends where the committed part does; only a request
// that does not fit there goes further. A refused mapping or commit fails the request and leaves
// everything as it was. reset gives the memory back and keeps the address space; the destructor
// unmaps. One thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <new>

#include "core/alloc/bump.hpp"
#include "core/alloc/concepts.hpp"
#include "core/alloc/os/pages.hpp"

namespace heapatlas {

class MappedBump {
 public:
  static constexpr Threads threads = Threads::one;
  static constexpr std::size_t default_size = std::size_t{1} << 30;

  /// size: bytes of address space, rounded up to pages, >= 1. Maps nothing yet.
  explicit constexpr MappedBump(std::size_t size = default_size) noexcept : size_(size) {}
  MappedBump(const MappedBump&) = delete;
  MappedBump& operator=(const MappedBump&) = delete;
  ~MappedBump() { os::unmap(region_); }

  [[nodiscard]] static constexpr std::size_t min_alignment() noexcept { return 1; }
  [[nodiscard]] static constexpr std::size_t max_alignment() noexcept {
    return Bump::max_alignment();
  }

  [[nodiscard]] Block allocate(Layout layout) noexcept {
    if (const Block block = bump_.allocate(layout)) [[likely]]
      return block;
    return allocate_further(layout);
  }
  void deallocate(std::byte* ptr, Layout layout) noexcept { bump_.deallocate(ptr, layout); }

  [[nodiscard]] Block grow(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    if (const Block block = bump_.grow(ptr, old, new_size)) return block;
    const auto offset = static_cast<std::size_t>(ptr - region_.ptr);
    if (offset + old.size != bump_.used()) return {};  // not the last block
    return commit_to(CheckedSize{offset} + new_size) ? bump_.grow(ptr, old, new_size) : Block{};
  }
  [[nodiscard]] Block shrink(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    return bump_.shrink(ptr, old, new_size);
  }

  [[nodiscard]] bool owns(const std::byte* ptr) const noexcept { return bump_.owns(ptr); }

  void reset() noexcept {
    if (bump_.capacity() > 0) os::decommit(region_.ptr, bump_.capacity());
    begin();
  }

  template <HeapVisitor V>
  void walk(V& visitor) const {
    if (region_.size == 0) return;
    const std::size_t committed = bump_.capacity(), used = bump_.used();
    visitor.region(Region{region_.ptr, region_.size, 0});
    if (used > 0) visitor.span(Span{region_.ptr, used, SpanKind::used, 0, 0, 0});
    if (committed > used)
      visitor.span(Span{region_.ptr + used, committed - used, SpanKind::free, 0, 0, 0});
    if (region_.size > committed)
      visitor.span(
          Span{region_.ptr + committed, region_.size - committed, SpanKind::reserved, 0, 0, 0});
  }

  [[nodiscard]] const char* check() const noexcept {
    if (bump_.capacity() > region_.size) return "the committed part lies in the region";
    return bump_.check();
  }

 private:
  static constexpr std::size_t first_step = std::size_t{64} << 10;
  static constexpr std::size_t last_step = std::size_t{4} << 20;
  static constexpr std::size_t huge_from = std::size_t{8} << 20;

  /// Begins anew with nothing committed.
  void begin() noexcept { ::new (static_cast<void*>(&bump_)) Bump{region_.ptr, 0}; }

  /// A request beyond what is committed: maps the region if need be, commits, allocates.
  Block allocate_further(Layout layout) noexcept {
    const bool fresh = !region_;
    if (fresh) {
      if (layout.size > size_) return {};
      region_ = os::map(size_, os::region_alignment, os::Access::none);
      if (!region_) return {};
      begin();
    }
    const std::size_t used = bump_.used();
    const std::size_t gap = gap_to_alignment(address_of(region_.ptr) + used, layout.align);
    if (commit_to(CheckedSize{used} + gap + layout.size)) return bump_.allocate(layout);
    if (fresh) {
      os::unmap(region_);
      region_ = {};
      begin();
    }
    return {};
  }

  /// Commits at least the first `end` bytes of the region. False: there are none so many.
  bool commit_to(CheckedSize end) noexcept {
    if (!end.fits(region_.size)) return false;
    const std::size_t committed = bump_.capacity();
    const std::size_t needed = end.rounded_up(os::page_size()).value_or(region_.size);
    const std::size_t step = std::clamp(committed / 4, first_step, last_step);
    const std::size_t unit = committed < huge_from ? os::page_size() : os::huge_page_size;
    const std::size_t stepped = (CheckedSize{committed} + step).rounded_up(unit).saturated();
    const std::size_t ample = std::min(std::max(needed, stepped), region_.size);
    for (const std::size_t target : {ample, needed}) {
      std::byte* const fresh = region_.ptr + committed;
      const std::size_t size = target - committed;
      if (!os::commit(fresh, size)) continue;
      size < os::huge_page_size ? os::populate(fresh, size) : os::prefer_huge(fresh, size);
      bump_.extend(target);
      return true;
    }
    return false;
  }

  Bump bump_{nullptr, 0};
  Block region_;
  std::size_t size_;
};

static_assert(Owning<MappedBump> && Resizing<MappedBump> && Resettable<MappedBump>);

}  // namespace heapatlas
