#include "tool/record/spool_owner.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <new>
#include <utility>

#include "tool/record/clock.hpp"

namespace heapatlas::tool {
namespace {

/// Address space and sparse file: room for about 2.7 thousand million events.
constexpr std::uint64_t most_bytes = std::uint64_t{64} << 30;

std::uint64_t real_time_ns() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

/// The size that the file may come to: exceeding the process's limit would be a signal.
std::uint64_t bytes_allowed() {
  rlimit file{};
  if (getrlimit(RLIMIT_FSIZE, &file) != 0 || file.rlim_cur == RLIM_INFINITY) return most_bytes;
  return std::min<std::uint64_t>(most_bytes, file.rlim_cur);
}

/// Makes the file as large as the file system allows; 0: not even a header fits.
std::uint64_t stretch(int descriptor) {
  std::uint64_t bytes = bytes_allowed();
  while (bytes >= spool::header_bytes && ftruncate(descriptor, static_cast<off_t>(bytes)) != 0)
    bytes /= 2;
  return bytes >= spool::header_bytes ? bytes : 0;
}

void write_command(spool::Header& header, const std::vector<std::string>& command) {
  std::size_t at = 0;
  for (const std::string& argument : command) {
    const std::size_t bytes = argument.size() + 1;
    if (at + bytes > sizeof header.command) break;
    std::memcpy(header.command + at, argument.c_str(), bytes);
    at += bytes;
  }
  header.command_bytes = static_cast<std::uint32_t>(at);
}

}  // namespace

base::Result<SpoolOwner> SpoolOwner::create(const std::string& path,
                                            const std::vector<std::string>& command, bool follow) {
  constexpr const char* failure = "the spool can't be made";
  base::Descriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) return base::system_error(failure, errno, path);
  const auto give_up = [&](int reason) {
    unlink(path.c_str());
    return base::system_error(failure, reason, path);
  };
  const std::uint64_t limit = stretch(file.get());
  if (limit == 0) return give_up(EFBIG);
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) return give_up(errno);
  if (const int full = posix_fallocate(file.get(), 0, spool::header_bytes); full != 0)
    return give_up(full);
  void* memory =
      mmap(nullptr, spool::header_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (memory == MAP_FAILED) return give_up(errno);
  auto* header = new (memory) spool::Header{};
  header->magic = spool::magic;
  header->version = spool::version;
  header->clock = best_clock();
  header->follow = follow ? 1 : 0;
  header->limit = limit;
  header->start = clock_pair(header->clock);
  header->real_time_ns = real_time_ns();
  header->cut_at = spool::never;
  write_command(*header, command);
  return SpoolOwner(std::move(file), header, path);
}

SpoolOwner::SpoolOwner(SpoolOwner&& other) noexcept
    : descriptor_(std::move(other.descriptor_)),
      header_(std::exchange(other.header_, nullptr)),
      path_(std::move(other.path_)) {}

SpoolOwner::~SpoolOwner() {
  if (header_ != nullptr) munmap(static_cast<void*>(header_), spool::header_bytes);
}

void SpoolOwner::remove() {
  unlink(path_.c_str());
}

}  // namespace heapatlas::tool
