#include "core/base/input_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>

namespace heapatlas::base {

Result<InputFile> InputFile::open(const std::string& path) {
  // Without O_NONBLOCK, opening a named pipe would wait for a writer.
  Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!descriptor) return system_error("cannot open", errno, path);
  struct stat facts {};
  if (::fstat(descriptor.get(), &facts) != 0) return system_error("cannot open", errno, path);
  if (S_ISDIR(facts.st_mode)) return bad_input("is a directory", path);
  if (!S_ISREG(facts.st_mode))
    return bad_input("not a regular file", path, "save what it gives to a file first");
  return InputFile(std::move(descriptor), static_cast<std::uint64_t>(facts.st_size), path);
}

Result<std::size_t> InputFile::read_at(std::uint64_t offset, std::span<std::byte> room) const {
  if (offset >= size_) return 0;
  std::size_t done = 0;
  while (done < room.size()) {
    const ssize_t got = ::pread(descriptor_.get(), room.data() + done, room.size() - done,
                                static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("cannot read", errno, path_);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

Result<std::vector<std::byte>> InputFile::read_all(std::uint64_t limit) const {
  if (size_ > limit)
    return bad_input(fmt::format("{} bytes are more than the {} that this may have", size_, limit),
                     path_);
  std::vector<std::byte> bytes(size_);
  const auto got = read_at(0, bytes);
  if (!got) return tl::make_unexpected(got.error());
  bytes.resize(*got);
  return bytes;
}

}  // namespace heapatlas::base
