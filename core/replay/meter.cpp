#include "core/replay/meter.hpp"

#include <algorithm>
#include <charconv>

namespace heapatlas::replay {
namespace {

/// "Rss:   12 kB" in bytes.
std::uint64_t kib_value(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_of("0123456789"), line.size()));
  std::uint64_t value = 0;
  std::from_chars(line.data(), line.data() + line.size(), value);
  return value * 1024;
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
  if (const auto mapping = parse_mapping(text)) {
    counts_ = what_counts(mapping->begin, mapping->path);
  } else if (counts_ == Counts::resident && text.starts_with("Rss:")) {
    bytes_ += kib_value(text);
  } else if (counts_ == Counts::private_copies && text.starts_with("Anonymous:")) {
    bytes_ += kib_value(text);
  }
}

std::optional<std::uint64_t> ResidentMeter::read() noexcept {
  sum_.restart();
  const bool whole =
      each_line_of("/proc/self/smaps", buffer_, [this](std::string_view text) { sum_.line(text); });
  return whole ? std::optional(sum_.bytes()) : std::nullopt;
}

}  // namespace heapatlas::replay
