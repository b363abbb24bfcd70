// Reports that were made to harm: one line says what is wrong, and nothing is allocated that the
// bytes at hand do not justify.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/zstd_stream.hpp"
#include "core/report/file.hpp"
#include "tests/report/sample_document.hpp"

namespace heapatlas::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr ReadLimits small_limits{std::uint64_t{32} << 20, std::uint64_t{24} << 20};
const std::string malformed = "the report is malformed: ";

std::string error_of(const std::string& bytes) {
  const auto document = decode(bytes, "a file", small_limits);
  if (document) return "none";
  EXPECT_EQ(document.error().where, "a file");
  EXPECT_EQ(document.error().line().find('\n'), std::string::npos);
  return document.error().what;
}

Json sample_json() {
  return Json::parse(*encode(sample_document(), {}));
}

/// The error of a sample in which one thing was changed, as JSON and as CBOR.
template <class F>
std::string error_with(F&& change) {
  Json json = sample_json();
  change(json["runs"][0]["heap"]);
  const std::string error = error_of(json.dump());
  const auto cbor = Json::to_cbor(json);
  EXPECT_EQ(error_of(std::string(cbor.begin(), cbor.end())), error);
  return error;
}

std::string packed(const std::function<void(base::ZstdEncoder&)>& fill) {
  std::string out;
  base::ZstdEncoder encoder(1, [&](base::Bytes bytes) -> base::Status {
    out.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  });
  fill(encoder);
  EXPECT_TRUE(encoder.finish());
  return out;
}

void write_many(base::ZstdEncoder& encoder, const std::string& piece, std::size_t bytes) {
  std::string block;
  while (block.size() < 1 << 20) block += piece;
  for (std::size_t done = 0; done < bytes; done += block.size())
    ASSERT_TRUE(encoder.write(base::bytes_of(block)));
}

TEST(Hostile, the_sample_itself_is_accepted) {
  EXPECT_EQ(error_with([](Json&) {}), "none");
}

TEST(Hostile, every_cut_is_refused) {
  for (const bool zstd : {false, true}) {
    for (const auto encoding : {Format::Encoding::json, Format::Encoding::cbor}) {
      const std::string whole = *encode(sample_document(), {encoding, zstd});
      // A JSON text is whole without the line's end.
      for (std::size_t length = 0; length + 2 < whole.size(); ++length)
        ASSERT_NE(error_of(whole.substr(0, length)), "none") << zstd << " " << length;
    }
  }
}

TEST(Hostile, no_flipped_byte_does_harm) {
  for (const bool zstd : {false, true}) {
    for (const auto encoding : {Format::Encoding::json, Format::Encoding::cbor}) {
      const std::string whole = *encode(sample_document(), {encoding, zstd});
      std::string bad = whole;
      for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const int flip : {0x01, 0x80}) {
          bad[at] = static_cast<char>(whole[at] ^ flip);
          const auto document = decode(bad, "a file", small_limits);
          // What is read after all must be what can be written.
          ASSERT_TRUE(!document || encode(*document, {encoding, false})) << at;
        }
        bad[at] = whole[at];
      }
    }
  }
}

TEST(Hostile, columns_must_be_equally_long_and_all_there) {
  const std::string place = malformed + "runs[0].heap.placements";
  EXPECT_EQ(error_with([](Json& h) { h["placements"]["death"].push_back(3); }),
            place + ".death[3] must be absent: other columns are shorter");
  EXPECT_EQ(error_with([](Json& h) { h["placements"]["death"].erase(2); }),
            place + ".death has 2 elements where other columns have 3");
  EXPECT_EQ(error_with([](Json& h) { h["placements"]["birth"] = Json::array(); }),
            place + ".death[0] must be absent: other columns are shorter");
  EXPECT_EQ(error_with([](Json& h) { h["placements"].erase("site"); }), place + ".site is missing");
  EXPECT_EQ(error_with([](Json& h) { h["placements"].erase("count"); }),
            place + ".count is missing");
  EXPECT_EQ(error_with([](Json& h) { h["placements"]["count"] = 4; }),
            place + ".count is 4 where the columns have 3");
  EXPECT_EQ(error_with([](Json& h) { h["placements"]["site"] = 4; }),
            place + ".site must be a list");
  EXPECT_EQ(error_with([](Json& h) { h["placements"] = Json::array(); }),
            place + " must be an object");
}

TEST(Hostile, a_count_of_10_to_the_12_allocates_nothing) {
  EXPECT_EQ(error_with([](Json& h) { h["placements"]["count"] = 1'000'000'000'000; }),
            malformed + "runs[0].heap.placements.count is 1000000000000 where the columns have 3");
  // In CBOR every list says how long it will be.
  std::string cbor = *encode(sample_document(), {Format::Encoding::cbor, false});
  const std::size_t birth = cbor.find("birth") + 5;
  ASSERT_EQ(cbor[birth], '\x83');
  cbor.replace(birth, 1, std::string("\x9B\x00\x00\x00\xE8\xD4\xA5\x10\x00", 9));
  EXPECT_NE(error_of(cbor).find("must be a whole number"), std::string::npos);
}

TEST(Hostile, cells_must_be_what_their_column_holds) {
  const std::string place = malformed + "runs[0].heap.placements.";
  const std::string whole = " must be a whole number from 0 to 2^53";
  EXPECT_EQ(error_with([](Json& h) { h["placements"]["birth"][1] = -1; }),
            place + "birth[1]" + whole);
  EXPECT_EQ(error_with([](Json& h) { h["placements"]["birth"][2] = nullptr; }),
            place + "birth[2]" + whole);
  EXPECT_EQ(error_with([](Json& h) { h["placements"]["birth"][2] = 1.5; }),
            place + "birth[2]" + whole);
  EXPECT_EQ(error_with([](Json& h) { h["placements"]["offset"][0] = max_number + 1; }),
            place + "offset[0]" + whole);
  EXPECT_EQ(error_with([](Json& h) { h["placements"]["offset"][0] = 1e300; }),
            place + "offset[0]" + whole);
  EXPECT_EQ(error_with([](Json& h) { h["placements"]["node"][0] = unknown; }),
            place + "node[0] must be a whole number from 0 to 2^32 - 2");
  EXPECT_EQ(error_with([](Json& h) { h["placements"]["node"][0] = Json::array(); }),
            place + "node[0] must be a whole number from 0 to 2^32 - 2");
  EXPECT_EQ(error_with([](Json& h) { h["snapshots"][0]["spans"]["kind"][1] = "full"; }),
            malformed +
                "runs[0].heap.snapshots[0].spans.kind[1] must be one of used, free, metadata, "
                "padding, cached, reserved, opaque");
  EXPECT_EQ(error_with([](Json& h) { h["snapshots"][0]["spans"]["kind"][1] = 1; }),
            malformed +
                "runs[0].heap.snapshots[0].spans.kind[1] must be one of used, free, metadata, "
                "padding, cached, reserved, opaque");
}

TEST(Hostile, a_whole_number_may_be_written_as_a_real_one) {
  EXPECT_EQ(error_with([](Json& h) { h["placements"]["birth"][1] = 2.0; }), "none");
}

TEST(Hostile, a_heap_that_is_none_is_refused) {
  const std::string place = malformed + "runs[0].heap: ";
  EXPECT_EQ(error_with([](Json& h) { h["placements"]["offset"][1] = 101; }),
            place + "placement 1 reaches beyond its region");
  EXPECT_EQ(error_with([](Json& h) { h["placements"]["offset"][1] = max_number; }),
            place + "placement 1 reaches beyond 2^53");
  EXPECT_EQ(error_with([](Json& h) { h["placements"]["region"][1] = 2; }),
            place + "placement 1 names an unknown region");
  EXPECT_EQ(error_with([](Json& h) { h["placements"]["death"][2] = 6; }),
            place + "placement 2 dies before it is born");
  EXPECT_EQ(error_with([](Json& h) { h["regions"] = Json::array(); }),
            place + "placement 0 names an unknown region");
}

TEST(Hostile, not_a_number_is_none) {
  std::string cbor = *encode(sample_document(), {Format::Encoding::cbor, false});
  const std::string real("\xFB\x3F\xA0\x00\x00\x00\x00\x00\x00", 9);  // 0.03125
  const std::size_t at = cbor.find(real);
  ASSERT_NE(at, std::string::npos);
  for (const char* bits : {"\x7F\xF8", "\x7F\xF0", "\xFF\xF0", "\xBF\xF0"}) {
    cbor.replace(at + 1, 2, bits, 2);
    EXPECT_EQ(error_of(cbor),
              malformed + "runs[0].heap.series[1].value[0] must be a number from 0");
  }
  EXPECT_NE(error_of(R"({"format": "heapatlas.report/1", "runs": [NaN]})").find("damaged"),
            std::string::npos);
}

TEST(Hostile, what_is_given_twice_is_refused) {
  EXPECT_EQ(error_of(R"({"format": "heapatlas.report/1", "runs": [], "runs": []})"),
            malformed + "runs is given twice");
  std::string text = sample_json().dump();
  text.insert(text.find("\"site\":"), "\"birth\":[],");
  EXPECT_EQ(error_of(text), malformed + "runs[0].heap.placements.birth is given twice");
}

TEST(Hostile, nesting_is_bounded_also_where_nothing_is_read) {
  const std::string head = R"({"format": "heapatlas.report/1", "later": )";
  EXPECT_EQ(error_of(head + std::string(1'000'000, '[')),
            "this is no report: it is nested too deeply");
  const std::string cbor_head =
      "\xA2\x66"
      "format\x72heapatlas.report/1\x65later";
  for (const char* opening : {"\x81", "\x9F", "\xBF\x61x", "\xA1\x61x"}) {
    std::string deep = cbor_head;
    while (deep.size() < 1'000'000) deep += opening;
    EXPECT_EQ(error_of(deep), "this is no report: it is nested too deeply");
  }
  // Tags nest as well.
  EXPECT_NE(error_of(cbor_head + std::string(1'000'000, '\xC6')), "none");
}

TEST(Hostile, a_bomb_is_not_decoded) {
  const std::string blanks = packed([](auto& zstd) { write_many(zstd, " ", 40 << 20); });
  EXPECT_LT(blanks.size(), 100'000U);
  EXPECT_NE(error_of(blanks), "none");
  const std::string lists = packed([](auto& zstd) {
    ASSERT_TRUE(zstd.write(base::bytes_of(R"({"format": "heapatlas.report/1", "later": [0)")));
    write_many(zstd, ",[],{},7", 40 << 20);
  });
  EXPECT_NE(error_of(lists).find("which no report of its size does"), std::string::npos);
}

TEST(Hostile, a_column_cannot_take_all_memory) {
  // A row of 56 bytes for each byte that decodes.
  const std::string bomb = packed([](auto& zstd) {
    std::string cbor = *encode(sample_document(), {Format::Encoding::cbor, false});
    const std::size_t birth = cbor.find("birth") + 5;
    cbor.replace(birth, std::string::npos, std::string("\x9A\x08\x00\x00\x00", 5));
    ASSERT_TRUE(zstd.write(base::bytes_of(cbor)));
    write_many(zstd, std::string(1, '\0'), 20 << 20);
  });
  EXPECT_EQ(error_of(bomb), "the report takes more memory than this machine can spare");
}

TEST(Hostile, a_text_that_does_not_end_is_not_kept) {
  const std::string text = packed([](auto& zstd) {
    const std::string head("\xA1\x7B\x00\x00\x01\x00\x00\x00\x00\x00", 10);
    ASSERT_TRUE(zstd.write(base::bytes_of(head)));
    write_many(zstd, "abcdefgh", 70 << 20);
  });
  ReadLimits limits = small_limits;
  limits.decoded_bytes = std::uint64_t{100} << 20;
  limits.decoded_bytes_a_byte = 1'000'000;
  const auto document = decode(text, "a file", limits);
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().what, "a text or a number in it does not end");
}

TEST(Hostile, what_follows_a_report_is_no_part_of_it) {
  const std::string text = *encode(sample_document(), {});
  EXPECT_NE(error_of(text + "{}"), "none");
  const std::string cbor = *encode(sample_document(), {Format::Encoding::cbor, false});
  EXPECT_NE(error_of(cbor + '\0'), "none");
  EXPECT_NE(error_of(*encode(sample_document(), {Format::Encoding::json, true}) + "x"), "none");
}

}  // namespace
}  // namespace heapatlas::report
