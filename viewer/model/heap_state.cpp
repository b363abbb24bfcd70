#include "viewer/model/heap_state.hpp"

namespace heapatlas::viewer {
namespace {

State state_of(SpanKind kind) {
  switch (kind) {
    case SpanKind::free:
      return State::free;
    case SpanKind::metadata:
      return State::metadata;
    case SpanKind::padding:
      return State::padding;
    case SpanKind::cached:
      return State::cached;
    case SpanKind::reserved:
      return State::reserved;
    case SpanKind::used:
      return State::taken;  // save where blocks lie over it
    case SpanKind::opaque:
      break;
  }
  return State::opaque;
}

/// Spans that ascend, each cut where those before it end.
std::vector<HeapSpan> apart(std::vector<HeapSpan> spans) {
  std::uint64_t end = 0;
  for (HeapSpan& span : spans) {
    const std::uint64_t to = std::max(end, span.end());
    span.address = std::max(end, span.address);
    span.size = to - std::min(to, span.address);
    end = to;
  }
  std::erase_if(spans, [](const HeapSpan& span) { return span.size == 0; });
  return spans;
}

std::vector<HeapSpan> walked(const Snapshot& snapshot) {
  std::vector<HeapSpan> spans;
  spans.reserve(snapshot.spans.size());
  for (const WalkedSpan& span : snapshot.spans)
    spans.push_back({span.address, span.size, state_of(span.kind)});
  return spans;
}

}  // namespace

const char* name_of(State state) {
  static constexpr const char* names[state_count] = {"requested",
                                                     "slack (granted beyond it)",
                                                     "in no block: free, or the allocator's own",
                                                     "free",
                                                     "metadata",
                                                     "padding (lost to alignment)",
                                                     "cached (freed, kept for one size)",
                                                     "reserved (no memory behind it)",
                                                     "taken, by no live block",
                                                     "opaque: another allocator's"};
  return names[static_cast<std::size_t>(state)];
}

Background background_at(const Run& run, Event at) {
  if (const Snapshot* snapshot = run.snapshot_at(at)) return {walked(*snapshot), {}};
  std::vector<HeapSpan> spans;
  for (const Region& region : run.regions) {
    const std::uint64_t size = region.size_at(at);
    if (size != 0)
      spans.push_back({region.address, size, region.own ? State::unused : State::opaque});
  }
  std::sort(spans.begin(), spans.end(),
            [](const HeapSpan& a, const HeapSpan& b) { return a.address < b.address; });
  return {apart(std::move(spans)), {}};
}

namespace {

/// What no live block covers.
std::vector<HeapSpan> bare_spans(const HeapAt& heap) {
  std::vector<HeapSpan> bare;
  Beneath beneath(heap, 0);
  std::uint64_t cursor = 0;
  const auto pass = [&](std::uint64_t until) {
    beneath.for_each(cursor, until, [&](std::uint64_t from, std::uint64_t to, State state) {
      bare.push_back({from, to - from, state});
    });
  };
  for_each_block(heap, 0, largest_number, [&](const CutBlock& block) {
    if (cursor < block.from) pass(block.from);
    cursor = block.to;
  });
  pass(largest_number);
  return bare;
}

}  // namespace

HeapIndex::HeapIndex(const Run& run)
    : run_(run),
      classes_(std::make_shared<const BlockClasses>(run)),
      live_(run.placements, classes_.get()) {
  for (const Snapshot& snapshot : run.snapshots) {
    if (!walks_.empty() && walks_.back().first == snapshot.at) continue;
    auto background = std::make_shared<Background>(viewer::background_at(run, snapshot.at));
    background->bare = bare_spans({snapshot.at, live_.at(snapshot.at), background});
    walks_.emplace_back(snapshot.at, std::move(background));
  }
}

std::shared_ptr<const Background> HeapIndex::background_at(Event at) const {
  const auto walk = std::lower_bound(walks_.begin(), walks_.end(), at,
                                     [](const auto& one, Event t) { return one.first < t; });
  if (walk != walks_.end() && walk->first == at) return walk->second;
  return std::make_shared<const Background>(viewer::background_at(run_, at));
}

HeapAt heap_at(const Run& run, const HeapIndex* index, Event at) {
  if (index != nullptr) return {at, index->live().at(at), index->background_at(at)};
  const BlockClasses classes(run);
  return {at, find_live(run.placements, at, &classes),
          std::make_shared<const Background>(background_at(run, at))};
}

namespace {

/// Sums blocks and what lies beneath and between them, in ascending order.
class TotalsSweep {
 public:
  explicit TotalsSweep(const std::vector<HeapSpan>& background)
      : under_(background.begin()), end_(background.end()) {
    for (const HeapSpan& span : background) bytes(span.state) += span.size;
  }

  void add(const CutBlock& block) {
    ++totals_.blocks;
    bytes(State::live) += block.slack_from - block.from;
    bytes(State::slack) += block.to - block.slack_from;
    // Most often the block before lies in the same span, and so does what is between.
    if (under_ != end_ && cursor_ > under_->address && block.to <= under_->end()) [[likely]] {
      if (is_hole(under_->state)) add_hole(cursor_, block.from);
      bytes(under_->state) -= block.to - block.from;
    } else {
      pass(block.from, [this](const HeapSpan& span) {
        if (is_hole(span.state)) add_hole(span.address, span.end());
      });
      pass(block.to, [this](const HeapSpan& span) { bytes(span.state) -= span.size; });
    }
    cursor_ = block.to;
  }
  [[nodiscard]] Totals finish() {
    pass(largest_number, [this](const HeapSpan& span) {
      if (is_hole(span.state)) add_hole(span.address, span.end());
    });
    return totals_;
  }

 private:
  [[nodiscard]] static bool is_hole(State state) {
    return state == State::free || state == State::unused;
  }
  [[nodiscard]] std::uint64_t& bytes(State state) {
    return totals_.bytes[static_cast<std::size_t>(state)];
  }
  /// Visits the background in [cursor, until), and goes there.
  template <class Visit>
  void pass(std::uint64_t until, Visit&& visit) {
    for (; under_ != end_ && under_->address < until; ++under_) {
      const std::uint64_t from = std::max(cursor_, under_->address);
      const std::uint64_t to = std::min(until, under_->end());
      if (from < to) visit(HeapSpan{from, to - from, under_->state});
      if (under_->end() > until) break;
    }
    cursor_ = until;
  }
  void add_hole(std::uint64_t from, std::uint64_t to) {
    hole_ = (from == hole_end_ ? hole_ : 0) + (to - from);
    hole_end_ = to;
    totals_.largest_hole = std::max(totals_.largest_hole, hole_);
  }

  Totals totals_;
  std::vector<HeapSpan>::const_iterator under_;
  std::vector<HeapSpan>::const_iterator end_;
  std::uint64_t cursor_ = 0;  ///< everything below is told
  std::uint64_t hole_ = 0;    ///< the hole that ends at hole_end_
  std::uint64_t hole_end_ = 0;
};

}  // namespace

Totals totals_of(const HeapAt& heap) {
  TotalsSweep sweep(heap.background->spans);
  for_each_block(heap, 0, largest_number, [&](const CutBlock& block) { sweep.add(block); });
  return sweep.finish();
}

}  // namespace heapatlas::viewer
