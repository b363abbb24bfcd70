// The report document, heapatlas.report/1: what was measured, where, and how.
//
// One run for each (trace, chain). Units stand in the names: _ns nanoseconds, _bytes, _share and
// the ratios are plain numbers. What was not or cannot be measured is absent (null in the file),
// never 0. No number exceeds max_number, so that every reader of JSON takes it exactly.
//
// report.schema.json describes the file; json.hpp reads and writes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/report/heap.hpp"
#include "core/report/heap_figures.hpp"

namespace heapatlas::report {

inline constexpr std::string_view format_name = "heapatlas.report/1";
inline constexpr std::uint64_t max_number = std::uint64_t{1} << 53;

/// Where it was measured. Texts may be empty: unknown.
struct Environment {
  std::string heapatlas;  ///< version
  std::string compiler;
  std::string build_type;  ///< Release, Debug
  std::string processor;
  std::uint64_t cores = 0;  ///< that this process may use
  std::string kernel;
  std::string c_library;
  std::string transparent_huge_pages;  ///< always, madvise, never

  bool operator==(const Environment&) const = default;
};

/// Which trace it was, as far as it was replayed. Bytes are as requested, sizes of 0 as 1.
struct TraceIdentity {
  std::string name;      ///< of the file, without its folder
  std::string checksum;  ///< of the file's bytes: "xxh3:" and 16 hexadecimal digits
  std::string program;
  std::vector<std::string> command;
  std::uint64_t events = 0;
  std::uint64_t operations = 0;  ///< allocations, resizes and frees
  std::uint64_t allocations = 0;
  std::uint64_t resizes = 0;
  std::uint64_t frees = 0;
  std::uint64_t threads = 0;
  std::uint64_t peak_live_bytes = 0;
  std::uint64_t peak_live_objects = 0;
  std::uint64_t final_live_objects = 0;
  bool exact_identity = true;           ///< frees were recorded with the object's identity
  std::optional<std::string> recovery;  ///< of a damaged file: how much of it this is

  bool operator==(const TraceIdentity&) const = default;
};

/// How it was measured.
struct Settings {
  std::string order;  ///< strict: the recorded order on one thread
  std::string touch;  ///< none, first, page, all: what is written to new blocks
  std::uint64_t natural_alignment_bytes = 16;
  std::uint64_t samples = 0;          ///< processes that were asked for
  std::uint64_t warm_passes = 0;      ///< at most, in each of them
  std::optional<std::uint64_t> core;  ///< they were pinned to

  bool operator==(const Settings&) const = default;
};

/// One process. Times are of the thread's processor; an operation is an allocation, a resize or a
/// free.
struct Sample {
  double cold_ns_per_operation = 0;           ///< the first pass
  std::vector<double> warm_ns_per_operation;  ///< the later ones
  double cold_wall_ns_per_operation = 0;      ///< by the clock
  std::vector<double> warm_wall_ns_per_operation;
  std::uint64_t cold_page_faults = 0;

  bool operator==(const Sample&) const = default;
};

/// Time over that of system malloc in the same report; lower is better.
struct Ratio {
  double value = 0;
  std::optional<double> low;  ///< of its 95% confidence interval
  std::optional<double> high;
  std::string verdict;  ///< faster, slower, no difference detected, too few samples

  bool operator==(const Ratio&) const = default;
};

/// Medians over the samples. Lower is better, save operations_per_second.
struct Figures {
  std::optional<double> ns_per_operation;       ///< warm passes
  std::optional<double> cold_ns_per_operation;  ///< first passes
  std::optional<double> wall_ns_per_operation;  ///< warm passes, by the clock
  std::optional<double> operations_per_second;  ///< warm passes; higher is better
  std::optional<double> relative_spread;        ///< half the quartiles' distance over the median
  std::optional<bool> two_modes;                ///< the samples fall into two groups
  std::optional<double> null_ns_per_operation;  ///< the replay loop itself, in the same report
  std::optional<double> null_share;             ///< its part of ns_per_operation
  std::optional<Ratio> ratio_to_system;
  std::optional<double> cold_page_faults;
  std::optional<std::uint64_t> peak_footprint_bytes;  ///< resident, beyond the harness
  std::optional<std::uint64_t> footprint_at_peak_live_bytes;
  std::optional<std::uint64_t> final_footprint_bytes;
  std::optional<double> peak_footprint_over_peak_live;

  bool operator==(const Figures&) const = default;
};

/// Requests that were not served, in one pass over the trace.
struct Failures {
  std::uint64_t allocations = 0;
  std::uint64_t resizes = 0;
  std::uint64_t skipped = 0;  ///< operations on objects whose allocation had failed

  [[nodiscard]] std::uint64_t total() const { return allocations + resizes + skipped; }
  bool operator==(const Failures&) const = default;
};

/// What one allocator of the chain did in one pass over the trace.
struct Link {
  std::uint64_t node = 0;      ///< preorder over the chain's allocators, from 0
  std::string chain;           ///< its part of the chain's text
  std::uint64_t answered = 0;  ///< allocations and resizes
  std::uint64_t answered_bytes = 0;
  std::uint64_t refused_allocations = 0;  ///< the next link or the program got them
  std::uint64_t refused_resizes = 0;      ///< the block moved to where there was room, or stayed
  std::uint64_t peak_bytes = 0;           ///< most live bytes at once

  bool operator==(const Link&) const = default;
};

/// The first operation that showed an allocator to be broken.
struct Fault {
  std::string what;
  std::optional<std::uint64_t> event;  ///< of the trace, from 0; absent: after the last one
  std::optional<std::uint64_t> object;

  bool operator==(const Fault&) const = default;
};

struct Verification {
  bool passed = false;
  std::optional<Fault> fault;

  bool operator==(const Verification&) const = default;
};

/// Why a chain could not be measured to its end.
struct Trouble {
  std::string kind;  ///< refused, crashed, exited, timed_out
  std::string pass;  ///< throughput, memory, counts, verify
  std::string what;

  bool operator==(const Trouble&) const = default;
};

struct Run {
  TraceIdentity trace;
  std::string chain;                          ///< canonical text
  std::optional<std::string> implementation;  ///< static, dynamic
  Settings settings;
  Figures figures;
  std::vector<Sample> samples;
  std::optional<Failures> failures;
  std::vector<Link> links;  ///< empty when they were not counted
  std::optional<Verification> verification;
  std::optional<Trouble> trouble;
  std::optional<Heap> heap;                 ///< when placements were recorded
  std::optional<HeapFigures> heap_figures;  ///< of that heap

  bool operator==(const Run&) const = default;
};

struct Document {
  Environment environment;
  std::vector<Run> runs;

  bool operator==(const Document&) const = default;
};

}  // namespace heapatlas::report
