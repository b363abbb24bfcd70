// Which 64 KiB units of the address space are a slab's: the answer to "whose is this pointer?",
// for pointers that may be anybody's.
//
// A bitmap in two levels. A window of 2 GiB has a leaf of 4 KiB, taken from the slab's backing when
// the first unit in it is added and kept to the end; the windows stand in a small open table, found
// by their number. 64 windows: at least 128 GiB, beyond which `add` refuses.
//
// Any thread may ask; one at a time may add and remove. A thread that was given a pointer to a
// block finds it here: its unit was added before. Cost: two loads and a bit test.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

#include "core/alloc/layout.hpp"

namespace heapatlas {

class PageSet {
 public:
  static constexpr std::size_t unit = std::size_t{1} << 16;

  struct Leaf {
    std::atomic<std::uint64_t> words[512];
  };

  PageSet() noexcept = default;
  PageSet(const PageSet&) = delete;
  PageSet& operator=(const PageSet&) = delete;

  [[nodiscard]] bool contains(const void* pointer) const noexcept {
    const std::uintptr_t address = address_of(pointer);
    const std::uintptr_t window = address >> window_shift;
    for (std::size_t probe = 0; probe < window_count; ++probe) {
      const Window& candidate = windows_[(window + probe) % window_count];
      const std::uintptr_t key = candidate.key.load(std::memory_order_acquire);
      if (key == window + 1) [[likely]] {
        const std::uint64_t word =
            word_of(*candidate.leaf, address).load(std::memory_order_relaxed);
        return (word >> (address / unit % 64) & 1) != 0;
      }
      if (key == 0) return false;
    }
    return false;
  }

  /// Adds `bytes` at an address, both multiples of a unit. make_leaf() gives memory for a Leaf, or
  /// null. False: there is no room, and nothing was added.
  template <class MakeLeaf>
  [[nodiscard]] bool add(const std::byte* from, std::size_t bytes, MakeLeaf make_leaf) noexcept {
    for (std::size_t at = 0; at < bytes; at += unit) {
      if (!prepare(address_of(from) + at, make_leaf)) return false;
    }
    for (std::size_t at = 0; at < bytes; at += unit) {
      const std::uintptr_t address = address_of(from) + at;
      word_of(*find(address), address).fetch_or(bit_of(address), std::memory_order_relaxed);
    }
    return true;
  }

  /// Removes what was added.
  void remove(const std::byte* from, std::size_t bytes) noexcept {
    for (std::size_t at = 0; at < bytes; at += unit) {
      const std::uintptr_t address = address_of(from) + at;
      word_of(*find(address), address).fetch_and(~bit_of(address), std::memory_order_relaxed);
    }
  }

  /// Forgets everything, leaf by leaf: each is passed to visit, which may free it.
  template <class Visit>
  void clear(Visit visit) noexcept {
    for (Window& window : windows_) {
      if (window.key.load(std::memory_order_relaxed) == 0) continue;
      window.key.store(0, std::memory_order_relaxed);
      visit(reinterpret_cast<std::byte*>(window.leaf));
    }
  }

  template <class Visit>
  void for_each_leaf(Visit visit) const {
    for (const Window& window : windows_) {
      if (window.key.load(std::memory_order_relaxed) != 0) {
        visit(reinterpret_cast<const std::byte*>(window.leaf));
      }
    }
  }

 private:
  struct Window {
    std::atomic<std::uintptr_t> key = 0;  ///< window number + 1; 0: none. Set after leaf.
    Leaf* leaf = nullptr;
  };
  static constexpr unsigned window_shift = 31;
  static constexpr std::size_t window_count = 64;

  [[nodiscard]] static std::atomic<std::uint64_t>& word_of(Leaf& leaf,
                                                           std::uintptr_t address) noexcept {
    return leaf.words[(address >> 22) % 512];
  }
  [[nodiscard]] static std::uint64_t bit_of(std::uintptr_t address) noexcept {
    return std::uint64_t{1} << (address / unit % 64);
  }

  /// The leaf of an address, null when its window has none.
  [[nodiscard]] Leaf* find(std::uintptr_t address) noexcept {
    const std::uintptr_t window = address >> window_shift;
    for (std::size_t probe = 0; probe < window_count; ++probe) {
      Window& candidate = windows_[(window + probe) % window_count];
      const std::uintptr_t key = candidate.key.load(std::memory_order_relaxed);
      if (key == window + 1) return candidate.leaf;
      if (key == 0) return nullptr;
    }
    return nullptr;
  }

  template <class MakeLeaf>
  [[nodiscard]] bool prepare(std::uintptr_t address, MakeLeaf make_leaf) noexcept {
    if (find(address) != nullptr) return true;
    const std::uintptr_t window = address >> window_shift;
    for (std::size_t probe = 0; probe < window_count; ++probe) {
      Window& candidate = windows_[(window + probe) % window_count];
      if (candidate.key.load(std::memory_order_relaxed) != 0) continue;
      std::byte* const memory = make_leaf();
      if (memory == nullptr) return false;
      candidate.leaf = ::new (static_cast<void*>(memory)) Leaf{};
      candidate.key.store(window + 1, std::memory_order_release);
      return true;
    }
    return false;
  }

  Window windows_[window_count];
};

}  // namespace heapatlas
