// Every function that allocates, called in a known order with known sizes.
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#include "tests/record/programs/subject.hpp"

namespace subject {
namespace {

/// SIZE_MAX, which the compiler would refuse to pass on.
std::size_t too_much() {
  std::size_t size = SIZE_MAX;
  asm volatile("" : "+r"(size));
  return size;
}

int all_functions(int, char**) {
  std::size_t size = first_size;
  void* blocks[10] = {};
  int count = 0;
  blocks[count++] = use(malloc(size++));
  blocks[count++] = use(calloc(1, size++));
  blocks[count++] = use(realloc(nullptr, size++));
  void* aligned = nullptr;
  if (posix_memalign(&aligned, 64, size++) != 0) return 1;
  blocks[count++] = use(aligned);
  blocks[count++] = use(aligned_alloc(256, size++));
  const volatile std::size_t odd = 48;
  blocks[count++] = use(memalign(odd, size++));  // glibc rounds the alignment up to 64
  blocks[count++] = use(valloc(size++));
  blocks[count++] = use(pvalloc(size++));
  blocks[count++] = use(reallocarray(nullptr, 1, size++));
  for (int i = 0; i < count; ++i) free(use(blocks[i]));
  return 0;
}

struct alignas(128) Wide {
  char bytes[first_size + 127];
};

int operators(int, char**) {
  std::size_t size = first_size;
  ::operator delete(use(::operator new(size)), size);
  ++size;
  ::operator delete[](use(::operator new[](size)), size);
  ++size;
  ::operator delete(use(::operator new(size, std::nothrow)));
  ++size;
  ::operator delete (use(::operator new (size, std::align_val_t{64})), size, std::align_val_t{64});
  ++size;
  ::operator delete[](use(::operator new[](size, std::align_val_t{4096})), std::align_val_t{4096});
  delete static_cast<Wide*>(use(new Wide));
  return 0;
}

int resizes(int, char**) {
  std::size_t size = first_size;
  void* block = use(malloc(size));
  block = use(realloc(block, ++size));
  block = use(realloc(block, 50 * size));  // mapped by itself: it moves
  if (use(realloc(block, too_much() / 2)) != nullptr) return 1;
  if (use(reallocarray(block, too_much() / 2, 3)) != nullptr) return 1;
  block = use(reallocarray(block, 2, size));
  if (use(realloc(block, 0)) != nullptr) return 1;
  return 0;
}

int failures(int, char**) {
  void* block = nullptr;
  if (use(malloc(too_much())) != nullptr || use(calloc(too_much(), 2)) != nullptr) return 1;
  if (use(aligned_alloc(64, too_much() - 63)) != nullptr) return 1;
  if (posix_memalign(&block, 3, first_size) == 0) return 1;
  if (use(reallocarray(nullptr, too_much(), 2)) != nullptr) return 1;
  free(nullptr);
  return 0;
}

/// Nothing is asked for by asking what there is; the slack may be written all the same.
int slack(int, char**) {
  void* block = use(malloc(first_size));
  const std::size_t usable = malloc_usable_size(block);
  if (usable < first_size || malloc_usable_size(nullptr) != 0) return 1;
  std::memset(block, 1, usable);
  free(block);
  return 0;
}

int library_calls(int, char**) {
  char* text = static_cast<char*>(malloc(first_size));
  std::memset(text, 'x', first_size - 1);
  text[first_size - 1] = '\0';
  free(use(strdup(text)));
  free(text);
  return 0;
}

/// The value of errno must be the allocation's own.
int kept_errno(int, char**) {
  for (int i = 0; i < 100000; ++i) {
    errno = 123;
    free(use(malloc(64)));
    if (errno != 123) return 1;
  }
  return 0;
}

/// Fills so many MiB, mapped or, when there is a second argument, from malloc.
int fill_memory(int argc, char** argv) {
  const std::size_t bytes = static_cast<std::size_t>(std::atoi(argv[0])) << 20;
  void* memory =
      argc > 1 ? malloc(bytes)
               : mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  use(std::memset(memory, 1, bytes));
  return 0;
}

}  // namespace

const Behaviour calls[] = {
    {"functions", all_functions}, {"operators", operators}, {"resizes", resizes},
    {"failures", failures},       {"slack", slack},         {"library", library_calls},
    {"errno", kept_errno},        {"fill", fill_memory},    {nullptr, nullptr},
};

}  // namespace subject
