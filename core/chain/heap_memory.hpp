// The memory behind the allocators of a built chain that work on a region they are given.
//
// Anonymous mappings, so that nothing else shares their pages and untouched ones cost nothing.
// Not thread-safe; used while a chain is built, before anything runs.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/alloc/layout.hpp"
#include "core/base/error.hpp"

namespace heapatlas::chain {

class HeapMemory {
 public:
  HeapMemory() = default;
  HeapMemory(const HeapMemory&) = delete;
  HeapMemory& operator=(const HeapMemory&) = delete;
  ~HeapMemory();

  /// A zeroed region of size bytes (>= 1) at a multiple of align (a power of two), owned by this
  /// object. Fails when the system refuses the address space.
  [[nodiscard]] base::Result<std::span<std::byte>> take(std::size_t size, std::size_t align);

 private:
  std::vector<Block> mappings_;
};

}  // namespace heapatlas::chain
