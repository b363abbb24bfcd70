// Reads a spool back: its header, its streams, and the records of each in order.
//
// Nothing in the file is trusted: counts are held against the file's size, and a record that the
// preload library cannot have written is bad_input.
//
// Memory: 16 KiB for each stream, 8 bytes for each chunk.
#pragma once

#include <cstdint>
#include <memory>
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
  std::string image;
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

/// A spool's chunks, put in order stream by stream.
struct SpoolLayout {
  std::vector<std::vector<std::uint64_t>> streams;  ///< offsets of their chunks in the file
  spool::ClockPair latest{};                        ///< the last chunk's
};

[[nodiscard]] base::Result<SpoolHeader> read_spool_header(const base::InputFile& file);
[[nodiscard]] base::Result<SpoolLayout> read_spool_layout(const base::InputFile& file,
                                                          const SpoolHeader& header);

/// The records of one stream, one after another. file and chunks must outlive it.
class StreamReader {
 public:
  StreamReader(const base::InputFile& file, const std::vector<std::uint64_t>& chunks)
      : file_(&file), chunks_(&chunks) {}

  /// The next record, from those that threads left to those that tell whose they are; false at the
  /// end. Rebases are not shown.
  [[nodiscard]] base::Result<bool> next(SpoolRecord& record);

 private:
  [[nodiscard]] base::Result<bool> open_chunk();
  [[nodiscard]] base::Result<bool> fill(std::size_t words);
  [[nodiscard]] base::Status decode(const std::uint64_t* words, SpoolRecord& record);
  [[nodiscard]] tl::unexpected<base::Error> damaged(const char* what) const;

  const base::InputFile* file_;
  const std::vector<std::uint64_t>* chunks_;
  std::size_t chunk_ = 0;     ///< the next to open
  std::uint64_t offset_ = 0;  ///< in the file: where the buffer goes on
  std::uint64_t end_ = 0;     ///< in the file: of the open chunk
  std::vector<std::uint64_t> buffer_;
  std::size_t at_ = 0;    ///< in the buffer
  std::size_t held_ = 0;  ///< words in the buffer
  std::uint64_t base_ticket_ = 0;
  std::uint64_t base_time_ = 0;
  std::uint64_t last_ticket_ = 0;
  bool has_thread_ = false;
  bool has_record_ = false;
  std::uint32_t thread_ = 0;
};

}  // namespace heapatlas::tool
