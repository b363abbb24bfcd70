// Documents at random, of every shape that a report may have.
#pragma once

#include <algorithm>
#include <random>

#include "tests/report/sample_document.hpp"

namespace heapatlas::report {

class RandomDocument {
 public:
  explicit RandomDocument(unsigned seed) : random_(seed) {}

  Document make() {
    Document document = sample_document();
    document.runs.clear();
    for (std::uint64_t n = below(4); n > 0; --n) document.runs.push_back(run());
    return document;
  }

 private:
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  /// Of all magnitudes.
  std::uint64_t any() { return random_() % (max_number + 1) >> below(54); }
  double real() {
    return std::ldexp(static_cast<double>(any()), static_cast<int>(below(100)) - 60);
  }
  bool maybe() { return below(2) == 0; }

  std::string text() {
    static constexpr const char* pieces[] = {"a", "b\"", "\\", "\n", "\x01",
                                             "é", "😀",   " ",  "}",  "0"};
    std::string made;
    for (std::uint64_t n = below(6); n > 0; --n) made += pieces[below(10)];
    return made;
  }
  std::vector<std::string> texts() {
    std::vector<std::string> made(below(5));
    for (auto& one : made) one = text();
    return made;
  }
  std::uint32_t id(const std::vector<std::string>& names) {
    return names.empty() || below(5) == 0 ? unknown
                                          : static_cast<std::uint32_t>(below(names.size()));
  }

  Run run() {
    Run run = sample_run();
    run.chain = text();
    run.trace.command = texts();
    run.trace.events = any();
    if (maybe()) run.implementation.reset();
    if (maybe()) run.settings.core.reset();
    if (maybe()) run.figures.ratio_to_system.reset();
    if (maybe()) run.figures.ns_per_operation = real();
    if (maybe()) run.samples.clear();
    for (auto& sample : run.samples) sample.warm_ns_per_operation.assign(below(4), real());
    if (maybe()) run.failures.reset();
    if (maybe()) run.links.clear();
    if (maybe()) run.verification.reset();
    if (maybe()) run.trouble.reset();
    run.heap.reset();
    run.heap_figures.reset();
    if (maybe()) run.heap = heap();
    if (run.heap && maybe()) run.heap_figures = heap_figures(*run.heap);
    return run;
  }

  Heap heap() {
    Heap heap;
    heap.events = below(4) == 0 ? any() : below(100);
    heap.nodes = texts();
    heap.threads = texts();
    heap.sites = texts();
    if (heap.nodes.empty() || heap.events == 0) return heap;
    for (std::uint64_t n = below(4); n > 0; --n) heap.regions.push_back(region(heap));
    for (std::uint64_t n = heap.regions.empty() ? 0 : below(50); n > 0; --n)
      heap.placements.push_back(placement(heap));
    std::sort(heap.placements.begin(), heap.placements.end(),
              [](const Placement& a, const Placement& b) { return a.birth < b.birth; });
    for (std::uint64_t n = below(3); n > 0; --n) heap.snapshots.push_back(snapshot(heap));
    std::sort(heap.snapshots.begin(), heap.snapshots.end(),
              [](const Snapshot& a, const Snapshot& b) { return a.at < b.at; });
    for (std::uint64_t n = below(3); n > 0; --n) heap.series.push_back(series(heap));
    return heap;
  }

  Region region(const Heap& heap) {
    Region region;
    region.node = static_cast<std::uint32_t>(below(heap.nodes.size()));
    region.own = maybe();
    region.address = any() / 4;
    std::uint64_t size = 1 + below(1000);
    for (Event at = below(heap.events); at < heap.events && region.extents.size() < 4;
         at += 1 + below(heap.events)) {
      region.extents.push_back({at, size});
      size += below(1000);
    }
    const Event last = region.extents.back().from;
    if (maybe() && last < heap.events) region.death = last + 1 + below(heap.events - last);
    return region;
  }

  Placement placement(const Heap& heap) {
    Placement one;
    one.region = static_cast<std::uint32_t>(below(heap.regions.size()));
    const Region& region = heap.regions[one.region];
    const Event end = std::min(region.death, heap.events);
    one.birth = region.birth() + below(end - region.birth());
    one.death = one.birth + 1 + below(end - one.birth);
    if (region.death == forever && maybe()) one.death = forever;
    const std::uint64_t size = region.size_at(one.birth);
    one.granted = 1 + below(size);
    one.requested = 1 + below(one.granted);
    one.address = region.address + below(size - one.granted + 1);
    one.node = static_cast<std::uint32_t>(below(heap.nodes.size()));
    one.thread = id(heap.threads);
    one.site = id(heap.sites);
    return one;
  }

  Snapshot snapshot(const Heap& heap) {
    Snapshot snapshot{below(heap.events), text(), {}};
    std::uint64_t address = below(1000);
    for (std::uint64_t n = below(20); n > 0; --n) {
      WalkedSpan span;
      span.address = address;
      span.size = 1 + below(5000);
      span.kind = static_cast<SpanKind>(below(7));
      span.node = static_cast<std::uint32_t>(below(heap.nodes.size()));
      span.blocks = below(3);
      span.requested = below(span.size + 1);
      snapshot.spans.push_back(span);
      address += span.size + below(2) * below(100);
    }
    return snapshot;
  }

  Series series(const Heap& heap) {
    Series series{text(), static_cast<Unit>(below(4)), {}, {}};
    for (std::uint64_t n = below(20); n > 0; --n) {
      series.at.push_back(below(heap.events));
      series.value.push_back(real());
    }
    std::sort(series.at.begin(), series.at.end());
    return series;
  }

  std::mt19937_64 random_;
};

}  // namespace heapatlas::report
