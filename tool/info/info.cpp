#include "tool/info/info.hpp"

#include <fmt/format.h>

#include "core/trace/trace.hpp"
#include "tool/info/portrait.hpp"
#include "tool/interrupt.hpp"
#include "tool/terminal.hpp"

namespace heapatlas::tool {
namespace {

struct Options {
  std::string path;
};

/// Reads every event into the portrait's profile; an event that breaks the rules ends the reading
/// as damage does.
base::Status read_events(trace::Reader& reader, Portrait& portrait, bool quiet) {
  const auto& interrupted = catch_interrupts();
  Progress progress("reading", quiet);
  base::Status broken;
  for (auto events = reader.next_events(); !events.empty() && broken;
       events = reader.next_events()) {
    if (interrupted) return base::fail(base::ErrorKind::cancelled, "interrupted");
    progress.update(reader.recovery().bytes, reader.recovery().of_bytes);
    for (const trace::Event& event : events)
      if (broken = portrait.profile.add(event); !broken) break;
  }
  portrait.recovery = reader.recovery();
  if (broken) return {};
  portrait.recovery.whole = false;
  portrait.recovery.events = portrait.profile.totals().events;
  portrait.recovery.damage = broken.error().line();
  return {};
}

base::Result<ExitStatus> run_info(const Options& options, const Invocation& invocation) {
  auto reader = trace::Reader::open(options.path);
  if (!reader) return tl::make_unexpected(std::move(reader).error());
  Portrait portrait{
      options.path, reader->info(), trace::Profile(reader->info().time_unit), reader->losses(), {}};
  HEAPATLAS_TRY(read_events(*reader, portrait, invocation.quiet));
  if (!portrait.recovery.whole && portrait.recovery.events == 0)
    return base::bad_input(portrait.recovery.damage + " before its first event", options.path);

  const std::string text =
      invocation.json ? portrait_json(portrait) : portrait_text(portrait, terminal_width(stdout));
  fmt::print("{}", text);
  if (portrait.recovery.whole) return ExitStatus::done;
  std::fflush(stdout);
  fmt::print(stderr, "heapatlas: {} {} ({})\n", painted("warning:", Colour::yellow, stderr),
             portrait.recovery.line(), options.path);
  return ExitStatus::recovered;
}

}  // namespace

void add_info(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("info", "what a trace holds, and how its program allocated");
  command->add_option("TRACE", options->path, "a .hat file")->required();
  command->add_flag("--json", invocation.json, "the same as JSON, on standard output");
  command->footer(
      "Shows where a trace came from and what its source knew, its events by kind, the sizes\n"
      "asked for, how long blocks lived, alignments, resizes, and frees across threads.\n"
      "\n"
      "Examples:\n"
      "  heapatlas info app.hat\n"
      "  heapatlas info app.hat --json | jq .totals.peak_live_bytes\n"
      "\n"
      "A cut or damaged trace is shown as far as it can be read: a warning says how far that\n"
      "is, and the exit status is 3.");
  command->callback([&invocation, options] {
    invocation.run = [&invocation, options] { return run_info(*options, invocation); };
  });
}

}  // namespace heapatlas::tool
