#include "tool/record/spool_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "core/trace/event.hpp"

namespace heapatlas::tool {
namespace {

using spool::Kind;

constexpr std::size_t buffer_words = 2048;
constexpr const char* foreign = "not a spool of heapatlas";

std::string text_of(const char* text, std::size_t capacity) {
  return {text, strnlen(text, capacity)};
}

std::vector<std::string> arguments_of(const spool::Header& header) {
  std::vector<std::string> arguments;
  const std::size_t bytes = std::min<std::size_t>(header.command_bytes, sizeof header.command);
  for (std::size_t at = 0; at < bytes;) {
    arguments.push_back(text_of(header.command + at, bytes - at));
    at += arguments.back().size() + 1;
  }
  return arguments;
}

template <class Object>
base::Result<bool> read_object(const base::InputFile& file, std::uint64_t offset, Object& object) {
  const auto room = std::as_writable_bytes(std::span(&object, 1));
  const auto got = file.read_at(offset, room);
  if (!got) return tl::make_unexpected(got.error());
  return *got == room.size();
}

}  // namespace

base::Result<SpoolHeader> read_spool_header(const base::InputFile& file) {
  // The header holds atomics; a plain copy of its bytes is what another process left.
  alignas(spool::Header) std::array<std::byte, sizeof(spool::Header)> bytes{};
  const auto whole = read_object(file, 0, bytes);
  if (!whole) return tl::make_unexpected(whole.error());
  const auto& raw = *reinterpret_cast<const spool::Header*>(bytes.data());
  if (!*whole || raw.magic != spool::magic) return base::bad_input(foreign, file.path());
  if (raw.version != spool::version) {
    return base::bad_input(
        fmt::format("a spool of version {}, not {}", raw.version, spool::version), file.path(),
        "finish it with the heapatlas that recorded it");
  }
  if (raw.clock != spool::Clock::monotonic_ns && raw.clock != spool::Clock::time_stamp_counter)
    return base::bad_input("the spool is damaged: an unknown clock", file.path());
  SpoolHeader header;
  header.clock = raw.clock;
  header.process = raw.process;
  header.start = raw.start;
  header.end = raw.end;
  header.recorded_at = raw.real_time_ns / 1'000'000'000;
  header.images = raw.images.load();
  header.first_chunk = raw.first_chunk.load();
  header.chunks = raw.chunks.load();
  header.cut_reason = static_cast<int>(raw.cut_reason.load());
  header.cut_at = raw.cut_at.load();
  header.lost = raw.lost.load();
  header.peak_resident_bytes = raw.peak_resident_bytes;
  header.image = text_of(raw.image, sizeof raw.image);
  header.own_malloc = text_of(raw.own_malloc, sizeof raw.own_malloc);
  const std::string last_name = text_of(raw.last_name, sizeof raw.last_name);
  if (raw.returned.load() == 0 && last_name != text_of(raw.name, sizeof raw.name))
    header.successor = last_name;
  header.command = arguments_of(raw);
  const std::uint64_t fit =
      (raw.limit - std::min<std::uint64_t>(raw.limit, spool::header_bytes)) / spool::chunk_bytes;
  header.chunks = static_cast<std::uint32_t>(std::min<std::uint64_t>(header.chunks, fit));
  return header;
}

/// False when the chunk was taken, but not begun.
base::Result<bool> SpoolLayout::take_in(const base::InputFile& file, std::uint64_t number) {
  const std::uint64_t offset = spool::header_bytes + number * spool::chunk_bytes;
  if (offset + spool::chunk_bytes > file.size())
    return base::bad_input("the spool is cut short", file.path());
  spool::ChunkHeader chunk{};
  for (int time = 0; time < 2; ++time) {  // the second reading begins after the magic was seen
    const auto whole = read_object(file, offset, chunk);
    if (!whole) return whole;
    if (chunk.magic == 0) return false;
  }
  Chunks& chunks = streams_[chunk.stream];
  if (chunk.magic != spool::chunk_magic || chunk.index != chunks.size()) {
    return base::bad_input(
        fmt::format("the spool is damaged: chunk {} is not what it must be", number), file.path());
  }
  chunks.push_back(offset);
  if (chunk.clock.ns > latest_.ns) latest_ = chunk.clock;
  return true;
}

base::Status SpoolLayout::extend(const base::InputFile& file, const SpoolHeader& header) {
  for (; scanned_ < header.chunks; ++scanned_) waiting_.push_back(scanned_);
  std::vector<std::uint64_t> still_waiting;
  for (const std::uint64_t number : waiting_) {
    const auto begun = take_in(file, number);
    if (!begun) return tl::make_unexpected(begun.error());
    if (!*begun) still_waiting.push_back(number);
  }
  waiting_ = std::move(still_waiting);
  return {};
}

tl::unexpected<base::Error> StreamReader::damaged(const char* what) const {
  const std::uint64_t offset = offset_ - 8 * (held_ - at_);
  return base::bad_input(fmt::format("the spool is damaged: {} at byte {}", what, offset),
                         file_->path());
}

base::Result<bool> StreamReader::open_chunk() {
  if (chunk_ == chunks_->size()) return false;
  offset_ = (*chunks_)[chunk_++];
  end_ = offset_ + spool::chunk_bytes;
  at_ = held_ = 0;
  spool::ChunkHeader chunk{};
  const auto whole = read_object(*file_, offset_, chunk);
  if (!whole) return tl::make_unexpected(whole.error());
  offset_ += sizeof chunk;
  base_ticket_ = chunk.base_ticket;
  base_time_ = chunk.base_time;
  return *whole;
}

/// Of the first words of the buffer, those of whole records.
base::Result<std::size_t> StreamReader::written_words(std::size_t words) {
  std::size_t at = 0;
  while (at < words && buffer_[at] != 0) {
    const auto kind = static_cast<Kind>(buffer_[at] & 15);
    if (kind == Kind::none || kind > Kind::rebase) return damaged("an unknown record");
    const std::size_t length = spool::has_operand(kind) ? 3 : 2;
    if (at + length > words) break;
    at += length;
  }
  return at;
}

/// Reads on where the buffer ended; false when there is nothing yet.
base::Result<bool> StreamReader::refill() {
  buffer_.resize(buffer_words);
  at_ = held_ = 0;
  std::size_t words = std::min<std::uint64_t>(buffer_words, (end_ - offset_) / 8);
  for (int time = 0; time < 2; ++time) {  // the second reading begins after the first saw them
    const auto room = std::as_writable_bytes(std::span(buffer_).first(words));
    const auto got = file_->read_at(offset_, room);
    if (!got) return tl::make_unexpected(got.error());
    const auto written = written_words(*got / 8);
    if (!written) return tl::make_unexpected(written.error());
    words = *written;
    if (words == 0) return false;
  }
  offset_ += words * 8;
  held_ = words;
  return true;
}

base::Status StreamReader::decode(const std::uint64_t* words, SpoolRecord& record) {
  record.kind = static_cast<Kind>(words[0] & 15);
  record.address = words[0] >> 4;
  record.ticket = base_ticket_ + (words[1] & 0xFFFFFFFF);
  record.time = base_time_ + (words[1] >> 32);
  record.size = spool::has_operand(record.kind) ? words[2] >> 6 : 0;
  record.log2_alignment =
      spool::has_operand(record.kind) ? static_cast<std::uint8_t>(words[2] & 63) : 0;
  if (record.size > trace::max_size || record.log2_alignment > trace::max_align_log2)
    return damaged("a size that no program can have");
  if (has_record_ && record.ticket <= last_ticket_) return damaged("a ticket out of order");
  has_record_ = true;
  last_ticket_ = record.ticket;
  if (record.kind == Kind::thread_start || record.kind == Kind::thread_late) {
    if (record.address > UINT32_MAX) return damaged("a thread that cannot be");
    thread_ = static_cast<std::uint32_t>(record.address);
    has_thread_ = true;
  }
  if (!has_thread_) return damaged("a record of no thread");
  record.thread = thread_;
  return {};
}

base::Result<bool> StreamReader::next(SpoolRecord& record) {
  for (;;) {
    while (at_ == held_) {
      const auto more = refill();
      if (!more) return more;
      if (*more) break;
      // Nothing, and a further chunk was begun before that was seen: this one is at its end.
      const auto opened = open_chunk();
      if (!opened || !*opened) return opened;
    }
    const std::uint64_t* words = buffer_.data() + at_;
    const auto kind = static_cast<Kind>(words[0] & 15);
    at_ += spool::has_operand(kind) ? 3 : 2;
    if (kind != Kind::rebase) {
      HEAPATLAS_TRY(decode(words, record));
      return true;
    }
    base_ticket_ = words[1];
    base_time_ = words[2];
  }
}

}  // namespace heapatlas::tool
