// Traces and workloads made by hand, for tests.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/replay/compile.hpp"
#include "core/replay/passes.hpp"
#include "core/trace/reader.hpp"
#include "core/trace/writer.hpp"
#include "tests/trace/scratch_folder.hpp"

namespace heapatlas::replay {

using trace::Event;
using trace::EventKind;

inline Event allocate(std::uint64_t object, std::uint64_t size,
                      std::uint8_t align_log2 = trace::natural_align, bool zeroed = false) {
  Event event;
  event.object = object;
  event.size = size;
  event.align_log2 = align_log2;
  event.zeroed = zeroed;
  return event;
}

inline Event resize(std::uint64_t object, std::uint64_t size) {
  Event event;
  event.kind = EventKind::resize;
  event.object = object;
  event.size = size;
  return event;
}

inline Event release(std::uint64_t object) {
  Event event;
  event.kind = EventKind::free;
  event.object = object;
  return event;
}

inline Event marker() {
  Event event;
  event.kind = EventKind::marker;
  return event;
}

/// Writes the events as a trace; the test fails when they break its rules.
inline void write_trace(const std::string& path, const std::vector<Event>& events) {
  auto writer = trace::Writer::create(path, {});
  ASSERT_TRUE(writer.has_value());
  for (const Event& event : events) ASSERT_TRUE(writer->add(event).has_value());
  ASSERT_TRUE(writer->finish().has_value());
}

/// A compiled trace with everything that a pass needs.
class HandMade {
 public:
  explicit HandMade(const std::vector<Event>& events, const CompileOptions& options = {}) {
    write_trace(folder_.path("t.hat"), events);
    auto reader = trace::Reader::open(folder_.path("t.hat"));
    EXPECT_TRUE(reader.has_value());
    auto result = compile(*reader, options);
    EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().line());
    compiled = std::move(*result);
    auto mapped = MappedWorkload::map(compiled.file.get());
    EXPECT_TRUE(mapped.has_value());
    map_.emplace_back(std::move(*mapped));
    slots_.resize(compiled.facts.slots);
    blocks_.resize(compiled.facts.slots);
  }

  [[nodiscard]] WorkloadView view() const { return map_.front().view(); }
  [[nodiscard]] Bench bench() {
    Bench bench;
    bench.workload = view();
    bench.slots = slots_;
    bench.blocks = blocks_;
    return bench;
  }
  [[nodiscard]] std::string path() const { return folder_.path("t.hat"); }

  CompiledTrace compiled;

 private:
  trace::ScratchFolder folder_;
  std::vector<MappedWorkload> map_;
  std::vector<Slot> slots_;
  std::vector<VerifiedBlock> blocks_;
};

}  // namespace heapatlas::replay
