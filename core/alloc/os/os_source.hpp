// os: address space from the kernel, its memory committed on demand and given back.
//
// A region reserves address space without memory behind it. What is committed is readable and
// writable, and zero at first; what is decommitted gives its memory back and faults again when it
// is touched. Cost: two words; a region costs one mapping for its committed part and one for the
// rest.
#pragma once

#include <cstddef>

#include "core/alloc/os/pages.hpp"
#include "core/alloc/source.hpp"

namespace heapatlas {

class OsSource {
 public:
  static constexpr std::size_t default_reserve =
      sizeof(void*) == 8 ? std::size_t{1} << 31 : std::size_t{1} << 26;
  static constexpr std::size_t default_step = std::size_t{1} << 18;

  /// reserve: bytes of address space of a region; step: bytes to commit at once, at least.
  explicit constexpr OsSource(std::size_t reserve = default_reserve,
                              std::size_t step = default_step) noexcept
      : reserve_(reserve), step_(step) {}

  [[nodiscard]] constexpr std::size_t region_size() const noexcept { return reserve_; }
  [[nodiscard]] constexpr std::size_t step() const noexcept { return step_; }
  [[nodiscard]] std::size_t granularity() const noexcept { return os::page_size(); }

  /// A system that refuses the reserve (a limited address space) is asked for what is needed.
  [[nodiscard]] SourceRegion acquire(std::size_t min, std::size_t align) noexcept {
    const std::size_t place = align > os::region_alignment ? align : os::region_alignment;
    Block pages;
    if (reserve_ > min) pages = os::map(reserve_, place, os::Access::none);
    if (!pages) pages = os::map(min, place, os::Access::none);
    return {pages.ptr, pages.size};
  }
  static void release(SourceRegion region, std::size_t) noexcept {
    os::unmap({region.ptr, region.size});
  }

  [[nodiscard]] static bool commit(std::byte* ptr, std::size_t size) noexcept {
    return os::commit(ptr, size);
  }
  static void decommit(std::byte* ptr, std::size_t size) noexcept { os::decommit(ptr, size); }

 private:
  std::size_t reserve_;
  std::size_t step_;
};

static_assert(ReleasingSource<OsSource> && CommittingSource<OsSource> && SizedSource<OsSource>);

}  // namespace heapatlas
