// The one meter of memory: resident bytes in mappings that are not the harness's.
//
// It reads /proc/self/smaps and adds up what an allocator could have caused: the resident bytes of
// anonymous and shared-memory mappings, and the private copies of file-backed ones; not the code
// of programs and libraries, not the stack, and not the mappings that the harness declared as its
// own. It allocates nothing. One thread at a time. A reading takes some 5 us a mapping and stands
// outside every timed loop.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/replay/process_map.hpp"

namespace heapatlas::replay {

/// Adds up the text of /proc/PID/smaps, line by line, less the mappings of the harness.
class SmapsSum {
 public:
  /// Mappings that begin in [begin, begin + size) are the harness's. At most max_ranges of them;
  /// false when there is no more room.
  bool exclude(std::uintptr_t begin, std::size_t size) noexcept;

  /// Begins a new sum; the excluded ranges stay.
  void restart() noexcept;
  /// Takes one line, without its end.
  void line(std::string_view text) noexcept;
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

  static constexpr std::size_t max_ranges = 8;

 private:
  enum class Counts : unsigned char { nothing, resident, private_copies };
  struct Range {
    std::uintptr_t begin;
    std::size_t size;
  };
  [[nodiscard]] Counts what_counts(std::uintptr_t begin, std::string_view path) const noexcept;

  std::array<Range, max_ranges> ranges_{};
  std::size_t range_count_ = 0;
  Counts counts_ = Counts::nothing;
  std::uint64_t bytes_ = 0;
};

class ResidentMeter {
 public:
  bool exclude(const void* begin, std::size_t size) noexcept {
    return sum_.exclude(reinterpret_cast<std::uintptr_t>(begin), size);
  }
  /// Resident bytes now; nothing where the system does not tell.
  [[nodiscard]] std::optional<std::uint64_t> read() noexcept;

 private:
  SmapsSum sum_;
  ProcBuffer buffer_{};
};

}  // namespace heapatlas::replay
