// What was compressed comes back, within the room it was given, or an error does.
#include "core/base/compress.hpp"

#include <gtest/gtest.h>

#include <random>

#include "core/base/checksum.hpp"

namespace heapatlas::base {
namespace {

std::vector<std::byte> sample(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::byte> bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::byte>(random() % 7);
  return bytes;
}

TEST(Compress, gives_back_what_it_took) {
  Compressor compressor(3);
  Decompressor decompressor;
  std::vector<std::byte> room(1 << 20);
  for (const std::size_t size : {0U, 1U, 100U, 65536U, 1U << 20}) {
    const auto bytes = sample(size, static_cast<unsigned>(size));
    const Bytes packed = compressor.compress(bytes);
    const auto got = decompressor.decompress(packed, room);
    ASSERT_TRUE(got) << got.error().line();
    EXPECT_EQ(std::vector(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(*got)), bytes);
  }
}

TEST(Compress, refuses_what_decodes_to_more_than_the_room) {
  Compressor compressor(3);
  Decompressor decompressor;
  const std::vector<std::byte> zeros(1 << 24);
  const Bytes packed = compressor.compress(zeros);
  std::vector<std::byte> room(1000);
  EXPECT_FALSE(decompressor.decompress(packed, room));
  EXPECT_FALSE(decompressor.decompress(packed, {}));
}

TEST(Compress, refuses_every_cut_and_still_works_after) {
  Compressor compressor(3);
  Decompressor decompressor;
  const auto bytes = sample(500, 1);
  const Bytes packed = compressor.compress(bytes);
  std::vector<std::byte> room(bytes.size());
  // No bytes at all are no piece: zstd gives them as an empty one.
  for (std::size_t cut = 1; cut < packed.size(); ++cut)
    EXPECT_FALSE(decompressor.decompress(packed.first(cut), room)) << cut;
  EXPECT_TRUE(decompressor.decompress(packed, room));
  EXPECT_EQ(room, bytes);
}

TEST(Checksum, tells_bytes_and_places_apart) {
  const auto bytes = sample(100, 1);
  auto other = bytes;
  other[50] ^= std::byte{1};
  EXPECT_EQ(checksum(bytes), checksum(bytes));
  EXPECT_NE(checksum(bytes), checksum(other));
  EXPECT_NE(checksum(bytes, 1), checksum(bytes, 2));
}

}  // namespace
}  // namespace heapatlas::base
