// Which event of the trace each compiled operation came from: workloads count operations, reports
// count events.
//
// Memory: 16 bytes an operation.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/error.hpp"
#include "core/report/heap.hpp"
#include "core/trace/reader.hpp"

namespace heapatlas::replay {

class TraceIndex {
 public:
  struct Origin {
    std::uint64_t event = 0;
    std::uint32_t thread = 0;
    std::uint32_t site = 0;  ///< 0: unknown
  };
  struct Marker {
    std::uint64_t event = 0;
    std::uint64_t label = 0;  ///< its number
  };

  /// Reads the trace from its start, as compile() did.
  [[nodiscard]] static TraceIndex of(trace::Reader& reader);

  [[nodiscard]] std::span<const Origin> operations() const noexcept { return operations_; }
  [[nodiscard]] std::span<const Marker> markers() const noexcept { return markers_; }
  [[nodiscard]] std::uint64_t events() const noexcept { return events_; }
  [[nodiscard]] std::uint32_t threads() const noexcept { return threads_; }
  /// The largest number of a call site.
  [[nodiscard]] std::uint32_t sites() const noexcept { return sites_; }

  /// How many operations are done just after an event.
  [[nodiscard]] std::uint64_t operations_at(std::uint64_t event) const noexcept;
  /// The event just after which so many operations are done; 0 before the first.
  [[nodiscard]] report::Event event_at(std::uint64_t operations) const noexcept;

 private:
  std::vector<Origin> operations_;
  std::vector<Marker> markers_;
  std::uint64_t events_ = 0;
  std::uint32_t threads_ = 0;
  std::uint32_t sites_ = 0;
};

}  // namespace heapatlas::replay
