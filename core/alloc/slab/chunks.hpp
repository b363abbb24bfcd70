// The chunks of a slab's pool: runs of pages that the backing gave at once.
//
// A chunk is known by its first page, whose header says how many pages follow it and how many of
// them are spare; chunks are a doubly linked list through those headers, the newest first. Nothing
// here touches memory but headers, and nothing is guarded: the pool's mutex is. Cost: a header's
// cache lines for each page that comes; for a chunk that goes, its own and its neighbours'.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>

#include "core/alloc/layout.hpp"
#include "core/alloc/slab/page.hpp"

namespace heapatlas {

/// How many pages the backing is asked for at once: 1; as many as there are chunks, and one more;
/// or twice as many with every chunk, up to 1024.
enum class GrowthPolicy : unsigned char { fixed, linear, pow2 };

struct SlabCounters {
  std::size_t page_bytes = 0;       ///< held now
  std::size_t peak_page_bytes = 0;  ///< most held at any moment
  std::size_t chunks_taken = 0;     ///< requests to the backing that succeeded, ever
  std::size_t chunks_returned = 0;  ///< chunks given back to the backing, ever
};

class SlabChunks {
 public:
  /// The newest; chunk_next leads on. Null: there is none.
  [[nodiscard]] SlabPage* first() const noexcept { return first_; }
  [[nodiscard]] std::size_t count() const noexcept {
    return counters_.chunks_taken - counters_.chunks_returned;
  }
  [[nodiscard]] const SlabCounters& counters() const noexcept { return counters_; }

  /// Pages that the next chunk should have.
  [[nodiscard]] std::size_t pages_wanted(GrowthPolicy growth) const noexcept {
    switch (growth) {
      case GrowthPolicy::fixed:
        return 1;
      case GrowthPolicy::linear:
        return count() < longest ? count() + 1 : longest;
      case GrowthPolicy::pow2:
        return count() < 10 ? std::size_t{1} << count() : longest;
    }
    return 1;
  }

  /// Makes a chunk of `pages` pages, all spare, of the memory at base, and calls visit(page) for
  /// each, from the first on.
  template <class Visit>
  void add(std::byte* base, std::size_t pages, std::size_t page_size, Visit visit) noexcept {
    SlabPage* chunk = nullptr;
    for (std::size_t i = 0; i < pages; ++i) {
      std::byte* const start = base + i * page_size;
      auto* const page = ::new (start + SlabPage::colour(address_of(start))) SlabPage;
      if (i == 0) chunk = page;
      page->chunk = chunk;
      visit(page);
    }
    chunk->chunk_pages = chunk->chunk_spares = static_cast<std::uint32_t>(pages);
    chunk->chunk_next = first_;
    if (first_ != nullptr) first_->chunk_prev = chunk;
    first_ = chunk;
    ++counters_.chunks_taken;
    counters_.page_bytes += pages * page_size;
    if (counters_.page_bytes > counters_.peak_page_bytes)
      counters_.peak_page_bytes = counters_.page_bytes;
  }

  /// Forgets a chunk: its memory is the caller's again, with the layout that is returned.
  [[nodiscard]] Layout remove(SlabPage* chunk, std::size_t page_size) noexcept {
    (chunk->chunk_prev != nullptr ? chunk->chunk_prev->chunk_next : first_) = chunk->chunk_next;
    if (chunk->chunk_next != nullptr) chunk->chunk_next->chunk_prev = chunk->chunk_prev;
    const Layout layout{chunk->chunk_pages * page_size, page_size};
    ++counters_.chunks_returned;
    counters_.page_bytes -= layout.size;
    return layout;
  }

  /// Calls visit(page) for each page of a chunk, from the last on.
  template <class Visit>
  static void for_each_page(SlabPage* chunk, std::size_t page_size, Visit visit) {
    std::byte* const base = chunk->base(page_size);
    // The first page's header, which knows the count, may be gone once it was visited.
    for (std::size_t i = chunk->chunk_pages; i-- > 0;) {
      visit(SlabPage::of(base + i * page_size, page_size));
    }
  }

 private:
  static constexpr std::size_t longest = 1024;

  SlabPage* first_ = nullptr;
  SlabCounters counters_;
};

}  // namespace heapatlas
