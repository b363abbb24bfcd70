// The message a checked, hosted build leaves before it stops.
#pragma once

#include <cstdio>

namespace heapatlas::os {

/// One line on standard error; uses no heap of its own.
inline void print_misuse(const char* allocator, const void* pointer, const char* rule) noexcept {
  std::fprintf(stderr, "heapatlas: misuse of %s: pointer %p: %s\n", allocator, pointer, rule);
  std::fflush(stderr);
}

}  // namespace heapatlas::os
