#include "core/chain/heap_memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "core/alloc/os/pages.hpp"

namespace heapatlas::chain {

HeapMemory::~HeapMemory() {
  for (const Block& mapping : mappings_) os::unmap(mapping);
}

base::Result<std::span<std::byte>> HeapMemory::take(std::size_t size, std::size_t align) {
  // Reserved first and opened then: so the system charges nothing before a page is touched.
  errno = ENOMEM;
  const Block mapping = os::map(size, align, os::Access::none);
  if (mapping) mappings_.push_back(mapping);
  if (!mapping || !os::commit(mapping.ptr, mapping.size)) {
    return base::system_error(fmt::format("cannot map {} bytes for a heap", size), errno);
  }
  return std::span(mapping.ptr, size);
}

}  // namespace heapatlas::chain
