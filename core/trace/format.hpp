// The frame of a .hat file: preamble, blocks, trailer. FORMAT.md describes it byte by byte.
//
// Every piece carries a checksum that is seeded with its place, so that a piece in the wrong place
// is as damaged as one with a wrong byte.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/base/bytes.hpp"

namespace heapatlas::trace {

inline constexpr std::uint32_t format_version = 1;

/// Bytes that no text file begins with, and that break when a transfer changes line ends.
inline constexpr std::array<std::uint8_t, 8> file_magic = {0x89, 'H',  'A',  'T',
                                                           '\r', '\n', 0x1A, '\n'};

/// The most bytes a block decodes to. With the decoder's own state this stays under 1 MiB.
inline constexpr std::size_t max_block_bytes = std::size_t{512} * 1024;

/// The most bytes a block takes in the file: what zstd may add to bytes that do not compress.
inline constexpr std::size_t max_stored_bytes = max_block_bytes + max_block_bytes / 128;

/// The most bytes of a header, and of an index.
inline constexpr std::size_t max_header_bytes = std::size_t{64} * 1024;

/// The first bytes of a file; the header follows.
struct Preamble {
  static constexpr std::size_t size = 24;

  std::uint32_t version = format_version;
  std::uint32_t header_bytes = 0;
  std::uint64_t header_checksum = 0;

  void write(base::ByteWriter& out) const;
  /// Nothing when the bytes are too few or no trace begins so. The version is not judged.
  [[nodiscard]] static std::optional<Preamble> read(base::Bytes bytes);
  /// What header_checksum must be.
  [[nodiscard]] std::uint64_t checksum_of(base::Bytes header) const;
};

enum class BlockKind : std::uint32_t { events = 1, index = 2 };

/// Stands before every block.
struct BlockHead {
  static constexpr std::size_t size = 24;

  BlockKind kind = BlockKind::events;
  std::uint32_t stored_bytes = 0;   ///< that follow
  std::uint32_t decoded_bytes = 0;  ///< of what they decode to
  std::uint32_t events = 0;         ///< in the block
  std::uint64_t checksum = 0;

  void write(base::ByteWriter& out) const;
  [[nodiscard]] static std::optional<BlockHead> read(base::Bytes bytes);
  /// What checksum must be for the stored bytes of a block that begins at offset.
  [[nodiscard]] std::uint64_t checksum_of(base::Bytes stored, std::uint64_t offset) const;
};

/// The last bytes of a whole file: where the index block begins.
struct Trailer {
  static constexpr std::size_t size = 16;

  std::uint64_t index_offset = 0;

  void write(base::ByteWriter& out) const;
  [[nodiscard]] static std::optional<Trailer> read(base::Bytes bytes);
};

}  // namespace heapatlas::trace
