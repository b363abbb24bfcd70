// Reads a .hat file, event by event, as far as it is whole.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/base/error.hpp"
#include "core/trace/event.hpp"
#include "core/trace/info.hpp"

namespace heapatlas::trace {

/// How much of a file could be read; complete once next has given its last events.
struct Recovery {
  bool whole = true;         ///< false: the file is cut or damaged
  std::uint64_t events = 0;  ///< read so far
  std::uint64_t bytes = 0;   ///< of the file, up to the damage
  std::uint64_t of_bytes = 0;
  std::string damage;  ///< what is wrong, one line; empty when whole

  /// "the file is cut short: 1,200 events recovered from the first 4096 of 8192 bytes"
  [[nodiscard]] std::string line() const;
};

/// Memory, whatever the file says: the file's largest compressed block and at most 1 MiB.
/// One thread at a time.
class Reader {
 public:
  /// unavailable when it cannot be opened; bad_input when it is no trace, is of a later version, or
  /// is damaged before the first event.
  [[nodiscard]] static base::Result<Reader> open(const std::string& path);

  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  [[nodiscard]] const TraceInfo& info() const;

  /// From the index, before any event is read; nothing when the index is gone.
  [[nodiscard]] const std::optional<Totals>& totals() const;
  [[nodiscard]] const std::optional<Losses>& losses() const;

  /// The next events, at least one, valid until the next call; none at the end of what is whole.
  [[nodiscard]] std::span<const Event> next_events();

  /// The next event; false at the end of what is whole.
  [[nodiscard]] bool next(Event& event);

  /// From the first event again.
  void rewind();

  [[nodiscard]] const Recovery& recovery() const;

 private:
  struct State;
  explicit Reader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace heapatlas::trace
