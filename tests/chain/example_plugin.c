/* Example plugins, each an allocator under a prefix of its own:
 *
 *   stack_   blocks one after another in a heap of its own; the last block grows and is freed
 *   thin_    the same with only the functions that a plugin must have
 *   broken_  every block at the same address: what verifying a chain must find
 *   poor_    can never make its heap
 *   part_    lacks the function that frees
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/chain/plugin.h"

HEAPATLAS_PLUGIN(stack);

struct stack {
  char* top;
  char* end;
  char bytes[];
};

void* stack_create(size_t heap_bytes) {
  struct stack* const self = malloc(sizeof(struct stack) + heap_bytes);
  if (self == NULL) return NULL;
  self->top = self->bytes;
  self->end = self->bytes + heap_bytes;
  return self;
}

void stack_destroy(void* self) {
  free(self);
}

void* stack_alloc(void* self_pointer, size_t size, size_t align) {
  struct stack* const self = self_pointer;
  const size_t gap = (size_t)(-(uintptr_t)self->top) & (align - 1);
  const size_t room = (size_t)(self->end - self->top);
  if (gap > room || size > room - gap) return NULL;
  char* const block = self->top + gap;
  self->top = block + size;
  return block;
}

void* stack_calloc(void* self, size_t size, size_t align) {
  void* const block = stack_alloc(self, size, align);
  return block == NULL ? NULL : memset(block, 0, size);
}

void stack_free(void* self_pointer, void* p, size_t size, size_t align) {
  struct stack* const self = self_pointer;
  (void)align;
  if ((char*)p + size == self->top) self->top = p;
}

void* stack_realloc(void* self_pointer, void* p, size_t old_size, size_t align, size_t new_size) {
  struct stack* const self = self_pointer;
  if ((char*)p + old_size == self->top && new_size <= (size_t)(self->end - (char*)p)) {
    self->top = (char*)p + new_size;
    return p;
  }
  void* const moved = stack_alloc(self, new_size, align);
  return moved == NULL ? NULL : memcpy(moved, p, old_size < new_size ? old_size : new_size);
}

HEAPATLAS_PLUGIN(thin);

void* thin_create(size_t heap_bytes) {
  return stack_create(heap_bytes);
}
void* thin_alloc(void* self, size_t size, size_t align) {
  return stack_alloc(self, size, align);
}
void thin_free(void* self, void* p, size_t size, size_t align) {
  stack_free(self, p, size, align);
}

HEAPATLAS_PLUGIN(broken);

void* broken_create(size_t heap_bytes) {
  return stack_create(heap_bytes + 4096);
}
void broken_destroy(void* self) {
  stack_destroy(self);
}
void* broken_alloc(void* self_pointer, size_t size, size_t align) {
  struct stack* const self = self_pointer;
  self->top = self->bytes;
  return stack_alloc(self, size, align);
}
void broken_free(void* self, void* p, size_t size, size_t align) {
  (void)self, (void)p, (void)size, (void)align;
}

HEAPATLAS_PLUGIN(poor);

void* poor_create(size_t heap_bytes) {
  (void)heap_bytes;
  return NULL;
}
void* poor_alloc(void* self, size_t size, size_t align) {
  (void)self, (void)size, (void)align;
  return NULL;
}
void poor_free(void* self, void* p, size_t size, size_t align) {
  (void)self, (void)p, (void)size, (void)align;
}

HEAPATLAS_PLUGIN(part);

void* part_create(size_t heap_bytes) {
  return stack_create(heap_bytes);
}
void* part_alloc(void* self, size_t size, size_t align) {
  return stack_alloc(self, size, align);
}
