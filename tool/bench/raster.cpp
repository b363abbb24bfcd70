// How long the pictures take: raster_bench, for those who work on the viewer.
//
// "Once loaded": the run, its index and its colouring stand; what is timed is from an event to the
// pixels on a canvas of 1600 x 900.
#include <benchmark/benchmark.h>

#include <string>

#include "tool/bench/raster_run.hpp"
#include "viewer/raster/heap_map.hpp"
#include "viewer/raster/history_map.hpp"

namespace heapatlas::tool::bench {
namespace {

using namespace viewer;

const Run& ten_million() {
  static const Run run = aged_run(10'000'000, 1'000'000);
  return run;
}
/// Built before anything is timed.
const HeapIndex& ten_million_index() {
  static const HeapIndex index{ten_million()};
  return index;
}
const Run& million() {
  static const Run run = young_run(1'000'000);
  return run;
}

void draw_map_at(Canvas& canvas, const AddressLine& line, const Colouring& colouring,
                 const MapView& view, Event at) {
  const HeapAt heap = heap_at(ten_million(), &ten_million_index(), at);
  draw_heap_map(canvas, 0, 0, heap, line, colouring, view);
  benchmark::DoNotOptimize(canvas.pixels().data());
}

/// A jump to another event for each picture, over all of the run.
void heap_map(benchmark::State& state, ColourBy by) {
  const Run& run = ten_million();
  const Colouring colouring{run, by, night()};
  const MapView view = fit_map(run, 1600, 900);
  const AddressLine line = line_for(run, view);
  Canvas canvas(1600, 900, night().paper);
  benchmark::DoNotOptimize(ten_million_index());
  Event at = 0;
  for (auto _ : state) {
    at = (at + run.events * 382 / 1000) % run.events;  // by the golden section: nowhere twice
    draw_map_at(canvas, line, colouring, view, at);
  }
}

void heap_map_walked(benchmark::State& state) {
  const Run& run = ten_million();
  const Colouring colouring{run, ColourBy::state, night()};
  const MapView view = fit_map(run, 1600, 900);
  const AddressLine line = line_for(run, view);
  Canvas canvas(1600, 900, night().paper);
  for (auto _ : state) draw_map_at(canvas, line, colouring, view, run.snapshots[0].at);
}

/// A thousandth of the heap, in which single blocks are seen.
void heap_map_close(benchmark::State& state) {
  const Run& run = ten_million();
  const Colouring colouring{run, ColourBy::state, night()};
  MapView view;
  view.columns = 400;
  view.rows = 225;
  view.cell_width = view.cell_height = 4;
  const AddressLine line = line_for(run, view);
  view.first = line.length() / 2;
  Canvas canvas(1600, 900, night().paper);
  for (auto _ : state) draw_map_at(canvas, line, colouring, view, run.events / 2);
}

void totals(benchmark::State& state) {
  const Run& run = ten_million();
  for (auto _ : state)
    benchmark::DoNotOptimize(totals_of(heap_at(run, &ten_million_index(), run.events / 2)));
}

void build_index(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(HeapIndex{ten_million()});
}

void history(benchmark::State& state, ColourBy by) {
  const Run& run = million();
  const Colouring colouring{run, by, night()};
  const AddressLine line = history_line(run, 840);
  const HistoryView view = fit_history(run, line, 1220, 840);
  Canvas canvas(1220, 840, night().paper);
  for (auto _ : state) {
    draw_history(canvas, 0, 0, run, line, colouring, view);
    benchmark::DoNotOptimize(canvas.pixels().data());
  }
}

BENCHMARK_CAPTURE(heap_map, by_state, ColourBy::state)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK_CAPTURE(heap_map, by_link, ColourBy::link)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK_CAPTURE(heap_map, by_age, ColourBy::age)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK_CAPTURE(heap_map, by_size, ColourBy::size)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK_CAPTURE(heap_map, by_waste, ColourBy::waste)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK_CAPTURE(heap_map, by_thread, ColourBy::thread)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK_CAPTURE(heap_map, by_site, ColourBy::site)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK(heap_map_walked)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(heap_map_close)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(totals)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(build_index)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Iterations(1);
BENCHMARK_CAPTURE(history, by_state, ColourBy::state)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK_CAPTURE(history, by_size, ColourBy::size)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace heapatlas::tool::bench

BENCHMARK_MAIN();
