// never: the allocator that has nothing to give.
//
// It ends a chain that must not go further, and stands in for "no allocator" in tests. Cost: none.
#pragma once

#include <cstddef>
#include <limits>

#include "core/alloc/concepts.hpp"
#include "core/alloc/misuse.hpp"

namespace heapatlas {

class Never {
 public:
  static constexpr Threads threads = Threads::any;

  constexpr Never() noexcept = default;
  Never(const Never&) = delete;
  Never& operator=(const Never&) = delete;

  [[nodiscard]] static constexpr std::size_t min_alignment() noexcept {
    return std::size_t{1} << (std::numeric_limits<std::size_t>::digits - 1);
  }
  [[nodiscard]] static constexpr std::size_t max_alignment() noexcept { return 1; }

  [[nodiscard]] static constexpr Block allocate(Layout layout) noexcept {
    require_valid(layout, "never", nullptr);
    return {};
  }
  static constexpr void deallocate(std::byte* ptr, Layout) noexcept {
    require(false, "never", ptr, "a block is freed to the allocator that granted it");
  }
  [[nodiscard]] static constexpr bool owns(const std::byte*) noexcept { return false; }
  static constexpr void reset() noexcept {}
  template <HeapVisitor V>
  static constexpr void walk(V&) {}
  [[nodiscard]] static constexpr const char* check() noexcept { return nullptr; }
};

static_assert(Owning<Never> && Resettable<Never> && Introspectable<Never> && Checkable<Never>);

}  // namespace heapatlas
