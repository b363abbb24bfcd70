// Makes an allocator of the family the program's operator new and delete.
//
//   static constinit heapatlas::Sized<...> heap{...};
//   HEAPATLAS_REPLACE_NEW(heap)
//
// once, at namespace scope, in one source file of the program. The allocator must be one that any
// thread may use and that can free by address alone (`sized(A)` makes one of any), must work before
// main, and must never be destroyed before the last delete: so it is best constant-initialised and
// of static storage. operator new calls the new-handler and throws std::bad_alloc as the standard
// asks. malloc is not touched.
#pragma once

#include <cstddef>
#include <new>

#include "core/alloc/concepts.hpp"

namespace heapatlas::detail {

template <Allocator A>
void* new_or_null(A& allocator, std::size_t size, std::size_t align) {
  static_assert(A::threads == Threads::any, "operator new is called by every thread");
  static_assert(SelfSizing<A>, "operator delete does not always know the size: use sized(A)");
  const Layout layout{size == 0 ? 1 : size, align};
  for (;;) {
    if (const Block block = allocator.allocate(layout)) return block.ptr;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) return nullptr;
    handler();
  }
}

template <Allocator A>
void* new_or_throw(A& allocator, std::size_t size, std::size_t align) {
  if (void* const ptr = new_or_null(allocator, size, align)) return ptr;
  throw std::bad_alloc();
}

template <Allocator A>
void* new_nothrow(A& allocator, std::size_t size, std::size_t align) noexcept {
  try {
    return new_or_null(allocator, size, align);
  } catch (const std::bad_alloc&) {  // thrown by the new-handler
    return nullptr;
  }
}

template <Allocator A>
void free_or_null(A& allocator, void* ptr) noexcept {
  if (ptr != nullptr) allocator.deallocate(static_cast<std::byte*>(ptr));
}

inline constexpr std::size_t new_alignment = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

}  // namespace heapatlas::detail

// Not inlined: a compiler that sees malloc through operator new would take delete for a mismatch.
#define HEAPATLAS_REPLACE_NEW_FORM(heap, form)                                                  \
  [[gnu::noinline]] void* operator new form(std::size_t size) {                                 \
    return ::heapatlas::detail::new_or_throw(heap, size, ::heapatlas::detail::new_alignment);   \
  }                                                                                             \
  [[gnu::noinline]] void* operator new form(std::size_t size, std::align_val_t align) {         \
    return ::heapatlas::detail::new_or_throw(heap, size, static_cast<std::size_t>(align));      \
  }                                                                                             \
  [[gnu::noinline]] void* operator new form(std::size_t size, const std::nothrow_t&) noexcept { \
    return ::heapatlas::detail::new_nothrow(heap, size, ::heapatlas::detail::new_alignment);    \
  }                                                                                             \
  [[gnu::noinline]] void* operator new form(std::size_t size, std::align_val_t align,           \
                                            const std::nothrow_t&) noexcept {                   \
    return ::heapatlas::detail::new_nothrow(heap, size, static_cast<std::size_t>(align));       \
  }                                                                                             \
  [[gnu::noinline]] void operator delete form(void* ptr) noexcept {                             \
    ::heapatlas::detail::free_or_null(heap, ptr);                                               \
  }                                                                                             \
  void operator delete form(void* ptr, std::size_t) noexcept {                                  \
    operator delete form(ptr);                                                                  \
  }                                                                                             \
  void operator delete form(void* ptr, std::align_val_t) noexcept {                             \
    operator delete form(ptr);                                                                  \
  }                                                                                             \
  void operator delete form(void* ptr, std::size_t, std::align_val_t) noexcept {                \
    operator delete form(ptr);                                                                  \
  }                                                                                             \
  void operator delete form(void* ptr, const std::nothrow_t&) noexcept {                        \
    operator delete form(ptr);                                                                  \
  }                                                                                             \
  void operator delete form(void* ptr, std::align_val_t, const std::nothrow_t&) noexcept {      \
    operator delete form(ptr);                                                                  \
  }                                                                                             \
  static_assert(true)

/// Defines every replaceable operator new and delete over `heap`, an lvalue.
#define HEAPATLAS_REPLACE_NEW(heap)     \
  HEAPATLAS_REPLACE_NEW_FORM(heap, );   \
  HEAPATLAS_REPLACE_NEW_FORM(heap, []); \
  static_assert(true)
