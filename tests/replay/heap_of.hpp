// The heap of a chain over a trace, as a report would have it: for tests. Runs heapatlas-runner.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "core/chain/check.hpp"
#include "core/replay/chain_passes.hpp"
#include "core/replay/compile.hpp"

namespace heapatlas::replay {

/// A trace, compiled once, that heaps are recorded of.
class HeapsOf {
 public:
  explicit HeapsOf(const std::string& path, const std::string& runner = HEAPATLAS_RUNNER) {
    options_.runner = runner;
    auto reader = trace::Reader::open(path);
    EXPECT_TRUE(reader.has_value()) << path;
    reader_.emplace(std::move(*reader));
    auto compiled = compile(*reader_);
    EXPECT_TRUE(compiled.has_value()) << (compiled ? "" : compiled.error().line());
    compiled_.emplace(std::move(*compiled));
    index_ = TraceIndex::of(*reader_);
    auto mapped = MappedWorkload::map(compiled_->file.get());
    EXPECT_TRUE(mapped.has_value());
    workload_.emplace(std::move(*mapped));
  }

  /// A subject whose heap was recorded, walked at some events beside the usual ones.
  [[nodiscard]] Subject record(const std::string& chain, const std::vector<std::uint64_t>& walks) {
    auto checked = chain::parse_and_check(chain);
    EXPECT_TRUE(checked.has_value()) << chain;
    Subject subject(*checked);
    ChainPasses passes(*compiled_, *reader_, options_, stop_);
    const WalkPlan plan(compiled_->facts, index_, walks);
    const auto done = passes.record_heap(subject, plan, workload_->view(), index_);
    EXPECT_TRUE(done.has_value()) << chain << ": " << (done ? "" : done.error().line());
    return subject;
  }

  /// What each event asked for, by event; 1 where it asked for nothing.
  [[nodiscard]] std::vector<std::size_t> alignments() const {
    std::vector<std::size_t> alignments(index_.events(), 1);
    const auto operations = workload_->view().operations;
    for (std::size_t i = 0; i < operations.size(); ++i)
      alignments.at(index_.operations()[i].event) = operations[i].align();
    return alignments;
  }
  [[nodiscard]] const TraceIndex& index() const { return index_; }
  [[nodiscard]] const WorkloadFacts& facts() const { return compiled_->facts; }

 private:
  MeasureOptions options_;
  std::atomic<bool> stop_{false};
  std::optional<trace::Reader> reader_;
  std::optional<CompiledTrace> compiled_;
  std::optional<MappedWorkload> workload_;
  TraceIndex index_;
};

}  // namespace heapatlas::replay
