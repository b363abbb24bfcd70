// How fast reports are read and written, and in how much memory: a program of Google Benchmark's.
//
// The heap is made up, like a replay's: blocks of a few hundred bytes in two regions, lives of all
// lengths, some threads and sites. A child makes the files, so that peak_MiB, the most memory that
// was resident at once, is that of reading; run one benchmark a process to see it
// (--benchmark_filter=read/cbor.zst/10000000).
#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <random>
#include <string>

#include "core/report/file.hpp"

namespace {

using namespace heapatlas::report;

Document made_up(std::size_t blocks) {
  constexpr std::uint64_t region_bytes = std::uint64_t{1} << 30;
  std::mt19937_64 random(1);
  Heap heap;
  heap.events = 2 * blocks;
  heap.nodes = {"slab(size=256) | talc", "slab(size=256)", "talc"};
  heap.threads = {"main", "worker"};
  for (int i = 0; i < 200; ++i) heap.sites.push_back("function at file.c:" + std::to_string(i));
  heap.regions = {{0, forever, {{0, region_bytes}}, 1, true},
                  {2 * region_bytes, forever, {{0, region_bytes}}, 2, true}};
  heap.placements.reserve(blocks);
  for (std::size_t i = 0; i < blocks; ++i) {
    Placement one;
    one.region = static_cast<std::uint32_t>(random() % 2);
    one.node = one.region + 1;
    one.requested = 1 + random() % (one.node == 1 ? 256 : 3000);
    one.granted = (one.requested + 15) / 16 * 16;
    one.address = heap.regions[one.region].address + random() % (region_bytes - 4096) / 16 * 16;
    one.birth = 2 * i;
    one.death = std::min<Event>(2 * i + 1 + (random() >> (random() % 30 + 34)), heap.events);
    if (random() % 100 == 0) one.death = forever;
    one.thread = static_cast<std::uint32_t>(random() % 4 == 0 ? 1 : 0);
    one.site = static_cast<std::uint32_t>(random() % 200);
    heap.placements.push_back(one);
  }
  Document document;
  document.runs.emplace_back().heap = std::move(heap);
  return document;
}

/// The file of that many blocks, made by a child.
std::string file_of(const std::string& format, std::size_t blocks) {
  std::string path = std::filesystem::temp_directory_path() /
                     ("heapatlas-load-" + std::to_string(blocks) + "." + format);
  const pid_t child = fork();
  if (child == 0) _exit(write(path, made_up(blocks)) ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) path.clear();
  return path;
}

double peak_mebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void read_report(benchmark::State& state, const std::string& format) {
  const auto blocks = static_cast<std::size_t>(state.range(0));
  const std::string path = file_of(format, blocks);
  for (auto _ : state) {
    const auto document = read(path);
    if (!document) state.SkipWithError(document.error().line().c_str());
    benchmark::DoNotOptimize(document);
  }
  state.counters["peak_MiB"] = peak_mebibytes();
  std::error_code gone;
  state.counters["file_MiB"] =
      static_cast<double>(std::filesystem::file_size(path, gone)) / (1 << 20);
  std::filesystem::remove(path, gone);
}

void write_report(benchmark::State& state, const std::string& format) {
  const Document document = made_up(static_cast<std::size_t>(state.range(0)));
  const Format how = format_of("report." + format);
  for (auto _ : state) {
    const auto bytes = encode(document, how);
    if (!bytes) state.SkipWithError(bytes.error().line().c_str());
    benchmark::DoNotOptimize(bytes);
  }
}

}  // namespace

int main(int count, char** arguments) {
  for (const char* format : {"json", "cbor", "json.zst", "cbor.zst"}) {
    for (const std::int64_t blocks : {1'000'000, 10'000'000}) {
      benchmark::RegisterBenchmark(("read/" + std::string(format)).c_str(), read_report, format)
          ->Arg(blocks)
          ->Unit(benchmark::kMillisecond);
    }
    benchmark::RegisterBenchmark(("write/" + std::string(format)).c_str(), write_report, format)
        ->Arg(1'000'000)
        ->Unit(benchmark::kMillisecond);
  }
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
