#include "core/chain/heap_memory.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/alloc/arithmetic.hpp"

namespace heapatlas::chain {

HeapMemory::~HeapMemory() {
  for (const auto mapping : mappings_) munmap(mapping.data(), mapping.size());
}

base::Result<std::span<std::byte>> HeapMemory::take(std::size_t size, std::size_t align) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t slack = align > page ? align : 0;
  const CheckedSize whole = (CheckedSize{size} + slack).rounded_up(page);
  void* const base = whole.overflowed() ? MAP_FAILED
                                        : mmap(nullptr, whole.saturated(), PROT_READ | PROT_WRITE,
                                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) {
    return base::system_error(fmt::format("cannot map {} bytes for a heap", size),
                              whole.overflowed() ? ENOMEM : errno);
  }
  auto* const start = static_cast<std::byte*>(base);
  mappings_.emplace_back(start, whole.saturated());
  return std::span(start + gap_to_alignment(address_of(start), align), size);
}

}  // namespace heapatlas::chain
