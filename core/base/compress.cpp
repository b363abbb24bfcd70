#include "core/base/compress.hpp"

#include <zstd.h>

#include <new>

namespace heapatlas::base {

void Compressor::Free::operator()(ZSTD_CCtx_s* context) const {
  ZSTD_freeCCtx(context);
}

Compressor::Compressor(int level) : context_(ZSTD_createCCtx()) {
  if (!context_) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level);
}

Bytes Compressor::compress(Bytes bytes) {
  out_.resize(ZSTD_compressBound(bytes.size()));
  const std::size_t size =
      ZSTD_compress2(context_.get(), out_.data(), out_.size(), bytes.data(), bytes.size());
  // With room for the bound, only the context's own memory can be missing.
  if (ZSTD_isError(size) != 0) throw std::bad_alloc();
  return Bytes(out_).first(size);
}

void Decompressor::Free::operator()(ZSTD_DCtx_s* context) const {
  ZSTD_freeDCtx(context);
}

Decompressor::Decompressor() : context_(ZSTD_createDCtx()) {
  if (!context_) throw std::bad_alloc();
}

Result<std::size_t> Decompressor::decompress(Bytes bytes, std::span<std::byte> room) {
  const std::size_t size =
      ZSTD_decompressDCtx(context_.get(), room.data(), room.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(size) != 0) return bad_input("compressed data is damaged");
  return size;
}

}  // namespace heapatlas::base
