#include "core/replay/history_file.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/replay/word_file.hpp"

namespace heapatlas::replay {
namespace {

constexpr std::uint64_t page = 4096;

base::Status read_all(int file, void* to, std::size_t size, std::uint64_t offset) {
  auto* at = static_cast<std::byte*>(to);
  while (size > 0) {
    const ssize_t got = pread(file, at, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return base::system_error("cannot read what was recorded", errno);
    if (got == 0) return base::bad_input("what was recorded ends in the middle");
    at += got;
    size -= static_cast<std::size_t>(got);
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

base::Status write_all(int file, const void* from, std::size_t size, std::uint64_t offset) {
  const auto* at = static_cast<const std::byte*>(from);
  while (size > 0) {
    const ssize_t put = pwrite(file, at, size, static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return base::system_error("cannot write the plan of a recording", errno);
    at += put;
    size -= static_cast<std::size_t>(put);
    offset += static_cast<std::uint64_t>(put);
  }
  return {};
}

std::uint64_t size_of(int file) noexcept {
  struct stat status {};
  return fstat(file, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

}  // namespace

std::optional<HistoryMap> HistoryMap::map(int file) noexcept {
  HistoryHeader header;
  if (pread(file, &header, sizeof(header), 0) != sizeof(header)) return std::nullopt;
  if (header.magic != HistoryHeader::expected_magic || size_of(file) != header.log_at)
    return std::nullopt;
  // Present at once: a page fault while the pass runs would cost more than all else it writes.
  void* memory =
      mmap(nullptr, header.log_at, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
  if (memory == MAP_FAILED) return std::nullopt;
  auto* at = static_cast<std::byte*>(memory);
  HistoryMap map;
  map.file_ = file;
  map.log_end_ = header.log_at;
  map.walks_ = {reinterpret_cast<const PlannedWalk*>(at + header.walks_at), header.walks};
  map.links_ = {reinterpret_cast<const LinkTraits*>(at + header.links_at), header.links};
  map.grants_ = {reinterpret_cast<Grant*>(at + header.grants_at), header.grants};
  return map;
}

void HistoryMap::put(const void* bytes, std::size_t size) noexcept {
  const auto* at = static_cast<const std::byte*>(bytes);
  while (whole_ && size > 0) {
    const ssize_t put = pwrite(file_, at, size, static_cast<off_t>(log_end_));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) {
      whole_ = false;
      return;
    }
    at += put;
    size -= static_cast<std::size_t>(put);
    log_end_ += static_cast<std::uint64_t>(put);
  }
}

base::Result<HistoryFile> HistoryFile::create(std::span<const PlannedWalk> walks,
                                              std::span<const LinkTraits> links,
                                              std::uint64_t grants) {
  HistoryHeader header;
  header.walks = walks.size();
  header.links = links.size();
  header.grants = grants;
  header.walks_at = sizeof(header);
  header.links_at = header.walks_at + walks.size_bytes();
  header.grants_at = (header.links_at + links.size_bytes() + page - 1) / page * page;
  header.log_at = header.grants_at + grants * sizeof(Grant);
  base::Descriptor file = open_unnamed(header.log_at);
  if (!file || ftruncate(file.get(), static_cast<off_t>(header.log_at)) != 0)
    return base::system_error("cannot make a file for what is recorded", errno);
  HEAPATLAS_TRY(write_all(file.get(), &header, sizeof(header), 0));
  HEAPATLAS_TRY(write_all(file.get(), walks.data(), walks.size_bytes(), header.walks_at));
  HEAPATLAS_TRY(write_all(file.get(), links.data(), links.size_bytes(), header.links_at));
  return HistoryFile{std::move(file), header};
}

base::Result<std::vector<Grant>> HistoryFile::grants(std::uint64_t count) const {
  if (count > header_.grants) return base::bad_input("more blocks were recorded than there are");
  std::vector<Grant> grants(count);
  HEAPATLAS_TRY(read_all(file_.get(), grants.data(), count * sizeof(Grant), header_.grants_at));
  return grants;
}

base::Result<std::optional<Note>> HistoryFile::next_note() {
  const std::uint64_t end = size_of(file_.get());
  if (at_ >= end) return std::optional<Note>{};
  Note note;
  HEAPATLAS_TRY(read_all(file_.get(), &note.head, sizeof(note.head), at_));
  at_ += sizeof(note.head);
  const NoteHead& head = note.head;
  if (head.element_bytes == 0 || head.count > (end - at_) / head.element_bytes)
    return base::bad_input("what was recorded ends in the middle");
  note.bytes.resize(head.count * head.element_bytes);
  HEAPATLAS_TRY(read_all(file_.get(), note.bytes.data(), note.bytes.size(), at_));
  at_ += note.bytes.size();
  return std::optional<Note>{std::move(note)};
}

}  // namespace heapatlas::replay
