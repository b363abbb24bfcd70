// Whatever is written is read as it was, in every format, from other writers too.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/report/file.hpp"
#include "tests/report/random_document.hpp"

namespace heapatlas::report {
namespace {

constexpr Format formats[] = {{Format::Encoding::json, false},
                              {Format::Encoding::cbor, false},
                              {Format::Encoding::json, true},
                              {Format::Encoding::cbor, true}};

TEST(RandomReports, are_read_as_they_were_written) {
  std::size_t placements = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    const Document document = RandomDocument(seed).make();
    for (const Format format : formats) {
      const auto bytes = encode(document, format);
      ASSERT_TRUE(bytes) << seed << ": " << bytes.error().line();
      const auto read = decode(*bytes, "a file");
      ASSERT_TRUE(read) << seed << ": " << read.error().line();
      ASSERT_EQ(*read, document) << seed;
    }
    for (const auto& run : document.runs)
      if (run.heap) placements += run.heap->placements.size();
  }
  EXPECT_GT(placements, 1000U);
}

TEST(RandomReports, are_read_from_a_writer_of_another_order) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    const Document document = RandomDocument(seed).make();
    // Sorted by name: placements ahead of regions, a column ahead of the count.
    const auto json = nlohmann::json::parse(*encode(document, {}));
    const auto from_json = decode(json.dump(), "a file");
    ASSERT_TRUE(from_json) << seed << ": " << from_json.error().line();
    ASSERT_EQ(*from_json, document) << seed;
    const auto cbor = nlohmann::json::to_cbor(json);
    const auto from_cbor = decode(std::string(cbor.begin(), cbor.end()), "a file");
    ASSERT_TRUE(from_cbor) << seed << ": " << from_cbor.error().line();
    ASSERT_EQ(*from_cbor, document) << seed;
  }
}

/// CBOR whose lists, maps and texts end by a break; a text is in two pieces.
std::string without_lengths(const nlohmann::json& value) {
  if (value.is_array() || value.is_object()) {
    std::string made(1, value.is_array() ? '\x9F' : '\xBF');
    for (const auto& [key, element] : value.items()) {
      if (value.is_object()) made += without_lengths(key);
      made += without_lengths(element);
    }
    return made + '\xFF';
  }
  const auto plain = nlohmann::json::to_cbor(value);
  const std::string bytes(plain.begin(), plain.end());
  return value.is_string() ? "\x7F" + bytes + "\x60\xFF" : bytes;
}

TEST(RandomReports, are_read_from_cbor_that_says_no_lengths) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    const Document document = RandomDocument(seed).make();
    const std::string cbor = without_lengths(nlohmann::json::parse(*encode(document, {})));
    const auto read = decode("\xD9\xD9\xF7" + cbor, "a file");
    ASSERT_TRUE(read) << seed << ": " << read.error().line();
    ASSERT_EQ(*read, document) << seed;
  }
}

}  // namespace
}  // namespace heapatlas::report
