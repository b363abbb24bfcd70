// An allocator that writes down what it is asked, and fails when told to.
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include "core/alloc/concepts.hpp"

namespace heapatlas::replay {

class RecordingAllocator {
 public:
  static constexpr Threads threads = Threads::one;

  RecordingAllocator() = default;
  RecordingAllocator(const RecordingAllocator&) = delete;
  RecordingAllocator& operator=(const RecordingAllocator&) = delete;
  ~RecordingAllocator() {
    for (void* memory : granted_) std::free(memory);
  }

  [[nodiscard]] static std::size_t min_alignment() noexcept { return 16; }
  [[nodiscard]] static std::size_t max_alignment() noexcept { return 4096; }

  [[nodiscard]] Block allocate(Layout layout) noexcept {
    log.push_back("allocate " + text(layout));
    return grant(layout.size, layout.align);
  }
  [[nodiscard]] Block allocate_zeroed(Layout layout) noexcept {
    log.push_back("zeroed " + text(layout));
    const Block block = grant(layout.size, layout.align);
    for (std::size_t i = 0; i < block.size; ++i) block.ptr[i] = std::byte{0};
    return block;
  }
  [[nodiscard]] Block reallocate(std::byte*, Layout old, std::size_t size) noexcept {
    log.push_back("resize " + text(old) + " to " + std::to_string(size));
    return grant(size, old.align);
  }
  void deallocate(std::byte*, Layout layout) noexcept { log.push_back("free " + text(layout)); }

  std::size_t largest = SIZE_MAX;  ///< larger requests fail
  std::vector<std::string> log;

 private:
  static std::string text(Layout layout) {
    return std::to_string(layout.size) + "@" + std::to_string(layout.align);
  }
  Block grant(std::size_t size, std::size_t align) {
    if (size > largest) return {};
    const std::size_t rounded = (size + align - 1) / align * align;
    granted_.push_back(std::aligned_alloc(align, rounded));
    return {static_cast<std::byte*>(granted_.back()), size};
  }
  std::vector<void*> granted_;
};

}  // namespace heapatlas::replay
