#include "tool/record/write_trace.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstring>

#include "tool/record/convert.hpp"
#include "tool/terminal.hpp"

namespace heapatlas::tool {
namespace {

void note(const std::string& line) {
  fmt::print(stderr, "heapatlas: {}\n", line);
}

/// One line with the trace's figures, and one for each thing worth knowing about its recording.
void print_summary(const Conversion& conversion, const std::string& trace_path) {
  const trace::Totals& totals = conversion.totals;
  const double per_event = totals.events == 0 ? 0
                                              : static_cast<double>(conversion.bytes) /
                                                    static_cast<double>(totals.events);
  note(fmt::format(
      "{}: {} events, {} objects, {} thread{}, peak {} live; {}, {:.2f} bytes an event", trace_path,
      human_count(totals.events), human_count(totals.count(trace::EventKind::allocate)),
      totals.threads, totals.threads == 1 ? "" : "s", human_bytes(totals.peak_live_bytes),
      human_bytes(conversion.bytes), per_event));
  if (conversion.images > 1) {
    note(fmt::format(
        "it holds {}, the last of {} programs that ran one after another in the process",
        conversion.image, conversion.images));
  }
  if (conversion.losses.dropped_frees > 0) {
    note(fmt::format("{} frees left out: of memory not seen allocated",
                     human_count(conversion.losses.dropped_frees)));
  }
  if (conversion.losses.implicit_frees > 0) {
    note(fmt::format("{} frees put in: their addresses came back without one",
                     human_count(conversion.losses.implicit_frees)));
  }
  if (conversion.lost > 0) {
    note(fmt::format("{} calls inside signal handlers are missing", human_count(conversion.lost)));
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
