#include "core/base/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <random>

namespace heapatlas::base {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{64} * 1024;

/// The path that path names once its links are followed; path itself when nothing is there yet.
std::string resolved(const std::string& path) {
  char* real = ::realpath(path.c_str(), nullptr);
  if (real == nullptr) return path;
  std::string text = real;
  std::free(real);
  return text;
}

/// A name beside target that, most likely, nothing has.
std::string name_beside(const std::string& target) {
  return fmt::format("{}.{:08x}.tmp", target, std::random_device()());
}

/// Creates a file in target's folder that has no name yet, where the system can do that and can
/// name it later.
Descriptor create_nameless(const std::string& target, mode_t mode) {
  if (::access("/proc/self/fd", X_OK) != 0) return {};
  const std::size_t slash = target.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : target.substr(0, slash + 1);
  return Descriptor(::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, mode));
}

/// Creates a file beside target under a name that nothing has, and writes the name to name.
Descriptor create_beside(const std::string& target, mode_t mode, std::string& name) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    name = name_beside(target);
    Descriptor made(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (made || errno != EEXIST) return made;
  }
  return {};
}

}  // namespace

OutputFile::OutputFile(Descriptor descriptor, std::string path, std::string target,
                       std::string temporary)
    : descriptor_(std::move(descriptor)),
      path_(std::move(path)),
      target_(std::move(target)),
      temporary_(std::move(temporary)) {
  buffer_.reserve(buffer_bytes);
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : descriptor_(std::move(other.descriptor_)),
      path_(std::move(other.path_)),
      target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      buffer_(std::move(other.buffer_)),
      size_(other.size_) {}

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  std::swap(target_, other.target_);
  std::swap(temporary_, other.temporary_);
  std::swap(buffer_, other.buffer_);
  std::swap(size_, other.size_);
  return *this;
}

OutputFile::~OutputFile() {
  discard();
}

Result<OutputFile> OutputFile::create(const std::string& path) {
  if (path == "-") {
    Descriptor copy(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0));
    if (!copy) return system_error("cannot write", errno, "standard output");
    return OutputFile(std::move(copy), "standard output", {}, {});
  }
  struct stat facts {};
  const bool exists = ::stat(path.c_str(), &facts) == 0;
  if (path.empty() || (!exists && errno != ENOENT))
    return system_error("cannot write", errno, path);
  if (exists && S_ISDIR(facts.st_mode)) return system_error("cannot write", EISDIR, path);
  if (exists && !S_ISREG(facts.st_mode)) {
    Descriptor direct(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!direct) return system_error("cannot write", errno, path);
    return OutputFile(std::move(direct), path, {}, {});
  }
  // A rename would replace a file that may not be written.
  if (exists && ::access(path.c_str(), W_OK) != 0) return system_error("cannot write", errno, path);
  std::string target = resolved(path);
  std::string temporary;
  Descriptor made = create_nameless(target, 0666);
  if (!made) made = create_beside(target, 0666, temporary);
  if (!made) return system_error("cannot write", errno, path);
  if (exists) (void)::fchmod(made.get(), facts.st_mode & 07777);
  return OutputFile(std::move(made), path, std::move(target), std::move(temporary));
}

Status OutputFile::write(Bytes bytes) {
  if (!descriptor_) return put(bytes);
  size_ += bytes.size();
  if (buffer_.size() + bytes.size() > buffer_bytes) HEAPATLAS_TRY(flush());
  if (bytes.size() > buffer_bytes) return put(bytes);
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  return {};
}

Status OutputFile::commit() {
  HEAPATLAS_TRY(flush());
  if (!target_.empty() && temporary_.empty()) HEAPATLAS_TRY(give_name());
  if (!descriptor_.close()) {
    const int why = errno;
    discard();
    return system_error("cannot write", why, path_);
  }
  if (temporary_.empty()) return {};
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
    const int why = errno;
    discard();
    return system_error("cannot write", why, path_);
  }
  temporary_.clear();
  return {};
}

Status OutputFile::give_name() {
  const std::string open_file = fmt::format("/proc/self/fd/{}", descriptor_.get());
  for (int attempt = 0; attempt < 100; ++attempt) {
    std::string name = name_beside(target_);
    if (::linkat(AT_FDCWD, open_file.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) {
      temporary_ = std::move(name);
      return {};
    }
    if (errno != EEXIST) break;
  }
  const int why = errno;
  discard();
  return system_error("cannot write", why, path_);
}

Status OutputFile::flush() {
  HEAPATLAS_TRY(put(buffer_));
  buffer_.clear();
  return {};
}

Status OutputFile::put(Bytes bytes) {
  while (!bytes.empty() || !descriptor_) {
    const ssize_t done = ::write(descriptor_.get(), bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) {
      const int why = errno;
      discard();
      return system_error("cannot write", why, path_);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
  return {};
}

void OutputFile::discard() {
  (void)descriptor_.close();
  if (!temporary_.empty()) (void)::unlink(temporary_.c_str());
  temporary_.clear();
}

}  // namespace heapatlas::base
