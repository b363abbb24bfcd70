// zstd, one piece at a time, with bounds that the caller sets.
//
// A Compressor and a Decompressor keep their context between pieces; each serves one thread at a
// time. The decoded size is never taken from the compressed bytes: the caller gives the room, and
// bytes that decode to more are refused.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace heapatlas::base {

class Compressor {
 public:
  /// level: zstd's, 1 (fast) to 19 (small).
  explicit Compressor(int level);

  /// The compressed bytes, valid until the next call.
  [[nodiscard]] Bytes compress(Bytes bytes);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
  std::vector<std::byte> out_;
};

/// About 160 KiB of context, nothing else; the window is the caller's room.
class Decompressor {
 public:
  Decompressor();

  /// Decodes one piece into the front of room and gives its size; bad_input when the bytes are
  /// not one whole piece, or it does not fit.
  [[nodiscard]] Result<std::size_t> decompress(Bytes bytes, std::span<std::byte> room);

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
};

}  // namespace heapatlas::base
