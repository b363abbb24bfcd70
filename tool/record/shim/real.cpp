#include "tool/record/shim/real.hpp"

#include <dlfcn.h>

#include <atomic>
#include <cerrno>
#include <cstring>

namespace heapatlas::tool::shim {

alignas(4096) constinit std::byte bootstrap_memory[bootstrap_bytes];

namespace {

constinit std::atomic<std::size_t> bootstrap_used{0};
constinit thread_local bool resolving = false;

/// A zeroed block, its size in the 16 bytes before it; nullptr when the buffer is full.
void* bootstrap_allocate(std::size_t size, std::size_t alignment) {
  if (size > bootstrap_bytes || alignment > 4096) return nullptr;
  const std::size_t align = alignment < 16 ? 16 : alignment;
  std::size_t used = bootstrap_used.load(std::memory_order_relaxed);
  for (;;) {
    const std::size_t at = (used + 16 + align - 1) & ~(align - 1);
    if (at + size > bootstrap_bytes) return nullptr;
    if (!bootstrap_used.compare_exchange_weak(used, at + size, std::memory_order_relaxed)) continue;
    std::memcpy(bootstrap_memory + at - 16, &size, sizeof size);
    return bootstrap_memory + at;
  }
}

template <class Function>
void find(Function& function, const char* name) {
  if (void* symbol = dlsym(RTLD_NEXT, name)) {
    // What POSIX promises of dlsym, and the standard leaves to the implementation.
    function = reinterpret_cast<Function>(symbol);
  }
}

/// False when dlsym itself is what allocates.
bool resolve() {
  if (resolving) return false;
  resolving = true;
  Real found = real;
  find(found.malloc, "malloc");
  find(found.calloc, "calloc");
  find(found.realloc, "realloc");
  find(found.free, "free");
  find(found.posix_memalign, "posix_memalign");
  find(found.aligned_alloc, "aligned_alloc");
  find(found.memalign, "memalign");
  find(found.valloc, "valloc");
  find(found.pvalloc, "pvalloc");
  find(found.malloc_usable_size, "malloc_usable_size");
  real = found;
  resolving = false;
  return true;
}

void* first_malloc(std::size_t size) {
  return resolve() ? real.malloc(size) : bootstrap_allocate(size, 16);
}

void* first_calloc(std::size_t count, std::size_t size) {
  if (resolve()) return real.calloc(count, size);
  std::size_t bytes = 0;
  return __builtin_mul_overflow(count, size, &bytes) ? nullptr : bootstrap_allocate(bytes, 16);
}

void* first_realloc(void* block, std::size_t size) {
  if (resolve()) return real.realloc(block, size);
  return block == nullptr ? bootstrap_allocate(size, 16) : nullptr;
}

void first_free(void* block) {
  if (resolve()) real.free(block);
}

int first_posix_memalign(void** block, std::size_t alignment, std::size_t size) {
  if (resolve()) return real.posix_memalign(block, alignment, size);
  *block = bootstrap_allocate(size, alignment);
  return *block == nullptr ? ENOMEM : 0;
}

void* first_aligned_alloc(std::size_t alignment, std::size_t size) {
  return resolve() ? real.aligned_alloc(alignment, size) : bootstrap_allocate(size, alignment);
}

void* first_memalign(std::size_t alignment, std::size_t size) {
  return resolve() ? real.memalign(alignment, size) : bootstrap_allocate(size, alignment);
}

void* first_valloc(std::size_t size) {
  return resolve() ? real.valloc(size) : bootstrap_allocate(size, 4096);
}

void* first_pvalloc(std::size_t size) {
  return resolve() ? real.pvalloc(size)
                   : bootstrap_allocate((size + 4095) & ~std::size_t{4095}, 4096);
}

std::size_t first_malloc_usable_size(void* block) {
  return resolve() ? real.malloc_usable_size(block) : 0;
}

}  // namespace

constinit Real real = {
    first_malloc,        first_calloc,   first_realloc, first_free,    first_posix_memalign,
    first_aligned_alloc, first_memalign, first_valloc,  first_pvalloc, first_malloc_usable_size};

std::size_t bootstrap_size(const void* block) {
  std::size_t size = 0;
  std::memcpy(&size, static_cast<const std::byte*>(block) - 16, sizeof size);
  return size;
}

}  // namespace heapatlas::tool::shim
