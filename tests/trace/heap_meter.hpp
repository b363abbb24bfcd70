// How much heap a piece of work takes at most, the C libraries' share included.
//
// Include it in one file of a program only: it stands in for malloc there. Under the address
// sanitizer, whose malloc cannot be replaced, it listens to it instead.
#pragma once

#include <malloc.h>
#include <stdlib.h>

#include <algorithm>
#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HEAPATLAS_METER_HOOKS 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define HEAPATLAS_METER_HOOKS 1
#endif

namespace heapatlas::trace {

struct HeapMeter {
  static inline std::ptrdiff_t live = 0;
  static inline std::ptrdiff_t peak = 0;

  static void count(std::ptrdiff_t bytes) {
    live += bytes;
    peak = std::max(peak, live);
  }

  /// The most heap that work holds at a time, beyond what was held before.
  template <class Work>
  static std::size_t peak_of(Work work) {
    const std::ptrdiff_t before = live;
    peak = live;
    work();
    return static_cast<std::size_t>(peak - before);
  }
};

}  // namespace heapatlas::trace

#ifdef HEAPATLAS_METER_HOOKS

// The sanitizer's own interface, which g++ installs no header of.
extern "C" {
int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void*, size_t),
                                              void (*on_free)(const volatile void*));
size_t __sanitizer_get_allocated_size(const volatile void* pointer);
}

namespace heapatlas::trace {

inline const bool heap_meter_listens = [] {
  __sanitizer_install_malloc_and_free_hooks(
      [](const volatile void*, std::size_t size) {
        HeapMeter::count(static_cast<std::ptrdiff_t>(size));
      },
      [](const volatile void* pointer) {
        HeapMeter::count(-static_cast<std::ptrdiff_t>(__sanitizer_get_allocated_size(pointer)));
      });
  return true;
}();

}  // namespace heapatlas::trace

#else

extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* pointer, size_t size);
void __libc_free(void* pointer);
}

namespace heapatlas::trace {

inline std::ptrdiff_t held(void* pointer) {
  return static_cast<std::ptrdiff_t>(malloc_usable_size(pointer));
}

}  // namespace heapatlas::trace

extern "C" void* malloc(size_t size) noexcept {
  void* made = __libc_malloc(size);
  heapatlas::trace::HeapMeter::count(heapatlas::trace::held(made));
  return made;
}

extern "C" void* calloc(size_t count, size_t size) noexcept {
  void* made = __libc_calloc(count, size);
  heapatlas::trace::HeapMeter::count(heapatlas::trace::held(made));
  return made;
}

extern "C" void* realloc(void* pointer, size_t size) noexcept {
  const std::ptrdiff_t before = heapatlas::trace::held(pointer);
  void* made = __libc_realloc(pointer, size);
  if (made != nullptr || size == 0)
    heapatlas::trace::HeapMeter::count(heapatlas::trace::held(made) - before);
  return made;
}

extern "C" void free(void* pointer) noexcept {
  heapatlas::trace::HeapMeter::count(-heapatlas::trace::held(pointer));
  __libc_free(pointer);
}

#endif
