// Pictures must not depend on how many threads draw them.
#include <gtest/gtest.h>
#include <sched.h>

#include <vector>

#include "tests/viewer/runs.hpp"
#include "viewer/model/parallel.hpp"
#include "viewer/raster/heap_map.hpp"
#include "viewer/raster/history_map.hpp"

namespace heapatlas::viewer {
namespace {

constexpr Event events = 6000;
constexpr ColourBy ways[] = {ColourBy::state, ColourBy::size, ColourBy::age};

/// Maps and histories of a run, as many as there are ways to go through the blocks.
std::vector<Canvas> pictures_of(const Run& run, const HeapIndex& index) {
  std::vector<Canvas> pictures;
  MapView map = fit_map(run, 600, 400);
  const AddressLine line = history_line(run, 300);
  const HistoryView history = fit_history(run, line, 500, 300);
  for (const ColourBy by : ways) {
    const Colouring colouring{run, by, night(), index.classes()};
    for (const Event at : {events / 2, Event{4000}, events - 1}) {
      pictures.emplace_back(600, 400, night().paper);
      draw_heap_map(pictures.back(), 0, 0, heap_at(run, &index, at), line_for(run, map), colouring,
                    map);
    }
    pictures.emplace_back(500, 300, night().paper);
    draw_history(pictures.back(), 0, 0, run, line, colouring, history);
  }
  return pictures;
}

TEST(RasterThreads, many_draw_what_one_draws) {
  auto run = random_run(5, events);
  run.regions[0].extents[0].size = 1 << 17;
  run.snapshots = {
      {4000, "end", {{0, 40000, SpanKind::used, 0}, {40000, 25536, SpanKind::free, 0}}}};
  const auto valid = validate(run);
  ASSERT_TRUE(valid) << valid.error().what;
  const HeapIndex index{run};
  const auto by_many = pictures_of(run, index);

  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(sched_getcpu()), &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  const std::size_t processors = usable_processors();
  const auto by_one = pictures_of(run, index);
  ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);

  EXPECT_EQ(processors, 1U);
  ASSERT_EQ(by_many.size(), by_one.size());
  for (std::size_t i = 0; i < by_many.size(); ++i)
    EXPECT_EQ(by_many[i].pixels(), by_one[i].pixels()) << i;
}

}  // namespace
}  // namespace heapatlas::viewer
