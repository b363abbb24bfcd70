#include "core/trace/format.hpp"

#include <algorithm>

#include "core/base/checksum.hpp"

namespace heapatlas::trace {
namespace {

constexpr std::array<std::uint8_t, 8> end_magic = {'H', 'A', 'T', 'I', 'N', 'D', 'E', 'X'};

base::Bytes bytes_of(const std::array<std::uint8_t, 8>& magic) {
  return std::as_bytes(std::span(magic));
}

bool is_magic(base::Bytes bytes, const std::array<std::uint8_t, 8>& magic) {
  return std::ranges::equal(bytes, bytes_of(magic));
}

}  // namespace

void Preamble::write(base::ByteWriter& out) const {
  out.bytes(bytes_of(file_magic));
  out.u32(version);
  out.u32(header_bytes);
  out.u64(header_checksum);
}

std::optional<Preamble> Preamble::read(base::Bytes bytes) {
  base::ByteReader reader(bytes);
  if (!is_magic(reader.bytes(file_magic.size()), file_magic)) return std::nullopt;
  Preamble preamble;
  preamble.version = reader.u32();
  preamble.header_bytes = reader.u32();
  preamble.header_checksum = reader.u64();
  return reader.ok() ? std::optional(preamble) : std::nullopt;
}

std::uint64_t Preamble::checksum_of(base::Bytes header) const {
  return base::checksum(header, std::uint64_t{version} << 32 | header_bytes);
}

void BlockHead::write(base::ByteWriter& out) const {
  out.u32(static_cast<std::uint32_t>(kind));
  out.u32(stored_bytes);
  out.u32(decoded_bytes);
  out.u32(events);
  out.u64(checksum);
}

std::optional<BlockHead> BlockHead::read(base::Bytes bytes) {
  base::ByteReader reader(bytes);
  BlockHead head;
  head.kind = static_cast<BlockKind>(reader.u32());
  head.stored_bytes = reader.u32();
  head.decoded_bytes = reader.u32();
  head.events = reader.u32();
  head.checksum = reader.u64();
  return reader.ok() ? std::optional(head) : std::nullopt;
}

std::uint64_t BlockHead::checksum_of(base::Bytes stored, std::uint64_t offset) const {
  base::ByteWriter fields;
  write(fields);
  const auto before = fields.view().first(size - sizeof(checksum));
  return base::checksum(stored, base::checksum(before, offset));
}

void Trailer::write(base::ByteWriter& out) const {
  out.u64(index_offset);
  out.bytes(bytes_of(end_magic));
}

std::optional<Trailer> Trailer::read(base::Bytes bytes) {
  base::ByteReader reader(bytes);
  Trailer trailer;
  trailer.index_offset = reader.u64();
  if (!is_magic(reader.bytes(end_magic.size()), end_magic)) return std::nullopt;
  return trailer;
}

}  // namespace heapatlas::trace
