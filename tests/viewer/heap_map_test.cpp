// A heap map is checked pixel by pixel against a heap computed by hand; above all, a hole of one
// byte must be seen.
#include "viewer/raster/heap_map.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>

#include "tests/viewer/runs.hpp"

namespace heapatlas::viewer {
namespace {

const Rgba live = night().states[static_cast<std::size_t>(State::live)];
const Rgba slack = night().states[static_cast<std::size_t>(State::slack)];
const Rgba unused_space = night().states[static_cast<std::size_t>(State::unused)];

/// The colours of the cells of a map.
std::vector<Rgba> cells_of(const Run& run, Event at, const MapView& view,
                           ColourBy by = ColourBy::state) {
  const HeapIndex index{run};
  const Colouring colouring{run, by, night()};
  Canvas canvas(view.width(), view.height(), night().paper);
  draw_heap_map(canvas, 0, 0, heap_at(run, &index, at), line_for(run, view), colouring, view);
  std::vector<Rgba> cells;
  for (int y = 0; y < view.height(); y += view.cell_height)
    for (int x = 0; x < view.width(); x += view.cell_width) cells.push_back(canvas.at(x, y));
  return cells;
}

MapView eight_by_eight(std::uint64_t cell_bytes) {
  MapView view;
  view.cell_bytes = cell_bytes;
  view.columns = 8;
  view.rows = 8;
  return view;
}

int distance(Rgba a, Rgba b) {
  return std::abs(a.r - b.r) + std::abs(a.g - b.g) + std::abs(a.b - b.b);
}

TEST(HeapMap, sixty_four_cells_by_hand) {
  // 64 cells of 16 bytes. Blocks: cells 0-1 whole; 2 and the first half of 3, its second half
  // slack; 5 and all of 6 but its last byte; the last byte of the heap.
  auto run = plain_run(64 * 16, 10);
  run.placements = {{0, forever, 0, 32, 32},
                    {0, forever, 32, 24, 32},
                    {0, forever, 80, 31, 31},
                    {0, forever, 1023, 1, 1},
                    {0, 5, 200, 100, 100}};
  const auto cells = cells_of(run, 5, eight_by_eight(16));
  ASSERT_EQ(cells.size(), 64U);
  for (const int full : {0, 1, 2, 5})
    EXPECT_EQ(cells[static_cast<std::size_t>(full)], live) << full;
  EXPECT_EQ(cells[3], live) << "half live, half slack, no hole: the first of equals";
  EXPECT_EQ(cells[4], unused_space);
  EXPECT_EQ(cells[6], mix(unused_space, live, used_share(15, 1)));
  for (std::size_t i = 7; i < 63; ++i) EXPECT_EQ(cells[i], unused_space) << i;
  EXPECT_EQ(cells[63], mix(unused_space, live, used_share(1, 15)));
}

TEST(HeapMap, a_hole_of_one_byte_in_a_mebibyte_is_seen) {
  auto run = plain_run(64 << 20, 10);
  const std::uint64_t hole = (5 << 20) + 1234;
  run.placements = {{0, forever, 0, hole, hole},
                    {0, forever, hole + 1, (64 << 20) - hole - 1, (64 << 20) - hole - 1}};
  const auto cells = cells_of(run, 0, eight_by_eight(1 << 20));
  for (std::size_t i = 0; i < 64; ++i) {
    if (i == 5) {
      EXPECT_GT(distance(cells[i], live), 60);
    } else {
      EXPECT_EQ(cells[i], live);
    }
  }
}

TEST(HeapMap, a_block_of_one_byte_in_a_mebibyte_is_seen) {
  auto run = plain_run(64 << 20, 10);
  run.placements = {{0, forever, 9 << 20, 1, 1}};
  const auto cells = cells_of(run, 0, eight_by_eight(1 << 20));
  EXPECT_GT(distance(cells[9], unused_space), 60);
  EXPECT_EQ(cells[8], unused_space);
  EXPECT_EQ(cells[10], unused_space);
}

TEST(HeapMap, half_open_blocks_paint_no_cell_too_many) {
  auto run = plain_run(64, 10);
  run.placements = {{0, forever, 8, 8, 8}};
  const auto cells = cells_of(run, 0, eight_by_eight(1));
  EXPECT_EQ(cells[7], unused_space);
  EXPECT_EQ(cells[8], live);
  EXPECT_EQ(cells[15], live);
  EXPECT_EQ(cells[16], unused_space);
}

TEST(HeapMap, slack_has_its_colour_by_state_and_its_blocks_otherwise) {
  auto run = plain_run(64, 10);
  run.placements = {{0, forever, 0, 8, 16}};
  EXPECT_EQ(cells_of(run, 0, eight_by_eight(1))[8], slack);
  const auto by_link = cells_of(run, 0, eight_by_eight(1), ColourBy::link);
  EXPECT_EQ(by_link[8], by_link[7]);
}

TEST(HeapMap, gaps_are_marked_and_what_is_in_no_region_is_not_free) {
  auto run = plain_run(12, 10);
  run.regions.push_back({1000, forever, {{0, 4}}});
  MapView view = eight_by_eight(1);
  const auto rows = cells_of(run, 0, view);
  EXPECT_EQ(rows[11], unused_space);
  EXPECT_EQ(rows[12], night().panel) << "the rest of the row";
  for (std::size_t i = 16; i < 24; ++i) EXPECT_EQ(rows[i], night().gap) << i;
  EXPECT_EQ(rows[24], unused_space);
  EXPECT_EQ(rows[28], night().panel);
  view.row_for_piece = false;
  const auto close = cells_of(run, 0, view);
  EXPECT_EQ(close[11], unused_space);
  EXPECT_EQ(close[12], night().gap);
  EXPECT_EQ(close[13], unused_space);
  EXPECT_EQ(close[17], night().panel);
}

TEST(HeapMap, a_view_of_the_middle_shows_what_the_whole_shows_there) {
  const auto run = random_run(11, 3000);
  MapView whole;
  whole.cell_bytes = 24;
  whole.columns = 50;
  whole.rows = 60;
  const auto all = cells_of(run, 1500, whole);
  MapView part = whole;
  part.first = 24 * 50 * 13;
  part.rows = 20;
  const auto middle = cells_of(run, 1500, part);
  for (std::size_t i = 0; i < middle.size(); ++i) ASSERT_EQ(middle[i], all[i + 50 * 13]) << i;
}

/// The colour of a cell whose bytes are told one by one.
Rgba cell_by_hand(const std::vector<std::size_t>& slots, const Colouring& colouring) {
  const SlotColours colours = slot_colours(colouring);
  std::array<std::uint64_t, slot_count> bytes{};
  for (const std::size_t slot : slots) ++bytes[slot];
  const std::uint64_t unused = bytes[slot_of(State::unused)];
  const std::uint64_t free = bytes[slot_of(State::free)];
  std::uint64_t most = 0;
  Rgba hue;
  for (std::size_t i = 0; i < slot_count; ++i) {
    if (i == slot_of(State::unused) || i == slot_of(State::free) || bytes[i] <= most) continue;
    most = bytes[i];
    hue = colours[i];
  }
  if (slots.empty()) return colouring.palette().panel;
  return mix(colours[slot_of(unused > free ? State::unused : State::free)], hue,
             used_share(slots.size() - unused - free, unused + free));
}

TEST(HeapMap, every_cell_is_that_of_its_bytes) {
  auto run = random_run(77, 2500);
  run.regions[0].extents[0].size = 40000;
  run.regions.push_back({40000, forever, {{0, 20000}}, 0, false});
  run.snapshots = {{1600,
                    "end",
                    {{0, 900, SpanKind::metadata, 0},
                     {900, 30000, SpanKind::used, 0},
                     {30900, 7, SpanKind::padding, 0},
                     {30907, 20000, SpanKind::free, 0}}}};
  for (const ColourBy by : {ColourBy::state, ColourBy::size, ColourBy::age, ColourBy::thread}) {
    const Colouring colouring{run, by, night()};
    for (const Event at : {0U, 700U, 1600U, 2499U}) {
      for (const std::uint64_t cell_bytes : {1U, 24U, 37U, 4096U}) {
        MapView view;
        view.cell_bytes = cell_bytes;
        view.columns = 61;
        view.rows = 80;
        const HeapAt heap = heap_at(run, nullptr, at);
        std::vector<std::vector<std::size_t>> slots(view.bytes() / cell_bytes);
        std::vector<std::size_t> bytes(view.bytes(), slot_count);
        const auto paint = [&](std::uint64_t from, std::uint64_t to, std::size_t slot) {
          for (; from < std::min(to, view.bytes()); ++from) bytes[from] = slot;
        };
        for (const HeapSpan& span : heap.background->spans)
          paint(span.address, span.end(), slot_of(span.state));
        for_each_block(heap, 0, largest_number, [&](const CutBlock& block) {
          const std::size_t category = colouring.at(at).category_of(block.id, block.classes);
          paint(block.from, block.slack_from, category);
          paint(block.slack_from, block.to, by == ColourBy::state ? 1 : category);
        });
        for (std::uint64_t i = 0; i < bytes.size(); ++i)
          if (bytes[i] != slot_count) slots[i / cell_bytes].push_back(bytes[i]);
        const auto cells = cells_of(run, at, view, by);
        for (std::size_t i = 0; i < cells.size(); ++i)
          ASSERT_EQ(cells[i], cell_by_hand(slots[i], colouring))
              << name_of(by) << " at " << at << ", cell " << i << " of " << cell_bytes << " bytes";
      }
    }
  }
}

TEST(HeapMap, a_heap_of_petabytes) {
  auto run = plain_run(std::uint64_t{1} << 52, 10);
  const std::uint64_t third = (std::uint64_t{1} << 52) / 3;
  run.placements = {{0, forever, 5, third, third}, {0, forever, third * 2, 1, 1}};
  const MapView view = eight_by_eight(std::uint64_t{1} << 46);
  const auto cells = cells_of(run, 0, view);
  EXPECT_EQ(cells[0], mix(unused_space, live, used_share<std::uint64_t>(view.cell_bytes - 5, 5)));
  EXPECT_EQ(cells[20], live);
  EXPECT_EQ(cells[22], unused_space);
  EXPECT_EQ(cells[42], mix(unused_space, live, used_share<std::uint64_t>(1, view.cell_bytes - 1)));
}

TEST(HeapMap, cells_are_drawn_at_their_size) {
  auto run = plain_run(64, 10);
  run.placements = {{0, forever, 9, 1, 1}};
  MapView view = eight_by_eight(1);
  view.cell_width = 3;
  view.cell_height = 2;
  const HeapIndex index{run};
  Canvas canvas(30, 30, night().paper);
  draw_heap_map(canvas, 2, 1, heap_at(run, &index, 0), line_for(run, view),
                Colouring{run, ColourBy::state, night()}, view);
  for (int y = 0; y < 30; ++y)
    for (int x = 0; x < 30; ++x) {
      const bool in_map = x >= 2 && x < 26 && y >= 1 && y < 17;
      const bool in_block = x >= 5 && x < 8 && y >= 3 && y < 5;
      EXPECT_EQ(canvas.at(x, y), in_block ? live
                                 : in_map ? unused_space
                                          : night().paper)
          << x << ", " << y;
    }
}

TEST(FitMap, shows_everything_as_large_as_it_can) {
  for (const std::uint64_t size : {1ULL, 100ULL, 5000ULL, 1ULL << 20, 77ULL << 20, 1ULL << 40}) {
    const auto run = plain_run(size, 1);
    const MapView view = fit_map(run, 1500, 700);
    EXPECT_LE(line_for(run, view).length(), view.bytes()) << size;
    EXPECT_LE(view.width(), 1500);
    EXPECT_LE(view.height(), 700);
    EXPECT_TRUE(view.cell_bytes == 1 || size * 2 > view.bytes()) << size << ": half is empty";
  }
}

TEST(FitMap, keeps_the_row_size_that_is_asked_for) {
  for (const std::uint64_t row : {64U, 4096U, 65536U, 1U << 20})
    EXPECT_EQ(fit_map(plain_run(1 << 20, 1), 1500, 700, row).row_bytes(), row);
}

TEST(FitMap, thousands_of_regions_fit_too) {
  auto run = plain_run(100, 1);
  for (std::uint64_t i = 1; i < 5000; ++i) run.regions.push_back({i * 1000, forever, {{0, 100}}});
  const MapView view = fit_map(run, 800, 600);
  EXPECT_FALSE(view.row_for_piece);
  EXPECT_LE(line_for(run, view).length(), view.bytes());
}

TEST(MapView, picking_is_the_inverse_of_drawing) {
  MapView view;
  view.first = 1000;
  view.cell_bytes = 10;
  view.columns = 7;
  view.rows = 3;
  view.cell_width = 4;
  view.cell_height = 4;
  EXPECT_EQ(view.position_at(0, 0), 1000U);
  EXPECT_EQ(view.position_at(27, 3), 1060U);
  EXPECT_EQ(view.position_at(0, 4), 1070U);
  EXPECT_FALSE(view.position_at(28, 0));
  EXPECT_FALSE(view.position_at(0, 12));
  EXPECT_FALSE(view.position_at(-1, 0));
}

TEST(CellRule, only_a_cell_without_a_hole_is_pure) {
  EXPECT_EQ(used_share(0, 10), 0U);
  EXPECT_EQ(used_share(10, 0), 256U);
  EXPECT_GE(used_share<std::uint64_t>(1, std::uint64_t{1} << 50), 64U);
  EXPECT_LE(used_share<std::uint64_t>(std::uint64_t{1} << 50, 1), 192U);
  for (std::uint64_t used = 1; used < 100; ++used)
    EXPECT_LE(used_share(used, 101 - used), used_share(used + 1, 100 - used));
}

}  // namespace
}  // namespace heapatlas::viewer
