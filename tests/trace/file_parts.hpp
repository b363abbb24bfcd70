// A .hat file taken apart and put together again with every checksum right, so that tests can
// damage what lies behind the checksums.
#pragma once

#include <string>
#include <vector>

#include "core/base/compress.hpp"
#include "core/trace/format.hpp"

namespace heapatlas::trace {

inline base::Bytes view_of(const std::string& text) {
  return base::bytes_of(text);
}

inline std::string text_of(base::Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

struct FileParts {
  struct Block {
    BlockHead head;
    std::string stored;
    std::uint64_t offset = 0;  ///< where it stood
    [[nodiscard]] std::uint64_t end() const { return offset + BlockHead::size + stored.size(); }

    [[nodiscard]] std::string decoded() const {
      std::string text(head.decoded_bytes, '\0');
      base::Decompressor decompressor;
      (void)decompressor.decompress(view_of(stored), std::as_writable_bytes(std::span(text)));
      return text;
    }
    void set_decoded(const std::string& text) {
      base::Compressor compressor(1);
      stored = text_of(compressor.compress(view_of(text)));
      head.decoded_bytes = static_cast<std::uint32_t>(text.size());
      head.stored_bytes = static_cast<std::uint32_t>(stored.size());
    }
  };

  Preamble preamble;
  std::string header;
  std::vector<Block> blocks;  ///< the last is the index
  Trailer trailer;

  static FileParts of(const std::string& file) {
    FileParts parts;
    const base::Bytes bytes = view_of(file);
    parts.preamble = *Preamble::read(bytes);
    parts.header = file.substr(Preamble::size, parts.preamble.header_bytes);
    std::uint64_t at = Preamble::size + parts.header.size();
    while (at + Trailer::size < file.size()) {
      Block block;
      block.head = *BlockHead::read(bytes.subspan(at));
      block.stored = file.substr(at + BlockHead::size, block.head.stored_bytes);
      block.offset = at;
      parts.blocks.push_back(block);
      at = block.end();
    }
    parts.trailer = *Trailer::read(bytes.subspan(at));
    return parts;
  }

  [[nodiscard]] std::string together() const {
    base::ByteWriter out;
    Preamble first = preamble;
    first.header_bytes = static_cast<std::uint32_t>(header.size());
    first.header_checksum = first.checksum_of(view_of(header));
    first.write(out);
    out.bytes(view_of(header));
    Trailer last = trailer;
    for (const Block& block : blocks) {
      if (block.head.kind == BlockKind::index) last.index_offset = out.size();
      BlockHead head = block.head;
      head.checksum = head.checksum_of(view_of(block.stored), out.size());
      head.write(out);
      out.bytes(view_of(block.stored));
    }
    last.write(out);
    return text_of(out.view());
  }
};

}  // namespace heapatlas::trace
