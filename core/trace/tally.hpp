// The totals of a sequence of events, and its rules checked on the way.
#pragma once

#include "core/base/error.hpp"
#include "core/trace/event.hpp"
#include "core/trace/info.hpp"
#include "core/trace/object_map.hpp"

namespace heapatlas::trace {

/// Memory: about 24 bytes a live object. One thread at a time.
class Tally {
 public:
  /// Counts the event in; bad_input, and nothing changed, when it breaks a rule of event.hpp or
  /// more than 2^62 bytes would be live.
  [[nodiscard]] base::Status add(const Event& event);

  [[nodiscard]] const Totals& totals() const { return totals_; }

  /// The number that the next allocation must have.
  [[nodiscard]] std::uint64_t next_object() const { return totals_.count(EventKind::allocate); }

 private:
  [[nodiscard]] base::Status check(const Event& event) const;
  [[nodiscard]] base::Status broken(const Event& event, const char* rule) const;
  void grow_live(std::uint64_t bytes);

  Totals totals_;
  ObjectMap<std::uint64_t> sizes_;  ///< of the live objects
};

}  // namespace heapatlas::trace
