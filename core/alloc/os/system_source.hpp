// system: regions from the malloc of the process. Cost: one word.
#pragma once

#include <cstddef>

#include "core/alloc/os/system.hpp"
#include "core/alloc/source.hpp"

namespace heapatlas {

class SystemSource {
 public:
  static constexpr std::size_t default_region_size = std::size_t{1} << 20;

  explicit constexpr SystemSource(std::size_t region_size = default_region_size) noexcept
      : region_size_(region_size) {}

  [[nodiscard]] constexpr std::size_t region_size() const noexcept { return region_size_; }

  [[nodiscard]] SourceRegion acquire(std::size_t min, std::size_t align) noexcept {
    const Block block = System::allocate({min > region_size_ ? min : region_size_, align});
    return {block.ptr, block.size};
  }
  static void release(SourceRegion region, std::size_t) noexcept { System::deallocate(region.ptr); }

 private:
  std::size_t region_size_;
};

static_assert(ReleasingSource<SystemSource> && SizedSource<SystemSource>);

}  // namespace heapatlas
