// mapped(A): an A that works on memory it is given, over a mapping of its own.
//
//   Mapped<Bump> bump{64 << 20};
//   Mapped<StallocOver<>> heap{1000 * 64, 64};      // what follows the size goes to A
//
// Also for a source that hands out one region (ClaimSource). The memory is mapped when it is made,
// as aligned as regions are (os::region_alignment), and unmapped with it; pages that are never
// touched cost nothing. When the mapping fails A is over 0 bytes and grants nothing.
// Neither copied nor moved. Cost: A, and two words.
#pragma once

#include <cstddef>

#include "core/alloc/layout.hpp"
#include "core/alloc/os/pages.hpp"

namespace heapatlas {

namespace os {

/// Memory of its own, unmapped with it.
class Mapping {
 public:
  explicit Mapping(std::size_t size) noexcept : pages_(map(size, region_alignment, Access::none)) {
    if (pages_ && !commit(pages_.ptr, pages_.size)) {
      unmap(pages_);
      pages_ = {};
    }
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() { unmap(pages_); }

  [[nodiscard]] std::byte* memory() const noexcept { return pages_.ptr; }
  /// size, or 0 when there is no mapping.
  [[nodiscard]] std::size_t usable(std::size_t size) const noexcept { return pages_ ? size : 0; }

 private:
  Block pages_;
};

}  // namespace os

template <class A>
class Mapped : private os::Mapping, public A {
 public:
  template <class... Args>
  explicit Mapped(std::size_t size, Args... args) noexcept
      : Mapping(size), A(memory(), usable(size), args...) {}

  /// An A whose tables lie behind its blocks (TreeStallocOver).
  Mapped(std::size_t size, std::size_t block_size) noexcept requires requires {
    A::index_bytes(size);
  } : Mapping(size + A::index_bytes(size / block_size)),
      A(memory(), usable(size), block_size, memory() + usable(size)) {
  }
};

}  // namespace heapatlas
