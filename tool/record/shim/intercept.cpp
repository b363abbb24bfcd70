// The functions that stand before those of the same name in every library of the program.
//
// C++'s operators new and delete, sized and aligned, come here through the malloc, aligned_alloc
// and free that libstdc++ calls; so do strdup, getline and all else in libc that allocates. Left
// alone: malloc_usable_size (but for the blocks of start-up). It grants nothing: a program that
// writes into the slack it reports uses memory it has not asked for, and a trace holds what was
// asked for.
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>

#include "tool/record/shim/real.hpp"
#include "tool/record/shim/recorder.hpp"

namespace heapatlas::tool::shim {
namespace {

using spool::Kind;

void* recorded(Kind kind, void* block, std::size_t size, unsigned log2_alignment = 0) {
  if (block != nullptr) [[likely]]
    record(kind, block, operand_of(size, log2_alignment));
  return block;
}

/// log2 of an alignment, rounded up to a power of two as glibc's memalign does.
unsigned log2_of(std::size_t alignment) {
  return static_cast<unsigned>(std::bit_width(alignment <= 1 ? std::size_t{0} : alignment - 1));
}

std::size_t page_bytes() {
  return static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

void* resize(void* block, std::size_t size) {
  if (block == nullptr) return recorded(Kind::allocate, real.realloc(nullptr, size), size);
  if (is_bootstrap(block)) {
    void* moved = recorded(Kind::allocate, real.malloc(size), size);
    if (moved != nullptr) {
      const std::size_t old_size = bootstrap_size(block);
      std::memcpy(moved, block, old_size < size ? old_size : size);
    }
    return moved;
  }
  record(Kind::resize_begin, block);
  void* const moved = real.realloc(block, size);
  if (moved != nullptr) [[likely]]
    record(Kind::resize_end, moved, operand_of(size));
  else
    record(size == 0 ? Kind::resize_freed : Kind::resize_failed, nullptr);
  return moved;
}

}  // namespace
}  // namespace heapatlas::tool::shim

using namespace heapatlas::tool::shim;
using heapatlas::tool::spool::Kind;

#pragma GCC visibility push(default)
extern "C" {

void* malloc(std::size_t size) noexcept {
  return recorded(Kind::allocate, real.malloc(size), size);
}

void* calloc(std::size_t count, std::size_t size) noexcept {
  return recorded(Kind::zeroed, real.calloc(count, size), count * size);
}

void* realloc(void* block, std::size_t size) noexcept {
  return resize(block, size);
}

void* reallocarray(void* block, std::size_t count, std::size_t size) noexcept {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    errno = ENOMEM;
    return nullptr;
  }
  return resize(block, bytes);
}

void free(void* block) noexcept {
  if (block == nullptr || is_bootstrap(block)) return;
  record(Kind::free, block);
  real.free(block);
}

int posix_memalign(void** block, std::size_t alignment, std::size_t size) noexcept {
  const int error = real.posix_memalign(block, alignment, size);
  if (error == 0) recorded(Kind::aligned, *block, size, log2_of(alignment));
  return error;
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return recorded(Kind::aligned, real.aligned_alloc(alignment, size), size, log2_of(alignment));
}

void* memalign(std::size_t alignment, std::size_t size) noexcept {
  return recorded(Kind::aligned, real.memalign(alignment, size), size, log2_of(alignment));
}

void* valloc(std::size_t size) noexcept {
  return recorded(Kind::aligned, real.valloc(size), size, log2_of(page_bytes()));
}

void* pvalloc(std::size_t size) noexcept {
  const std::size_t page = page_bytes();
  const std::size_t whole = (size + page - 1) & ~(page - 1);
  return recorded(Kind::aligned, real.pvalloc(size), whole, log2_of(page));
}

std::size_t malloc_usable_size(void* block) noexcept {
  return is_bootstrap(block) ? bootstrap_size(block) : real.malloc_usable_size(block);
}

}  // extern "C"
#pragma GCC visibility pop
