// bump: allocation is the addition of a size to a pointer.
//
// Layout: blocks lie one after another from the start of the memory that was given, with nothing
// between them but alignment padding. Everything below `top` has been handed out, everything
// above is free.
//
//   begin            top            end
//   [ blocks, padding | free        ]
//
// The last block grows, shrinks and is freed in place; freeing another one does nothing until a
// reset. The padding before a freed last block stays lost. Cost: an 8-byte request at alignment 8
// costs 8 bytes; three words for the whole allocator.
//
// `Bump` serves one thread; `SharedBump` any number, each operation one compare-and-swap loop.
#pragma once

#include <atomic>
#include <cstddef>
#include <limits>

#include "core/alloc/concepts.hpp"
#include "core/alloc/misuse.hpp"

namespace heapatlas {

/// The top of a bump that one thread uses.
class PlainTop {
 public:
  static constexpr Threads threads = Threads::one;
  explicit constexpr PlainTop(std::byte* top) noexcept : top_(top) {}

  [[nodiscard]] constexpr std::byte* load() const noexcept { return top_; }
  /// Sets the top if it is still `expected`; else says what it is.
  constexpr bool move(std::byte*&, std::byte* to) noexcept {
    top_ = to;
    return true;
  }

 private:
  std::byte* top_;
};

/// The top of a bump that any thread uses. A move releases and acquires, because a freed last block
/// may be granted to another thread at once.
class AtomicTop {
 public:
  static constexpr Threads threads = Threads::any;
  explicit constexpr AtomicTop(std::byte* top) noexcept : top_(top) {}

  [[nodiscard]] std::byte* load() const noexcept { return top_.load(std::memory_order_relaxed); }
  bool move(std::byte*& expected, std::byte* to) noexcept {
    return top_.compare_exchange_weak(expected, to, std::memory_order_acq_rel,
                                      std::memory_order_relaxed);
  }

 private:
  std::atomic<std::byte*> top_;
};

template <class Top>
class BasicBump {
 public:
  static constexpr Threads threads = Top::threads;

  /// Over size bytes at memory (null only with size 0), which the caller keeps alive.
  constexpr BasicBump(std::byte* memory, std::size_t size) noexcept
      : top_(memory), begin_(memory), end_(memory + size) {}
  BasicBump(const BasicBump&) = delete;
  BasicBump& operator=(const BasicBump&) = delete;

  [[nodiscard]] static constexpr std::size_t min_alignment() noexcept { return 1; }
  [[nodiscard]] static constexpr std::size_t max_alignment() noexcept {
    return std::size_t{1} << (std::numeric_limits<std::size_t>::digits - 1);
  }

  /// Alignment is that of the address, also above a page.
  [[nodiscard]] Block allocate(Layout layout) noexcept {
    require_valid(layout, "bump", nullptr);
    std::byte* top = top_.load();
    for (;;) {
      const std::size_t gap = gap_to_alignment(address_of(top), layout.align);
      const auto room = static_cast<std::size_t>(end_ - top);
      if (layout.size > room || gap > room - layout.size) return {};
      std::byte* const ptr = top + gap;
      if (top_.move(top, ptr + layout.size)) return {ptr, layout.size};
    }
  }

  void deallocate(std::byte* ptr, Layout layout) noexcept {
    require_own(ptr, layout);
    move_end(ptr, layout.size, 0);
  }

  [[nodiscard]] Block grow(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    require_own(ptr, old);
    if (new_size > static_cast<std::size_t>(end_ - ptr)) return {};
    return move_end(ptr, old.size, new_size) ? Block{ptr, new_size} : Block{};
  }

  /// Always succeeds: a block that is not the last keeps its bytes.
  [[nodiscard]] Block shrink(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    require_own(ptr, old);
    move_end(ptr, old.size, new_size);
    return {ptr, new_size};
  }

  /// Whether ptr points into the memory; costs no access to what threads share.
  [[nodiscard]] constexpr bool owns(const std::byte* ptr) const noexcept {
    return address_of(ptr) - address_of(begin_) < capacity();
  }

  /// Every block is gone. Nobody may use the allocator meanwhile.
  void reset() noexcept { rewind(0); }

  /// The blocks above the first `used` bytes are gone. Nobody may use the allocator meanwhile.
  void rewind(std::size_t used) noexcept {
    std::byte* top = top_.load();
    while (!top_.move(top, begin_ + used)) {
    }
  }

  /// Where the next block begins, before alignment.
  [[nodiscard]] std::byte* top() const noexcept { return top_.load(); }

  /// The memory now has new_capacity bytes, at least as many as before. For one thread.
  constexpr void extend(std::size_t new_capacity) noexcept requires(threads == Threads::one) {
    end_ = begin_ + new_capacity;
  }

  /// Bytes of memory.
  [[nodiscard]] constexpr std::size_t capacity() const noexcept {
    return static_cast<std::size_t>(end_ - begin_);
  }
  /// Bytes handed out, padding included.
  [[nodiscard]] std::size_t used() const noexcept {
    return static_cast<std::size_t>(top_.load() - begin_);
  }

  template <HeapVisitor V>
  void walk(V& visitor) const {
    if (capacity() == 0) return;
    visitor.region(Region{begin_, capacity(), 0});
    if (used() > 0) visitor.span(Span{begin_, used(), SpanKind::used, 0, 0, 0});
    if (used() < capacity())
      visitor.span(Span{begin_ + used(), capacity() - used(), SpanKind::free, 0, 0, 0});
  }

  [[nodiscard]] const char* check() const noexcept {
    return used() <= capacity() ? nullptr : "the top lies in the memory";
  }

 private:
  /// Moves the end of the block, if it is the last. False: it is not.
  bool move_end(std::byte* ptr, std::size_t old_size, std::size_t new_size) noexcept {
    std::byte* top = top_.load();
    do {
      if (top != ptr + old_size) return false;
    } while (!top_.move(top, ptr + new_size));
    return true;
  }

  void require_own(const std::byte* ptr, Layout layout) const noexcept {
    require_valid(layout, "bump", ptr);
    require(owns(ptr), "bump", ptr, "a block is freed to the allocator that granted it");
    require(layout.size <= static_cast<std::size_t>(top_.load() - ptr), "bump", ptr,
            "a block is freed once, with the size last requested");
  }

  Top top_;
  std::byte* begin_;
  std::byte* end_;
};

using Bump = BasicBump<PlainTop>;
using SharedBump = BasicBump<AtomicTop>;

}  // namespace heapatlas
