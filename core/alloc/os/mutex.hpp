// The spin mutex of a hosted system: waiters pause, then yield; a process of one thread never
// pays for an atomic exchange.
#pragma once

#include <sched.h>
#include <sys/single_threaded.h>

#include "core/alloc/spin_mutex.hpp"

namespace heapatlas::os {

/// Pauses a few times, for a holder that runs; then yields, for one that does not.
class Yields {
 public:
  [[nodiscard]] static bool alone() noexcept { return __libc_single_threaded != 0; }

  void wait() noexcept {
    if (patience_ == 0) {
      ::sched_yield();
      return;
    }
    --patience_;
    pauses_.wait();
  }

 private:
  Pauses pauses_;
  unsigned patience_ = 10;
};

using Mutex = SpinMutex<Yields>;

}  // namespace heapatlas::os
