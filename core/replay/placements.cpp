#include "core/replay/placements.hpp"

#include <algorithm>
#include <utility>

#include "core/replay/live_series.hpp"

namespace heapatlas::replay {
namespace {

class Placing {
 public:
  Placing(const WorkloadView& workload, std::span<const Grant> grants, const TraceIndex& index,
          std::span<const report::Event> walks)
      : workload_{workload},
        grants_{grants},
        index_{index},
        block_of_(workload.facts.slots, report::unknown),
        live_{"live", report::Unit::bytes, index.events(), walks},
        granted_{"granted", report::Unit::bytes, index.events(), walks},
        blocks_{"live_blocks", report::Unit::count, index.events(), walks} {
    placed_.placements.reserve(grants.size());
  }

  base::Result<PlacedBlocks> run() {
    const auto operations = workload_.operations;
    if (operations.size() != index_.operations().size())
      return base::bad_input("the trace changed while it was replayed");
    for (std::size_t at = 0; at < operations.size(); ++at) HEAPATLAS_TRY(run(at, operations[at]));
    if (next_ != grants_.size()) return does_not_fit();
    for (LiveSeries* series : {&live_, &granted_, &blocks_})
      placed_.series.push_back(std::move(*series).finish());
    return std::move(placed_);
  }

 private:
  static tl::unexpected<base::Error> does_not_fit() {
    return base::bad_input("what was recorded does not fit the trace");
  }

  base::Status run(std::size_t at, const Operation operation) {
    const report::Event event = index_.operations()[at].event;
    std::uint32_t& slot = block_of_[operation.slot()];
    if (operation.is_free()) {
      end(slot, event);
      slot = report::unknown;
      note(event);
      return {};
    }
    std::uint64_t size = operation.size();
    if (operation.wide()) {
      if (wide_ == workload_.wide_sizes.size()) return does_not_fit();
      size = workload_.wide_sizes[wide_++];
    }
    const bool granted = next_ < grants_.size() && grants_[next_].operation == at;
    if (!operation.is_resize()) {
      slot = report::unknown;
    } else if (granted && slot == report::unknown) {
      return does_not_fit();
    }
    if (!granted) return {};
    if (placed_.placements.size() >= report::unknown - 1)
      return base::bad_input("more blocks were recorded than can be shown");
    const std::uint32_t old = std::exchange(slot, begin(grants_[next_++], size, at));
    end(old, event);
    // A block that stayed is still its link's, whoever granted last.
    if (old != report::unknown && placed_.placements[old].address == last().address)
      last().node = placed_.placements[old].node;
    note(event);
    return {};
  }

  report::Placement& last() { return placed_.placements.back(); }

  std::uint32_t begin(const Grant& grant, std::uint64_t size, std::size_t at) {
    const TraceIndex::Origin& origin = index_.operations()[at];
    report::Placement block;
    block.birth = origin.event;
    block.address = grant.address;
    block.requested = std::max<std::uint64_t>(size, 1);
    block.granted = std::max<std::uint64_t>(grant.granted, block.requested);
    block.node = static_cast<std::uint32_t>(grant.node);
    block.thread = origin.thread;
    block.site = origin.site == 0 ? report::unknown : origin.site - 1;
    live_bytes_ += block.requested;
    granted_bytes_ += block.granted;
    ++live_blocks_;
    placed_.placements.push_back(block);
    return static_cast<std::uint32_t>(placed_.placements.size() - 1);
  }

  void end(std::uint32_t id, report::Event event) {
    if (id == report::unknown) return;
    report::Placement& block = placed_.placements[id];
    block.death = event;
    live_bytes_ -= block.requested;
    granted_bytes_ -= block.granted;
    --live_blocks_;
  }

  void note(report::Event event) {
    live_.add(event, live_bytes_);
    granted_.add(event, granted_bytes_);
    blocks_.add(event, live_blocks_);
  }

  const WorkloadView& workload_;
  std::span<const Grant> grants_;
  const TraceIndex& index_;
  std::size_t next_ = 0;
  std::size_t wide_ = 0;
  std::vector<std::uint32_t> block_of_;  ///< by slot
  std::uint64_t live_bytes_ = 0;
  std::uint64_t granted_bytes_ = 0;
  std::uint64_t live_blocks_ = 0;
  LiveSeries live_;
  LiveSeries granted_;
  LiveSeries blocks_;
  PlacedBlocks placed_;
};

}  // namespace

base::Result<PlacedBlocks> place_blocks(const WorkloadView& workload, std::span<const Grant> grants,
                                        const TraceIndex& index,
                                        std::span<const report::Event> walks) {
  return Placing(workload, grants, index, walks).run();
}

}  // namespace heapatlas::replay
