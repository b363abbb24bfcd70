#include "tool/record/shim/streams.hpp"

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>

#include <cerrno>

#include "tool/record/shim/attach.hpp"
#include "tool/record/shim/recorder.hpp"

namespace heapatlas::tool::shim {

constinit Stream no_room{};
constinit thread_local Thread self{&no_room, 0, Phase::unseen, 0, false};
constinit std::atomic<std::uint64_t> tickets{0};
constinit bool reads_tsc = false;

namespace {

using spool::Kind;

/// Everything that a child must not take over: the kernel gives it zeros instead.
struct Table {
  std::atomic<bool> alive;
  std::atomic<bool> locked;
  std::uint32_t made;  ///< streams handed out so far; 0 stands for none, so they count from 1
  std::uint32_t idle;  ///< the stack of streams whose thread ended
  std::atomic<std::uint32_t> threads;
  Stream streams[most_streams];
};

constinit Table* table = nullptr;
constinit pthread_key_t exit_key = 0;
constinit bool has_exit_key = false;

/// Holds the lock of the stack of idle streams. Its holder cannot be interrupted by another: the
/// slow path is entered with busy set.
class Locked {
 public:
  Locked() {
    while (table->locked.exchange(true, std::memory_order_acquire)) sched_yield();
  }
  ~Locked() { table->locked.store(false, std::memory_order_release); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;
};

Stream* take_stream() {
  const Locked locked;
  if (const std::uint32_t number = table->idle; number != 0) {
    table->idle = table->streams[number].next_idle;
    return &table->streams[number];
  }
  if (table->made + 1 >= most_streams) return nullptr;
  Stream& stream = table->streams[++table->made];
  stream.number = table->made;
  return &stream;
}

void give_back(Stream& stream) {
  const Locked locked;
  stream.next_idle = table->idle;
  table->idle = stream.number;
}

/// Makes room in a stream for one more record and what goes before it.
bool extend(Stream& stream) {
  if (stream.cursor < stream.limit) return true;
  std::byte* const chunk = take_chunk();
  if (chunk == nullptr) return false;
  auto* header = reinterpret_cast<spool::ChunkHeader*>(chunk);
  if (stream.limit != nullptr) {
    leave_chunk(reinterpret_cast<std::byte*>(stream.limit + reserve_words) - spool::chunk_bytes);
  }
  stream.base_ticket = tickets.load(std::memory_order_relaxed);
  stream.base_time = read_clock();
  header->stream = stream.number;
  header->index = stream.chunks++;
  header->base_ticket = stream.base_ticket;
  header->base_time = stream.base_time;
  header->clock = {stream.base_time, monotonic_ns()};
  std::atomic_ref(header->magic).store(spool::chunk_magic, std::memory_order_release);
  stream.limit = reinterpret_cast<std::uint64_t*>(chunk + spool::chunk_bytes) - reserve_words;
  stream.cursor = reinterpret_cast<std::uint64_t*>(chunk + sizeof(spool::ChunkHeader));
  return true;
}

/// Ends the recording of this thread for want of room.
void stop(Thread& thread) {
  thread.stream = &no_room;
}

/// Gives the thread a stream with room; it is announced there.
bool settle(Thread& thread) {
  if (thread.stream != &no_room) {
    if (extend(*thread.stream)) return true;
    stop(thread);
    return false;
  }
  Stream* const stream = take_stream();
  if (stream == nullptr) {
    cut(EAGAIN);
    return false;
  }
  if (!extend(*stream)) {
    give_back(*stream);
    return false;
  }
  if (thread.phase == Phase::unseen) {
    thread.number = table->threads.fetch_add(1, std::memory_order_relaxed);
    pthread_setspecific(exit_key, &thread);
  }
  append(*stream, thread.phase == Phase::exited ? Kind::thread_late : Kind::thread_start,
         thread.number, 0);
  if (thread.phase == Phase::unseen) thread.phase = Phase::running;
  thread.stream = stream;
  return true;
}

void release(Thread& thread) {
  Stream& stream = *thread.stream;
  thread.stream = &no_room;
  give_back(stream);
}

/// Called when a thread ends, once a round of destructors. Only the last round is the end: in
/// earlier ones, destructors of others may still allocate.
void on_thread_exit(void*) {
  Thread& thread = self;
  if (++thread.exit_rounds < PTHREAD_DESTRUCTOR_ITERATIONS) {
    pthread_setspecific(exit_key, &thread);
    return;
  }
  if (thread.phase != Phase::running) return;
  record_slowly(Kind::thread_exit, 0, 0);
}

}  // namespace

bool make_streams() {
  if (!has_exit_key) has_exit_key = pthread_key_create(&exit_key, on_thread_exit) == 0;
  void* memory = mmap(nullptr, sizeof(Table), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (!has_exit_key || memory == MAP_FAILED) return false;
  if (madvise(memory, sizeof(Table), MADV_WIPEONFORK) != 0) return false;
  table = static_cast<Table*>(memory);
  table->alive.store(true, std::memory_order_relaxed);
  return true;
}

bool were_wiped() {
  return !table->alive.load(std::memory_order_relaxed);
}

void renew_streams() {
  table->alive.store(true, std::memory_order_relaxed);
  tickets.store(0, std::memory_order_relaxed);
  self = {&no_room, 0, Phase::unseen, 0, self.busy};
}

void rebase(Stream& stream, std::uint64_t ticket, std::uint64_t time) {
  stream.base_ticket = ticket;
  stream.base_time = time;
  std::uint64_t* const record = stream.cursor;
  record[1] = ticket;
  record[2] = time;
  std::atomic_ref(record[0]).store(static_cast<std::uint64_t>(Kind::rebase),
                                   std::memory_order_release);
  stream.cursor = record + 3;
}

void record_slowly(Kind kind, std::uint64_t address, std::uint64_t operand) {
  Thread& thread = self;
  if (thread.busy) {
    count_lost();
    return;
  }
  thread.busy = true;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  const int kept_errno = errno;
  if (is_recording() && settle(thread)) {
    append(*thread.stream, kind, address, operand);
    if (kind == Kind::thread_exit) thread.phase = Phase::exited;
    if (thread.phase == Phase::exited) release(thread);
  }
  errno = kept_errno;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  thread.busy = false;
}

}  // namespace heapatlas::tool::shim
