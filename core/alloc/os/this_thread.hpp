// How a hosted system tells threads apart, and hears that one ends (see per_thread.hpp).
//
// Entries are thread-local and zero at first: they need no constructor, and can be read for as long
// as the thread runs code at all. Ends are heard through a pthread key, whose destructor runs after
// those of the thread's own thread-local objects, and again when these have used the allocator once
// more. The main thread's end is the program's, and is not reported.
#pragma once

#include <pthread.h>

#include "core/alloc/os/mutex.hpp"
#include "core/alloc/per_thread.hpp"

namespace heapatlas::os {

class ThisThread {
 public:
  template <class P>
  [[nodiscard]] static ThreadEntry* entries() noexcept {
    return entries_of<P>;
  }
  [[nodiscard]] static const void* id() noexcept { return &here_; }

  static void announce() noexcept {
    // Any value but null has the destructor called; where the key cannot be made, a thread's heap
    // is handed on when a thread of the same id asks for one.
    if (exit_key().made) ::pthread_setspecific(exit_key().key, &here_);
  }

  static void watch(ThreadWatcher& watcher) noexcept {
    const Holding held{watchers_mutex_};
    watcher.next = watchers_;
    if (watchers_ != nullptr) watchers_->prev = &watcher;
    watchers_ = &watcher;
  }
  static void unwatch(ThreadWatcher& watcher) noexcept {
    const Holding held{watchers_mutex_};
    (watcher.prev != nullptr ? watcher.prev->next : watchers_) = watcher.next;
    if (watcher.next != nullptr) watcher.next->prev = watcher.prev;
  }

 private:
  struct ExitKey {
    pthread_key_t key{};
    bool made = false;
  };

  static ExitKey& exit_key() noexcept {
    static ExitKey made = [] {
      ExitKey fresh;
      fresh.made = ::pthread_key_create(&fresh.key, &leave) == 0;
      return fresh;
    }();
    return made;
  }

  static void leave(void*) noexcept {
    const Holding held{watchers_mutex_};
    for (ThreadWatcher* watcher = watchers_; watcher != nullptr; watcher = watcher->next)
      watcher->left(*watcher, id());
  }

  template <class P>
  inline static constinit thread_local ThreadEntry entries_of[thread_entries] = {};
  inline static constinit thread_local char here_ = 0;
  inline static constinit Mutex watchers_mutex_{};
  inline static constinit ThreadWatcher* watchers_ = nullptr;
};

}  // namespace heapatlas::os
