// How one record gets into the spool: the path that every call of the recorded program takes.
//
// Cost: a ticket (one atomic increment shared by all threads), a clock reading, and two or three
// stores; no lock, no system call, no allocation. Everything rarer is in record_slowly.
//
// What a fork leaves to the child is settled by the kernel: the streams lie in memory that it wipes
// in a child, so that there every stream is full and every call takes the slow path, which sees it.
#pragma once

#include <time.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "tool/record/spool.hpp"

namespace heapatlas::tool::shim {

/// Where one thread at a time appends. All zero: no room.
struct alignas(64) Stream {
  std::uint64_t* cursor;  ///< the next record
  std::uint64_t* limit;   ///< below it there is room for reserve_words
  std::uint64_t base_ticket;
  std::uint64_t base_time;
  std::uint32_t number;
  std::uint32_t chunks;     ///< taken so far
  std::uint32_t next_idle;  ///< the stream below it on the stack of idle ones; 0: none
};

/// What a record needs at most, a rebase and a thread's start before it.
inline constexpr std::size_t reserve_words = 9;

enum class Phase : std::uint8_t { unseen, running, exited };

struct Thread {
  Stream* stream;
  std::uint32_t number;
  Phase phase;
  std::uint8_t exit_rounds;  ///< how often the end of this thread was put off
  bool busy;                 ///< a record is being written: a signal handler must not
};

/// The stream of a thread that has none.
extern constinit Stream no_room;

extern constinit thread_local Thread self;
extern constinit std::atomic<std::uint64_t> tickets;
extern constinit bool reads_tsc;

inline std::uint64_t take_ticket() {
  return tickets.fetch_add(1, std::memory_order_relaxed);
}

inline std::uint64_t monotonic_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

inline std::uint64_t read_clock() {
#if defined(__x86_64__)
  if (reads_tsc) [[likely]]
    return __builtin_ia32_rdtsc();
#endif
  return monotonic_ns();
}

/// Makes ticket and time the stream's bases, in a record.
void rebase(Stream& stream, std::uint64_t ticket, std::uint64_t time);

/// Appends a record; the stream has room.
inline void append(Stream& stream, spool::Kind kind, std::uint64_t address, std::uint64_t operand) {
  const std::uint64_t ticket = take_ticket();
  const std::uint64_t time = read_clock();
  if ((((ticket - stream.base_ticket) | (time - stream.base_time)) >> 32) != 0) [[unlikely]]
    rebase(stream, ticket, time);
  std::uint64_t* const record = stream.cursor;
  record[1] = (time - stream.base_time) << 32 | (ticket - stream.base_ticket);
  if (spool::has_operand(kind)) record[2] = operand;
  std::atomic_ref(record[0]).store(address << 4 | static_cast<std::uint64_t>(kind),
                                   std::memory_order_release);
  stream.cursor = record + (spool::has_operand(kind) ? 3 : 2);
}

/// The same as record, when this thread has no stream, no room, or is writing a record already.
[[gnu::noinline, gnu::cold]] void record_slowly(spool::Kind kind, std::uint64_t address,
                                                std::uint64_t operand);

/// Records one call of this thread. kind is a constant wherever this is called.
[[gnu::always_inline]] inline void record(spool::Kind kind, const void* address,
                                          std::uint64_t operand = 0) {
  const auto number = reinterpret_cast<std::uint64_t>(address);
  Thread& thread = self;
  Stream& stream = *thread.stream;
  if (thread.busy || stream.cursor >= stream.limit) [[unlikely]]
    return record_slowly(kind, number, operand);
  thread.busy = true;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  append(stream, kind, number, operand);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  thread.busy = false;
}

/// The operand of an allocation: its size, and log2 of the alignment that the program named.
inline std::uint64_t operand_of(std::size_t size, unsigned log2_alignment = 0) {
  return static_cast<std::uint64_t>(size) << 6 | log2_alignment;
}

}  // namespace heapatlas::tool::shim
