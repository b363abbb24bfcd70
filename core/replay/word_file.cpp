#include "core/replay/word_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

namespace heapatlas::replay {
base::Descriptor open_unnamed(std::uint64_t expected_bytes) {
  if (expected_bytes <= WordFile::in_memory_bytes)
    return base::Descriptor{memfd_create("heapatlas replay", MFD_CLOEXEC)};
  const char* folder = std::getenv("TMPDIR");
  return base::Descriptor{
      open(folder != nullptr ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)};
}

base::Result<WordFile> WordFile::create(std::uint64_t expected_bytes, std::size_t skip) {
  base::Descriptor file = open_unnamed(expected_bytes);
  if (!file) return base::system_error("cannot make a file for the compiled trace", errno);
  return WordFile{std::move(file), skip};
}

base::Status WordFile::append(std::uint64_t word) {
  buffer_.push_back(word);
  ++words_;
  if (buffer_.size() < buffer_words) return {};
  return flush();
}

base::Status WordFile::append(WordFile& other) {
  HEAPATLAS_TRY(other.flush());
  std::vector<std::uint64_t> words(buffer_words);
  for (std::uint64_t done = 0; done < other.words_;) {
    const std::uint64_t offset = other.skip_ + done * sizeof(std::uint64_t);
    const std::size_t want = std::min<std::uint64_t>(words.size(), other.words_ - done);
    const ssize_t got = pread(other.file_.get(), words.data(), want * sizeof(std::uint64_t),
                              static_cast<off_t>(offset));
    if (got < static_cast<ssize_t>(sizeof(std::uint64_t)))
      return base::system_error("cannot read the compiled trace again", errno);
    const std::size_t count = static_cast<std::size_t>(got) / sizeof(std::uint64_t);
    for (std::size_t i = 0; i < count; ++i) HEAPATLAS_TRY(append(words[i]));
    done += count;
  }
  return {};
}

base::Status WordFile::finish(std::span<const std::byte> head) {
  HEAPATLAS_TRY(flush());
  const std::uint64_t size =
      skip_ + words_ * sizeof(std::uint64_t);  // also when there are no words
  if (ftruncate(file_.get(), static_cast<off_t>(size)) != 0)
    return base::system_error("cannot write the compiled trace", errno);
  return put(head, 0);
}

base::Status WordFile::flush() {
  const std::uint64_t flushed = words_ - buffer_.size();
  HEAPATLAS_TRY(put(std::as_bytes(std::span(buffer_)), skip_ + flushed * sizeof(std::uint64_t)));
  buffer_.clear();
  return {};
}

base::Status WordFile::put(std::span<const std::byte> bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t put = pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return base::system_error("cannot write the compiled trace", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    offset += static_cast<std::uint64_t>(put);
  }
  return {};
}

}  // namespace heapatlas::replay
