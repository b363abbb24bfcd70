// system: the malloc of the process, whichever that is.
//
// Its own realloc and calloc serve resizing and zeroing, so that it is measured as programs use
// it. A grant is what was asked for: asking malloc how much more there is would be one more call
// that programs do not make; usable_size asks. Any thread. Cost: that of malloc.
//
// malloc promises the alignment of the largest fundamental type only to blocks that could hold
// one; a request aligned more than its size asks for a size as large as its alignment.
#pragma once

#include <malloc.h>

#include <cstddef>
#include <cstdlib>
#include <limits>

#include "core/alloc/concepts.hpp"
#include "core/alloc/memory.hpp"
#include "core/alloc/misuse.hpp"

namespace heapatlas {

class System {
 public:
  static constexpr Threads threads = Threads::any;

  constexpr System() noexcept = default;
  System(const System&) = delete;
  System& operator=(const System&) = delete;

  [[nodiscard]] static constexpr std::size_t min_alignment() noexcept { return sizeof(void*); }
  [[nodiscard]] static constexpr std::size_t max_alignment() noexcept {
    return std::size_t{1} << (std::numeric_limits<std::size_t>::digits - 2);
  }

  [[nodiscard]] static Block allocate(Layout layout) noexcept {
    require_valid(layout, "system", nullptr);
    void* ptr = nullptr;
    if (layout.align <= fundamental) {
      ptr = std::malloc(asked(layout));
    } else if (::posix_memalign(&ptr, layout.align, layout.size) != 0) {
      return {};
    }
    return granted(ptr, layout.size);
  }

  [[nodiscard]] static Block allocate_zeroed(Layout layout) noexcept {
    if (layout.align <= fundamental) return granted(std::calloc(1, asked(layout)), layout.size);
    const Block block = allocate(layout);
    if (block) zero_bytes(block.ptr, block.size);
    return block;
  }

  static void deallocate(std::byte* ptr, Layout layout) noexcept {
    require_valid(layout, "system", ptr);
    deallocate(ptr);
  }
  static void deallocate(std::byte* ptr) noexcept { std::free(ptr); }

  /// realloc; a block aligned above what malloc promises keeps its alignment.
  [[nodiscard]] static Block reallocate(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    require_valid(old, "system", ptr);
    const Layout layout = old.with_size(new_size);
    if (old.align <= fundamental) return granted(std::realloc(ptr, asked(layout)), new_size);
    const Block moved = allocate(layout);
    if (!moved) return {};
    copy_bytes(moved.ptr, ptr, old.size < new_size ? old.size : new_size);
    std::free(ptr);
    return moved;
  }

  [[nodiscard]] static std::size_t usable_size(const std::byte* ptr) noexcept {
    return ::malloc_usable_size(const_cast<std::byte*>(ptr));
  }

 private:
  static constexpr std::size_t fundamental = alignof(std::max_align_t);

  static constexpr std::size_t asked(Layout layout) noexcept {
    return layout.size < layout.align ? layout.align : layout.size;
  }
  static Block granted(void* ptr, std::size_t size) noexcept {
    return ptr == nullptr ? Block{} : Block{static_cast<std::byte*>(ptr), size};
  }
};

static_assert(Reallocating<System> && Zeroing<System> && SelfSizing<System> && !Owning<System>);

}  // namespace heapatlas
