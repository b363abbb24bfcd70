// From addresses to objects: what the records of a spool mean as events of a trace.
//
// Frees of addresses that were never seen allocated are left out and counted. An allocation at the
// address of a live object means that its free was not seen: it is put in, and counted.
//
// A thread may free and allocate a little after the record of its end: what the C library cleans up
// last. So a thread's end is held back for the next records.
//
// Memory: the live objects, about 20 bytes each, and the threads.
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/error.hpp"
#include "core/trace/trace.hpp"
#include "tool/record/spool_reader.hpp"

namespace heapatlas::tool {

class Objects {
 public:
  /// How many records of all threads a thread's end is held back for.
  static constexpr std::uint64_t held_back = 1000;

  explicit Objects(trace::Writer& writer) : writer_(&writer) {}

  /// Adds what the record means; time is in ns since the start.
  [[nodiscard]] base::Status add(const SpoolRecord& record, std::uint64_t time);

  /// Ends what waits to end: no more records come.
  [[nodiscard]] base::Status finish();

  [[nodiscard]] const trace::Losses& losses() const { return losses_; }

 private:
  /// A resize that began: the object is at neither address until it ends.
  struct Pending {
    std::uint64_t address;
    std::uint64_t object;
    bool known;
  };
  struct Thread {
    std::uint32_t number = 0;  ///< in the trace
    bool seen = false;
    std::uint64_t last_time = 0;
    std::vector<Pending> pending;  ///< more than one only when signal handlers interrupt
  };

  [[nodiscard]] base::Status allocate(const SpoolRecord& record, trace::Event event);
  [[nodiscard]] base::Status release(const SpoolRecord& record, trace::Event event);
  [[nodiscard]] base::Status end_resize(const SpoolRecord& record, trace::Event event,
                                        Thread& thread);
  [[nodiscard]] base::Status settle_at(std::uint64_t address, std::uint64_t object,
                                       const trace::Event& event);
  [[nodiscard]] base::Status emit(trace::EventKind kind, trace::Event event);
  [[nodiscard]] base::Status end_threads(std::uint64_t records);
  void begin_resize(const SpoolRecord& record, Thread& thread);
  Thread& thread_of(std::uint32_t recorded);

  trace::Writer* writer_;
  std::unordered_map<std::uint32_t, Thread> threads_;
  std::uint64_t records_ = 0;
  std::deque<std::pair<std::uint32_t, std::uint64_t>> ending_;  ///< threads, and their last record
  trace::ObjectMap<std::uint64_t> live_;                        ///< from address to object
  trace::Losses losses_;
};

}  // namespace heapatlas::tool
