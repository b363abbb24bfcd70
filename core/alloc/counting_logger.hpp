// A ProxyLogger that counts: what lives, what ever was, the high-water marks, refusals, sizes.
//
// The shared form may be called by any thread; each figure is then exact, and figures read while
// others write may be of slightly different moments. Cost: a few additions a callback, 0.6 KiB.
#pragma once

#include <cstddef>
#include <limits>

#include "core/alloc/arithmetic.hpp"
#include "core/alloc/layout.hpp"
#include "core/alloc/misuse.hpp"
#include "core/alloc/tally.hpp"

namespace heapatlas {

/// Running totals of requests. Bytes are as requested, not as granted.
struct RequestCounters {
  static constexpr std::size_t size_classes = std::numeric_limits<std::size_t>::digits;

  std::size_t live_blocks = 0;
  std::size_t live_bytes = 0;
  std::size_t peak_blocks = 0;   ///< high-water mark of live_blocks
  std::size_t peak_bytes = 0;    ///< high-water mark of live_bytes
  std::size_t total_blocks = 0;  ///< allocations that succeeded
  std::size_t total_bytes = 0;   ///< bytes ever asked for and got, growth by resizing too
  std::size_t resizes = 0;       ///< that succeeded, in place or not
  std::size_t failed_allocations = 0;
  std::size_t failed_resizes = 0;                 ///< a refusal to resize in place counts too
  std::size_t blocks_by_size[size_classes] = {};  ///< [k]: total_blocks of 2^k .. 2^(k+1)-1 bytes
};

template <bool shared>
class CountingLogger {
 public:
  static constexpr Threads threads = shared ? Threads::any : Threads::one;

  constexpr void allocated(Layout layout, bool /*zeroed*/, Block) noexcept {
    peak_blocks_.raise_to(live_blocks_.add(1));
    peak_bytes_.raise_to(live_bytes_.add(layout.size));
    total_blocks_.add(1);
    total_bytes_.add(layout.size);
    blocks_by_size_[floor_log2(layout.size)].add(1);
  }
  constexpr void allocate_failed(Layout, bool /*zeroed*/) noexcept { failed_allocations_.add(1); }
  constexpr void deallocating(std::byte* ptr, Layout layout) noexcept {
    require_live(ptr, layout);
    live_blocks_.subtract(1);
    live_bytes_.subtract(layout.size);
  }
  constexpr void reallocated(std::byte* ptr, Layout old, std::size_t new_size, Block) noexcept {
    require_live(ptr, old);
    resizes_.add(1);
    if (new_size > old.size) {
      peak_bytes_.raise_to(live_bytes_.add(new_size - old.size));
      total_bytes_.add(new_size - old.size);
    } else {
      live_bytes_.subtract(old.size - new_size);
    }
  }
  constexpr void reallocate_failed(std::byte*, Layout, std::size_t) noexcept {
    failed_resizes_.add(1);
  }
  constexpr void reset() noexcept {
    live_blocks_.set(0);
    live_bytes_.set(0);
  }

  [[nodiscard]] constexpr RequestCounters counters() const noexcept {
    RequestCounters totals;
    totals.live_blocks = live_blocks_.value();
    totals.live_bytes = live_bytes_.value();
    totals.peak_blocks = peak_blocks_.value();
    totals.peak_bytes = peak_bytes_.value();
    totals.total_blocks = total_blocks_.value();
    totals.total_bytes = total_bytes_.value();
    totals.resizes = resizes_.value();
    totals.failed_allocations = failed_allocations_.value();
    totals.failed_resizes = failed_resizes_.value();
    for (std::size_t k = 0; k < RequestCounters::size_classes; ++k) {
      totals.blocks_by_size[k] = blocks_by_size_[k].value();
    }
    return totals;
  }

 private:
  constexpr void require_live(const std::byte* ptr, Layout layout) const noexcept {
    require(live_blocks_.value() >= 1 && layout.size <= live_bytes_.value(), "stats", ptr,
            "no more is freed than was asked for");
  }

  using Total = Tally<shared>;
  Total live_blocks_;
  Total live_bytes_;
  Total peak_blocks_;
  Total peak_bytes_;
  Total total_blocks_;
  Total total_bytes_;
  Total resizes_;
  Total failed_allocations_;
  Total failed_resizes_;
  Total blocks_by_size_[RequestCounters::size_classes];
};

}  // namespace heapatlas
