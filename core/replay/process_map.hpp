// The mappings of this process as the system lists them, read without allocating anything.
//
// /proc/self/maps and /proc/self/smaps have one line for each mapping ("begin-end perms offset
// device inode path"); smaps adds lines about it. One thread at a time.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "core/replay/history.hpp"
#include "core/replay/scratch_array.hpp"

namespace heapatlas::replay {

struct Mapping {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  bool writable = false;
  std::string_view path;  ///< empty: anonymous; points into the line
};

/// The mapping that a line opens; nothing for any other line.
[[nodiscard]] std::optional<Mapping> parse_mapping(std::string_view line) noexcept;

/// Room for the text of a file under /proc, a part at a time.
using ProcBuffer = std::array<char, std::size_t{32} << 10>;

/// Calls line(text) for each whole line of a file; false when it cannot be read.
template <class F>
bool each_line_of(const char* path, ProcBuffer& buffer, F&& line) noexcept {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  std::size_t kept = 0;  // bytes of a line that is not whole yet
  for (;;) {
    const ssize_t got = ::read(file, buffer.data() + kept, buffer.size() - kept);
    if (got <= 0) {
      ::close(file);
      return got == 0;
    }
    std::string_view text(buffer.data(), kept + static_cast<std::size_t>(got));
    for (std::size_t end; (end = text.find('\n')) != std::string_view::npos;) {
      line(text.substr(0, end));
      text.remove_prefix(end + 1);
    }
    // A line longer than the buffer is no line of this file; drop it rather than stand still.
    kept = text.size() < buffer.size() ? text.size() : 0;
    std::memmove(buffer.data(), text.data(), kept);
  }
}

/// The writable mappings where blocks may lie, ascending; neighbours of one kind are one. False:
/// the system does not tell.
bool read_mappings(ProcBuffer& buffer, ScratchArray<SeenRegion>& mappings) noexcept;

}  // namespace heapatlas::replay
