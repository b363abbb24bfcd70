// A document in which every member is set, each to something else.
#pragma once

#include "core/report/document.hpp"

namespace heapatlas::report {

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
