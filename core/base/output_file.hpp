// Files that are written whole or not at all.
//
// What is written goes to a new file in the same folder, without a name where the system has such
// files, else with a temporary one; commit renames it over the target, so that a reader sees the
// old file or the whole new one. Without a commit, after a failure or when the OutputFile is
// destroyed, the new file is gone and the target is as it was; a nameless one is gone even if this
// process is killed. An existing target keeps its permissions; a link to a file is followed, not
// replaced.
//
// "-" is standard output. That, and a target that is no regular file (a pipe, /dev/null), has
// nothing to rename: it is written directly.
//
// Renaming is atomic for other programs; nothing is synced, so a power cut may lose a file that
// was just committed.
#pragma once

#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/descriptor.hpp"
#include "core/base/error.hpp"

namespace heapatlas::base {

/// One thread at a time.
class OutputFile {
 public:
  /// unavailable when the folder or the target cannot be written.
  [[nodiscard]] static Result<OutputFile> create(const std::string& path);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&& other) noexcept;
  ~OutputFile();

  /// Appends. After an error the file is discarded, and every further call fails.
  [[nodiscard]] Status write(Bytes bytes);
  [[nodiscard]] Status write(std::string_view text) { return write(bytes_of(text)); }

  /// Puts the file in place.
  [[nodiscard]] Status commit();

  /// The bytes written so far, the unflushed ones too.
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  OutputFile(Descriptor descriptor, std::string path, std::string target, std::string temporary);
  [[nodiscard]] Status give_name();
  [[nodiscard]] Status flush();
  [[nodiscard]] Status put(Bytes bytes);
  void discard();

  Descriptor descriptor_;
  std::string path_;       ///< as the caller wrote it, for messages
  std::string target_;     ///< where the file goes, links followed; empty when written directly
  std::string temporary_;  ///< its name until then; empty when there is nothing to remove
  std::vector<std::byte> buffer_;
  std::uint64_t size_ = 0;
};

}  // namespace heapatlas::base
