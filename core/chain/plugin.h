/* The C interface of a heapatlas plugin: any allocator in a shared library becomes the chain leaf
 * plugin("path.so", prefix="x").
 *
 * A library exports, under a prefix of its choice (x below):
 *
 *   void* x_create(size_t heap_bytes);
 *       A new, empty allocator with about heap_bytes of memory, or NULL. What it returns is the
 *       first argument of every other function. Called once for each chain, on one thread.
 *   void  x_destroy(void* self);                                                      (optional)
 *       Ends the allocator; every block may still be live.
 *   void* x_alloc(void* self, size_t size, size_t align);
 *       size >= 1 bytes at a multiple of align, a power of two; NULL when there are none.
 *   void* x_calloc(void* self, size_t size, size_t align);                            (optional)
 *       The same, its size bytes all zero. Without it, heapatlas clears what x_alloc gives.
 *   void  x_free(void* self, void* p, size_t size, size_t align);
 *       Frees a block with its alignment and the size last requested. p is never NULL.
 *   void* x_realloc(void* self, void* p, size_t old_size, size_t align, size_t new_size);
 *                                                                                     (optional)
 *       Resizes a block, moving it if need be (its first min(old_size, new_size) bytes keep their
 *       values); NULL when it cannot, and then the block is untouched. Without it, heapatlas
 *       allocates, copies and frees.
 *
 * No function may throw or longjmp. The library is opened with RTLD_NOW | RTLD_LOCAL and never
 * closed. Its functions are called by one thread at a time, unless the chain says shared=true.
 *
 * In C or C++, HEAPATLAS_PLUGIN(x) declares all six, so that the compiler checks their types.
 */
#ifndef HEAPATLAS_PLUGIN_H
#define HEAPATLAS_PLUGIN_H

#include <stddef.h>

#ifdef __cplusplus
#define HEAPATLAS_PLUGIN_FUNCTION extern "C" __attribute__((visibility("default")))
#else
#define HEAPATLAS_PLUGIN_FUNCTION extern __attribute__((visibility("default")))
#endif

#define HEAPATLAS_PLUGIN(x)                                                                       \
  HEAPATLAS_PLUGIN_FUNCTION void* x##_create(size_t heap_bytes);                                  \
  HEAPATLAS_PLUGIN_FUNCTION void x##_destroy(void* self);                                         \
  HEAPATLAS_PLUGIN_FUNCTION void* x##_alloc(void* self, size_t size, size_t align);               \
  HEAPATLAS_PLUGIN_FUNCTION void* x##_calloc(void* self, size_t size, size_t align);              \
  HEAPATLAS_PLUGIN_FUNCTION void x##_free(void* self, void* p, size_t size, size_t align);        \
  HEAPATLAS_PLUGIN_FUNCTION void* x##_realloc(void* self, void* p, size_t old_size, size_t align, \
                                              size_t new_size)

#endif
