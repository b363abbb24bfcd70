#include "tool/record/shim/attach.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "core/base/descriptor.hpp"
#include "tool/record/shim/recorder.hpp"
#include "tool/record/shim/streams.hpp"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

namespace heapatlas::tool::shim {
namespace {

using spool::Header;

enum class State : int { undecided, deciding, recording, off };

constinit std::atomic<State> state{State::undecided};
constinit Header* header = nullptr;
constinit std::byte* window = nullptr;
constinit std::size_t window_bytes = 0;

/// Bytes of address space to map: the file's limit, but a small part of what the program may have.
std::size_t window_size(std::uint64_t limit) {
  rlimit space{};
  if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY &&
      limit > space.rlim_cur / 8) {
    limit = space.rlim_cur / 8;
  }
  const std::uint64_t chunks =
      limit < spool::header_bytes ? 0 : (limit - spool::header_bytes) / spool::chunk_bytes;
  return spool::header_bytes + chunks * spool::chunk_bytes;
}

/// Maps the spool. What lies beyond the header stays out of reach until it is taken, so that a
/// program that locks its memory doesn't fill the file.
bool map_window(int descriptor, std::uint64_t limit) {
  for (window_bytes = window_size(limit); window_bytes > spool::header_bytes;
       window_bytes = window_size(window_bytes / 2)) {
    void* memory =
        mmap(nullptr, window_bytes, PROT_NONE, MAP_SHARED | MAP_NORESERVE, descriptor, 0);
    if (memory == MAP_FAILED) continue;
    window = static_cast<std::byte*>(memory);
    header = static_cast<Header*>(memory);
    // No readahead: it makes large folios of the file's holes, and ext4 then looks at all of one
    // for each of its pages.
    madvise(memory, window_bytes, MADV_RANDOM);
    return mprotect(memory, spool::header_bytes, PROT_READ | PROT_WRITE) == 0;
  }
  return false;
}

/// Reads the header of the spool that the environment names.
bool read_header(int descriptor, Header& read_in) {
  return pread(descriptor, static_cast<void*>(&read_in), sizeof(Header), 0) ==
             static_cast<ssize_t>(sizeof(Header)) &&
         read_in.magic == spool::magic && read_in.version == spool::version;
}

/// Bytes that this process may give a file; exceeding the limit would end the program.
std::uint64_t file_limit(std::uint64_t wanted) {
  rlimit file{};
  if (getrlimit(RLIMIT_FSIZE, &file) == 0 && file.rlim_cur != RLIM_INFINITY &&
      wanted > file.rlim_cur) {
    return file.rlim_cur;
  }
  return wanted;
}

void read_command_line(Header& into) {
  const base::Descriptor file(open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC));
  const ssize_t got = file ? read(file.get(), into.command, sizeof into.command) : 0;
  into.command_bytes = got > 0 ? static_cast<std::uint32_t>(got) : 0;
}

/// Makes the spool of a followed child: the path of the first one, a dot and the child's pid.
/// The child may have been here before: it forked, was recorded, and now runs another program.
int open_child_spool(const char* path, const Header& parent) {
  char child_path[4096];
  const int length = std::snprintf(child_path, sizeof child_path, "%s.%d", path, getpid());
  if (length < 0 || static_cast<std::size_t>(length) >= sizeof child_path) return -1;
  const int existing = open(child_path, O_RDWR | O_CLOEXEC);
  if (existing >= 0) return existing;
  const int made = open(child_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made < 0) return -1;
  static Header child;
  std::memset(static_cast<void*>(&child), 0, sizeof child);
  child.magic = spool::magic;
  child.version = spool::version;
  child.clock = parent.clock;
  child.process = static_cast<std::uint32_t>(getpid());
  child.follow = parent.follow;
  child.start = {read_clock(), monotonic_ns()};
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  child.real_time_ns = static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
                       static_cast<std::uint64_t>(now.tv_nsec);
  child.cut_at.store(spool::never);
  child.limit = file_limit(parent.limit);
  while (child.limit > spool::header_bytes &&
         ftruncate(made, static_cast<off_t>(child.limit)) != 0) {
    child.limit /= 2;
  }
  if (pwrite(made, static_cast<const void*>(&child), sizeof child, 0) ==
      static_cast<ssize_t>(sizeof child)) {
    return made;
  }
  unlink(child_path);
  close(made);
  return -1;
}

/// Notes a malloc that the program's calls reach before this library's: the program's own, which
/// stands before every library.
void look_for_own_malloc() {
  Dl_info theirs{};
  Dl_info ours{};
  void* const used = dlsym(RTLD_DEFAULT, "malloc");
  header->own_malloc[0] = '\0';
  if (used == nullptr || dladdr(used, &theirs) == 0 || dladdr(&state, &ours) == 0) return;
  if (theirs.dli_fbase == ours.dli_fbase) return;
  const char* name = theirs.dli_fname;
  std::snprintf(header->own_malloc, sizeof header->own_malloc, "%s",
                name == nullptr || *name == '\0' ? header->image : name);
}

/// A new image of the process: what an earlier one left is dropped. images is stored last: whoever
/// sees it sees the rest.
void begin_image(int descriptor) {
  const std::uint32_t earlier = header->chunks.load();
  header->first_chunk.store(earlier);
  header->cut_reason.store(0);
  header->cut_at.store(spool::never);
  header->lost.store(0);
  const ssize_t length = readlink("/proc/self/exe", header->image, sizeof header->image - 1);
  header->image[length > 0 ? length : 0] = '\0';
  look_for_own_malloc();
  prctl(PR_GET_NAME, header->name);
  header->returned.store(0);
  header->images.fetch_add(1);
  // Only saves space: chunks below first_chunk are not read.
  if (earlier > 0) {
    (void)fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, spool::header_bytes,
                    static_cast<off_t>(earlier * std::uint64_t{spool::chunk_bytes}));
  }
}

/// Maps the spool and takes it over; the file is closed when this returns.
bool adopt(int descriptor, std::uint64_t limit) {
  if (!map_window(descriptor, limit)) return false;
  begin_image(descriptor);
  return true;
}

bool adopt_child(const char* path, const Header& parent) {
  static Header own;
  const base::Descriptor spool(open_child_spool(path, parent));
  if (!spool || !read_header(spool.get(), own)) return false;
  if (!adopt(spool.get(), own.limit)) return false;
  read_command_line(*header);
  return true;
}

bool adopt_spool() {
  static Header first;
  const char* path = std::getenv(spool::path_variable);
  if (path == nullptr) return false;
  const base::Descriptor spool(open(path, O_RDWR | O_CLOEXEC));
  if (!spool || !read_header(spool.get(), first)) return false;
  reads_tsc = first.clock == spool::Clock::time_stamp_counter;
  if (first.process == static_cast<std::uint32_t>(getpid())) return adopt(spool.get(), first.limit);
  return first.follow != 0 && adopt_child(path, first);
}

/// The first call of an image, as soon as there is an environment.
void decide() {
  State expected = State::undecided;
  if (environ == nullptr || !state.compare_exchange_strong(expected, State::deciding)) return;
  const bool records = make_streams() && adopt_spool();
  state.store(records ? State::recording : State::off, std::memory_order_release);
}

/// The first call of a forked child: the parent's spool is not for it.
void decide_as_child() {
  const bool follows = header->follow != 0;
  munmap(window, window_bytes);
  header = nullptr;
  renew_streams();
  state.store(follows && adopt_spool() ? State::recording : State::off, std::memory_order_release);
}

/// Programs whose first allocation comes late, or never, count as seen all the same.
[[gnu::constructor]] void at_load() {
  Thread& thread = self;
  thread.busy = true;
  decide();
  thread.busy = false;
}

/// Tells an image that came to its end from one that another took the place of.
[[gnu::destructor]] void at_exit() {
  if (state.load(std::memory_order_relaxed) == State::recording && !were_wiped())
    header->returned.store(1);
}

}  // namespace

bool is_recording() {
  if (state.load(std::memory_order_acquire) == State::undecided) decide();
  if (state.load(std::memory_order_acquire) != State::recording) return false;
  if (were_wiped()) decide_as_child();
  return state.load(std::memory_order_relaxed) == State::recording;
}

spool::Header& spool_header() {
  return *header;
}

std::byte* take_chunk() {
  if (header->cut_reason.load(std::memory_order_relaxed) != 0) return nullptr;
  const std::uint32_t number = header->chunks.fetch_add(1, std::memory_order_relaxed);
  const std::uint64_t at = spool::header_bytes + std::uint64_t{number} * spool::chunk_bytes;
  if (at + spool::chunk_bytes > window_bytes) {
    cut(EFBIG);
    return nullptr;
  }
  std::byte* const chunk = window + at;
  if (mprotect(chunk, spool::chunk_bytes, PROT_READ | PROT_WRITE) != 0) {
    cut(errno);
    return nullptr;
  }
  // Has the file system find room for the chunk now: later, a full disk would be a SIGBUS. Kernels
  // before 5.14 don't know the request (EINVAL), and leave that risk.
  if (madvise(chunk, spool::chunk_bytes, MADV_POPULATE_WRITE) != 0 && errno != EINVAL) {
    cut(errno == EFAULT ? ENOSPC : errno);
    return nullptr;
  }
  return chunk;
}

void leave_chunk(std::byte* chunk) {
  madvise(chunk, spool::chunk_bytes, MADV_DONTNEED);
}

void cut(int reason) {
  const std::uint64_t ticket = take_ticket();
  std::uint64_t earliest = header->cut_at.load();
  while (ticket < earliest && !header->cut_at.compare_exchange_weak(earliest, ticket)) {
  }
  header->cut_reason.store(static_cast<std::uint32_t>(reason));
  state.store(State::off, std::memory_order_release);
}

void count_lost() {
  if (state.load(std::memory_order_relaxed) == State::recording && !were_wiped())
    header->lost.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace heapatlas::tool::shim
