// Memory for the harness's own tables while an allocator is under test: straight from the system,
// never through malloc, which may be the allocator under test.
#pragma once

#include <sys/mman.h>

#include <memory_resource>
#include <new>

namespace heapatlas::replay {

/// Every allocation is a mapping of its own; put a pool resource in front. Any thread.
class MappingResource final : public std::pmr::memory_resource {
 private:
  void* do_allocate(std::size_t bytes, std::size_t) override {
    // Shared, so that the system never merges it with a mapping of the allocator under test.
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    return memory;
  }
  void do_deallocate(void* memory, std::size_t bytes, std::size_t) override {
    munmap(memory, bytes);
  }
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override {
    return this == &other;
  }
};

}  // namespace heapatlas::replay
