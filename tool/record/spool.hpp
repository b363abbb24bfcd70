// The spool: what the preload library leaves for the converter, and nothing else knows.
//
// One sparse file, mapped whole by the recorded program, so that what was stored outlives any end
// of the program, and so that no file descriptor is needed (programs close those they don't know).
//
//     header                 Header, one page
//     chunk 0, chunk 1 ...   chunk_bytes each, taken in order by whoever needs one
//
// A *stream* is what one thread at a time appends to: a chain of chunks, numbered from 0. When its
// thread ends, the next new thread goes on with it. A chunk opens with ChunkHeader; then records
// follow, two or three 64-bit words each, and zeros to the end:
//
//     word 0    address << 4 | Kind            stored last: a record is whole or is not there
//     word 1    time << 32 | ticket            both relative to the stream's base
//     word 2    size << 6 | log2(alignment)    only of kinds that have_operand
//
// Tickets come from one counter of the process: taken after an allocation, before a free, and both
// before and after a reallocation. They grow along each stream, and merging all streams by ticket
// gives an order that was possible: whoever got memory that another gave back took its ticket
// later. Times are ticks of the clock that Header::clock names; ClockPairs relate them to
// CLOCK_MONOTONIC.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace heapatlas::tool::spool {

inline constexpr std::uint64_t magic = 0x6c6f6f7073746168;  ///< "hatspool", little endian
inline constexpr std::uint32_t version = 2;
inline constexpr std::uint32_t chunk_magic = 0x6b6e6863;
inline constexpr std::size_t header_bytes = 4096;
inline constexpr std::size_t chunk_bytes = std::size_t{256} << 10;

inline constexpr std::uint64_t never = ~std::uint64_t{0};  ///< a ticket that is not taken

inline constexpr const char* path_variable = "HEAPATLAS_SPOOL";  ///< where the spool lies

enum class Kind : std::uint8_t {
  none = 0,           ///< the end of what was written to the chunk
  allocate = 1,       ///< with the natural alignment of malloc
  zeroed = 2,         ///< the same, zeroed
  aligned = 3,        ///< with an alignment that the program named
  free = 4,           ///< of the object at this address
  resize_begin = 5,   ///< of the object at this address; one of the next three follows
  resize_end = 6,     ///< it is at this address now, with this size
  resize_failed = 7,  ///< it is where it was, as it was
  resize_freed = 8,   ///< it was asked to shrink to nothing, and is gone
  thread_start = 9,   ///< from here on, the stream is this thread's (address: its number)
  thread_late = 10,   ///< the same, of a thread whose end was recorded: it goes on for one record
  thread_exit = 11,   ///< the stream's thread is about to end
  rebase = 12         ///< words 1 and 2 are the stream's new bases: ticket, time
};

/// Whether records of this kind are of three words.
constexpr bool has_operand(Kind kind) {
  return kind == Kind::allocate || kind == Kind::zeroed || kind == Kind::aligned ||
         kind == Kind::resize_end || kind == Kind::rebase;
}

enum class Clock : std::uint32_t { monotonic_ns = 0, time_stamp_counter = 1 };

/// One instant on both clocks; nothing was read when ns is 0.
struct ClockPair {
  std::uint64_t ticks;
  std::uint64_t ns;  ///< CLOCK_MONOTONIC
};

struct Header {
  std::uint64_t magic;
  std::uint32_t version;
  Clock clock;
  std::uint32_t process;                   ///< the pid that is recorded
  std::uint32_t follow;                    ///< not 0: its children are, too
  std::uint64_t limit;                     ///< bytes that the file may come to
  ClockPair start;                         ///< before the program was started
  ClockPair end;                           ///< after it ended
  std::uint64_t real_time_ns;              ///< CLOCK_REALTIME at the start
  std::atomic<std::uint32_t> images;       ///< programs that this process ran, one after another
  std::atomic<std::uint32_t> first_chunk;  ///< of the last image
  std::atomic<std::uint32_t> chunks;       ///< taken so far
  std::atomic<std::uint32_t> cut_reason;   ///< errno of what cut the recording; 0: nothing
  std::atomic<std::uint64_t> cut_at;       ///< from this ticket on, records may be missing
  std::atomic<std::uint64_t> lost;         ///< calls inside signal handlers, not recorded
  std::uint64_t peak_resident_bytes;       ///< of the process, once it has ended; 0: unknown
  char image[512];                         ///< the last image's file, ended by 0
  char own_malloc[256];                 ///< what holds the malloc that bypasses the library; or ""
  char name[16];                        ///< what the system called the last image
  char last_name[16];                   ///< the same when the process had ended; "": unknown
  std::atomic<std::uint32_t> returned;  ///< not 0: the last image ended by itself
  std::uint32_t command_bytes;          ///< of the next
  char command[2048];                   ///< the arguments, a 0 after each; cut when too long
};
static_assert(sizeof(Header) <= header_bytes);

struct ChunkHeader {
  std::uint32_t magic;
  std::uint32_t stream;
  std::uint32_t index;  ///< of the chunk in its stream
  std::uint32_t unused;
  std::uint64_t base_ticket;
  std::uint64_t base_time;
  ClockPair clock;
};
static_assert(sizeof(ChunkHeader) == 48);

}  // namespace heapatlas::tool::spool
