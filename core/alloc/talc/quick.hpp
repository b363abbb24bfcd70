// Quick lists: small chunks that were freed and keep their size for the next request of it.
//
// A freed small chunk is first *cached*: its tag says so, its neighbours take it for used, and it
// waits in the list of its size, last in first out. What is held back from coalescing so is
// bounded (the allocator drains lists that hold too much), and all of it becomes gaps before a
// request fails or memory is asked of the source. A program whose sizes recur pays for neither
// splitting nor joining.
//
// Cost: push and pop are O(1) and touch the chunk, its list's head and the sum; a word a list.
#pragma once

#include <cstddef>

#include "core/alloc/talc/chunk.hpp"

namespace heapatlas::talc {

template <class Chunk>
class QuickLists {
 public:
  /// Chunks of larger size are never cached: enough for a payload of 1 KiB.
  static constexpr std::size_t max_chunk = Chunk::size_for(1024);
  static constexpr std::size_t count = max_chunk / Chunk::unit;

  /// The cached chunk of this size that was pushed last, if it is a multiple of align: used
  /// again. Null when there is none.
  [[nodiscard]] std::byte* pop(std::size_t size, std::size_t align) noexcept {
    std::byte*& head = heads_[size / Chunk::unit - 1];
    std::byte* const p = head;
    if (p == nullptr || !is_aligned(address_of(p), align)) return nullptr;
    head = next(p);
    bytes_ -= size;
    mark_used(p);
    return p;
  }

  /// Caches a used chunk of at most max_chunk bytes.
  void push(std::byte* p, std::size_t size) noexcept {
    std::byte*& head = heads_[size / Chunk::unit - 1];
    store<std::byte*>(p, head);
    head = p;
    bytes_ += size;
    mark_cached(p);
  }

  /// Empties the lists: visit(p, size) takes each chunk.
  template <class Visit>
  void drain(Visit visit) noexcept {
    for (std::size_t size = Chunk::unit; size <= max_chunk; size += Chunk::unit)
      drain_list(size, visit);
  }
  /// Empties the list of one size.
  template <class Visit>
  void drain_list(std::size_t size, Visit visit) noexcept {
    std::byte*& head = heads_[size / Chunk::unit - 1];
    std::byte* p = head;
    head = nullptr;
    while (p != nullptr) {
      std::byte* const after = next(p);
      bytes_ -= size;
      visit(p, size);
      p = after;
    }
  }
  /// Forgets every chunk.
  void clear() noexcept {
    if (bytes_ == 0) return;
    bytes_ = 0;
    for (std::byte*& head : heads_) head = nullptr;
  }

  /// Bytes of all cached chunks.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

  [[nodiscard]] const std::byte* head(std::size_t list) const noexcept { return heads_[list]; }
  [[nodiscard]] static std::byte* next(const std::byte* p) noexcept { return load<std::byte*>(p); }

 private:
  // One bit tells a cached chunk from a used one.
  static constexpr typename Chunk::Word cached_bit = 2;
  static_assert((static_cast<unsigned>(ChunkState::used) | cached_bit) ==
                static_cast<unsigned>(ChunkState::cached));

  static void mark_cached(std::byte* p) noexcept {
    Chunk::set_tag(p, static_cast<typename Chunk::Word>(Chunk::tag(p) | cached_bit));
  }
  static void mark_used(std::byte* p) noexcept {
    constexpr auto mask = static_cast<typename Chunk::Word>(~cached_bit);
    Chunk::set_tag(p, static_cast<typename Chunk::Word>(Chunk::tag(p) & mask));
  }

  std::size_t bytes_ = 0;
  std::byte* heads_[count] = {};
};

}  // namespace heapatlas::talc
