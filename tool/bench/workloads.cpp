#include "tool/bench/workloads.hpp"

#include <fmt/format.h>

namespace heapatlas::tool::bench {
namespace {

constexpr std::size_t count = 100'000;

void add_live_sets(std::vector<Workload>& all) {
  constexpr struct {
    std::size_t slots, max, operations;
    const char* name;
  } sets[] = {{64, 64, count, "live/1K"},
              {64, 1024, count, "live/16K"},
              {1024, 1024, count, "live/256K"},
              {4096, 1024, 2 * count, "live/1M"},
              {16384, 1024, 4 * count, "live/4M"}};
  for (const auto& set : sets) {
    all.push_back(
        {.name = set.name,
         .help = fmt::format("random live set: {} blocks of 1..{} B", set.slots / 2, set.max),
         .generate = [set] { return random_live_set(set.slots, set.max, set.operations); }});
  }
}

void add_replacements(std::vector<Workload>& all) {
  for (const std::size_t live : {1'000, 100'000}) {
    all.push_back({.name = fmt::format("replace/{}", live),
                   .help = fmt::format(
                       "a random one of {} blocks of 16..256 B freed, another allocated", live),
                   .generate = [live] { return replacements(live, 16, 256, 2 * count); }});
  }
}

void add_random_actions(std::vector<Workload>& all) {
  const auto add = [&](std::size_t max, bool resizes) {
    all.push_back({.name = fmt::format("actions{}/{}", resizes ? "" : "-fixed", max),
                   .help = fmt::format("random actions{}, sizes up to {} B",
                                       resizes ? "" : " without resizes", max),
                   .generate = [=] { return random_actions(max, resizes, count); }});
  };
  for (const std::size_t max : {200, 1000, 3000, 10000, 30000}) add(max, true);
  for (const std::size_t max : {200, 1000, 10000}) add(max, false);
}

void add_regular(std::vector<Workload>& all) {
  all.push_back({.name = "pair/200", .help = "allocate and free 200 B", .generate = [] {
                   return pairs(200, count);
                 }});
  all.push_back({.name = "vectors", .help = "two vectors, ten ints pushed to each", .generate = [] {
                   return vectors(count / 8);
                 }});
  all.push_back({.name = "vectors/reset",
                 .help = "the same, everything freed by a reset where there is one",
                 .form = Form::reset,
                 .generate = [] { return vectors(1); }});
  all.push_back({.name = "batch/16-256",
                 .help = "1,000 blocks of 16..256 B allocated, then freed",
                 .generate = [] { return batch(16, 256, 8, 1000); }});
  all.push_back({.name = "allocate/cold",
                 .help = "400,000 blocks of 1..64 B allocated on pages never touched",
                 .form = Form::once,
                 .generate = [] { return allocations(1, 64, 8, 4 * count); }});
  all.push_back({.name = "allocate/warm",
                 .help = "100,000 blocks of 1..64 B allocated on pages used before",
                 .form = Form::rewound,
                 .generate = [] { return allocations(1, 64, 8, count); }});
  all.push_back({.name = "align/1x4096",
                 .help = "16,384 blocks of 1 B at alignment 4096 allocated, then freed",
                 .generate = [] { return batch(1, 1, 4096, 16384); }});
  all.push_back({.name = "align/4096x1",
                 .help = "16,384 blocks of 4096 B at alignment 1 allocated, then freed",
                 .generate = [] { return batch(4096, 4096, 1, 16384); }});
}

}  // namespace

const std::vector<Workload>& workloads() {
  static const std::vector<Workload> all = [] {
    std::vector<Workload> list;
    add_live_sets(list);
    add_random_actions(list);
    add_replacements(list);
    add_regular(list);
    for (const unsigned threads : {1U, 2U}) {
      list.push_back({.name = fmt::format("hand-over/{}", threads),
                      .help = threads == 1 ? "batches of 16..256 B, allocated and freed"
                                           : "the same, freed by another thread",
                      .form = Form::handed_over,
                      .generate = {},
                      .max = 256,
                      .threads = threads});
    }
    for (const std::size_t max : {64, 1024, 10000}) {
      list.push_back({.name = fmt::format("fill/{}", max),
                      .help = max < 10000
                                  ? fmt::format("requested bytes when full, sizes 1..{}", max)
                                  : fmt::format("the same, random actions up to {} B", max),
                      .form = Form::filled,
                      .generate = {},
                      .max = max});
    }
    return list;
  }();
  return all;
}

const Workload* find_workload(const std::string& name) {
  for (const Workload& workload : workloads()) {
    if (workload.name == name) return &workload;
  }
  return nullptr;
}

}  // namespace heapatlas::tool::bench
