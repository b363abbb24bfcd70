// Whole pictures against those that a person has looked at (golden/). With HEAPATLAS_UPDATE_GOLDEN
// set in the environment the pictures are written anew, to be looked at again.
#include "viewer/raster/picture.hpp"

#include <gtest/gtest.h>
#include <stb_image.h>

#include <cstdlib>
#include <filesystem>

#include "tests/viewer/runs.hpp"
#include "viewer/model/instant.hpp"
#include "viewer/raster/png.hpp"

namespace heapatlas::viewer {
namespace {

/// A small run with everything in it: two regions, a walk, two series.
Run demo_run(unsigned seed) {
  auto run = random_run(seed, 4000);
  run.chain = seed % 2 == 0 ? "stalloc | system" : "talc | system";
  run.regions[0].extents = {{0, 1 << 14}, {500, 1 << 16}};
  run.regions.push_back({1 << 20, 3000, {{1000, 1 << 13}}, 1, false});
  run.snapshots.push_back({3000,
                           "end",
                           {{0, 60000, SpanKind::free, 0},
                            {60000, 2000, SpanKind::cached, 0},
                            {62000, 1500, SpanKind::padding, 0},
                            {63500, 2036, SpanKind::metadata, 0}}});
  Series share{"fragmentation", Unit::share, {}, {}};
  for (Event at = 0; at < run.events; at += 50) {
    share.at.push_back(at);
    share.value.push_back(static_cast<double>(at % 1000) / 1000);
  }
  run.series.push_back(share);
  return run;
}

void expect_golden(const Canvas& canvas, const std::string& name) {
  const std::string path = std::string(HEAPATLAS_GOLDEN_DIR) + "/" + name + ".png";
  if (std::getenv("HEAPATLAS_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_png(canvas, path));
    return;
  }
  int width = 0, height = 0, channels = 0;
  stbi_uc* const pixels = stbi_load(path.c_str(), &width, &height, &channels, 4);
  ASSERT_NE(pixels, nullptr) << path;
  std::size_t wrong = 0;
  if (width == canvas.width() && height == canvas.height()) {
    for (std::size_t i = 0; i < canvas.pixels().size(); ++i) {
      const stbi_uc* const p = pixels + i * 4;
      wrong += canvas.pixels()[i] == Rgba{p[0], p[1], p[2], p[3]} ? 0 : 1;
    }
  }
  stbi_image_free(pixels);
  EXPECT_EQ(width, canvas.width()) << name;
  EXPECT_EQ(height, canvas.height()) << name;
  EXPECT_EQ(wrong, 0U) << name << " differs";
}

class Pictures : public testing::Test {
 protected:
  Pictures() {
    options.width = 480;
    options.height = 300;
    options.at = 2000;
    options.font = &font;
  }
  [[nodiscard]] Canvas draw() const {
    return draw_picture({{&first, &first_index}, {&second, &second_index}}, options);
  }

  Font font = Font::built_in();
  viewer::Run first = demo_run(2);
  viewer::Run second = demo_run(3);
  HeapIndex first_index{first};
  HeapIndex second_index{second};
  PictureOptions options;
};

TEST_F(Pictures, the_runs_are_valid) {
  EXPECT_TRUE(validate(first));
  EXPECT_TRUE(validate(second));
}

TEST_F(Pictures, every_kind) {
  for (const auto& [kind, name] : {std::pair{PictureKind::map, "map"},
                                   {PictureKind::history, "history"},
                                   {PictureKind::timeline, "timeline"},
                                   {PictureKind::compare, "compare"}}) {
    EXPECT_EQ(parse_picture_kind(name), kind);
    options.kind = kind;
    expect_golden(draw(), name);
  }
  EXPECT_FALSE(parse_picture_kind("sculpture"));
}

TEST_F(Pictures, every_colouring) {
  for (const ColourBy by : {ColourBy::link, ColourBy::size, ColourBy::age, ColourBy::waste,
                            ColourBy::thread, ColourBy::site}) {
    options.colour = by;
    expect_golden(draw(), std::string("map_by_") + name_of(by));
  }
}

TEST_F(Pictures, every_kind_by_day) {
  options.palette = &day();
  for (const char* name : {"map", "history", "timeline", "compare"}) {
    options.kind = *parse_picture_kind(name);
    expect_golden(draw(), std::string(name) + "_by_day");
  }
}

TEST_F(Pictures, every_colouring_over_time) {
  options.kind = PictureKind::history;
  for (const ColourBy by : {ColourBy::size, ColourBy::age, ColourBy::thread}) {
    options.colour = by;
    expect_golden(draw(), std::string("history_by_") + name_of(by));
  }
}

TEST_F(Pictures, wide_enough_for_the_names_of_regions) {
  options.width = 760;
  options.height = 360;
  expect_golden(draw(), "map_wide");
  options.kind = PictureKind::history;
  expect_golden(draw(), "history_wide");
}

TEST_F(Pictures, a_mapping_that_is_yet_to_come_says_so) {
  for (viewer::Run* run : {&first, &second}) run->regions[1] = {1 << 20, 3000, {{2500, 1 << 15}}};
  options.width = 760;
  const auto drawn = [&] { return draw_picture({{&first}, {&second}}, options); };
  expect_golden(drawn(), "map_before_a_mapping");
  options.kind = PictureKind::compare;
  expect_golden(drawn(), "compare_before_a_mapping");
}

TEST_F(Pictures, where_the_heap_was_walked_by_size) {
  options.at = 3000;
  options.colour = ColourBy::size;
  expect_golden(draw(), "map_walked_by_size");
}

TEST_F(Pictures, with_an_index_or_without) {
  const Canvas with = draw();
  const Canvas without = draw_picture({{&first}, {&second}}, options);
  EXPECT_EQ(with.pixels(), without.pixels());
}

TEST(Instants, have_names_and_numbers) {
  auto run = demo_run(2);
  run.snapshots[0].label = "worst";
  run.snapshots.push_back({3500, "marker loaded", {}});
  EXPECT_EQ(find_instant(run, "worst"), 3000U);
  EXPECT_EQ(find_instant(run, "marker loaded"), 3500U);
  EXPECT_EQ(find_instant(run, "peak"), find_peak(run.placements));
  EXPECT_EQ(find_instant(run, "end"), 3999U);
  EXPECT_EQ(find_instant(run, "0"), 0U);
  EXPECT_EQ(find_instant(run, "1.25k"), 1250U);
  for (const char* text :
       {"", "k", "-1", "4000", "4k", "1e3", "nan", "inf", "12x", " 5", "1.5", "1.2345k"}) {
    const auto none = find_instant(run, text);
    ASSERT_FALSE(none) << text;
    EXPECT_EQ(none.error().kind, base::ErrorKind::bad_input);
  }
  EXPECT_EQ(instant_text(run, 3000), "event 3,000 (worst)");
  EXPECT_EQ(instant_text(run, 3001), "event 3,001");
}

TEST_F(Pictures, where_the_heap_was_walked) {
  options.at = 3000;
  expect_golden(draw(), "map_walked");
}

TEST_F(Pictures, in_rows_of_a_page) {
  options.row_bytes = 4096;
  expect_golden(draw(), "map_rows_of_4k");
}

TEST_F(Pictures, nothing_to_draw_is_drawn) {
  viewer::Run empty;
  const HeapIndex index{empty};
  ASSERT_TRUE(validate(empty));
  for (const auto kind :
       {PictureKind::map, PictureKind::history, PictureKind::timeline, PictureKind::compare}) {
    options.kind = kind;
    const Canvas canvas = draw_picture({{&empty, &index}}, options);
    EXPECT_EQ(canvas.width(), 480);
  }
}

TEST_F(Pictures, a_picture_too_small_to_hold_anything_is_made_larger) {
  options.width = 1;
  options.height = -5;
  EXPECT_EQ(draw().width(), min_picture_width);
  EXPECT_EQ(draw().height(), min_picture_height);
}

}  // namespace
}  // namespace heapatlas::viewer
