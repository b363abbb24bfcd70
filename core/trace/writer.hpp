// Writes a .hat file, event by event, whole or not at all.
#pragma once

#include <memory>
#include <string>

#include "core/base/error.hpp"
#include "core/trace/event.hpp"
#include "core/trace/format.hpp"
#include "core/trace/info.hpp"

namespace heapatlas::trace {

/// What blocks decode to unless the caller says otherwise: some 40,000 events.
inline constexpr std::size_t usual_block_bytes = std::size_t{128} * 1024;

/// Memory: the live objects (about 20 bytes each) and one block. One thread at a time.
class Writer {
 public:
  /// Starts the file; `path` may also be "-" or a pipe. unavailable when it cannot be written,
  /// bad_input when info exceeds its bounds. A block ends after block_bytes, before compression:
  /// smaller blocks take more room, and damage costs fewer events.
  [[nodiscard]] static base::Result<Writer> create(const std::string& path, const TraceInfo& info,
                                                   std::size_t block_bytes = usual_block_bytes);

  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) noexcept;
  /// Without finish, nothing is left of the file.
  ~Writer();

  /// Appends an event; bad_input when it breaks a rule of event.hpp (nothing was written then),
  /// unavailable when the disk is full.
  [[nodiscard]] base::Status add(const Event& event);

  /// The number that the next allocation must have.
  [[nodiscard]] std::uint64_t next_object() const;

  /// Figures over what was added so far.
  [[nodiscard]] const Totals& totals() const;

  /// Writes the index and puts the file in place; the writer is spent then.
  [[nodiscard]] base::Status finish(const Losses& losses = {});

 private:
  struct State;
  explicit Writer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace heapatlas::trace
