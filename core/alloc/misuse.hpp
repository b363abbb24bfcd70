// Misuse of an allocator: what a debug build checks, and how it stops.
//
// With HEAPATLAS_CHECKED (on unless NDEBUG is defined) an allocator checks its caller's side of
// the contract as far as it can without more state, and stops with a message that names the
// allocator, the pointer and the rule. A release build pays nothing. The layout of no allocator
// depends on it.
#pragma once

#ifndef HEAPATLAS_CHECKED
#ifdef NDEBUG
#define HEAPATLAS_CHECKED 0
#else
#define HEAPATLAS_CHECKED 1
#endif
#endif

#if HEAPATLAS_CHECKED && __STDC_HOSTED__
#include "core/alloc/os/misuse_message.hpp"
#endif

#include "core/alloc/layout.hpp"

namespace heapatlas {

inline constexpr bool checked = HEAPATLAS_CHECKED != 0;

/// Stops the program: on a hosted system after a line on standard error, else with a trap.
[[noreturn]] inline void stop_on_misuse([[maybe_unused]] const char* allocator,
                                        [[maybe_unused]] const void* pointer,
                                        [[maybe_unused]] const char* rule) noexcept {
#if HEAPATLAS_CHECKED && __STDC_HOSTED__
  os::print_misuse(allocator, pointer, rule);
#endif
  __builtin_trap();
}

/// Checked builds: stops unless the rule holds. Release builds: nothing, and the condition should
/// be free of side effects. A condition that is itself costly belongs in `if constexpr (checked)`.
constexpr void require(bool holds, const char* allocator, const void* pointer,
                       const char* rule) noexcept {
  if constexpr (checked) {
    if (!holds) stop_on_misuse(allocator, pointer, rule);
  }
}

/// Checked builds: stops on a layout of size 0 or with an alignment that is no power of two.
constexpr void require_valid(Layout layout, const char* allocator, const void* pointer) noexcept {
  require(layout.size >= 1, allocator, pointer, "a size is at least 1");
  require(is_power_of_two(layout.align), allocator, pointer, "an alignment is a power of two");
}

}  // namespace heapatlas
