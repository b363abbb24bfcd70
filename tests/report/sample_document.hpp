// A document in which every member is set, each to something else.
#pragma once

#include "core/report/document.hpp"

namespace heapatlas::report {

inline Heap sample_heap() {
  Heap heap;
  heap.events = 20;
  heap.nodes = {"stalloc | system", "stalloc", "system"};
  heap.threads = {"main", "worker"};
  heap.sites = {"main at app.c:7"};
  heap.regions = {{4096, forever, {{0, 4096}, {5, 8192}}, 1, true}, {0, 9, {{2, 1000}}, 2, false}};
  heap.placements = {{0, forever, 4096, 10, 16, 1, 0, 0, 0},
                     {2, 9, 100, 900, 900, 2, 1, unknown, 1},
                     {6, 7, 12000, 1, 8, 1, unknown, 0, 0}};
  Snapshot peak{6, "peak", {}};
  peak.spans = {{0, 1000, SpanKind::opaque, 2, 0, 0},
                {4096, 16, SpanKind::used, 1, 1, 10},
                {4112, 7888, SpanKind::free, 1, 0, 0},
                {12000, 8, SpanKind::used, 1, 1, 1},
                {12008, 280, SpanKind::metadata, 1, 0, 0}};
  heap.snapshots = {peak, {19, "end", {}}};
  heap.series = {{"live", Unit::bytes, {0, 2, 6, 7, 9}, {10, 910, 911, 910, 10}},
                 {"external fragmentation", Unit::share, {6}, {0.03125}}};
  return heap;
}

inline Run sample_run() {
  Run run;
  run.trace = {"app.hat",
               "xxh3:0123456789abcdef",
               "/usr/bin/app",
               {"app", "-x", "a b"},
               1000,
               900,
               500,
               100,
               300,
               3,
               65536,
               77,
               200,
               false,
               "half of it was read"};
  run.chain = "stalloc | system";
  run.implementation = "static";
  run.settings = {"strict", "page", 8, 10, 5, 1};
  run.figures.ns_per_operation = 12.5;
  run.figures.cold_ns_per_operation = 20.25;
  run.figures.wall_ns_per_operation = 13;
  run.figures.operations_per_second = 8e7;
  run.figures.relative_spread = 0.015;
  run.figures.two_modes = true;
  run.figures.null_ns_per_operation = 1.125;
  run.figures.null_share = 0.09;
  run.figures.ratio_to_system = {1.5, 1.25, 1.75, "slower"};
  run.figures.cold_page_faults = 300.5;
  run.figures.peak_footprint_bytes = 81920;
  run.figures.footprint_at_peak_live_bytes = 77777;
  run.figures.final_footprint_bytes = 0;
  run.figures.peak_footprint_over_peak_live = 1.25;
  run.samples = {{20, {12, 13}, 21, {12.5, 13.5}, 301}, {20.5, {}, 22, {}, 300}};
  run.failures = {1, 2, 3};
  run.links = {{0, "stalloc | system", 600, 6000, 0, 65536}, {1, "stalloc", 400, 4000, 200, 4096}};
  run.verification = {false, Fault{"bytes were granted again", 12, 5}};
  run.trouble = {"crashed", "memory", "killed by SIGSEGV"};
  run.heap = sample_heap();
  run.heap_figures = heap_figures(*run.heap);
  return run;
}

inline Document sample_document() {
  Document document;
  document.environment = {"0.1.0", "gcc 12",  "Release",    "a processor",
                          2,       "Linux 6", "glibc 2.36", "madvise"};
  document.runs = {sample_run(), Run{}};
  document.runs.back().trace.checksum = "xxh3:0000000000000000";
  document.runs.back().settings = {"strict", "first", 16, 1, 0, std::nullopt};
  return document;
}

}  // namespace heapatlas::report
