// Coverage over time and addresses must be exact: blocks that touch leave no seam, and a rectangle
// covers its pixels and no others.
#include "viewer/raster/history_map.hpp"

#include <gtest/gtest.h>

#include "tests/viewer/runs.hpp"
#include "viewer/raster/coverage.hpp"

namespace heapatlas::viewer {
namespace {

const Rgba live = night().states[static_cast<std::size_t>(State::live)];
const Rgba unused_space = night().states[static_cast<std::size_t>(State::unused)];

Canvas history_of(const Run& run, int width, int height) {
  const AddressLine line{run.regions, 1};
  const Colouring colouring{run, ColourBy::state, night()};
  Canvas canvas(width, height, night().paper);
  draw_history(canvas, 0, 0, run, line, colouring, fit_history(run, line, width, height));
  return canvas;
}

TEST(HistoryMap, a_block_is_a_rectangle) {
  auto run = plain_run(16, 16);
  run.placements = {{4, 8, 2, 5, 5}};
  const Canvas canvas = history_of(run, 16, 16);
  for (int y = 0; y < 16; ++y)
    for (int x = 0; x < 16; ++x)
      EXPECT_EQ(canvas.at(x, y), x >= 4 && x < 8 && y >= 2 && y < 7 ? live : unused_space)
          << x << ", " << y;
}

TEST(HistoryMap, coverage_is_a_share_of_the_pixel) {
  auto run = plain_run(4, 4);
  run.placements = {{0, 4, 1, 1, 1}};
  const Canvas canvas = history_of(run, 1, 1);  // a quarter
  EXPECT_EQ(canvas.at(0, 0), mix(unused_space, live, used_share(1, 3)));
}

TEST(HistoryMap, blocks_that_touch_leave_no_seam) {
  // Three blocks tile an address range, born and freed one after another, at odd scales.
  auto run = plain_run(1000, 997);
  run.placements.push_back({0, forever, 0, 333, 333});
  run.placements.push_back({0, 331, 333, 111, 111});
  run.placements.push_back({0, forever, 444, 556, 556});
  run.placements.push_back({331, forever, 333, 111, 111});
  const Canvas canvas = history_of(run, 61, 47);
  for (const Rgba pixel : canvas.pixels()) ASSERT_EQ(pixel, live);
}

/// Adds a rectangle to every pixel that it covers, in 4096 x 4096ths of one.
void cover(std::vector<std::uint64_t>& pixels, int width, int height, Interval times,
           Interval places) {
  const auto overlap = [](Interval interval, int pixel) -> std::uint64_t {
    const std::uint32_t from =
        std::max(interval.from, static_cast<std::uint32_t>(pixel) * one_pixel);
    const std::uint32_t to =
        std::min(interval.to, static_cast<std::uint32_t>(pixel + 1) * one_pixel);
    return from < to ? to - from : 0;
  };
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      pixels[static_cast<std::size_t>(y * width + x)] += overlap(times, x) * overlap(places, y);
}

// Tall blocks and thin ones, more than are put off at once, of long lives and short ones; columns
// that the region fills, one that it fills in part, and those after it.
TEST(HistoryMap, every_pixel_is_that_of_its_blocks) {
  auto run = random_run(7, 600);
  run.regions[0].death = 500;
  for (Placement& block : run.placements) block.death = std::min<Event>(block.death, 500);
  std::erase_if(run.placements, [](const Placement& block) { return block.birth >= 500; });
  for (const auto& [width, height] : {std::pair{37, 29}, {41, 4000}}) {
    const auto pixels = static_cast<std::size_t>(width * height);
    std::vector<std::uint64_t> region(pixels);
    std::vector<std::uint64_t> used(pixels);
    std::vector<std::uint64_t> slack(pixels);
    const PixelAxis events(0, run.events, width);
    const PixelAxis places(0, 1 << 16, height);
    cover(region, width, height, events.at(0, 500), places.at(0, 1 << 16));
    for (const Placement& block : run.placements) {
      const std::uint64_t slack_from = block.address + block.requested;
      const Interval times = events.at(block.birth, block.death);
      cover(used, width, height, times, places.at(block.address, slack_from));
      cover(slack, width, height, times, places.at(slack_from, block.address + block.granted));
    }
    const Canvas canvas = history_of(run, width, height);
    for (std::size_t i = 0; i < pixels; ++i) {
      const std::uint64_t both = used[i] + slack[i];
      const Rgba hue =
          slack[i] > used[i] ? night().states[static_cast<std::size_t>(State::slack)] : live;
      const Rgba inside = mix(unused_space, hue, used_share(both, region[i] - both));
      const auto share = static_cast<unsigned>(std::max<std::uint64_t>(64, region[i] >> 16));
      ASSERT_EQ(canvas.pixels()[i],
                region[i] == 0 ? night().panel : mix(night().panel, inside, share))
          << i << " of " << width << " x " << height;
    }
  }
}

TEST(HistoryMap, regions_grow_and_die) {
  auto run = plain_run(16, 16);
  run.regions[0] = {0, 12, {{4, 8}, {8, 16}}};
  const Canvas canvas = history_of(run, 16, 16);
  EXPECT_EQ(canvas.at(3, 0), night().panel);
  EXPECT_EQ(canvas.at(4, 0), unused_space);
  EXPECT_EQ(canvas.at(7, 8), night().panel);
  EXPECT_EQ(canvas.at(8, 8), unused_space);
  EXPECT_EQ(canvas.at(12, 0), night().panel);
}

TEST(HistoryMap, memory_of_which_nothing_is_known_is_opaque) {
  auto run = plain_run(16, 16);
  run.regions[0].own = false;
  run.placements = {{0, forever, 0, 4, 4}};
  const Canvas canvas = history_of(run, 16, 16);
  EXPECT_EQ(canvas.at(5, 3), live);
  EXPECT_EQ(canvas.at(5, 4), night().states[static_cast<std::size_t>(State::opaque)]);
}

TEST(HistoryMap, a_million_bytes_of_blocks_too_thin_to_draw_still_darken) {
  auto run = plain_run(1 << 20, 100);
  for (std::uint64_t i = 0; i < 4096; ++i)
    run.placements.push_back({0, forever, i * 256, 128, 128});
  const Canvas canvas = history_of(run, 10, 10);
  const Rgba half = mix(unused_space, live, used_share(1, 1));
  EXPECT_NEAR(canvas.at(5, 5).b, half.b, 3);
}

}  // namespace
}  // namespace heapatlas::viewer
