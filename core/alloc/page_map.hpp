// Whose each 64 KiB unit of the address space is: the answer to "is this pointer mine?", for
// pointers that may be anybody's.
//
// Two levels. A window of 1 GiB has a leaf of 32 KiB, two bytes a unit, taken zeroed from the
// slab's backing when the first page in it comes and kept to the end. The first window stands
// alone; the others are found by their number in a small open table. 128 windows: at least 128 GiB,
// beyond which `prepare` refuses.
//
// A unit is nobody's (0) or an owner's: the number of a heap, or `orphaned`. Any thread may ask;
// units of one page are set by one thread at a time, and leaves come and go under the pool's mutex.
// A thread that was given a pointer to a block finds it here: its owner was set before. Cost: three
// loads and one comparison.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/alloc/layout.hpp"

namespace heapatlas {

class PageMap {
 public:
  using Owner = std::uint16_t;
  static constexpr Owner nobody = 0;
  static constexpr Owner orphaned = 0xFFFF;  ///< has live blocks, but no heap
  static constexpr std::size_t unit = std::size_t{1} << 16;
  static constexpr std::size_t units_in_window = std::size_t{1} << 14;
  static constexpr Layout leaf_layout{units_in_window * sizeof(Owner), 64};

  constexpr PageMap() noexcept = default;
  PageMap(const PageMap&) = delete;
  PageMap& operator=(const PageMap&) = delete;

  [[nodiscard]] Owner owner(const void* pointer) const noexcept {
    const std::uintptr_t address = address_of(pointer);
    if (first_.key.load(std::memory_order_acquire) == address >> window_shift) [[likely]]
      return load(first_, address);
    return owner_elsewhere(address);
  }

  /// Sets the owner of `bytes` from an address, both multiples of a unit, that are prepared.
  void set_owner(const std::byte* from, std::size_t bytes, Owner owner) noexcept {
    for (std::size_t at = 0; at < bytes; at += unit) {
      const std::uintptr_t address = address_of(from) + at;
      Window& window = *find(address >> window_shift);
      __atomic_store_n(&window.leaf[index(address)], owner, __ATOMIC_RELAXED);
    }
  }

  /// Makes room for owners of `bytes` from an address. make_leaf() gives zeroed memory of
  /// leaf_layout, or null. False: there is no room.
  template <class MakeLeaf>
  [[nodiscard]] bool prepare(const std::byte* from, std::size_t bytes,
                             MakeLeaf make_leaf) noexcept {
    for (std::size_t at = 0; at < bytes; at += unit) {
      const std::uintptr_t number = (address_of(from) + at) >> window_shift;
      Window* const window = find(number);
      if (window == nullptr) return false;
      if (window->key.load(std::memory_order_relaxed) == number) continue;
      std::byte* const leaf = make_leaf();
      if (leaf == nullptr) return false;
      window->leaf = reinterpret_cast<Owner*>(leaf);
      window->key.store(number, std::memory_order_release);
    }
    return true;
  }

  /// Forgets everything, leaf by leaf: each is passed to visit, which may free it.
  template <class Visit>
  void clear(Visit visit) noexcept {
    const auto clear_one = [&](Window& window) {
      if (window.key.load(std::memory_order_relaxed) == no_key) return;
      window.key.store(no_key, std::memory_order_relaxed);
      visit(reinterpret_cast<std::byte*>(window.leaf));
    };
    clear_one(first_);
    for (Window& window : others_) clear_one(window);
  }

  template <class Visit>
  void for_each_leaf(Visit visit) const {
    const auto visit_one = [&](const Window& window) {
      if (window.key.load(std::memory_order_relaxed) != no_key)
        visit(reinterpret_cast<const std::byte*>(window.leaf));
    };
    visit_one(first_);
    for (const Window& window : others_) visit_one(window);
  }

 private:
  static constexpr std::uintptr_t no_key = ~std::uintptr_t{0};
  static constexpr unsigned window_shift = 30;
  static constexpr std::size_t window_count = 128;

  struct Window {
    std::atomic<std::uintptr_t> key = no_key;  ///< the window's number; set after leaf
    Owner* leaf = nullptr;
  };

  [[nodiscard]] static std::size_t index(std::uintptr_t address) noexcept {
    return address / unit % units_in_window;
  }
  [[nodiscard]] static Owner load(const Window& window, std::uintptr_t address) noexcept {
    return __atomic_load_n(&window.leaf[index(address)], __ATOMIC_RELAXED);
  }

  [[gnu::noinline]] Owner owner_elsewhere(std::uintptr_t address) const noexcept {
    const std::uintptr_t number = address >> window_shift;
    for (std::size_t probe = 0; probe < window_count; ++probe) {
      const Window& window = others_[(number + probe) % window_count];
      const std::uintptr_t key = window.key.load(std::memory_order_acquire);
      if (key == number) return load(window, address);
      if (key == no_key) return nobody;
    }
    return nobody;
  }

  /// The window of a number, or the free one that it would take, or null.
  [[nodiscard]] Window* find(std::uintptr_t number) noexcept {
    const auto fits = [number](const Window& window) {
      const std::uintptr_t key = window.key.load(std::memory_order_relaxed);
      return key == number || key == no_key;
    };
    if (fits(first_)) return &first_;
    for (std::size_t probe = 0; probe < window_count; ++probe) {
      Window& window = others_[(number + probe) % window_count];
      if (fits(window)) return &window;
    }
    return nullptr;
  }

  Window first_;
  Window others_[window_count];
};

}  // namespace heapatlas
