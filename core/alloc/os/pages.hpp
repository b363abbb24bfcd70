// The one home of anonymous mappings: pages from the kernel, at any alignment.
//
// Sizes are rounded up to whole pages. Nothing here keeps state; every function may be called by
// any thread. errno is left to the system calls.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>

#include "core/alloc/arithmetic.hpp"
#include "core/alloc/layout.hpp"

namespace heapatlas::os {

/// Bytes of a page, a power of two.
[[nodiscard]] inline std::size_t page_size() noexcept {
  static const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

/// How a region that blocks are cut from is aligned: generously, so that a block has the same
/// offset in it in every process, also one whose alignment is larger than a page, as a slab's pages
/// are. Only an alignment beyond this makes an offset depend on where the region lies.
inline constexpr std::size_t region_alignment = std::size_t{4} << 20;

enum class Access : int {
  none = PROT_NONE,  ///< address space only: not charged, a touch faults
  read_write = PROT_READ | PROT_WRITE,
};

/// Maps at least size bytes, zero at first, at a multiple of align. Empty: the kernel refused, or
/// size is beyond the address space. Given back with unmap(block).
[[nodiscard]] inline Block map(std::size_t size, std::size_t align, Access access) noexcept {
  const std::size_t page = page_size();
  // A larger alignment is cut out of a mapping that surely holds one.
  const std::size_t slack = align > page ? align - page : 0;
  const std::size_t mapped = (CheckedSize{size}.rounded_up(page) + slack).value_or(0);
  if (mapped == 0) return {};
  const int reserve = access == Access::none ? MAP_NORESERVE : 0;
  void* const whole = ::mmap(nullptr, mapped, static_cast<int>(access),
                             MAP_PRIVATE | MAP_ANONYMOUS | reserve, -1, 0);
  if (whole == MAP_FAILED) return {};
  auto* const base = static_cast<std::byte*>(whole);
  const std::size_t front = slack == 0 ? 0 : gap_to_alignment(address_of(base), align);
  const Block pages{base + front, mapped - slack};
  if (front > 0) ::munmap(base, front);
  if (slack > front) ::munmap(pages.ptr + pages.size, slack - front);
  return pages;
}

/// Gives whole pages back, all of a mapping or a part of it.
inline void unmap(Block pages) noexcept {
  if (pages.size > 0) ::munmap(pages.ptr, pages.size);
}

/// Puts memory behind whole pages of address space. False: the kernel has none.
[[nodiscard]] inline bool commit(std::byte* ptr, std::size_t size) noexcept {
  return ::mprotect(ptr, size, PROT_READ | PROT_WRITE) == 0;
}

/// Brings the memory behind whole committed pages in at once: a page then costs about half of what
/// a fault at its first touch does. A hint: a system that cannot, leaves it to the faults.
inline void populate([[maybe_unused]] std::byte* ptr, [[maybe_unused]] std::size_t size) noexcept {
#ifdef MADV_POPULATE_WRITE
  ::madvise(ptr, size, MADV_POPULATE_WRITE);
#endif
}

/// Bytes of a huge page, for alignment; what the system has may differ.
inline constexpr std::size_t huge_page_size = std::size_t{2} << 20;

/// Lets whole pages be huge ones, where these have as much address space: one fault then brings in
/// huge_page_size bytes. A hint.
inline void prefer_huge([[maybe_unused]] std::byte* ptr,
                        [[maybe_unused]] std::size_t size) noexcept {
#ifdef MADV_HUGEPAGE
  ::madvise(ptr, size, MADV_HUGEPAGE);
#endif
}

/// Gives the memory behind whole pages back and keeps the address space; what is committed there
/// again is zero.
inline void decommit(std::byte* ptr, std::size_t size) noexcept {
  ::madvise(ptr, size, MADV_DONTNEED);
  ::mprotect(ptr, size, PROT_NONE);
}

}  // namespace heapatlas::os
