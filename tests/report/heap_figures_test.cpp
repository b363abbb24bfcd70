// Figures of heaps that were worked out by hand.
#include "core/report/heap_figures.hpp"

#include <gtest/gtest.h>

#include "tests/report/sample_document.hpp"

namespace heapatlas::report {
namespace {

TEST(SpanFigures, are_the_sums_of_a_heap_of_64_cells) {
  // cells of 16 bytes: 8 metadata, 20 used, 4 free, 2 padding, 1 used, 16 free, 6 cached, 7
  // reserved
  const std::vector<WalkedSpan> spans = {
      {0, 128, SpanKind::metadata, 0, 0, 0}, {128, 320, SpanKind::used, 0, 3, 300},
      {448, 64, SpanKind::free, 0, 0, 0},    {512, 32, SpanKind::padding, 0, 0, 0},
      {544, 16, SpanKind::used, 0, 1, 1},    {560, 256, SpanKind::free, 0, 0, 0},
      {816, 96, SpanKind::cached, 0, 0, 0},  {912, 111, SpanKind::reserved, 0, 0, 0},
      {1023, 1, SpanKind::free, 0, 0, 0},
  };
  const SpanFigures figures = span_figures(spans);
  EXPECT_EQ(figures.used_bytes, 336U);
  EXPECT_EQ(figures.free_bytes, 321U);
  EXPECT_EQ(figures.metadata_bytes, 128U);
  EXPECT_EQ(figures.padding_bytes, 32U);
  EXPECT_EQ(figures.cached_bytes, 96U);
  EXPECT_EQ(figures.reserved_bytes, 111U);
  EXPECT_EQ(figures.opaque_bytes, 0U);
  EXPECT_EQ(figures.free_runs, 3U);
  EXPECT_EQ(figures.largest_free_bytes, 256U);
  ASSERT_TRUE(figures.external_fragmentation);
  EXPECT_DOUBLE_EQ(*figures.external_fragmentation, 65.0 / 321);
  const std::vector<FreeRuns> runs = {{1, 1, 1}, {64, 1, 64}, {256, 1, 256}};
  EXPECT_EQ(figures.free_run_histogram, runs);
}

TEST(SpanFigures, nothing_free_has_no_fragmentation) {
  EXPECT_FALSE(span_figures({}).external_fragmentation);
  EXPECT_EQ(span_figures({}).largest_free_bytes, 0U);
}

TEST(SpanFigures, one_free_run_is_not_fragmented) {
  const std::vector<WalkedSpan> spans = {{0, 100, SpanKind::free, 0, 0, 0}};
  EXPECT_EQ(span_figures(spans).external_fragmentation, 0.0);
}

/// Six blocks in 1 KiB that grows to 2 KiB and has a neighbour for a while.
Heap worked_example() {
  Heap heap;
  heap.events = 12;
  heap.nodes = {"a"};
  heap.regions = {{0, forever, {{0, 1024}, {6, 2048}, {9, 512}}, 0, true},
                  {4096, 8, {{4, 100}}, 0, true}};
  heap.placements = {
      {0, 3, 0, 100, 112, 0},                       // A
      {1, forever, 112, 30, 32, 0},                 // B
      {4, 6, 0, 64, 64, 0},                         // C where A was, 1 event later
      {5, 7, 4096, 1, 16, 0, unknown, unknown, 1},  // D in the neighbour
      {6, 8, 0, 120, 128, 0},                       // C resized in place: no reuse
      {11, forever, 0, 8, 8, 0},                    // E where C was, 3 events later
  };
  heap.snapshots = {{5,
                     "peak",
                     {{0, 64, SpanKind::used, 0, 1, 64},
                      {64, 48, SpanKind::free, 0, 0, 0},
                      {112, 32, SpanKind::used, 0, 1, 30},
                      {144, 200, SpanKind::reserved, 0, 0, 0}}},
                    {11, "end", {}}};
  return heap;
}

TEST(HeapFigures, of_a_worked_example) {
  const Heap heap = worked_example();
  ASSERT_TRUE(validate(heap));
  const HeapFigures figures = heap_figures(heap);
  EXPECT_EQ(figures.blocks, 6U);
  EXPECT_EQ(figures.requested_bytes, 323U);
  EXPECT_EQ(figures.granted_bytes, 360U);
  // Live bytes: 100 130 . 30 94 95 151 150 30 ... 38
  EXPECT_EQ(figures.peak_live_event, 6U);
  EXPECT_EQ(figures.peak_live_bytes, 151U);
  EXPECT_EQ(figures.peak_live_blocks, 3U);
  EXPECT_EQ(figures.peak_committed_bytes, 2148U);
  ASSERT_TRUE(figures.internal_waste && figures.churn);
  EXPECT_DOUBLE_EQ(*figures.internal_waste, 360.0 / 323);
  EXPECT_DOUBLE_EQ(*figures.churn, 323.0 / 151);
  EXPECT_EQ(figures.fresh_blocks, 3U);
  const std::vector<WasteClass> waste = {
      {1, 1, 1, 16}, {8, 1, 8, 8}, {16, 1, 30, 32}, {64, 3, 284, 304}};
  EXPECT_EQ(figures.waste_by_size, waste);
  const std::vector<ReuseDistance> reuse = {{1, 1}, {2, 1}};
  EXPECT_EQ(figures.address_reuse_distance, reuse);
}

TEST(HeapFigures, of_its_snapshots) {
  const HeapFigures figures = heap_figures(worked_example());
  ASSERT_EQ(figures.snapshots.size(), 2U);
  const SnapshotFigures& peak = figures.snapshots[0];
  EXPECT_EQ(peak.at, 5U);
  EXPECT_EQ(peak.label, "peak");
  EXPECT_EQ(peak.live_blocks, 3U);
  EXPECT_EQ(peak.live_bytes, 95U);
  EXPECT_EQ(peak.granted_bytes, 112U);
  EXPECT_EQ(peak.committed_bytes, 1124U);
  EXPECT_EQ(peak.spans.largest_free_bytes, 48U);
  EXPECT_EQ(figures.snapshots[1].live_blocks, 2U);
  EXPECT_EQ(figures.snapshots[1].committed_bytes, 512U);
}

TEST(HeapFigures, of_nothing_are_absent_or_0) {
  const HeapFigures figures = heap_figures({});
  EXPECT_EQ(figures, HeapFigures{});
}

}  // namespace
}  // namespace heapatlas::report
