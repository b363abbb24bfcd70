// sized(A): A, with the size and alignment of every block kept before it, so that
// `deallocate(ptr)` and `usable_size(ptr)` need no layout. This is what a malloc-shaped interface
// stands on.
//
//     part's block:  | gap | header, 8 bytes | the caller's block ... |
//                    ^ at the alignment asked for      ^ and so is this
//
// The gap is there only for alignments above 8: the header then sits at the end of one alignment's
// worth of bytes. It need not be aligned itself, so A is asked for the caller's alignment and no
// more, and max_alignment is A's. A header holds the size last requested (below 64 TiB), the
// alignment, and the slack granted beyond the size, as far as 4095 bytes: more slack is not
// passed on. try_deallocate (Routing) is absent: what lies an offset before another's block may be
// the part's. Cost: 8 bytes a block, or its alignment when that is larger, and one store.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/alloc/forwarding.hpp"
#include "core/alloc/memory.hpp"
#include "core/alloc/misuse.hpp"

namespace heapatlas {

/// The 8 bytes before a block of sized(A).
class SizedHeader {
 public:
  static constexpr std::size_t bytes = 8;
  static constexpr unsigned size_bits = 46;
  static constexpr unsigned align_bits = 6;
  static constexpr unsigned slack_bits = 12;
  static_assert(size_bits + align_bits + slack_bits == 64);

  /// True when a header can tell of a block of this size.
  [[nodiscard]] static constexpr bool can_hold(std::size_t size) noexcept {
    return (std::uint64_t{size} >> size_bits) == 0;
  }
  /// Describes a block; slack beyond what fits is forgotten.
  constexpr SizedHeader(Layout layout, std::size_t slack) noexcept
      : word_(std::uint64_t{layout.size} | std::uint64_t{floor_log2(layout.align)} << size_bits |
              (slack < max_slack ? std::uint64_t{slack} : max_slack) << (size_bits + align_bits)) {}

  [[nodiscard]] static SizedHeader before(const std::byte* ptr) noexcept {
    SizedHeader header;
    __builtin_memcpy(&header.word_, ptr - bytes, bytes);
    return header;
  }
  void store_before(std::byte* ptr) const noexcept { __builtin_memcpy(ptr - bytes, &word_, bytes); }
  /// What a block's header is once the block is freed: a size that no live block has.
  [[nodiscard]] static constexpr SizedHeader freed() noexcept { return {}; }

  [[nodiscard]] constexpr Layout layout() const noexcept {
    return {static_cast<std::size_t>(field(0, size_bits)),
            std::size_t{1} << field(size_bits, align_bits)};
  }
  [[nodiscard]] constexpr std::size_t slack() const noexcept {
    return static_cast<std::size_t>(field(size_bits + align_bits, slack_bits));
  }
  [[nodiscard]] constexpr std::size_t granted() const noexcept { return layout().size + slack(); }

 private:
  static constexpr std::uint64_t max_slack = (std::uint64_t{1} << slack_bits) - 1;
  constexpr SizedHeader() noexcept = default;

  [[nodiscard]] constexpr std::uint64_t field(unsigned first, unsigned width) const noexcept {
    return (word_ >> first) & ((std::uint64_t{1} << width) - 1);
  }

  std::uint64_t word_ = 0;
};
static_assert(sizeof(SizedHeader) == SizedHeader::bytes);

template <Allocator A>
struct Sized : Wrapper<A> {
  using Wrapper<A>::part;

  /// A block asked for with a smaller alignment may sit behind the header only.
  [[nodiscard]] constexpr std::size_t min_alignment() const noexcept {
    const std::size_t of_part = part.min_alignment();
    return of_part < SizedHeader::bytes ? of_part : SizedHeader::bytes;
  }

  [[nodiscard]] constexpr Block allocate(Layout layout) noexcept {
    const Layout whole = with_header(layout);
    if (whole.size == 0) return {};
    return keep_size(layout, part.allocate(whole));
  }
  [[nodiscard]] constexpr Block allocate_zeroed(Layout layout) noexcept requires Zeroing<A> {
    const Layout whole = with_header(layout);
    if (whole.size == 0) return {};
    return keep_size(layout, part.allocate_zeroed(whole));
  }
  constexpr void deallocate(std::byte* ptr, Layout layout) noexcept {
    require_header(ptr, layout);
    if constexpr (checked) SizedHeader::freed().store_before(ptr);
    part.deallocate(ptr - offset(layout.align), with_header(layout));
  }
  constexpr void deallocate(std::byte* ptr) noexcept {
    deallocate(ptr, SizedHeader::before(ptr).layout());
  }
  /// Bytes granted: the size last requested, and the slack beyond it.
  [[nodiscard]] constexpr std::size_t usable_size(const std::byte* ptr) const noexcept {
    return SizedHeader::before(ptr).granted();
  }
  /// The layout that frees a live block.
  [[nodiscard]] constexpr Layout layout_of(const std::byte* ptr) const noexcept {
    return SizedHeader::before(ptr).layout();
  }

  [[nodiscard]] constexpr Block grow(std::byte* ptr, Layout old,
                                     std::size_t new_size) noexcept requires Resizing<A> {
    return resized(ptr, old, new_size, [this](std::byte* base, Layout from, std::size_t size) {
      return part.grow(base, from, size);
    });
  }
  [[nodiscard]] constexpr Block shrink(std::byte* ptr, Layout old,
                                       std::size_t new_size) noexcept requires Resizing<A> {
    return resized(ptr, old, new_size, [this](std::byte* base, Layout from, std::size_t size) {
      return part.shrink(base, from, size);
    });
  }
  [[nodiscard]] constexpr Block reallocate(std::byte* ptr, Layout old,
                                           std::size_t new_size) noexcept requires Reallocating<A> {
    return resized(ptr, old, new_size, [this](std::byte* base, Layout from, std::size_t size) {
      return part.reallocate(base, from, size);
    });
  }
  constexpr void reset() noexcept requires Resettable<A> { part.reset(); }

  /// The part's walk. What it says was requested holds headers and gaps as well, so it is unknown.
  template <HeapVisitor V>
  constexpr void walk(V& visitor) const {
    RequestedUnknown<V> unknown{visitor};
    walk_part(part, unknown, 1);
  }

 private:
  template <HeapVisitor V>
  struct RequestedUnknown {
    V& visitor;
    void region(const Region& region) { visitor.region(region); }
    void span(Span span) {
      span.requested = 0;
      visitor.span(span);
    }
  };

  /// Bytes from the part's block to the caller's.
  [[nodiscard]] static constexpr std::size_t offset(std::size_t align) noexcept {
    return align > SizedHeader::bytes ? align : SizedHeader::bytes;
  }
  /// What the part is asked for; size 0 when no header could tell of it.
  [[nodiscard]] static constexpr Layout with_header(Layout layout) noexcept {
    const CheckedSize whole = CheckedSize{layout.size} + offset(layout.align);
    return layout.with_size(SizedHeader::can_hold(layout.size) ? whole.value_or(0) : 0);
  }
  static constexpr Block keep_size(Layout layout, Block whole) noexcept {
    if (!whole) return {};
    std::byte* const ptr = whole.ptr + offset(layout.align);
    const SizedHeader header{layout, whole.size - offset(layout.align) - layout.size};
    header.store_before(ptr);
    return {ptr, header.granted()};
  }
  template <class Resize>
  static constexpr Block resized(std::byte* ptr, Layout old, std::size_t new_size,
                                 Resize resize) noexcept {
    require_header(ptr, old);
    const Layout wanted = old.with_size(new_size);
    const Layout whole = with_header(wanted);
    if (whole.size == 0) return {};
    return keep_size(wanted, resize(ptr - offset(old.align), with_header(old), whole.size));
  }
  static constexpr void require_header(const std::byte* ptr, Layout layout) noexcept {
    if constexpr (checked) {
      const Layout kept = SizedHeader::before(ptr).layout();
      require(kept.size != 0, "sized", ptr, "a block is freed once");
      require(kept == layout, "sized", ptr,
              "a block is freed with its alignment and the size last requested");
    }
  }
};

template <class A>
Sized(A) -> Sized<A>;

}  // namespace heapatlas
