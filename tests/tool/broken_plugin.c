// Allocators that are wrong on purpose, for `heapatlas replay --verify`: each is a bump that goes
// wrong at its fifth allocation. Plugins, so that the whole way from the command line is tried.
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

_Alignas(4096) static unsigned char memory[1 << 20];
static size_t top;
static unsigned calls;

static void* bump(size_t size, size_t align) {
  top = (top + align - 1) / align * align;
  if (size > sizeof memory - top) return NULL;
  void* block = memory + top;
  top += size;
  return block;
}

static int is_the_fifth(void) {
  return ++calls == 5;
}

#define PLUGIN(name)                                                 \
  void* name##_create(size_t bytes) {                                \
    (void)bytes;                                                     \
    top = 0;                                                         \
    return memory;                                                   \
  }                                                                  \
  void name##_free(void* heap, void* p, size_t size, size_t align) { \
    (void)heap, (void)p, (void)size, (void)align;                    \
  }                                                                  \
  void* name##_alloc(void* heap, size_t size, size_t align)

PLUGIN(right) {
  (void)heap;
  return bump(size, align);
}

PLUGIN(overlap) {
  (void)heap;
  unsigned char* block = bump(size, align);
  return is_the_fifth() ? block - align : block;
}

PLUGIN(misaligned) {
  (void)heap;
  unsigned char* block = bump(size + 1, align);
  return is_the_fifth() ? block + 1 : block;
}

PLUGIN(crash) {
  (void)heap;
  if (is_the_fifth()) {
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
  }
  return bump(size, align);
}

PLUGIN(hang) {
  (void)heap;
  while (is_the_fifth() || calls > 5) pause();
  return bump(size, align);
}

PLUGIN(dirty) {
  (void)heap;
  return bump(size, align);
}
void* dirty_calloc(void* heap, size_t size, size_t align) {
  (void)heap;
  void* block = bump(size, align);
  memset(block, is_the_fifth() ? 1 : 0, size);
  return block;
}
