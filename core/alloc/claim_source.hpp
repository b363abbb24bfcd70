// claim: one region that lives elsewhere, given at the first need and never again.
//
// The region (an array, a linker section) must outlive the allocator and belong to nobody else.
// Constant-initialised, so that a static allocator over a static array works before main.
#pragma once

#include "core/alloc/arithmetic.hpp"
#include "core/alloc/source.hpp"

namespace heapatlas {

class ClaimSource {
 public:
  constexpr ClaimSource(std::byte* region, std::size_t size) noexcept : region_{region, size} {}
  template <std::size_t size>
  explicit constexpr ClaimSource(std::byte (&array)[size]) noexcept : ClaimSource(array, size) {}

  /// The region less what aligns its start; a request that it cannot hold leaves it unclaimed.
  [[nodiscard]] SourceRegion acquire(std::size_t min, std::size_t align) noexcept {
    if (!region_) return {};
    const std::size_t gap = gap_to_alignment(address_of(region_.ptr), align);
    if (region_.size < gap || region_.size - gap < min) return {};
    const SourceRegion aligned{region_.ptr + gap, region_.size - gap};
    region_ = {};
    return aligned;
  }

 private:
  SourceRegion region_;  // empty once given
};

static_assert(Source<ClaimSource>);

}  // namespace heapatlas
