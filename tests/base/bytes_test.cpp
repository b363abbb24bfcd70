// Bytes read back as they were written, and no count leads a reader past its end.
#include "core/base/bytes.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace heapatlas::base {
namespace {

constexpr std::uint64_t max64 = std::numeric_limits<std::uint64_t>::max();

TEST(Bytes, zigzag_keeps_small_numbers_small) {
  EXPECT_EQ(zigzag(0), 0U);
  EXPECT_EQ(zigzag(-1), 1U);
  EXPECT_EQ(zigzag(1), 2U);
  EXPECT_EQ(zigzag(std::numeric_limits<std::int64_t>::min()), max64);
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1},
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()})
    EXPECT_EQ(unzigzag(zigzag(value)), value);
}

TEST(Bytes, read_back_as_written) {
  std::mt19937_64 random(1);
  std::vector<std::uint64_t> values = {0, 127, 128, 16383, 16384, max64, max64 - 1, 1ULL << 63};
  for (int i = 0; i < 1000; ++i) values.push_back(random() >> (random() % 64));
  ByteWriter writer;
  for (const auto value : values) {
    writer.varint(value);
    writer.signed_varint(static_cast<std::int64_t>(value));
    writer.u64(value);
    writer.u32(static_cast<std::uint32_t>(value));
    writer.u8(static_cast<std::uint8_t>(value));
    writer.text("text");
  }
  ByteReader reader(writer.view());
  for (const auto value : values) {
    EXPECT_EQ(reader.varint(), value);
    EXPECT_EQ(reader.signed_varint(), static_cast<std::int64_t>(value));
    EXPECT_EQ(reader.u64(), value);
    EXPECT_EQ(reader.u32(), static_cast<std::uint32_t>(value));
    EXPECT_EQ(reader.u8(), static_cast<std::uint8_t>(value));
    EXPECT_EQ(reader.text(), "text");
  }
  EXPECT_TRUE(reader.finished());
}

TEST(Bytes, every_cut_fails_and_stays_failed) {
  ByteWriter writer;
  writer.varint(max64);
  writer.u32(7);
  writer.text("abc");
  for (std::size_t cut = 0; cut < writer.size(); ++cut) {
    ByteReader reader(writer.view().first(cut));
    (void)reader.varint();
    (void)reader.u32();
    (void)reader.text();
    EXPECT_FALSE(reader.ok()) << cut;
    EXPECT_EQ(reader.remaining(), 0U);
    EXPECT_EQ(reader.u8(), 0U);
    EXPECT_FALSE(reader.finished());
  }
}

TEST(Bytes, a_varint_beyond_64_bits_fails) {
  std::vector<std::byte> bytes(9, std::byte{0xFF});
  bytes.push_back(std::byte{0x02});
  ByteReader reader(bytes);
  EXPECT_EQ(reader.varint(), 0U);
  EXPECT_FALSE(reader.ok());
  const std::vector<std::byte> endless(100, std::byte{0x80});
  ByteReader other(endless);
  EXPECT_EQ(other.varint(), 0U);
  EXPECT_FALSE(other.ok());
}

TEST(Bytes, a_count_beyond_the_end_gives_nothing) {
  ByteWriter writer;
  writer.varint(max64);
  writer.u8(1);
  ByteReader reader(writer.view());
  EXPECT_TRUE(reader.text().empty());
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace heapatlas::base
