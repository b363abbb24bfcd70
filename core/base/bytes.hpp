// Reading and writing bytes whose counts are not to be trusted.
//
// Integers are little-endian. A varint holds seven bits a byte, lowest first, the high bit set on
// all but the last; zigzag maps small signed numbers to small unsigned ones. ByteReader never
// reads past its bytes: what is missing reads as zero and marks the reader failed, once and for
// all, so that a caller may read a whole record and ask ok() at its end.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace heapatlas::base {

static_assert(std::endian::native == std::endian::little, "files are little-endian");

using Bytes = std::span<const std::byte>;

/// The most bytes that a varint of 64 bits takes.
inline constexpr std::size_t max_varint_bytes = 10;

[[nodiscard]] constexpr std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

[[nodiscard]] constexpr std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

/// The bytes of a text; they live as long as the text does.
[[nodiscard]] inline Bytes bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

/// Reads a run of bytes that it borrows.
class ByteReader {
 public:
  ByteReader() = default;
  explicit ByteReader(Bytes bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  /// False once anything was missing or malformed.
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }
  /// Everything was read, and nothing was missing.
  [[nodiscard]] bool finished() const { return ok_ && at_ == end_; }

  std::uint8_t u8() {
    if (at_ != end_) return std::to_integer<std::uint8_t>(*at_++);
    fail();
    return 0;
  }
  std::uint32_t u32() { return fixed<std::uint32_t>(); }
  std::uint64_t u64() { return fixed<std::uint64_t>(); }

  /// A varint; one that exceeds 64 bits fails.
  std::uint64_t varint() {
    if (at_ != end_ && *at_ < std::byte{0x80}) return std::to_integer<std::uint64_t>(*at_++);
    return long_varint();
  }

  std::int64_t signed_varint() { return unzigzag(varint()); }

  /// The next count bytes, borrowed; none, and failed, if fewer are left.
  Bytes bytes(std::uint64_t count) {
    if (count > remaining()) {
      fail();
      return {};
    }
    const Bytes taken(at_, static_cast<std::size_t>(count));
    at_ += count;
    return taken;
  }

  /// A text written by ByteWriter::text, borrowed.
  std::string_view text() {
    const Bytes taken = bytes(varint());
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }

 private:
  std::uint64_t long_varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto byte = std::to_integer<std::uint64_t>(*at_++);
      if (shift == 63 && byte > 1) break;
      value |= (byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    fail();
    return 0;
  }

  template <class T>
  T fixed() {
    T value{};
    if (const Bytes taken = bytes(sizeof(T)); !taken.empty())
      std::memcpy(&value, taken.data(), sizeof(T));
    return value;
  }

  void fail() {
    ok_ = false;
    at_ = end_;
  }

  const std::byte* at_ = nullptr;
  const std::byte* end_ = nullptr;
  bool ok_ = true;
};

/// Appends to bytes that it owns.
class ByteWriter {
 public:
  void u8(std::uint8_t value) { bytes_.push_back(std::byte{value}); }
  void u32(std::uint32_t value) { fixed(value); }
  void u64(std::uint64_t value) { fixed(value); }

  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) u8(static_cast<std::uint8_t>(value | 0x80));
    u8(static_cast<std::uint8_t>(value));
  }

  void signed_varint(std::int64_t value) { varint(zigzag(value)); }

  void bytes(Bytes more) { bytes_.insert(bytes_.end(), more.begin(), more.end()); }

  /// Its length as a varint, then its bytes.
  void text(std::string_view text) {
    varint(text.size());
    bytes(bytes_of(text));
  }

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] Bytes view() const { return bytes_; }
  /// Forgets what was written and keeps the memory.
  void clear() { bytes_.clear(); }

 private:
  template <class T>
  void fixed(T value) {
    std::byte raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    bytes(raw);
  }

  std::vector<std::byte> bytes_;
};

}  // namespace heapatlas::base
