// Reads a spool back: its header, its streams, and the records of each in order.
//
// Nothing in the file is trusted: counts are held against the file's size, and a record that the
// preload library cannot have written is bad_input.
//
// A spool may be read while it is being written. What a thread stores last, of a record or of a
// chunk, is looked at first, and the rest is read again after it was seen: then it is all there.
//
// Memory: 16 KiB for each stream, 8 bytes for each chunk.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/input_file.hpp"
#include "tool/record/spool.hpp"

namespace heapatlas::tool {

/// What a spool's header says, checked.
struct SpoolHeader {
  spool::Clock clock = spool::Clock::monotonic_ns;
  std::uint32_t process = 0;
  spool::ClockPair start{};
  spool::ClockPair end{};
  std::uint64_t recorded_at = 0;  ///< seconds since 1970
  std::uint32_t images = 0;
  std::uint32_t first_chunk = 0;
  std::uint32_t chunks = 0;
  int cut_reason = 0;  ///< an errno
  std::uint64_t cut_at = 0;
  std::uint64_t lost = 0;
  std::uint64_t peak_resident_bytes = 0;
  std::string image;
  std::string own_malloc;
  std::string successor;  ///< the program that took the last image's place, unrecorded
  std::vector<std::string> command;
};

/// A record, its address and operand taken apart.
struct SpoolRecord {
  spool::Kind kind = spool::Kind::none;
  std::uint64_t address = 0;  ///< of threads' records: the thread's number
  std::uint64_t size = 0;
  std::uint8_t log2_alignment = 0;
  std::uint64_t ticket = 0;
  std::uint64_t time = 0;    ///< ticks
  std::uint32_t thread = 0;  ///< whose record it is
};

/// The chunks of a spool's last image, put in order stream by stream; it may still grow.
class SpoolLayout {
 public:
  using Chunks = std::vector<std::uint64_t>;  ///< offsets in the file

  SpoolLayout() = default;
  explicit SpoolLayout(const SpoolHeader& header)
      : first_(header.first_chunk), scanned_(header.first_chunk) {}

  /// Takes in the chunks that were begun since the last time; bad_input when they contradict each
  /// other or end before the file should.
  [[nodiscard]] base::Status extend(const base::InputFile& file, const SpoolHeader& header);

  /// By number; a stream keeps its place, and its chunks their addresses, when others are added.
  [[nodiscard]] const std::map<std::uint32_t, Chunks>& streams() const { return streams_; }

  /// When the last chunk was begun.
  [[nodiscard]] spool::ClockPair latest() const { return latest_; }

 private:
  [[nodiscard]] base::Result<bool> take_in(const base::InputFile& file, std::uint64_t number);

  std::uint64_t first_ = 0;
  std::uint64_t scanned_ = 0;           ///< chunks below it are in streams_ or waiting_
  std::vector<std::uint64_t> waiting_;  ///< chunks that were taken, but not begun yet
  std::map<std::uint32_t, Chunks> streams_;
  spool::ClockPair latest_{};
};

/// The records of one stream, one after another, as far as they were written. file and chunks must
/// outlive it.
class StreamReader {
 public:
  StreamReader(const base::InputFile& file, const SpoolLayout::Chunks& chunks)
      : file_(&file), chunks_(&chunks) {}

  /// The next record, those of threads included; false when no more is written, for now or for
  /// good. Rebases are not shown.
  [[nodiscard]] base::Result<bool> next(SpoolRecord& record);

 private:
  [[nodiscard]] base::Result<bool> refill();
  [[nodiscard]] base::Result<bool> open_chunk();
  [[nodiscard]] base::Result<std::size_t> written_words(std::size_t words);
  [[nodiscard]] base::Status decode(const std::uint64_t* words, SpoolRecord& record);
  [[nodiscard]] tl::unexpected<base::Error> damaged(const char* what) const;

  const base::InputFile* file_;
  const SpoolLayout::Chunks* chunks_;
  std::size_t chunk_ = 0;     ///< the next to open
  std::uint64_t offset_ = 0;  ///< in the file: of what follows the buffer
  std::uint64_t end_ = 0;     ///< in the file: of the open chunk
  std::vector<std::uint64_t> buffer_;
  std::size_t at_ = 0;    ///< in the buffer
  std::size_t held_ = 0;  ///< words in the buffer: whole records
  std::uint64_t base_ticket_ = 0;
  std::uint64_t base_time_ = 0;
  std::uint64_t last_ticket_ = 0;
  bool has_thread_ = false;
  bool has_record_ = false;
  std::uint32_t thread_ = 0;
};

[[nodiscard]] base::Result<SpoolHeader> read_spool_header(const base::InputFile& file);

}  // namespace heapatlas::tool
