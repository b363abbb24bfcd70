// recording(A): a test allocator that remembers every block it granted, and finds out when one
// comes back to it with another size or alignment than it was asked with, or never came from it.
//
// Put it around the parts of a composite: the suite reports what it found after every operation.
// One thread only.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "core/alloc/concepts.hpp"
#include "core/alloc/resize.hpp"

namespace heapatlas::conformance {

/// The first fault that a Recording found, "" when there is none.
inline std::string& recording_fault() {
  static std::string fault;
  return fault;
}

template <Allocator A>
class Recording {
 public:
  static constexpr Threads threads = A::threads;
  static constexpr NodeId node_count = heapatlas::node_count<A>;

  template <class... Args>
  explicit(sizeof...(Args) > 0) Recording(Args&&... args) : part_(std::forward<Args>(args)...) {}
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  ~Recording() {
    if (!live_.empty()) note("a composite kept blocks of its part", live_.begin()->first);
  }

  [[nodiscard]] A& part() noexcept { return part_; }
  /// Blocks granted and not yet returned.
  [[nodiscard]] const std::map<const std::byte*, Layout>& live() const noexcept { return live_; }

  [[nodiscard]] std::size_t min_alignment() const noexcept { return part_.min_alignment(); }
  [[nodiscard]] std::size_t max_alignment() const noexcept { return part_.max_alignment(); }

  [[nodiscard]] Block allocate(Layout layout) noexcept {
    if (!layout.valid()) note("asked for an invalid layout", nullptr);
    return granted(part_.allocate(layout), layout);
  }
  [[nodiscard]] Block allocate_zeroed(Layout layout) noexcept requires Zeroing<A> {
    return granted(part_.allocate_zeroed(layout), layout);
  }
  void deallocate(std::byte* ptr, Layout layout) noexcept {
    if (!came_from_here(ptr, layout)) return;
    live_.erase(ptr);
    part_.deallocate(ptr, layout);
  }
  [[nodiscard]] bool owns(const std::byte* ptr) const noexcept requires Owning<A> {
    return part_.owns(ptr);
  }
  [[nodiscard]] Block grow(std::byte* ptr, Layout old,
                           std::size_t size) noexcept requires Resizing<A> {
    if (!came_from_here(ptr, old)) return {};
    return resized(ptr, part_.grow(ptr, old, size), old.with_size(size));
  }
  [[nodiscard]] Block shrink(std::byte* ptr, Layout old,
                             std::size_t size) noexcept requires Resizing<A> {
    if (!came_from_here(ptr, old)) return {};
    return resized(ptr, part_.shrink(ptr, old, size), old.with_size(size));
  }
  [[nodiscard]] Block reallocate(std::byte* ptr, Layout old,
                                 std::size_t size) noexcept requires Reallocating<A> {
    if (!came_from_here(ptr, old)) return {};
    return resized(ptr, part_.reallocate(ptr, old, size), old.with_size(size));
  }
  [[nodiscard]] std::size_t usable_size(const std::byte* ptr) const noexcept requires
      SelfSizing<A> {
    return part_.usable_size(ptr);
  }
  void deallocate(std::byte* ptr) noexcept requires SelfSizing<A> {
    if (live_.erase(ptr) == 0) return note("freed a block it never got", ptr);
    part_.deallocate(ptr);
  }
  void reset() noexcept requires Resettable<A> {
    live_.clear();
    part_.reset();
  }
  template <HeapVisitor V>
  void walk(V& visitor) const requires Introspectable<A> {
    part_.walk(visitor);
  }
  [[nodiscard]] const char* check() const noexcept { return check_part(part_); }

 private:
  static void note(const char* what, const std::byte* ptr) {
    if (recording_fault().empty())
      recording_fault() =
          std::string("routing: ") + what + " (block " + std::to_string(address_of(ptr)) + ")";
  }

  bool came_from_here(const std::byte* ptr, Layout layout) {
    const auto found = live_.find(ptr);
    if (found == live_.end()) {
      note("was given a block that it never granted", ptr);
      return false;
    }
    if (found->second == layout) return true;
    note("was given a block with another layout than it was asked with", ptr);
    return false;
  }
  Block granted(Block block, Layout layout) {
    if (block) live_[block.ptr] = layout;
    return block;
  }
  Block resized(const std::byte* from, Block block, Layout layout) {
    if (!block) return block;
    live_.erase(from);
    return granted(block, layout);
  }

  A part_;
  std::map<const std::byte*, Layout> live_;
};

}  // namespace heapatlas::conformance
