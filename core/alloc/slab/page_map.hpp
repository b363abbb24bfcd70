// Which page each 64 KiB unit of the address space belongs to: the answer to "whose is this
// pointer?", for pointers that may be anybody's.
//
// Two levels. A window of 256 MiB has a leaf of 32 KiB, one pointer to a header for each unit,
// taken zeroed from the slab's backing when the first page in the window comes, and kept to the
// end. The first window stands in the map itself; a slab that needs more takes a table for 4096 of
// them, found by their number: at least 1 TiB, beyond which `prepare` refuses. Windows are counted
// from the first page, which lies in the middle of the first one: when a leaf is taken depends on
// where pages lie from one another, not on where the first one is.
//
// Any thread may ask; a unit is set by one thread at a time, and leaves come and go under the
// pool's mutex. A thread that was given a pointer to a block finds its page: it was set before.
// Cost: three loads and a comparison.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/alloc/layout.hpp"
#include "core/alloc/slab/page.hpp"

namespace heapatlas {

class PageMap {
 public:
  static constexpr std::size_t unit = SlabPage::min_page_size;

  constexpr PageMap() noexcept = default;
  PageMap(const PageMap&) = delete;
  PageMap& operator=(const PageMap&) = delete;

  /// The page that holds an address; null when no page of this map does.
  [[nodiscard]] SlabPage* page(const void* pointer) const noexcept {
    // The span first: a map that has one has an origin and a leaf.
    const std::uintptr_t span = first_span_.load(std::memory_order_acquire);
    const std::uintptr_t place = place_of(pointer);
    if (place < span) [[likely]]
      return __atomic_load_n(&first_leaf_[place / unit], __ATOMIC_RELAXED);
    return page_elsewhere(place);
  }

  /// Says that `bytes` from an address, both multiples of a unit, and prepared, belong to a page,
  /// or (null) to none.
  void set(const std::byte* from, std::size_t bytes, SlabPage* page) noexcept {
    for (std::size_t at = 0; at < bytes; at += unit) {
      const std::uintptr_t place = place_of(from + at);
      __atomic_store_n(&leaf_of(place / window_size)[index(place)], page, __ATOMIC_RELAXED);
    }
  }

  /// Makes room for `bytes` from an address. make(layout) gives zeroed memory, or null. False:
  /// there is no room.
  template <class Make>
  [[nodiscard]] bool prepare(const std::byte* from, std::size_t bytes, Make make) noexcept {
    if (first_span_.load(std::memory_order_relaxed) == 0 && !prepare_first(from, make))
      return false;
    const std::uintptr_t start = round_down(place_of(from), window_size);
    const std::size_t windows = units_for(place_of(from) - start + bytes, window_size);
    for (std::size_t i = 0; i < windows; ++i) {
      const std::uintptr_t number = (start + i * window_size) / window_size;
      if (leaf_of(number) == nullptr && !prepare_window(number, make)) return false;
    }
    return true;
  }

  /// Passes all memory that the map took, and the layout it was asked for with, to visit.
  template <class Visit>
  void for_each_table(Visit visit) const {
    if (first_leaf_ != nullptr) visit(bytes_of(first_leaf_), leaf_layout);
    const Window* const others = others_.load(std::memory_order_relaxed);
    if (others == nullptr) return;
    for (std::size_t i = 0; i < others_count; ++i) {
      if (others[i].leaf != nullptr) visit(bytes_of(others[i].leaf), leaf_layout);
    }
    visit(bytes_of(others), others_layout);
  }

  /// Forgets everything; what for_each_table passes is to be freed.
  void clear() noexcept {
    first_span_.store(0, std::memory_order_relaxed);
    first_leaf_ = nullptr;
    others_.store(nullptr, std::memory_order_relaxed);
  }

 private:
  static constexpr std::size_t window_size = std::size_t{1} << 28;
  static constexpr std::size_t units_in_window = window_size / unit;
  static constexpr std::size_t others_count = 4096;

  /// A window after the first; all zero when there is none.
  struct Window {
    std::uintptr_t key;  ///< number + 1; set after leaf
    SlabPage** leaf;
  };
  static constexpr Layout leaf_layout{units_in_window * sizeof(void*), 64};
  static constexpr Layout others_layout{others_count * sizeof(Window), 64};

  /// Bytes from the start of the first window, modulo the address space.
  [[nodiscard]] std::uintptr_t place_of(const void* pointer) const noexcept {
    return address_of(pointer) - origin_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] static std::size_t index(std::uintptr_t place) noexcept {
    return place / unit % units_in_window;
  }
  [[nodiscard]] static std::byte* bytes_of(const void* table) noexcept {
    return static_cast<std::byte*>(const_cast<void*>(table));
  }

  [[gnu::noinline]] SlabPage* page_elsewhere(std::uintptr_t place) const noexcept {
    SlabPage** const leaf = leaf_of(place / window_size);
    return leaf == nullptr ? nullptr : __atomic_load_n(&leaf[index(place)], __ATOMIC_RELAXED);
  }

  /// The leaf of the window of a number; null when it has none.
  [[nodiscard]] SlabPage** leaf_of(std::uintptr_t number) const noexcept {
    if (number == 0 && first_span_.load(std::memory_order_acquire) != 0) return first_leaf_;
    Window* const others = others_.load(std::memory_order_acquire);
    if (others == nullptr) return nullptr;
    Window* const window = find(others, number);
    if (window == nullptr || __atomic_load_n(&window->key, __ATOMIC_ACQUIRE) == 0) return nullptr;
    return window->leaf;
  }

  /// The window of a number, or the free one that it would take, or null.
  [[nodiscard]] static Window* find(Window* others, std::uintptr_t number) noexcept {
    for (std::size_t probe = 0; probe < others_count; ++probe) {
      Window& window = others[(number + probe) % others_count];
      const std::uintptr_t key = __atomic_load_n(&window.key, __ATOMIC_ACQUIRE);
      if (key == number + 1 || key == 0) return &window;
    }
    return nullptr;
  }

  /// The first window, with `from` in its middle: pages of the kernel come from the top down, those
  /// of a heap from the bottom up.
  template <class Make>
  [[nodiscard]] bool prepare_first(const std::byte* from, Make make) noexcept {
    first_leaf_ = reinterpret_cast<SlabPage**>(make(leaf_layout));
    if (first_leaf_ == nullptr) return false;
    origin_.store(address_of(from) - window_size / 2, std::memory_order_relaxed);
    first_span_.store(window_size, std::memory_order_release);
    return true;
  }

  template <class Make>
  [[nodiscard]] bool prepare_window(std::uintptr_t number, Make make) noexcept {
    if (others_.load(std::memory_order_relaxed) == nullptr) {
      auto* const others = reinterpret_cast<Window*>(make(others_layout));
      if (others == nullptr) return false;
      others_.store(others, std::memory_order_release);
    }
    Window* const window = find(others_.load(std::memory_order_relaxed), number);
    if (window == nullptr) return false;
    window->leaf = reinterpret_cast<SlabPage**>(make(leaf_layout));
    if (window->leaf == nullptr) return false;
    __atomic_store_n(&window->key, number + 1, __ATOMIC_RELEASE);
    return true;
  }

  std::atomic<std::uintptr_t> first_span_ = 0;  ///< window_size once there is a first window, or 0
  std::atomic<std::uintptr_t> origin_ = 0;      ///< where the first window starts
  SlabPage** first_leaf_ = nullptr;
  std::atomic<Window*> others_ = nullptr;
};

}  // namespace heapatlas
