// The small parts of pictures: numbers, curves, letters, files.
#include <gtest/gtest.h>
#include <stb_image.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "viewer/raster/axis.hpp"
#include "viewer/raster/colouring.hpp"
#include "viewer/raster/png.hpp"
#include "viewer/raster/text.hpp"
#include "viewer/raster/timeline.hpp"

namespace heapatlas::viewer {
namespace {

TEST(Axis, numbers_have_one_decimal_at_most) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(1023), "1023 B");
  EXPECT_EQ(format_bytes(1024), "1 KiB");
  EXPECT_EQ(format_bytes(1536), "1.5 KiB");
  EXPECT_EQ(format_bytes(1024 * 1024 - 1), "1 MiB");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(12'500), "12.5k");
  EXPECT_EQ(format_count(999'990), "1M");
  EXPECT_EQ(format(0.125, Unit::share), "12.5%");
  EXPECT_EQ(format(1500, Unit::nanoseconds), "1.5 us");
}

TEST(Axis, exact_counts_are_in_groups_of_three) {
  EXPECT_EQ(format_exact(0), "0");
  EXPECT_EQ(format_exact(999), "999");
  EXPECT_EQ(format_exact(1000), "1,000");
  EXPECT_EQ(format_exact(18'230'001), "18,230,001");
}

TEST(Axis, ticks_are_round_and_few) {
  EXPECT_EQ(ticks(0, 100, 10, Unit::count),
            (std::vector<double>{0, 10, 20, 30, 40, 50, 60, 70, 80, 90}));
  EXPECT_EQ(ticks(0, 1000, 4, Unit::bytes), (std::vector<double>{0, 256, 512, 768}));
  EXPECT_EQ(ticks(5, 5, 4, Unit::bytes), (std::vector<double>{5}));
  for (double to = 1; to < 1e15; to *= 3.7) {
    const auto found = ticks(0, to, 6, Unit::count);
    EXPECT_GE(found.size(), 1U);
    EXPECT_LE(found.size(), 6U);
    EXPECT_LE(found.back(), to);
  }
}

TEST(Timeline, no_spike_is_lost_between_columns) {
  Series series{"spiky", Unit::bytes, {}, {}};
  for (Event at = 0; at < 1000; ++at) {
    series.at.push_back(at);
    series.value.push_back(at == 555 ? 1000 : 10);
  }
  const auto columns = columns_of(series, 0, 1000, 10);
  for (std::size_t i = 0; i < 10; ++i) {
    ASSERT_TRUE(columns[i]);
    EXPECT_EQ(columns[i]->high, i == 5 ? 1000 : 10) << i;
    EXPECT_EQ(columns[i]->low, 10);
  }
}

TEST(Timeline, a_value_lasts_until_the_next) {
  const Series series{"steps", Unit::bytes, {20, 70}, {5, 9}};
  const auto columns = columns_of(series, 0, 100, 10);
  EXPECT_FALSE(columns[1]) << "nothing is known before the first value";
  EXPECT_EQ(columns[2]->high, 5);
  EXPECT_EQ(columns[6]->low, 5);
  EXPECT_EQ(columns[7]->low, 5);
  EXPECT_EQ(columns[7]->high, 9);
  EXPECT_EQ(columns[9]->low, 9);
  const auto later = columns_of(series, 50, 60, 2);
  EXPECT_EQ(later[0]->high, 5) << "from before the view";
}

TEST(Timeline, values_that_are_no_numbers_are_left_out) {
  const Series series{"odd", Unit::share, {0, 1, 2}, {1, 0.0 / 0.0, 3}};
  const auto columns = columns_of(series, 0, 3, 3);
  EXPECT_EQ(columns[1]->high, 1);
  EXPECT_EQ(columns[2]->high, 3);
}

std::string letter(char c) {
  Canvas canvas(3, 5, rgb(0));
  Font::built_in().draw(canvas, 0, 0, std::string_view(&c, 1), 6, rgb(0xFFFFFF));
  std::string dots;
  for (int y = 0; y < 5; ++y, dots += '\n')
    for (int x = 0; x < 3; ++x) dots += canvas.at(x, y) == rgb(0) ? ' ' : '#';
  return dots;
}

TEST(Text, the_built_in_letters) {
  EXPECT_EQ(letter('A'), " # \n# #\n###\n# #\n# #\n");
  EXPECT_EQ(letter('a'), letter('A'));
  EXPECT_EQ(letter('7'), "###\n  #\n  #\n # \n # \n");
  EXPECT_EQ(letter('|'), " # \n # \n # \n # \n # \n");
  EXPECT_EQ(letter('~'), "   \n ##\n## \n   \n   \n");
  EXPECT_EQ(letter('_'), "   \n   \n   \n   \n###\n");
  EXPECT_EQ(letter('\x01'), letter('?'));
  for (char c = '!'; c < '\x7F'; ++c) EXPECT_NE(letter(c), letter(' ')) << c;
}

TEST(Text, utf_8_whole_broken_and_cut) {
  const auto points = [](std::string_view text) {
    std::u32string found;
    while (!text.empty()) found += take_code_point(text);
    return found;
  };
  EXPECT_EQ(points("a\u00e9\u20ac\U0001F600"), U"a\u00e9\u20ac\U0001F600");
  EXPECT_EQ(points("\xFFz"), U"?z");
  EXPECT_EQ(points("\xE2\x82"), U"??");
  EXPECT_EQ(points("\xC0\x80"), U"??") << "an overlong zero";
}

TEST(Text, is_cut_to_its_room) {
  const Font font = Font::built_in();
  EXPECT_EQ(font.fitted("stalloc", 6, 28), "stalloc");
  EXPECT_EQ(font.fitted("stalloc", 6, 27), "sta...");
  EXPECT_LE(font.width(font.fitted("stalloc", 6, 20), 6), 20);
}

TEST(Text, a_packaged_font_or_none) {
  EXPECT_FALSE(Font::from_file("/nowhere/font.ttf"));
  const auto file = std::filesystem::temp_directory_path() / "heapatlas-not-a-font.ttf";
  std::ofstream(file) << "this is not a font, whatever its name says";
  EXPECT_FALSE(Font::from_file(file.string()));
  std::filesystem::remove(file);
  Canvas canvas(60, 20, rgb(0));
  Font::standard().draw(canvas, 2, 2, "heap", 12, rgb(0xFFFFFF));
  int lit = 0;
  for (const Rgba pixel : canvas.pixels()) lit += pixel.r > 128 ? 1 : 0;
  EXPECT_GT(lit, 20);
}

TEST(Canvas, cuts_off_what_is_outside) {
  Canvas canvas(4, 4, rgb(0));
  canvas.fill({-10, -10, 100, 100}, rgb(1));
  canvas.fill({2, 2, -5, 5}, rgb(2));
  canvas.fill({100, 0, 5, 5}, rgb(2));
  canvas.set(-1, 0, rgb(2));
  canvas.blend(4, 4, rgb(2), 256);
  canvas.frame({-2, -2, 8, 8}, rgb(2));
  for (const Rgba pixel : canvas.pixels()) EXPECT_EQ(pixel, rgb(1));
  canvas.paste(std::vector<Rgba>(4, rgb(3)), 2, 3, 3, -4, -4);
  EXPECT_EQ(canvas.at(0, 0), rgb(3));
  EXPECT_EQ(canvas.at(1, 1), rgb(3));
  EXPECT_EQ(canvas.at(2, 2), rgb(1));
}

TEST(Png, holds_the_pixels) {
  Canvas canvas(7, 5, rgb(0x102030));
  canvas.set(3, 2, rgb(0xFFEE01));
  const auto file = encode_png(canvas);
  int width = 0, height = 0, channels = 0;
  stbi_uc* const pixels =
      stbi_load_from_memory(reinterpret_cast<const stbi_uc*>(file.data()),
                            static_cast<int>(file.size()), &width, &height, &channels, 4);
  ASSERT_NE(pixels, nullptr);
  EXPECT_EQ(width, 7);
  EXPECT_EQ(height, 5);
  const stbi_uc* const marked = pixels + (2 * 7 + 3) * 4;
  EXPECT_EQ((Rgba{marked[0], marked[1], marked[2], marked[3]}), rgb(0xFFEE01));
  EXPECT_EQ((Rgba{pixels[0], pixels[1], pixels[2], pixels[3]}), rgb(0x102030));
  stbi_image_free(pixels);
}

TEST(Png, an_unwritable_file_is_an_error) {
  EXPECT_FALSE(write_png(Canvas(2, 2, rgb(0)), "/nowhere/at/all.png"));
}

TEST(Palettes, every_state_is_told_from_what_is_free) {
  for (const Palette* palette : {&night(), &day()})
    for (std::size_t i = 0; i < state_count; ++i)
      for (std::size_t k = 0; k < i; ++k)
        for (const auto& states : {palette->states, palette->quiet})
          EXPECT_NE(states[i], states[k]) << palette->name << i << k;
}

TEST(Colouring, words_for_every_way) {
  for (const ColourBy by : {ColourBy::state, ColourBy::link, ColourBy::size, ColourBy::age,
                            ColourBy::waste, ColourBy::thread, ColourBy::site})
    EXPECT_EQ(parse_colour_by(name_of(by)), by);
  EXPECT_FALSE(parse_colour_by("hue"));
}

TEST(Colouring, the_most_of_many_get_a_colour_of_their_own) {
  viewer::Run run;
  run.nodes = {"only"};
  run.events = 1;
  for (std::uint32_t i = 0; i < 12; ++i) {
    run.sites.push_back("site " + std::to_string(i));
    run.placements.push_back({0, forever, i * 100, i + 1, i + 1, 0, unknown, i});
  }
  const BlockClasses classes(run);
  const Colouring colouring(run, ColourBy::site, night());
  ASSERT_EQ(colouring.categories().size(), 8U);
  EXPECT_EQ(colouring.categories()[0].name, "site 11");
  EXPECT_EQ(colouring.categories()[7].name, "others");
  EXPECT_EQ(colouring.at(0).category_of(11, classes.of(run.placements[11])), 0U);
  EXPECT_EQ(colouring.at(0).category_of(0, classes.of(run.placements[0])), 7U);
  const Colouring threads(run, ColourBy::thread, night());
  ASSERT_EQ(threads.categories().size(), 1U);
  EXPECT_EQ(threads.categories()[0].name, "thread unknown");
}

TEST(Colouring, steps_include_their_upper_bound) {
  viewer::Run run;
  run.nodes = {"only"};
  run.events = 100;
  run.placements = {{0, forever, 0, 16, 16}, {0, forever, 0, 17, 32}};
  const BlockClasses classes(run);
  const Colouring sizes(run, ColourBy::size, night());
  EXPECT_EQ(sizes.at(0).category_of(0, classes.of(run.placements[0])), 0U);
  EXPECT_EQ(sizes.at(0).category_of(1, classes.of(run.placements[1])), 1U);
  const Colouring waste(run, ColourBy::waste, night());
  EXPECT_EQ(waste.at(0).category_of(0, classes.of(run.placements[0])), 0U);
  EXPECT_EQ(waste.at(0).category_of(1, classes.of(run.placements[1])), 4U) << "15 of 32 bytes";
  const Colouring ages(run, ColourBy::age, night());
  EXPECT_EQ(ages.at(9).category_of(0, 0), 0U);
  EXPECT_EQ(ages.at(10).category_of(0, 0), 1U);
}

}  // namespace
}  // namespace heapatlas::viewer
