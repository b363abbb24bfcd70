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

  /// Makes room for `bytes` from an address, or leaves all as it was and returns false: there is no
  /// room. make(layout) gives zeroed memory, or null; unmake(memory, layout) takes it back.
  template <class Make, class Unmake>
  [[nodiscard]] bool prepare(const std::byte* from, std::size_t bytes, Make make,
                             Unmake unmake) noexcept {
    const Windows windows = windows_of(from, bytes);
    std::size_t i = 0;
    while (i < windows.count && !lacks_leaf(windows, i)) ++i;
    if (i == windows.count) return true;
    // Any thread may read what is published, at any time: all is taken before any is.
    Tables tables{others_.load(std::memory_order_relaxed)};
    const bool had_others = tables.others != nullptr;
    if (!take(windows, tables, make)) {
      while (tables.spare != nullptr) unmake(bytes_of(tables.pop()), leaf_layout);
      if (!had_others && tables.others != nullptr) unmake(bytes_of(tables.others), others_layout);
      return false;
    }
    publish(windows, tables);
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

  /// The windows that some bytes lie in. Those of the first page make the map's origin, so that it
  /// lies in the middle of the first window: pages of the kernel come from the top down, those of a
  /// heap from the bottom up.
  struct Windows {
    std::uintptr_t origin;
    std::uintptr_t start;  ///< place of the first of them
    std::size_t count;
    bool first;  ///< the map has none yet

    [[nodiscard]] std::uintptr_t number(std::size_t i) const noexcept {
      return (start + i * window_size) / window_size;
    }
  };
  [[nodiscard]] Windows windows_of(const std::byte* from, std::size_t bytes) const noexcept {
    const bool first = first_span_.load(std::memory_order_relaxed) == 0;
    const std::uintptr_t origin =
        first ? address_of(from) - window_size / 2 : origin_.load(std::memory_order_relaxed);
    const std::uintptr_t place = address_of(from) - origin;
    const std::uintptr_t start = round_down(place, window_size);
    return {origin, start, units_for(place - start + bytes, window_size), first};
  }
  [[nodiscard]] bool lacks_leaf(const Windows& windows, std::size_t i) const noexcept {
    return windows.first || leaf_of(windows.number(i)) == nullptr;
  }

  /// What was taken and is not published yet: leaves, linked through their first entries, and the
  /// table of others, which may be published already.
  struct Tables {
    Window* others;
    SlabPage** spare = nullptr;

    void push(SlabPage** leaf) noexcept {
      leaf[0] = reinterpret_cast<SlabPage*>(spare);
      spare = leaf;
    }
    [[nodiscard]] SlabPage** pop() noexcept {
      SlabPage** const leaf = spare;
      spare = reinterpret_cast<SlabPage**>(leaf[0]);
      leaf[0] = nullptr;
      return leaf;
    }
  };

  /// False: a table was not to be had, or there are more windows than the table has room for.
  template <class Make>
  [[nodiscard]] bool take(const Windows& windows, Tables& tables, Make make) const noexcept {
    std::size_t used = 0;
    for (std::size_t i = 0; tables.others != nullptr && i < others_count; ++i)
      used += tables.others[i].key != 0 ? 1 : 0;
    for (std::size_t i = 0; i < windows.count; ++i) {
      if (!lacks_leaf(windows, i)) continue;
      if (windows.number(i) != 0) {
        if (tables.others == nullptr)
          tables.others = reinterpret_cast<Window*>(make(others_layout));
        if (tables.others == nullptr || used++ == others_count) return false;
      }
      auto** const leaf = reinterpret_cast<SlabPage**>(make(leaf_layout));
      if (leaf == nullptr) return false;
      tables.push(leaf);
    }
    return true;
  }

  /// The first window before others, whose numbers mean nothing without its origin.
  void publish(const Windows& windows, Tables& tables) noexcept {
    for (std::size_t i = 0; i < windows.count; ++i) {
      if (!lacks_leaf(windows, i)) continue;
      const std::uintptr_t number = windows.number(i);
      if (number == 0) {
        first_leaf_ = tables.pop();
        origin_.store(windows.origin, std::memory_order_relaxed);
        first_span_.store(window_size, std::memory_order_release);
      } else {
        others_.store(tables.others, std::memory_order_release);
        Window* const window = find(tables.others, number);
        window->leaf = tables.pop();
        __atomic_store_n(&window->key, number + 1, __ATOMIC_RELEASE);
      }
    }
  }

  std::atomic<std::uintptr_t> first_span_ = 0;  ///< window_size once there is a first window, or 0
  std::atomic<std::uintptr_t> origin_ = 0;      ///< where the first window starts
  SlabPage** first_leaf_ = nullptr;
  std::atomic<Window*> others_ = nullptr;
};

}  // namespace heapatlas
