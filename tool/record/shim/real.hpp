// The allocator beneath: the functions that the recorded program would have called.
//
// They are looked up at the first call. dlsym may allocate itself: what is asked for meanwhile
// comes from a small static buffer, and frees of that are ignored.
#pragma once

#include <cstddef>
#include <cstdint>

namespace heapatlas::tool::shim {

struct Real {
  void* (*malloc)(std::size_t);
  void* (*calloc)(std::size_t, std::size_t);
  void* (*realloc)(void*, std::size_t);
  void (*free)(void*);
  int (*posix_memalign)(void**, std::size_t, std::size_t);
  void* (*aligned_alloc)(std::size_t, std::size_t);
  void* (*memalign)(std::size_t, std::size_t);
  void* (*valloc)(std::size_t);
  void* (*pvalloc)(std::size_t);
  std::size_t (*malloc_usable_size)(void*);
};

/// Each function resolves them all when it is the first one called.
extern constinit Real real;

inline constexpr std::size_t bootstrap_bytes = std::size_t{64} << 10;
alignas(4096) extern constinit std::byte bootstrap_memory[bootstrap_bytes];

/// Whether the address is in the static buffer.
inline bool is_bootstrap(const void* address) {
  return reinterpret_cast<std::uintptr_t>(address) -
             reinterpret_cast<std::uintptr_t>(bootstrap_memory) <
         bootstrap_bytes;
}

/// The size asked for a block of the static buffer.
std::size_t bootstrap_size(const void* block);

}  // namespace heapatlas::tool::shim
