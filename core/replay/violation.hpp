// What a verification found: the first operation after which an allocator was seen to be broken.
#pragma once

#include <array>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace heapatlas::replay {

/// Trivial, so that it can lie in memory that processes share.
struct Violation {
  bool found = false;
  std::uint64_t operation = 0;      ///< counted from 0; its number of operations: after the last
  std::uint32_t node = 0;           ///< of a walk: the allocator that said so, by NodeId
  std::array<char, 200> what = {};  ///< one line, ends with 0

  /// Keeps the first one only.
  [[gnu::format(printf, 3, 4)]] void set(std::uint64_t at, const char* format, ...) noexcept {
    if (found) return;
    found = true;
    operation = at;
    std::va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(what.data(), what.size(), format, arguments);
    va_end(arguments);
  }
};

}  // namespace heapatlas::replay
