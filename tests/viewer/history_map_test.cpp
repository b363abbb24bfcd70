// Coverage over time and addresses must be exact: blocks that touch leave no seam, and a rectangle
// covers its pixels and no others.
#include "viewer/raster/history_map.hpp"

#include <gtest/gtest.h>

#include "tests/viewer/runs.hpp"

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
