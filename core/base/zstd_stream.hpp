// zstd, streams of any length in bounded memory: about 1 MiB to write, the frame's window (128 MiB
// at most) to read.
//
// An encoder passes what it has on to the caller's sink, a decoder asks the caller's source for
// more; each serves one thread at a time. How much may come out of a stream is for the caller to
// bound: a few bytes can decode to gigabytes.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace heapatlas::base {

/// What a stream of zstd begins with.
inline constexpr std::array<unsigned char, 4> zstd_magic = {0x28, 0xB5, 0x2F, 0xFD};

/// Whether bytes begin as a stream of zstd does.
[[nodiscard]] bool is_zstd(Bytes bytes);

class ZstdEncoder {
 public:
  using Sink = std::function<Status(Bytes)>;

  /// level: zstd's, 1 (fast) to 19 (small). The stream ends with a checksum of its content.
  ZstdEncoder(int level, Sink sink);

  [[nodiscard]] Status write(Bytes bytes) { return put(bytes, false); }
  /// Ends the stream; nothing may be written after.
  [[nodiscard]] Status finish() { return put({}, true); }

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  [[nodiscard]] Status put(Bytes bytes, bool last);

  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
  Sink sink_;
  std::vector<std::byte> out_;
};

class ZstdDecoder {
 public:
  /// Gives the next compressed bytes, valid until it is called again; none at their end.
  using Source = std::function<Result<Bytes>()>;

  explicit ZstdDecoder(Source source);

  /// The next decoded bytes, valid until the next call; none at the end. bad_input when the
  /// stream is damaged or cut short.
  [[nodiscard]] Result<Bytes> next();

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
  Source source_;
  Bytes in_;
  bool between_frames_ = true;
  std::vector<std::byte> out_;
};

}  // namespace heapatlas::base
