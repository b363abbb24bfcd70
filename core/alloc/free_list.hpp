// free_list: blocks of one size, handed out last in, first out.
//
// Layout: an array of equal blocks over memory that was given. A free block's first word points to
// the next free one. Blocks above `fresh` were never handed out and are on no list, so beginning
// and resetting are O(1) and touch no memory.
//
//   begin                 fresh                end
//   [ live and freed blocks | never handed out ]
//
// A request above the block size, or aligned more than blocks are, fails. A block grows and shrinks
// in place within its size. Cost: O(1); nothing for live blocks. A walk sorts the list through a
// bitmap of 32 Ki blocks on the stack, one pass over the list for each so many blocks. One thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/alloc/concepts.hpp"
#include "core/alloc/memory.hpp"
#include "core/alloc/misuse.hpp"

namespace heapatlas {

class FreeList {
 public:
  static constexpr Threads threads = Threads::one;

  /// As many blocks as fit in size bytes at memory (null only with size 0), which the caller keeps
  /// alive. block_size, >= 1, is rounded up to whole words; blocks are aligned to the largest power
  /// of two that divides it, and the memory before the first such address is not used.
  constexpr FreeList(std::byte* memory, std::size_t size, std::size_t block_size) noexcept
      : block_size_(CheckedSize{block_size}.rounded_up(sizeof(Link)).value_or(block_size)) {
    require(block_size >= 1, "free_list", memory, "a block size is at least 1");
    const std::size_t gap =
        memory == nullptr ? 0 : gap_to_alignment(address_of(memory), alignment());
    begin_ = fresh_ = end_ = memory + (gap < size ? gap : 0);
    if (gap < size) end_ += (size - gap) / block_size_ * block_size_;
  }
  FreeList(const FreeList&) = delete;
  FreeList& operator=(const FreeList&) = delete;

  [[nodiscard]] constexpr std::size_t block_size() const noexcept { return block_size_; }
  [[nodiscard]] constexpr std::size_t block_count() const noexcept {
    return static_cast<std::size_t>(end_ - begin_) / block_size_;
  }
  [[nodiscard]] constexpr std::size_t min_alignment() const noexcept { return alignment(); }
  [[nodiscard]] constexpr std::size_t max_alignment() const noexcept { return alignment(); }

  [[nodiscard]] Block allocate(Layout layout) noexcept {
    require_valid(layout, "free_list", nullptr);
    if (layout.size > block_size_ || layout.align > alignment()) return {};
    if (free_ != nullptr) {
      std::byte* const ptr = free_;
      free_ = next_of(ptr);
      return {ptr, block_size_};
    }
    if (fresh_ == end_) return {};
    std::byte* const ptr = fresh_;
    fresh_ += block_size_;
    return {ptr, block_size_};
  }

  void deallocate(std::byte* ptr, Layout layout) noexcept {
    require_live(ptr, layout);
    __builtin_memcpy(ptr, &free_, sizeof free_);
    free_ = ptr;
  }

  [[nodiscard]] Block grow(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    require_live(ptr, old);
    return new_size <= block_size_ ? Block{ptr, block_size_} : Block{};
  }
  /// Always succeeds.
  [[nodiscard]] Block shrink(std::byte* ptr, Layout old, std::size_t) noexcept {
    require_live(ptr, old);
    return {ptr, block_size_};
  }

  [[nodiscard]] bool owns(const std::byte* ptr) const noexcept {
    return address_of(ptr) - address_of(begin_) < static_cast<std::size_t>(end_ - begin_);
  }

  void reset() noexcept {
    free_ = nullptr;
    fresh_ = begin_;
  }

  template <HeapVisitor V>
  void walk(V& visitor) const {
    if (begin_ == end_) return;
    visitor.region(Region{begin_, static_cast<std::size_t>(end_ - begin_), 0});
    Runs<V> runs{visitor, begin_};
    for (const std::byte* window = begin_; window < fresh_;) {
      Window marked;
      const std::byte* const window_end = marked.mark(*this, window);
      for (std::size_t i = 0; window < window_end; ++i, window += block_size_)
        runs.add(window + block_size_, marked.is_free(i) ? SpanKind::free : SpanKind::used);
    }
    if (fresh_ < end_) runs.add(end_, SpanKind::free);
    runs.flush();
  }

  [[nodiscard]] const char* check() const noexcept {
    std::size_t steps = 0;
    for (const std::byte* block = free_; block != nullptr; block = next_of(block)) {
      if (!is_block(block) || block >= fresh_) return "a free block is a block once handed out";
      if (++steps > block_count()) return "the list of free blocks ends";
    }
    return nullptr;
  }

 private:
  using Link = std::byte*;

  /// Which of the next 32 Ki blocks are free.
  class Window {
   public:
    /// Marks those from `from` on that have been handed out; returns where they end.
    const std::byte* mark(const FreeList& list, const std::byte* from) noexcept {
      const auto above = static_cast<std::size_t>(list.fresh_ - from);
      const std::size_t bytes = above < bits * list.block_size_ ? above : bits * list.block_size_;
      for (const std::byte* block = list.free_; block != nullptr; block = next_of(block)) {
        const std::size_t at = address_of(block) - address_of(from);
        if (at < bytes) set(at / list.block_size_);
      }
      return from + bytes;
    }
    [[nodiscard]] bool is_free(std::size_t block) const noexcept {
      return (words_[block / 64] >> (block % 64) & 1) != 0;
    }

   private:
    static constexpr std::size_t bits = std::size_t{32} << 10;
    void set(std::size_t block) noexcept { words_[block / 64] |= std::uint64_t{1} << (block % 64); }
    std::uint64_t words_[bits / 64] = {};
  };

  /// Joins neighbouring blocks of a kind into spans.
  template <class V>
  class Runs {
   public:
    Runs(V& visitor, const std::byte* begin) noexcept : visitor_(visitor), begin_(begin) {}
    void add(const std::byte* end, SpanKind kind) {
      if (kind != kind_) flush();
      kind_ = kind;
      end_ = end;
      ++blocks_;
    }
    void flush() {
      if (blocks_ > 0)
        visitor_.span(Span{begin_, static_cast<std::size_t>(end_ - begin_), kind_,
                           kind_ == SpanKind::used ? blocks_ : 0, 0, 0});
      if (blocks_ > 0) begin_ = end_;
      blocks_ = 0;
    }

   private:
    V& visitor_;
    const std::byte* begin_;
    const std::byte* end_ = nullptr;
    SpanKind kind_ = SpanKind::free;
    std::size_t blocks_ = 0;
  };

  [[nodiscard]] constexpr std::size_t alignment() const noexcept {
    return block_size_ & (~block_size_ + 1);
  }
  [[nodiscard]] static std::byte* next_of(const std::byte* block) noexcept {
    Link next;
    __builtin_memcpy(&next, block, sizeof next);
    return next;
  }
  [[nodiscard]] bool is_block(const std::byte* ptr) const noexcept {
    return owns(ptr) && static_cast<std::size_t>(ptr - begin_) % block_size_ == 0;
  }

  void require_live(const std::byte* ptr, Layout layout) const noexcept {
    if constexpr (checked) {
      require_valid(layout, "free_list", ptr);
      require(is_block(ptr) && ptr < fresh_, "free_list", ptr,
              "a block is freed to the allocator that granted it");
      require(layout.size <= block_size_, "free_list", ptr,
              "a block is freed with the size last requested");
      // Only a block that looks like a free one is worth searching the list for.
      const std::byte* const link = next_of(ptr);
      if (link != nullptr && !is_block(link)) return;
      for (const std::byte* block = free_; block != nullptr; block = next_of(block))
        require(block != ptr, "free_list", ptr, "a block is freed once");
    }
  }

  std::size_t block_size_;
  std::byte* begin_ = nullptr;
  std::byte* fresh_ = nullptr;
  std::byte* end_ = nullptr;
  std::byte* free_ = nullptr;
};

static_assert(Owning<FreeList> && Resizing<FreeList> && Resettable<FreeList>);

}  // namespace heapatlas
