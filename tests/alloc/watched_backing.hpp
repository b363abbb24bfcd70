// A backing for tests: aligned memory from the C library, and a record of every block that is out.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <mutex>

#include "core/alloc/concepts.hpp"

namespace heapatlas::testing_support {

class WatchedBacking {
 public:
  static constexpr Threads threads = Threads::any;
  WatchedBacking() = default;
  WatchedBacking(const WatchedBacking&) = delete;
  WatchedBacking& operator=(const WatchedBacking&) = delete;
  ~WatchedBacking() { EXPECT_TRUE(out_.empty()) << "blocks of the backing were not given back"; }

  static constexpr std::size_t min_alignment() noexcept { return 16; }
  static constexpr std::size_t max_alignment() noexcept { return std::size_t{1} << 30; }

  Block allocate(Layout layout) noexcept {
    const std::lock_guard held{mutex_};
    if (fail_after_ >= 0 && fail_after_-- == 0) {
      fail_after_ = 0;
      return {};
    }
    const std::size_t align = layout.align < 16 ? 16 : layout.align;
    if (layout.size > largest_) return {};
    auto* const ptr = static_cast<std::byte*>(
        std::aligned_alloc(align, (layout.size + align - 1) & ~(align - 1)));
    if (ptr == nullptr) return {};
    out_.emplace(ptr, layout);
    if (layout.align >= page) page_bytes_ += layout.size;
    return {ptr, layout.size};
  }
  void deallocate(std::byte* ptr, Layout layout) noexcept {
    const std::lock_guard held{mutex_};
    const auto found = out_.find(ptr);
    ASSERT_TRUE(found != out_.end()) << "not a block of the backing";
    EXPECT_EQ(found->second, layout) << "freed with another layout";
    out_.erase(found);
    if (layout.align >= page) page_bytes_ -= layout.size;
    std::free(ptr);
  }
  bool owns(const std::byte* ptr) const noexcept {
    const std::lock_guard held{mutex_};
    auto after = out_.upper_bound(const_cast<std::byte*>(ptr));
    if (after == out_.begin()) return false;
    --after;
    return static_cast<std::size_t>(ptr - after->first) < after->second.size;
  }
  void walk(auto& visitor) const {
    const std::lock_guard held{mutex_};
    for (const auto& [ptr, layout] : out_) {
      visitor.region(Region{ptr, layout.size});
      visitor.span(Span{ptr, layout.size, SpanKind::used, 1, layout.size});
    }
  }

  /// From now on `count` requests are granted and no more; negative: all.
  void grant_only(int count) {
    const std::lock_guard held{mutex_};
    fail_after_ = count;
  }
  /// From now on no request above `size` bytes is granted.
  void refuse_above(std::size_t size) {
    const std::lock_guard held{mutex_};
    largest_ = size;
  }
  [[nodiscard]] std::size_t blocks_out() const {
    const std::lock_guard held{mutex_};
    return out_.size();
  }
  /// Bytes of the blocks that are out and aligned to 64 KiB or more.
  [[nodiscard]] std::size_t page_bytes_out() const {
    const std::lock_guard held{mutex_};
    return page_bytes_;
  }

 private:
  static constexpr std::size_t page = std::size_t{1} << 16;

  mutable std::mutex mutex_;
  std::map<std::byte*, Layout> out_;
  std::size_t page_bytes_ = 0;
  int fail_after_ = -1;
  std::size_t largest_ = std::size_t{1} << 40;
};

}  // namespace heapatlas::testing_support
