// What went into a stream comes out of it, in whatever pieces; damage and cuts are seen.
#include "core/base/zstd_stream.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace heapatlas::base {
namespace {

std::string packed(std::string_view text, std::size_t piece) {
  std::string out;
  ZstdEncoder encoder(3, [&](Bytes bytes) -> Status {
    out.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  });
  for (std::size_t at = 0; at < text.size(); at += piece)
    EXPECT_TRUE(encoder.write(bytes_of(text.substr(at, piece))));
  EXPECT_TRUE(encoder.finish());
  return out;
}

Result<std::string> unpacked(std::string_view bytes, std::size_t piece) {
  std::size_t at = 0;
  ZstdDecoder decoder([&]() -> Result<Bytes> {
    const auto given = bytes.substr(at, piece);
    at += given.size();
    return bytes_of(given);
  });
  std::string out;
  while (true) {
    const auto more = decoder.next();
    if (!more) return tl::make_unexpected(more.error());
    if (more->empty()) return out;
    out.append(reinterpret_cast<const char*>(more->data()), more->size());
  }
}

std::string sample(std::size_t size) {
  std::mt19937 random(static_cast<unsigned>(size));
  std::string text(size, ' ');
  for (char& c : text) c = static_cast<char>('a' + random() % 5);
  return text;
}

TEST(ZstdStream, gives_back_what_it_took) {
  for (const std::size_t size : {0U, 1U, 1000U, 128U * 1024U, 1000000U}) {
    const std::string text = sample(size);
    const std::string bytes = packed(text, 77777);
    EXPECT_TRUE(is_zstd(bytes_of(bytes)));
    for (const std::size_t piece : {1U, 1000U, 1U << 20}) {
      const auto got = unpacked(bytes, piece);
      ASSERT_TRUE(got) << got.error().line();
      EXPECT_EQ(*got, text);
    }
  }
}

TEST(ZstdStream, streams_one_after_the_other_are_one) {
  const auto got = unpacked(packed("one ", 9) + packed("two", 9), 5);
  ASSERT_TRUE(got);
  EXPECT_EQ(*got, "one two");
}

TEST(ZstdStream, a_cut_is_seen) {
  const std::string bytes = packed(sample(1000), 100);
  for (std::size_t length = 1; length < bytes.size(); ++length)
    EXPECT_FALSE(unpacked(std::string_view(bytes).substr(0, length), 64)) << length;
}

TEST(ZstdStream, damage_is_seen) {
  const std::string good = packed(sample(1000), 100);
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    const auto got = unpacked(bad, 64);
    // A few bits of a header say nothing about the content.
    EXPECT_EQ(got.value_or(sample(1000)), sample(1000)) << at;
  }
}

TEST(ZstdStream, an_error_of_the_sink_stops_it) {
  ZstdEncoder encoder(1, [](Bytes) -> Status { return bad_input("full"); });
  EXPECT_TRUE(encoder.write(bytes_of("text")));
  EXPECT_FALSE(encoder.finish());
}

}  // namespace
}  // namespace heapatlas::base
