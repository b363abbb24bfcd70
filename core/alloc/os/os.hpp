// os: each block is an anonymous mapping of its own.
//
// A block costs whole pages and a system call or two, so it is for large blocks, or behind
// something that cuts them up. Any alignment is satisfied, also above a page. Blocks come zeroed,
// are given back to the kernel when freed, and move by remapping pages, never by copying them.
// No state; any thread.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <limits>

#include "core/alloc/concepts.hpp"
#include "core/alloc/misuse.hpp"
#include "core/alloc/os/pages.hpp"

namespace heapatlas {

class Os {
 public:
  static constexpr Threads threads = Threads::any;

  constexpr Os() noexcept = default;
  Os(const Os&) = delete;
  Os& operator=(const Os&) = delete;

  [[nodiscard]] static std::size_t min_alignment() noexcept { return os::page_size(); }
  [[nodiscard]] static constexpr std::size_t max_alignment() noexcept {
    return std::size_t{1} << (std::numeric_limits<std::size_t>::digits - 1);
  }

  [[nodiscard]] static Block allocate(Layout layout) noexcept {
    require_valid(layout, "os", nullptr);
    return os::map(layout.size, layout.align, os::Access::read_write);
  }
  [[nodiscard]] static Block allocate_zeroed(Layout layout) noexcept { return allocate(layout); }

  static void deallocate(std::byte* ptr, Layout layout) noexcept {
    require_own(ptr, layout);
    os::unmap({ptr, mapped(layout.size)});
  }

  /// In place where the pages above are free.
  [[nodiscard]] static Block grow(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    require_own(ptr, old);
    return remap(ptr, old.size, new_size, 0);
  }
  [[nodiscard]] static Block shrink(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    require_own(ptr, old);
    return remap(ptr, old.size, new_size, 0);
  }

  [[nodiscard]] static Block reallocate(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    require_own(ptr, old);
    if (old.align <= os::page_size()) return remap(ptr, old.size, new_size, MREMAP_MAYMOVE);
    if (const Block same = remap(ptr, old.size, new_size, 0)) return same;
    return move_aligned(ptr, old, new_size);
  }

 private:
  /// Whole pages of a size; 0 when there are none so many.
  static std::size_t mapped(std::size_t size) noexcept {
    return CheckedSize{size}.rounded_up(os::page_size()).value_or(0);
  }

  static Block remap(std::byte* ptr, std::size_t old_size, std::size_t new_size,
                     int flags) noexcept {
    const std::size_t from = mapped(old_size), to = mapped(new_size);
    if (to == 0) return {};
    if (from == to) return {ptr, to};
    void* const there = ::mremap(ptr, from, to, flags);
    return there == MAP_FAILED ? Block{} : Block{static_cast<std::byte*>(there), to};
  }

  /// Moves the pages onto a fresh mapping with the alignment that the block was asked with.
  static Block move_aligned(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    const Block place = os::map(new_size, old.align, os::Access::none);
    if (!place) return {};
    void* const there =
        ::mremap(ptr, mapped(old.size), place.size, MREMAP_MAYMOVE | MREMAP_FIXED, place.ptr);
    if (there == MAP_FAILED) {
      os::unmap(place);
      return {};
    }
    return place;
  }

  static void require_own(const std::byte* ptr, Layout layout) noexcept {
    require_valid(layout, "os", ptr);
    if constexpr (checked)
      require(ptr != nullptr && is_aligned(address_of(ptr), os::page_size()), "os", ptr,
              "a block is freed to the allocator that granted it");
  }
};

static_assert(Resizing<Os> && Reallocating<Os> && Zeroing<Os> && !Owning<Os>);

}  // namespace heapatlas
