// The model an allocator is judged by: an interval map of live blocks, each filled with a pattern.
//
// Blocks are named by a handle that survives moves. Up to `filled_bytes` at both ends of a block
// are filled and verified, so that enormous blocks stay cheap.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "core/alloc/arithmetic.hpp"
#include "core/alloc/layout.hpp"
#include "tests/alloc/conformance/fault.hpp"

namespace heapatlas::conformance {

inline constexpr std::size_t filled_bytes = 16 << 10;

struct Live {
  std::byte* ptr = nullptr;
  Layout layout;            ///< as last requested
  std::size_t granted = 0;  ///< bytes granted, >= layout.size
  unsigned char fill = 0;
};

inline std::byte pattern(unsigned char fill, std::size_t at) {
  return static_cast<std::byte>(fill + at * 31);
}

class Model {
 public:
  using Handle = std::size_t;  ///< an index into handles(), shifted by frees

  [[nodiscard]] std::size_t size() const { return order_.size(); }
  [[nodiscard]] bool empty() const { return order_.empty(); }
  /// The handle-th oldest live block.
  [[nodiscard]] const Live& at(Handle handle) const { return live_.at(order_.at(handle)); }
  /// Live blocks by address.
  [[nodiscard]] const std::map<std::uintptr_t, Live>& by_address() const { return live_; }

  /// Takes a grant in: checks what every grant must satisfy, then fills it.
  void add(Block block, Layout layout, std::size_t min_alignment) {
    insert(block, layout, min_alignment);
    order_.push_back(address_of(block.ptr));
  }

  /// A block is about to be freed: verifies it, forgets it.
  void remove(Handle handle) {
    verify(at(handle));
    live_.erase(order_.at(handle));
    order_.erase(order_.begin() + static_cast<std::ptrdiff_t>(handle));
  }

  /// A block was resized to `block`: what both hold must be as it was. The rest is refilled.
  void resize(Handle handle, Block block, std::size_t new_size, std::size_t min_alignment) {
    const Live old = at(handle);
    live_.erase(order_.at(handle));
    const std::size_t kept = std::min(old.layout.size, new_size);
    verify_bytes(block.ptr, old.granted, kept, old.fill);
    insert(block, old.layout.with_size(new_size), min_alignment);
    order_.at(handle) = address_of(block.ptr);
  }

  void verify_all() const {
    for (const auto& [address, live] : live_) verify(live);
  }
  static void verify(const Live& live) {
    verify_bytes(live.ptr, live.granted, live.granted, live.fill);
  }

  /// Writes a block's pattern.
  static void fill(const Live& live) {
    const std::size_t head = std::min(live.granted, filled_bytes);
    for (std::size_t i = 0; i < head; ++i) live.ptr[i] = pattern(live.fill, i);
    const std::size_t tail = std::max(head, live.granted - head);
    for (std::size_t i = tail; i < live.granted; ++i) live.ptr[i] = pattern(live.fill, i);
  }

  /// Forgets every block, as a reset does.
  void clear() {
    live_.clear();
    order_.clear();
  }

 private:
  void insert(Block block, Layout layout, std::size_t min_alignment) {
    const std::uintptr_t address = address_of(block.ptr);
    if (block.size < layout.size)
      fail("granted ", block.size, " bytes of ", layout.size, " requested");
    if (!is_aligned(address, layout.align))
      fail("a block at ", block.ptr, " is not aligned to the ", layout.align, " requested");
    if (!is_aligned(address, min_alignment))
      fail("a block at ", block.ptr, " is not aligned to min_alignment ", min_alignment);
    if (block.size > UINTPTR_MAX - address) fail("a block wraps around the address space");
    const auto above = live_.lower_bound(address);
    if (above != live_.end() && address + block.size > above->first)
      fail("block ", block.ptr, " + ", block.size, " overlaps the live block ", above->second.ptr);
    if (above != live_.begin()) {
      const Live& below = std::prev(above)->second;
      if (address_of(below.ptr) + below.granted > address)
        fail("block ", block.ptr, " overlaps the live block ", below.ptr, " + ", below.granted);
    }
    const Live live{block.ptr, layout, block.size, ++fill_};
    live_.emplace_hint(above, address, live);
    fill(live);
  }

  /// Verifies the first `size` of the bytes that a fill of `granted` bytes wrote.
  static void verify_bytes(const std::byte* ptr, std::size_t granted, std::size_t size,
                           unsigned char fill) {
    const std::size_t head = std::min(granted, filled_bytes);
    const std::size_t tail = std::max(head, granted - head);
    const auto verify_range = [&](std::size_t from, std::size_t to) {
      for (std::size_t i = from; i < to; ++i) {
        if (ptr[i] != pattern(fill, i))
          fail("byte ", i, " of the block at ", ptr, " changed while it was live");
      }
    };
    verify_range(0, std::min(size, head));
    verify_range(tail, std::max(size, tail));
  }

  std::map<std::uintptr_t, Live> live_;
  std::vector<std::uintptr_t> order_;  ///< oldest first
  unsigned char fill_ = 0;
};

}  // namespace heapatlas::conformance
