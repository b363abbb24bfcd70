// Turns a spool into a trace, also while it is still being written.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "core/base/error.hpp"
#include "core/trace/trace.hpp"
#include "tool/terminal.hpp"

namespace heapatlas::tool {

/// What a conversion did.
struct Conversion {
  trace::Totals totals;
  trace::Losses losses;
  std::uint64_t lost = 0;    ///< calls inside signal handlers, not recorded
  std::uint32_t images = 0;  ///< programs that the process ran; the last is in the trace
  int cut_reason = 0;        ///< errno of what cut the recording
  std::uint64_t bytes = 0;   ///< of the trace
  std::string image;         ///< the program's file
  std::string own_malloc;    ///< the file whose malloc bypassed the recorder; empty: none did
  std::string successor;     ///< what took the program's place, unrecorded; empty: nothing did
  std::uint64_t peak_resident_bytes = 0;  ///< of the program; 0: unknown
};

/// A conversion under way. The spool stays as it is; the trace is written whole or not at all.
/// Errors: bad_input when the spool is damaged, holds nothing, or was begun anew by another image.
class Converter {
 public:
  [[nodiscard]] static base::Result<Converter> begin(const std::string& spool_path,
                                                     const std::string& trace_path);
  Converter(Converter&&) noexcept;
  Converter& operator=(Converter&&) noexcept;
  ~Converter();

  /// Takes in what was written since the last time, of a program that runs; false: nothing was.
  [[nodiscard]] base::Result<bool> advance();

  /// Takes in the rest, of a program that has ended, and puts the trace in place; the converter is
  /// spent then. cancelled when interrupted is set.
  [[nodiscard]] base::Result<Conversion> finish(Progress& progress,
                                                const std::atomic<bool>& interrupted);

  /// Which image of the process it converts, from 1.
  [[nodiscard]] std::uint32_t image() const;

 private:
  struct State;
  explicit Converter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// What a spool without images means.
[[nodiscard]] base::Error nothing_recorded(const std::string& program);

}  // namespace heapatlas::tool
