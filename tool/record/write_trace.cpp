#include "tool/record/write_trace.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstring>

#include "tool/record/convert.hpp"
#include "tool/terminal.hpp"

namespace heapatlas::tool {
namespace {

/// "1 object", "2 objects"
std::string counted(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", human_count(count), what, count == 1 ? "" : "s");
}

void note(const std::string& line) {
  fmt::print(stderr, "heapatlas: {}\n", line);
}

/// Says when memory was given that the recorder didn't see: by a program that took the recorded
/// one's place without the library, by a malloc that no library comes before, or by the system
/// itself.
void warn_of_unseen_memory(const Conversion& conversion) {
  constexpr std::uint64_t little = std::uint64_t{64} << 20;
  if (!conversion.successor.empty()) {
    return note(fmt::format(
        "warning: the program became '{}', which the recorder can't see, as its LD_PRELOAD was "
        "dropped: the trace ends there; record that program itself",
        conversion.successor));
  }
  if (!conversion.own_malloc.empty()) {
    return note(fmt::format(
        "warning: {} has a malloc of its own, whose calls the recorder can't see: link the program "
        "with the system's malloc, or with that allocator as a shared library",
        conversion.own_malloc));
  }
  const std::uint64_t live = conversion.totals.peak_live_bytes;
  if (conversion.peak_resident_bytes / 8 <= live || conversion.peak_resident_bytes <= little)
    return;
  note(
      fmt::format("the program took up {} at its peak, of which malloc gave {}: the rest is mapped "
                  "files, or comes from an allocator of its own, which the recorder can't see",
                  human_bytes(conversion.peak_resident_bytes), human_bytes(live)));
}

/// One line with the trace's figures, and one for each thing worth knowing about its recording.
void print_summary(const Conversion& conversion, const std::string& trace_path) {
  const trace::Totals& totals = conversion.totals;
  const double per_event = totals.events == 0 ? 0
                                              : static_cast<double>(conversion.bytes) /
                                                    static_cast<double>(totals.events);
  note(fmt::format("{}: {}, {}, {}, peak {} live; {}, {:.2f} bytes an event", trace_path,
                   counted(totals.events, "event"),
                   counted(totals.count(trace::EventKind::allocate), "object"),
                   counted(totals.threads, "thread"), human_bytes(totals.peak_live_bytes),
                   human_bytes(conversion.bytes), per_event));
  if (conversion.images > 1) {
    note(fmt::format(
        "it holds {}, the last of {} programs that ran one after another in the process",
        conversion.image, conversion.images));
  }
  if (!conversion.losses.cut) warn_of_unseen_memory(conversion);
  if (conversion.losses.dropped_frees > 0) {
    note(fmt::format("{} left out: of memory not seen allocated",
                     counted(conversion.losses.dropped_frees, "free")));
  }
  if (conversion.losses.implicit_frees > 0) {
    note(fmt::format("{} put in: their addresses came back without one",
                     counted(conversion.losses.implicit_frees, "free")));
  }
  if (conversion.lost > 0) {
    note(fmt::format("missing: {} inside signal handlers", counted(conversion.lost, "call")));
  }
  if (conversion.losses.cut) {
    note(fmt::format("warning: the recording was cut short: {}",
                     std::strerror(conversion.cut_reason)));
  }
}

base::Result<Conversion> convert(const std::string& spool_path, const std::string& trace_path,
                                 bool quiet, const std::atomic<bool>& interrupted,
                                 std::optional<Converter> begun) {
  Progress progress("writing " + trace_path, quiet);
  if (begun) return begun->finish(progress, interrupted);
  auto converter = Converter::begin(spool_path, trace_path);
  if (!converter) return tl::make_unexpected(converter.error());
  return converter->finish(progress, interrupted);
}

}  // namespace

base::Status write_trace(const std::string& spool_path, const std::string& trace_path, bool quiet,
                         const std::atomic<bool>& interrupted, std::optional<Converter> begun) {
  auto result = convert(spool_path, trace_path, quiet, interrupted, std::move(begun));
  if (!result) {
    base::Error& error = result.error();
    if (error.kind == base::ErrorKind::unavailable && error.hint.empty())
      error.hint = "the recording is kept: heapatlas finish " + spool_path;
    return tl::make_unexpected(error);
  }
  if (!quiet) print_summary(*result, trace_path);
  unlink(spool_path.c_str());
  return {};
}

}  // namespace heapatlas::tool
