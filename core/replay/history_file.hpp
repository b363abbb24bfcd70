// Both ends of the file that history.hpp describes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/descriptor.hpp"
#include "core/base/error.hpp"
#include "core/replay/history.hpp"

namespace heapatlas::replay {

/// The child's end. One thread. Allocates nothing, and maps nothing once it stands.
class HistoryMap {
 public:
  /// Maps the file, which stays the caller's and open. Nothing: it is no history file.
  [[nodiscard]] static std::optional<HistoryMap> map(int file) noexcept;

  [[nodiscard]] std::span<const PlannedWalk> walks() const noexcept { return walks_; }
  [[nodiscard]] std::span<const LinkTraits> links() const noexcept { return links_; }
  [[nodiscard]] std::span<Grant> grants() const noexcept { return grants_; }

  /// Appends to the log.
  template <class T>
  void note(NoteKind kind, std::uint64_t operations, std::span<const T> elements) noexcept {
    const NoteHead head{kind, sizeof(T), operations, elements.size()};
    put(&head, sizeof(head));
    put(elements.data(), elements.size_bytes());
  }
  /// False: something could not be written.
  [[nodiscard]] bool whole() const noexcept { return whole_; }

 private:
  void put(const void* bytes, std::size_t size) noexcept;

  int file_ = -1;
  bool whole_ = true;
  std::uint64_t log_end_ = 0;
  std::span<const PlannedWalk> walks_;
  std::span<const LinkTraits> links_;
  std::span<Grant> grants_;
};

/// An entry of the log; its elements are to be read as its kind says.
struct Note {
  NoteHead head;
  std::vector<std::byte> bytes;

  template <class T>
  [[nodiscard]] std::span<const T> as() const {
    if (head.element_bytes != sizeof(T)) return {};
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
};

/// The parent's end.
class HistoryFile {
 public:
  /// A file with a plan, room for so many grants, and an empty log.
  [[nodiscard]] static base::Result<HistoryFile> create(std::span<const PlannedWalk> walks,
                                                        std::span<const LinkTraits> links,
                                                        std::uint64_t grants);

  [[nodiscard]] int file() const noexcept { return file_.get(); }

  /// The first `count` grants. bad_input when the child cannot have written so many.
  [[nodiscard]] base::Result<std::vector<Grant>> grants(std::uint64_t count) const;
  /// The next entry of the log; nothing at its end. bad_input when an entry is not whole.
  [[nodiscard]] base::Result<std::optional<Note>> next_note();

 private:
  HistoryFile(base::Descriptor file, const HistoryHeader& header)
      : file_{std::move(file)}, header_{header}, at_{header.log_at} {}

  base::Descriptor file_;
  HistoryHeader header_;
  std::uint64_t at_;
};

}  // namespace heapatlas::replay
