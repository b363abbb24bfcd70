#include "core/replay/meter.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <cstring>

namespace heapatlas::replay {
namespace {

/// The next word of a line; the line keeps the rest.
std::string_view take_word(std::string_view& line) {
  const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
  line.remove_prefix(begin);
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

/// "Rss:   12 kB" in bytes.
std::uint64_t kib_value(std::string_view line) {
  take_word(line);
  const std::string_view digits = take_word(line);
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value * 1024;
}

/// The first address of "7f00-7f10 rw-p ..."; nothing for a line that opens no mapping.
std::optional<std::uintptr_t> mapping_start(std::string_view line) {
  std::uintptr_t begin = 0;
  const auto parsed = std::from_chars(line.data(), line.data() + line.size(), begin, 16);
  if (parsed.ec != std::errc{} || parsed.ptr == line.data() + line.size() || *parsed.ptr != '-')
    return std::nullopt;
  return begin;
}

}  // namespace

bool SmapsSum::exclude(std::uintptr_t begin, std::size_t size) noexcept {
  if (range_count_ == ranges_.size()) return false;
  ranges_[range_count_++] = {begin, size};
  return true;
}

void SmapsSum::restart() noexcept {
  bytes_ = 0;
  counts_ = Counts::nothing;
}

SmapsSum::Counts SmapsSum::what_counts(std::uintptr_t begin, std::string_view path) const noexcept {
  for (std::size_t i = 0; i < range_count_; ++i)
    if (begin - ranges_[i].begin < ranges_[i].size) return Counts::nothing;
  if (path == "[heap]" || path.empty() || path.starts_with("[anon")) return Counts::resident;
  if (path.starts_with("[")) return Counts::nothing;  // the stack, and what the kernel put there
  if (path.starts_with("/memfd:") || path.starts_with("/dev/zero") ||
      path.starts_with("/dev/shm/") || path.starts_with("/SYSV"))
    return Counts::resident;
  return Counts::private_copies;
}

void SmapsSum::line(std::string_view text) noexcept {
  if (const auto begin = mapping_start(text)) {
    for (int field = 0; field < 5; ++field) take_word(text);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    counts_ = what_counts(*begin, text);
  } else if (counts_ == Counts::resident && text.starts_with("Rss:")) {
    bytes_ += kib_value(text);
  } else if (counts_ == Counts::private_copies && text.starts_with("Anonymous:")) {
    bytes_ += kib_value(text);
  }
}

std::optional<std::uint64_t> ResidentMeter::read() noexcept {
  const int file = open("/proc/self/smaps", O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  sum_.restart();
  std::size_t kept = 0;  // bytes of a line that is not whole yet
  for (;;) {
    const ssize_t got = ::read(file, buffer_.data() + kept, buffer_.size() - kept);
    if (got <= 0) {
      ::close(file);
      if (got < 0) return std::nullopt;
      return sum_.bytes();
    }
    std::string_view text(buffer_.data(), kept + static_cast<std::size_t>(got));
    for (std::size_t end; (end = text.find('\n')) != std::string_view::npos;) {
      sum_.line(text.substr(0, end));
      text.remove_prefix(end + 1);
    }
    // A line longer than the buffer is no line of this file; drop it rather than stand still.
    kept = text.size() < buffer_.size() ? text.size() : 0;
    std::memmove(buffer_.data(), text.data(), kept);
  }
}

}  // namespace heapatlas::replay
