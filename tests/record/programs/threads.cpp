// Threads that allocate, pass blocks on, and end in various ways.
#include <pthread.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "tests/record/programs/subject.hpp"

namespace subject {
namespace {

/// Each thread puts its blocks into a shared ring, and frees or resizes whatever lay there.
int exchange(int argc, char** argv) {
  const int count = argc > 0 ? std::atoi(argv[0]) : 4;
  constexpr std::size_t places = 64;
  std::vector<std::atomic<void*>> ring(places);
  std::vector<std::thread> threads;
  for (int t = 0; t < count; ++t) {
    threads.emplace_back([&ring, count, t] {
      unsigned state = 12345U + static_cast<unsigned>(t);
      for (int i = 0; i < 160000 / count; ++i) {
        state = state * 1664525 + 1013904223;
        void* mine = use(malloc(16 + state % 200));
        mine = use(realloc(mine, 16 + state % 500));
        void* other = ring[(state >> 8) % places].exchange(mine);
        if ((state >> 20) % 3 == 0) other = use(realloc(other, 400));
        free(other);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (auto& place : ring) free(place.load());
  return 0;
}

struct AtExit {
  ~AtExit() { free(use(malloc(first_size))); }
};

void* late_block(void*) {
  free(use(malloc(first_size + 1)));
  return nullptr;
}

/// Thread-local destructors allocate, and so do those of keys, in the last of their rounds.
int destructors(int, char**) {
  static pthread_key_t key;
  static int rounds = 0;
  pthread_key_create(&key, [](void* value) {
    late_block(nullptr);
    if (++rounds < 10) pthread_setspecific(key, value);
  });
  std::thread([] {
    static thread_local AtExit at_exit;
    use(&at_exit);
    pthread_setspecific(key, &key);
    free(use(malloc(64)));
  }).join();
  return 0;
}

/// Many threads, a few at a time, each of which makes one block that another frees.
int generations(int argc, char** argv) {
  const int count = argc > 0 ? std::atoi(argv[0]) : 64;
  std::vector<void*> blocks(static_cast<std::size_t>(count));
  for (int round = 0; round < 3; ++round) {
    std::vector<std::thread> threads;
    for (int t = 0; t < count; ++t) {
      threads.emplace_back([&blocks, t] {
        for (int i = 0; i < 100; ++i) free(use(malloc(48)));
        void*& place = blocks[static_cast<std::size_t>(t)];
        free(place);
        place = use(malloc(first_size));
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  for (void* block : blocks) free(block);
  return 0;
}

void* forever(void*) {
  for (;;) free(use(malloc(48)));
}

/// The program ends while threads are at work.
int abandoned(int, char**) {
  for (int t = 0; t < 3; ++t) std::thread(forever, nullptr).detach();
  for (int i = 0; i < 20000; ++i) free(use(malloc(64)));
  std::_Exit(5);
}

/// The first thread ends, the program goes on.
int outlived(int, char**) {
  static const pthread_t first = pthread_self();
  std::thread([] {
    pthread_join(first, nullptr);
    free(use(malloc(first_size)));
    std::exit(6);
  }).detach();
  pthread_exit(nullptr);
}

}  // namespace

const Behaviour threads[] = {
    {"exchange", exchange},   {"destructors", destructors}, {"generations", generations},
    {"abandoned", abandoned}, {"outlived", outlived},       {nullptr, nullptr},
};

}  // namespace subject
