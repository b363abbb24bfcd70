#include "core/trace/columns.hpp"

#include <algorithm>

namespace heapatlas::trace {
namespace {

// The operation byte: the kind, and which columns the event goes on in.
constexpr unsigned kind_mask = 0x07;
constexpr unsigned zeroed_bit = 0x08;
constexpr unsigned align_bit = 0x10;
constexpr unsigned site_bit = 0x20;
constexpr unsigned thread_bit = 0x40;
constexpr unsigned unused_bit = 0x80;

/// A block's head: four varints of state and the sizes of the columns.
constexpr std::size_t max_head_bytes = (4 + column_count) * base::max_varint_bytes;

bool has_size(EventKind kind) {
  return kind == EventKind::allocate || kind == EventKind::resize;
}

unsigned operation_of(const Event& event, const StreamState& now) {
  return static_cast<unsigned>(event.kind) | (event.zeroed ? zeroed_bit : 0U) |
         (event.align_log2 != natural_align ? align_bit : 0U) | (event.site != 0 ? site_bit : 0U) |
         (event.thread != now.last_thread ? thread_bit : 0U);
}

}  // namespace

void ColumnEncoder::add(const Event& event) {
  if (events_ == 0) {
    begin_ = now_;
    recent_.reset(now_.next_object);
  }
  ++events_;
  const unsigned operation = operation_of(event, now_);
  column(Column::operation).u8(static_cast<std::uint8_t>(operation));
  if ((operation & thread_bit) != 0) column(Column::thread).varint(event.thread);
  if ((operation & align_bit) != 0) column(Column::align).u8(event.align_log2);
  if ((operation & site_bit) != 0) column(Column::site).varint(event.site);
  if (has_size(event.kind)) column(Column::size).varint(event.size);

  const std::uint64_t time = event.time / time_unit_;
  column(Column::time).signed_varint(static_cast<std::int64_t>(time - now_.time));
  now_.time = time;
  now_.last_thread = event.thread;
  now_.threads = std::max(now_.threads, event.thread + 1);

  switch (event.kind) {
    case EventKind::allocate:
      recent_.push();
      ++now_.next_object;
      break;
    case EventKind::resize:
      column(Column::object).varint(recent_.rank_of(event.object));
      break;
    case EventKind::free:
      column(Column::object).varint(recent_.rank_of(event.object));
      recent_.remove(event.object);
      break;
    default:
      column(Column::object).varint(event.object);
      break;
  }
}

std::size_t ColumnEncoder::size_bound() const {
  std::size_t size = max_head_bytes;
  for (const auto& column : columns_) size += column.size();
  return size;
}

base::Bytes ColumnEncoder::take() {
  block_.clear();
  block_.varint(begin_.next_object);
  block_.varint(begin_.time);
  block_.varint(begin_.threads);
  block_.varint(begin_.last_thread);
  for (const auto& column : columns_) block_.varint(column.size());
  for (auto& column : columns_) {
    block_.bytes(column.view());
    column.clear();
  }
  events_ = 0;
  return block_.view();
}

base::Status ColumnDecoder::begin(base::Bytes block, std::uint32_t events) {
  base::ByteReader reader(block);
  StreamState begins;
  begins.next_object = reader.varint();
  begins.time = reader.varint();
  const std::uint64_t threads = reader.varint();
  const std::uint64_t last_thread = reader.varint();
  if (!reader.ok() || begins.next_object != now_.next_object || begins.time != now_.time ||
      threads != now_.threads || last_thread != now_.last_thread)
    return base::bad_input("a block does not continue the one before");
  std::array<std::uint64_t, column_count> sizes{};
  for (auto& size : sizes) size = reader.varint();
  for (unsigned i = 0; i < column_count; ++i)
    columns_[i] = base::ByteReader(reader.bytes(sizes[i]));
  if (!reader.finished()) return base::bad_input("a block's columns do not fill it");
  recent_.reset(now_.next_object);
  left_ = events;
  damaged_ = false;
  return {};
}

void ColumnDecoder::rewind() {
  now_ = {};
  left_ = 0;
  damaged_ = false;
}

bool ColumnDecoder::columns_are(bool (base::ByteReader::*what)() const) const {
  return std::all_of(columns_.begin(), columns_.end(),
                     [what](const base::ByteReader& column) { return (column.*what)(); });
}

std::size_t ColumnDecoder::decode(std::span<Event> room) {
  std::size_t done = 0;
  const std::size_t wanted = std::min<std::size_t>(room.size(), left_);
  while (done < wanted && decode_one(room[done])) ++done;
  // What a column lacked was read as zeros: asked once for all events, not after each.
  if (!columns_are(&base::ByteReader::ok)) done = 0;
  left_ -= static_cast<std::uint32_t>(done);
  damaged_ = done < wanted || (left_ == 0 && !columns_are(&base::ByteReader::finished));
  if (damaged_) left_ = 0;
  return done;
}

bool ColumnDecoder::decode_one(Event& event) {
  const unsigned operation = column(Column::operation).u8();
  const unsigned kind = operation & kind_mask;
  if (kind >= event_kinds || (operation & unused_bit) != 0) return false;
  event = {};
  event.kind = static_cast<EventKind>(kind);
  event.zeroed = (operation & zeroed_bit) != 0;
  if ((operation & align_bit) != 0) event.align_log2 = column(Column::align).u8();
  const bool aligned = event.align_log2 != natural_align;
  if (aligned != ((operation & align_bit) != 0) || (aligned && event.align_log2 > max_align_log2))
    return false;
  if ((event.zeroed || aligned) && event.kind != EventKind::allocate) return false;

  if ((operation & site_bit) != 0) {
    const std::uint64_t site = column(Column::site).varint();
    if (site == 0 || site > UINT32_MAX || !has_size(event.kind)) return false;
    event.site = static_cast<std::uint32_t>(site);
  }
  if (has_size(event.kind)) event.size = column(Column::size).varint();
  if (event.size > max_size) return false;

  if ((operation & thread_bit) != 0) {
    const std::uint64_t thread = column(Column::thread).varint();
    if (thread > now_.threads || thread == UINT32_MAX) return false;
    now_.last_thread = static_cast<std::uint32_t>(thread);
  }
  event.thread = now_.last_thread;
  now_.threads = std::max(now_.threads, event.thread + 1);

  now_.time += static_cast<std::uint64_t>(column(Column::time).signed_varint());
  if (now_.time > max_time / time_unit_) return false;
  event.time = now_.time * time_unit_;
  return decode_object(event);
}

bool ColumnDecoder::decode_object(Event& event) {
  if (event.kind == EventKind::allocate) {
    recent_.push();
    event.object = now_.next_object++;
    return true;
  }
  const std::uint64_t number = column(Column::object).varint();
  if (event.kind != EventKind::resize && event.kind != EventKind::free) {
    event.object = number;
    return true;
  }
  const auto object = recent_.object_at(number);
  if (!object) return false;
  event.object = *object;
  if (event.kind == EventKind::free) recent_.remove(*object);
  return true;
}

}  // namespace heapatlas::trace
