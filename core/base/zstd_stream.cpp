#include "core/base/zstd_stream.hpp"

#include <zstd.h>

#include <algorithm>
#include <new>

namespace heapatlas::base {

bool is_zstd(Bytes bytes) {
  return bytes.size() >= zstd_magic.size() &&
         std::equal(zstd_magic.begin(), zstd_magic.end(), bytes.begin(),
                    [](unsigned char a, std::byte b) { return std::byte{a} == b; });
}

void ZstdEncoder::Free::operator()(ZSTD_CCtx_s* context) const {
  ZSTD_freeCCtx(context);
}

ZstdEncoder::ZstdEncoder(int level, Sink sink)
    : context_(ZSTD_createCCtx()), sink_(std::move(sink)), out_(ZSTD_CStreamOutSize()) {
  if (!context_) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
}

Status ZstdEncoder::put(Bytes bytes, bool last) {
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  while (true) {
    ZSTD_outBuffer out{out_.data(), out_.size(), 0};
    const std::size_t left =
        ZSTD_compressStream2(context_.get(), &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
    // Of a stream in order, only the context's own memory can be missing.
    if (ZSTD_isError(left) != 0) throw std::bad_alloc();
    if (out.pos != 0) HEAPATLAS_TRY(sink_(Bytes(out_).first(out.pos)));
    if (last ? left == 0 : in.pos == in.size) return {};
  }
}

void ZstdDecoder::Free::operator()(ZSTD_DCtx_s* context) const {
  ZSTD_freeDCtx(context);
}

ZstdDecoder::ZstdDecoder(Source source)
    : context_(ZSTD_createDCtx()), source_(std::move(source)), out_(ZSTD_DStreamOutSize()) {
  if (!context_) throw std::bad_alloc();
}

Result<Bytes> ZstdDecoder::next() {
  while (true) {
    if (in_.empty()) {
      auto more = source_();
      if (!more) return more;
      in_ = *more;
      if (in_.empty() && between_frames_) return Bytes{};
    }
    ZSTD_inBuffer in{in_.data(), in_.size(), 0};
    ZSTD_outBuffer out{out_.data(), out_.size(), 0};
    const bool ended = in_.empty();
    const std::size_t left = ZSTD_decompressStream(context_.get(), &out, &in);
    if (ZSTD_isError(left) != 0) return bad_input("compressed data is damaged");
    in_ = in_.subspan(in.pos);
    between_frames_ = left == 0;
    if (out.pos != 0) return Bytes(out_).first(out.pos);
    if (ended) return bad_input("compressed data is cut short");
  }
}

}  // namespace heapatlas::base
