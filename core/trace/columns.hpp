// The inside of a block: events as columns, so that like stands by like and zstd finds it.
//
// FORMAT.md describes the columns. A block is encoded from the state that the stream had before
// its first event, and carries that state, so that any block can be checked against what precedes
// it. Encoder and decoder are each other's mirror: change both, and the format's version.
#pragma once

#include <array>
#include <span>

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/trace/event.hpp"
#include "core/trace/recent_objects.hpp"

namespace heapatlas::trace {

/// Where a stream of events has got to.
struct StreamState {
  std::uint64_t next_object = 0;
  std::uint64_t time = 0;  ///< of the last event, in units
  std::uint32_t threads = 0;
  std::uint32_t last_thread = 0;

  bool operator==(const StreamState&) const = default;
};

/// One after the other in a block, in this order.
enum class Column : unsigned { operation, thread, time, size, align, object, site };
inline constexpr unsigned column_count = 7;

/// The most bytes that one event can add to all columns together.
inline constexpr std::size_t max_event_bytes = 2 + 5 * base::max_varint_bytes;

class ColumnEncoder {
 public:
  explicit ColumnEncoder(std::uint32_t time_unit) : time_unit_(time_unit) {}

  /// Adds an event that keeps the rules of event.hpp.
  void add(const Event& event);

  [[nodiscard]] std::uint32_t events() const { return events_; }
  /// At most what take will give.
  [[nodiscard]] std::size_t size_bound() const;

  /// The block's bytes, valid until the next call; the next event begins another block.
  [[nodiscard]] base::Bytes take();

 private:
  base::ByteWriter& column(Column column) { return columns_[static_cast<unsigned>(column)]; }

  std::uint32_t time_unit_;
  StreamState begin_;
  StreamState now_;
  RecentObjects recent_;
  std::array<base::ByteWriter, column_count> columns_;
  base::ByteWriter block_;
  std::uint32_t events_ = 0;
};

class ColumnDecoder {
 public:
  explicit ColumnDecoder(std::uint32_t time_unit) : time_unit_(time_unit) {}

  /// Begins a block, which it borrows; bad_input when it does not continue the stream.
  [[nodiscard]] base::Status begin(base::Bytes block, std::uint32_t events);

  /// Decodes the next events of the block into room and gives how many: fewer than there is room
  /// for at the end of the block or before an event that is wrong, none when a column ends before
  /// its time. Ask damaged() then.
  [[nodiscard]] std::size_t decode(std::span<Event> room);

  /// True when the block's bytes are wrong from here on.
  [[nodiscard]] bool damaged() const { return damaged_; }

  /// From the start of the stream again.
  void rewind();

 private:
  base::ByteReader& column(Column column) { return columns_[static_cast<unsigned>(column)]; }
  [[nodiscard]] bool decode_one(Event& event);
  [[nodiscard]] bool decode_object(Event& event);
  [[nodiscard]] bool columns_are(bool (base::ByteReader::*what)() const) const;

  std::uint32_t time_unit_;
  StreamState now_;
  RecentObjects recent_;
  std::array<base::ByteReader, column_count> columns_;
  std::uint32_t left_ = 0;
  bool damaged_ = false;
};

}  // namespace heapatlas::trace
