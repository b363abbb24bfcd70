// A spin mutex for short critical sections, where there may be no system to wait in.
//
// One byte: test first, then exchange, so that waiters read a cache line that nobody writes; a
// waiter backs off (Waiting). Not fair, not recursive. A holder that is descheduled makes all wait:
// on a hosted system take `os::Mutex` (core/alloc/os/mutex.hpp), which yields. Cost when nobody
// else wants it: one exchange and one store.
#pragma once

#include <atomic>

namespace heapatlas {

/// What a waiting thread does in a freestanding build: doubling runs of pauses, up to 64.
class Pauses {
 public:
  /// True when the caller is the only thread there is, so that no exchange is needed.
  [[nodiscard]] static constexpr bool alone() noexcept { return false; }

  void wait() noexcept {
    for (unsigned i = 0; i < run_; ++i) pause();
    if (run_ < longest_run) run_ *= 2;
  }

  static void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ __volatile__("isb" ::: "memory");
#else
    __asm__ __volatile__("" ::: "memory");
#endif
  }

 private:
  static constexpr unsigned longest_run = 64;
  unsigned run_ = 1;
};

/// Lockable as the standard's mutexes are; constant-initialised, so that a static one works before
/// main. Neither copied nor moved.
template <class Waiting = Pauses>
class SpinMutex {
 public:
  constexpr SpinMutex() noexcept = default;
  SpinMutex(const SpinMutex&) = delete;
  SpinMutex& operator=(const SpinMutex&) = delete;

  void lock() noexcept {
    if (try_lock()) [[likely]]
      return;
    Waiting waiting;
    do {
      while (taken_.load(std::memory_order_relaxed)) waiting.wait();
    } while (taken_.exchange(true, std::memory_order_acquire));
  }

  [[nodiscard]] bool try_lock() noexcept {
    if (Waiting::alone()) {
      // Threads that ended synchronised with this one; those to come will see what it leaves.
      if (taken_.load(std::memory_order_relaxed)) return false;
      taken_.store(true, std::memory_order_relaxed);
      return true;
    }
    return !taken_.exchange(true, std::memory_order_acquire);
  }

  void unlock() noexcept { taken_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> taken_ = false;
};

/// Holds a mutex for a scope.
template <class Mutex>
class [[nodiscard]] Holding {
 public:
  explicit Holding(Mutex& mutex) noexcept : mutex_(mutex) { mutex_.lock(); }
  Holding(const Holding&) = delete;
  Holding& operator=(const Holding&) = delete;
  ~Holding() { mutex_.unlock(); }

 private:
  Mutex& mutex_;
};

}  // namespace heapatlas
