// The observer of the memory pass: touches every page of every block, and reads the meter where
// the footprint may stand at its peak.
//
// Readings are taken at evenly spread operations, at the trace's peak of live bytes, at the end,
// and whenever the live bytes have grown by a sixteenth of that peak since they were last read
// highest. What an allocator holds for a moment between two of them is not seen: the peak is the
// highest reading.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/replay/exchange.hpp"
#include "core/replay/kernel.hpp"
#include "core/replay/meter.hpp"
#include "core/replay/touch.hpp"

namespace heapatlas::replay {

class WatchingMemory : public Observer {
 public:
  static constexpr std::uint64_t spread_readings = 256;

  /// Borrows the meter. The footprint is what it reads beyond `before` bytes.
  WatchingMemory(ResidentMeter& meter, std::uint64_t before, const WorkloadFacts& facts) noexcept
      : meter_{meter},
        before_{before},
        peak_operation_{facts.peak_operation},
        interval_{std::max<std::uint64_t>(facts.operations() / spread_readings, 1)},
        growth_{std::max<std::uint64_t>(facts.peak_live_bytes / 16, page_bytes)} {
    memory_.known = true;
  }

  void granted(std::size_t, std::uint32_t, Block block, Layout layout, bool) noexcept {
    touch<Touch::page>(block.ptr, 0, layout.size);
    live_ += layout.size;
  }
  void resized(std::size_t, std::uint32_t, Layout old, Block block, std::size_t size) noexcept {
    touch<Touch::page>(block.ptr, old.size, size);
    live_ += size - old.size;
  }
  void freeing(std::size_t, std::uint32_t, std::byte*, Layout layout) noexcept {
    live_ -= layout.size;
  }
  void finished(std::size_t at) noexcept {
    if (at % interval_ == 0 || at == peak_operation_ || live_ >= read_live_ + growth_) read(at);
  }

  /// Reads the meter after an operation; also to be called after the last one.
  void read(std::size_t at) noexcept {
    const auto now = meter_.read();
    if (!now) {
      memory_.known = false;
      return;
    }
    ++memory_.readings;
    read_live_ = std::max(read_live_, live_);
    const std::uint64_t footprint = *now - std::min(*now, before_);
    if (footprint > memory_.peak_bytes) {
      memory_.peak_bytes = footprint;
      memory_.peak_operation = at;
    }
    if (at == peak_operation_) memory_.at_peak_live_bytes = footprint;
    memory_.final_bytes = footprint;
  }

  [[nodiscard]] const MemoryOutcome& outcome() const noexcept { return memory_; }

 private:
  ResidentMeter& meter_;
  std::uint64_t before_;
  std::uint64_t peak_operation_;
  std::uint64_t interval_;
  std::uint64_t growth_;
  std::uint64_t live_ = 0;
  std::uint64_t read_live_ = 0;  ///< the most live bytes at any reading
  MemoryOutcome memory_;
};

}  // namespace heapatlas::replay
