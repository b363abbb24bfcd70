// An allocator of the family as a std::pmr::memory_resource.
//
//   Stalloc<512, 8> heap;
//   PmrResource resource{heap};
//   std::pmr::vector<int> numbers{&resource};
//
// Borrows the allocator, which must outlive the resource. Threads may share the resource when they
// may share the allocator. A request of 0 bytes is one of 1 byte. Cost: a virtual call.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <new>

#include "core/alloc/concepts.hpp"

namespace heapatlas {

template <Allocator A>
class PmrResource final : public std::pmr::memory_resource {
 public:
  explicit PmrResource(A& allocator) noexcept : allocator_(&allocator) {}

  [[nodiscard]] A& allocator() const noexcept { return *allocator_; }

 private:
  static Layout layout(std::size_t bytes, std::size_t align) noexcept {
    return {bytes == 0 ? 1 : bytes, align};
  }

  /// Throws std::bad_alloc when the allocator fails.
  void* do_allocate(std::size_t bytes, std::size_t align) override {
    const Block block = allocator_->allocate(layout(bytes, align));
    if (!block) throw std::bad_alloc();
    return block.ptr;
  }
  void do_deallocate(void* ptr, std::size_t bytes, std::size_t align) override {
    allocator_->deallocate(static_cast<std::byte*>(ptr), layout(bytes, align));
  }
  /// Equal: another resource of the same type over the same allocator.
  [[nodiscard]] bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    const auto* const same = dynamic_cast<const PmrResource*>(&other);
    return same != nullptr && same->allocator_ == allocator_;
  }

  A* allocator_;
};

}  // namespace heapatlas
