#include "core/report/file.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/report/environment.hpp"
#include "tests/report/sample_document.hpp"

namespace heapatlas::report {
namespace {

using Json = nlohmann::json;

std::string text_of(const Document& document) {
  const auto text = encode(document, {});
  EXPECT_TRUE(text.has_value());
  return text.value_or("");
}

std::string error_of(const std::string& text) {
  const auto document = decode(text, "r.json");
  EXPECT_FALSE(document.has_value());
  if (document) return "none";
  EXPECT_EQ(document.error().kind, base::ErrorKind::bad_input);
  EXPECT_EQ(document.error().where, "r.json");
  EXPECT_EQ(document.error().line().find('\n'), std::string::npos);
  return document.error().what;
}

TEST(ReportFile, what_is_written_is_read) {
  const Document document = sample_document();
  const auto read = decode(text_of(document), "r.json");
  ASSERT_TRUE(read.has_value()) << read.error().line();
  EXPECT_EQ(*read, document);
  EXPECT_EQ(text_of(*read), text_of(document));
}

TEST(ReportFile, every_format_gives_the_document_back) {
  const Document document = sample_document();
  const std::string path = testing::TempDir() + "report-file-test";
  for (const char* name : {".json", ".cbor", ".json.zst", ".cbor.zst"}) {
    const Format format = format_of(path + name);
    EXPECT_EQ(format.zstd, std::string_view(name).ends_with(".zst"));
    const auto bytes = encode(document, format);
    ASSERT_TRUE(bytes);
    const auto decoded = decode(*bytes, name);
    ASSERT_TRUE(decoded) << name << ": " << decoded.error().line();
    EXPECT_EQ(*decoded, document) << name;
    ASSERT_TRUE(write(path + name, document)) << name;
    const auto from_file = read(path + name);
    ASSERT_TRUE(from_file) << from_file.error().line();
    EXPECT_EQ(*from_file, document) << name;
    std::remove((path + name).c_str());
  }
}

TEST(ReportFile, an_independent_reader_of_cbor_sees_what_is_in_the_json) {
  const auto cbor = encode(sample_document(), {Format::Encoding::cbor, false});
  ASSERT_TRUE(cbor);
  EXPECT_EQ(Json::from_cbor(*cbor), Json::parse(text_of(sample_document())));
}

TEST(ReportFile, what_was_not_measured_is_null) {
  const Json json = Json::parse(text_of(sample_document()));
  EXPECT_EQ(json["format"], "heapatlas.report/1");
  const Json& run = json["runs"][1];
  EXPECT_TRUE(run["figures"]["ns_per_operation"].is_null());
  EXPECT_TRUE(run["figures"]["peak_footprint_bytes"].is_null());
  EXPECT_TRUE(run["failures"].is_null());
  EXPECT_TRUE(run["verification"].is_null());
}

TEST(ReportFile, numbers_that_json_cannot_hold_are_refused) {
  Document document = sample_document();
  document.runs[0].trace.events = max_number;
  EXPECT_TRUE(encode(document, {}).has_value());
  document.runs[0].trace.events = max_number + 1;
  EXPECT_EQ(encode(document, {}).error().what, "a number is too large for a report: events");
  document = sample_document();
  document.runs[0].figures.null_share = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(encode(document, {}).has_value());
}

TEST(ReportFile, texts_that_are_no_utf8_are_mended) {
  Document document = sample_document();
  document.runs[0].trace.command = {"a\xff\"b\n"};
  const auto read = decode(text_of(document), "r.json");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->runs[0].trace.command[0], "a\xef\xbf\xbd\"b\n");
}

TEST(ReportFile, what_is_no_report_is_refused_in_one_line) {
  EXPECT_EQ(error_of(""), "this is no report: it is neither JSON nor CBOR");
  EXPECT_EQ(error_of("{"), "this is no report: it is neither JSON nor CBOR");
  EXPECT_EQ(error_of("[]"), "this is no report: it names no format");
  EXPECT_EQ(error_of("{}"), "this is no report: it names no format");
  EXPECT_EQ(error_of(R"({"format": 1})"), "this is no report: it names no format");
  EXPECT_EQ(error_of(R"({"format": "heapatlas.report/2"})"),
            "this is no heapatlas.report/1: its format is 'heapatlas.report/2'");
  EXPECT_EQ(error_of(R"({"format": "heapatlas.report/1"})"),
            "the report is malformed: environment is missing");
}

TEST(ReportFile, every_cut_of_a_report_is_refused) {
  const std::string text = text_of(sample_document());
  for (std::size_t length = 0; length + 2 < text.size(); ++length)
    EXPECT_FALSE(decode(text.substr(0, length), "r.json").has_value()) << length;
}

TEST(ReportFile, lists_nested_deeply_do_no_harm) {
  const std::size_t depth = 200'000;
  EXPECT_EQ(error_of(std::string(depth, '[')), "this is no report: it names no format");
  EXPECT_EQ(error_of(std::string(depth, '[') + std::string(depth, ']')),
            "this is no report: it names no format");
}

TEST(ReportFile, a_member_that_is_wrong_is_named) {
  const Json good = Json::parse(text_of(sample_document()));
  const auto with = [&](const char* pointer, const Json& value) {
    Json bad = good;
    bad[Json::json_pointer(pointer)] = value;
    return error_of(bad.dump());
  };
  const std::string malformed = "the report is malformed: ";
  EXPECT_EQ(with("/runs", 7), malformed + "runs must be a list");
  EXPECT_EQ(with("/runs/0", "x"), malformed + "runs[0] must be an object");
  EXPECT_EQ(with("/runs/1/trace/events", -1),
            malformed + "runs[1].trace.events must be a whole number from 0 to 2^53");
  EXPECT_EQ(with("/runs/0/trace/events", 1e300),
            malformed + "runs[0].trace.events must be a whole number from 0 to 2^53");
  EXPECT_EQ(with("/runs/0/trace/events", max_number + 1),
            malformed + "runs[0].trace.events must be a whole number from 0 to 2^53");
  EXPECT_EQ(with("/runs/0/figures/null_share", "much"),
            malformed + "runs[0].figures.null_share must be a number from 0");
  EXPECT_EQ(with("/runs/0/samples/0/warm_ns_per_operation/1", nullptr),
            malformed + "runs[0].samples[0].warm_ns_per_operation[1] must be a number from 0");
  EXPECT_EQ(with("/runs/0/chain", nullptr), malformed + "runs[0].chain must be a text");
  EXPECT_EQ(with("/runs/0/figures/two_modes", 1),
            malformed + "runs[0].figures.two_modes must be true or false");
}

TEST(ReportFile, every_missing_member_is_named) {
  const Json good = Json::parse(text_of(sample_document()));
  const Json flat = good.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    const Json::json_pointer path(pointer);
    if (path.back().find_first_not_of("0123456789") == std::string::npos) continue;
    Json bad = good;
    bad[path.parent_pointer()].erase(path.back());
    EXPECT_NE(error_of(bad.dump()), "none") << pointer;
  }
}

TEST(ReportFile, members_of_a_later_program_are_ignored) {
  Json json = Json::parse(text_of(sample_document()));
  json["runs"][0]["wishes"] = {{"offset", {1, {{"runs", {2}}}, 3}}, {"format", nullptr}};
  json["runs"][0]["heap"]["placements"]["colour"] = {1, 2};
  json["runs"][0]["figures"]["beauty"] = 11;
  const auto read = decode(json.dump(), "r.json");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, sample_document());
}

TEST(ReportFile, a_file_that_is_missing_is_an_error) {
  const auto document = read("/nonexistent/report.json");
  ASSERT_FALSE(document.has_value());
  EXPECT_EQ(document.error().kind, base::ErrorKind::unavailable);
}

TEST(Environment, knows_this_machine) {
  const Environment environment = this_environment("1.2.3");
  EXPECT_EQ(environment.heapatlas, "1.2.3");
  EXPECT_GE(environment.cores, 1U);
  EXPECT_EQ(environment.kernel.rfind("Linux ", 0), 0U);
  EXPECT_EQ(environment.c_library.rfind("glibc ", 0), 0U);
  EXPECT_FALSE(environment.compiler.empty());
}

}  // namespace
}  // namespace heapatlas::report
