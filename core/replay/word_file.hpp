// An unnamed file that 64-bit words are appended to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/descriptor.hpp"
#include "core/base/error.hpp"

namespace heapatlas::replay {

/// A file without a name: in memory up to WordFile::in_memory_bytes, else on the disk ($TMPDIR,
/// else /tmp). None, and errno set, when it cannot be made.
[[nodiscard]] base::Descriptor open_unnamed(std::uint64_t expected_bytes);

/// One thread at a time. Gone when the last descriptor of it is closed.
class WordFile {
 public:
  /// The file starts after `skip` bytes; `expected_bytes` is a guess.
  [[nodiscard]] static base::Result<WordFile> create(std::uint64_t expected_bytes,
                                                     std::size_t skip = 0);
  static constexpr std::uint64_t in_memory_bytes = std::uint64_t{1} << 30;

  [[nodiscard]] base::Status append(std::uint64_t word);
  /// Appends every word of another file, and flushes both.
  [[nodiscard]] base::Status append(WordFile& other);
  /// Writes bytes at the start, in the room that was skipped, and everything appended so far.
  [[nodiscard]] base::Status finish(std::span<const std::byte> head);

  [[nodiscard]] std::uint64_t words() const noexcept { return words_; }
  [[nodiscard]] base::Descriptor take() && { return std::move(file_); }

 private:
  WordFile(base::Descriptor file, std::size_t skip) : file_{std::move(file)}, skip_{skip} {
    buffer_.reserve(buffer_words);
  }
  static constexpr std::size_t buffer_words = 8192;
  [[nodiscard]] base::Status flush();
  [[nodiscard]] base::Status put(std::span<const std::byte> bytes, std::uint64_t offset);

  base::Descriptor file_;
  std::size_t skip_;
  std::uint64_t words_ = 0;
  std::vector<std::uint64_t> buffer_;
};

}  // namespace heapatlas::replay
