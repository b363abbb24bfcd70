// A program with a malloc of its own linked in, as programs with a static jemalloc have: nothing
// that is preloaded comes before it. Never gives anything back.
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace {

alignas(16) std::byte memory[1 << 20];
std::size_t used = 0;

void* take(std::size_t size, std::size_t alignment = 16) {
  const std::size_t at = (used + 16 + alignment - 1) & ~(alignment - 1);
  if (size > sizeof memory - at) return nullptr;
  std::memcpy(memory + at - sizeof size, &size, sizeof size);
  used = at + size;
  return memory + at;
}

}  // namespace

extern "C" {

void* malloc(std::size_t size) {
  return take(size);
}

void* calloc(std::size_t count, std::size_t size) {
  return take(count * size);
}

void* realloc(void* block, std::size_t size) {
  void* const moved = take(size);
  if (block == nullptr || moved == nullptr) return moved;
  std::size_t old = 0;
  std::memcpy(&old, static_cast<std::byte*>(block) - sizeof old, sizeof old);
  return std::memcpy(moved, block, old < size ? old : size);
}

void free(void*) {}

int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
  *block = take(size, alignment);
  return *block == nullptr ? ENOMEM : 0;
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return take(size, alignment);
}

}  // extern "C"

int main() {
  for (int i = 0; i < 1000; ++i) {
    void* block = malloc(100);
    asm volatile("" : "+r"(block) : : "memory");
    free(block);
  }
  return 5;
}
