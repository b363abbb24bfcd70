// Files that are read: regular files, by offset.
//
// Reading does not map: a file that another program cuts short meanwhile gives an error, never a
// signal.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/descriptor.hpp"
#include "core/base/error.hpp"

namespace heapatlas::base {

/// A regular file opened for reading. One thread at a time.
class InputFile {
 public:
  /// unavailable when it cannot be opened, bad_input when it is no regular file.
  [[nodiscard]] static Result<InputFile> open(const std::string& path);

  /// Its size in bytes when it was opened.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Fills room from offset on; gives the bytes read, fewer only at the end of the file.
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> room) const;

  /// The whole file; bad_input when it has more than limit bytes.
  [[nodiscard]] Result<std::vector<std::byte>> read_all(std::uint64_t limit) const;

 private:
  InputFile(Descriptor descriptor, std::uint64_t size, std::string path)
      : descriptor_(std::move(descriptor)), size_(size), path_(std::move(path)) {}

  Descriptor descriptor_;
  std::uint64_t size_;
  std::string path_;
};

}  // namespace heapatlas::base
