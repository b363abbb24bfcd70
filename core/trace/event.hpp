// What a trace is made of: events about objects, never about addresses.
//
// An object's number is its identity: the n-th allocation of a trace makes object n, so numbers
// ascend from 0 and a reused address is a new object. A resize leaves the object what it is, even
// when the program's realloc moved it.
//
// The rules of a sequence of events (Writer refuses others; Reader checks those marked *, which
// need no memory of the objects):
//   * an allocation has the next object number, from 0
//   * a resize or a free names an object that was allocated
//     ... and that was not freed before
//   * threads are numbered in the order of their first event, from 0
//   * sizes, alignments and kinds are in range
// Sizes may be 0: malloc(0) gives a block like any other. Events stand in one possible order: times
// ascend within a thread, and may step back a little from one thread to the next.
#pragma once

#include <cstdint>

namespace heapatlas::trace {

enum class EventKind : std::uint8_t { allocate, resize, free, thread_start, thread_exit, marker };

inline constexpr unsigned event_kinds = 6;

/// An alignment that was not asked for: malloc's own promise, 16 bytes.
inline constexpr std::uint8_t natural_align = 0xFF;

/// The exponent that natural_align stands for.
inline constexpr std::uint8_t natural_align_log2 = 4;

/// The largest size and alignment exponent a trace can hold: no address space has more.
inline constexpr std::uint64_t max_size = std::uint64_t{1} << 47;
inline constexpr std::uint8_t max_align_log2 = 47;

/// Times end here, so that no sum of two overflows; it is 146 years.
inline constexpr std::uint64_t max_time = std::uint64_t{1} << 62;

/// One event. Fields that its kind does not use are as they are here.
struct Event {
  EventKind kind = EventKind::allocate;
  std::uint8_t align_log2 = natural_align;  ///< allocate: the exponent asked for explicitly
  bool zeroed = false;                      ///< allocate: the memory was asked to be zero
  std::uint32_t thread = 0;                 ///< who did it
  std::uint32_t site = 0;                   ///< allocate, resize: a call site; 0 is unknown
  std::uint64_t time = 0;                   ///< ns since the start of the recording
  std::uint64_t object = 0;                 ///< whose event it is; marker: its label's number
  std::uint64_t size = 0;                   ///< allocate, resize: the bytes requested

  bool operator==(const Event&) const = default;
};

/// "allocate", "thread start", ...
[[nodiscard]] constexpr const char* name_of(EventKind kind) {
  switch (kind) {
    case EventKind::allocate:
      return "allocate";
    case EventKind::resize:
      return "resize";
    case EventKind::free:
      return "free";
    case EventKind::thread_start:
      return "thread start";
    case EventKind::thread_exit:
      return "thread exit";
    case EventKind::marker:
      return "marker";
  }
  return "unknown";
}

}  // namespace heapatlas::trace
