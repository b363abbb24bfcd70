#include "tool/replay_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "tool/heaps_table.hpp"
#include "tool/prose.hpp"
#include "tool/table_cells.hpp"
#include "tool/terminal.hpp"

namespace heapatlas::tool {
namespace {

using report::Run;

constexpr std::size_t wide_table = 110;

std::string coloured(const std::string& text, Colour colour, const TableStyle& style) {
  return style.colour ? painted(text, colour, stdout) : text;
}

/// "1.36 [1.33, 1.40]", marked with = when no difference was detected.
std::string ratio_text(const report::Ratio& ratio) {
  std::string text = fmt::format("{:.2f}", ratio.value);
  if (ratio.low && ratio.high) text += fmt::format(" [{:.2f}, {:.2f}]", *ratio.low, *ratio.high);
  if (ratio.verdict == "no difference detected") text += " =";
  if (ratio.verdict == "too few samples") text += " ?";
  return text;
}

std::string ratio_cell(const Run& run, const TableStyle& style) {
  if (run.trouble) return coloured(run.trouble->kind, Colour::red, style);
  if (run.failures && run.failures->total() != 0) return coloured("failures", Colour::red, style);
  const auto& ratio = run.figures.ratio_to_system;
  if (!ratio) return no_figure;
  const std::string text = ratio_text(*ratio);
  if (ratio->verdict == "faster") return coloured(text, Colour::green, style);
  if (ratio->verdict == "slower") return coloured(text, Colour::yellow, style);
  return text;
}

/// The heads of a table as wide as the terminal allows.
std::vector<std::string> heads(bool wide) {
  if (wide)
    return {"chain",          "ns/op", "spread",    "null loop", "cold ns/op",
            "x system [95%]", "peak",  "peak/live", "failures"};
  return {"chain", "ns/op", "null", "x system [95%]", "peak/live", "failures"};
}

std::vector<std::string> row(const Run& run, std::size_t chain_width, bool wide,
                             const TableStyle& style) {
  const report::Figures& figures = run.figures;
  const auto times = [](double value) { return fmt::format("{:.2f}", value); };
  const std::string failures =
      run.failures ? human_count(run.failures->total()) : std::string(no_figure);
  std::vector<std::string> cells = {cut(run.chain, chain_width),
                                    shown(figures.ns_per_operation, three_digits)};
  if (wide) cells.push_back(shown(figures.relative_spread, percent));
  cells.push_back(shown(figures.null_share, percent));
  if (wide) cells.push_back(shown(figures.cold_ns_per_operation, three_digits));
  cells.push_back(ratio_cell(run, style));
  if (wide) cells.push_back(shown(figures.peak_footprint_bytes, human_bytes));
  cells.push_back(shown(figures.peak_footprint_over_peak_live, times));
  cells.push_back(failures);
  return cells;
}

/// Cells for the chains' texts, when the other columns take what they need.
std::size_t room_for_chains(const TableStyle& style, bool wide) {
  constexpr std::size_t others = 52;
  constexpr std::size_t others_wide = 92;
  const std::size_t taken = wide ? others_wide : others;
  return std::max<std::size_t>(style.width, taken + 16) - taken;
}

std::string heading(const Run& run, const TableStyle& style) {
  const report::TraceIdentity& trace = run.trace;
  return fmt::format("{}: {} operations, peak live {} in {} objects, {} thread{}\n",
                     coloured(trace.name, Colour::bold, style), human_count(trace.operations),
                     human_bytes(trace.peak_live_bytes), human_count(trace.peak_live_objects),
                     trace.threads, trace.threads == 1 ? "" : "s");
}

constexpr std::string_view links_legend =
    "  refused: allocations passed on to the next link, or failed; resizes: refused in place, so\n"
    "  that the block moved; peak: the most requested bytes that lived in the link at once\n";

/// Which link answered what, of chains that have more than one.
std::string links_table(std::span<const Run> runs) {
  Table table({"answered by", "requests", "share", "bytes", "peak", "refused", "resizes"});
  bool any = false;
  for (const Run& run : runs) {
    if (run.links.size() < 2) continue;
    any = true;
    table.add({run.chain, "", "", "", "", "", ""});
    const std::uint64_t total = std::max<std::uint64_t>(run.links.front().answered, 1);
    for (std::size_t i = 1; i < run.links.size(); ++i) {
      const report::Link& link = run.links[i];
      table.add({fmt::format("  {}", link.chain), human_count(link.answered),
                 percent(static_cast<double>(link.answered) / static_cast<double>(total)),
                 human_bytes(link.answered_bytes), human_bytes(link.peak_bytes),
                 human_count(link.refused_allocations), human_count(link.refused_resizes)});
    }
  }
  return any ? fmt::format("\n{}{}", table.text(), links_legend) : std::string();
}

std::string failures_text(const report::Failures& failures) {
  std::vector<std::string> parts;
  if (failures.allocations != 0)
    parts.push_back(fmt::format("{} allocations", human_count(failures.allocations)));
  if (failures.resizes != 0)
    parts.push_back(fmt::format("{} resizes", human_count(failures.resizes)));
  std::string text = fmt::format("{} failed", fmt::join(parts, " and "));
  if (failures.skipped != 0)
    text += fmt::format(", and {} operations on their objects were skipped",
                        human_count(failures.skipped));
  return text + ": no time is given, for a failed request is not speed";
}

std::string verification_text(const report::Verification& verification) {
  if (verification.passed) return "verified";
  const report::Fault& fault = *verification.fault;
  std::string where = "after the last event";
  if (fault.event) where = fmt::format("at event {}", *fault.event);
  if (fault.object) where += fmt::format(", object {}", *fault.object);
  return fmt::format("BROKEN {}: {}", where, fault.what);
}

void add_notes_of(const Run& run, std::vector<std::string>& notes, const TableStyle& style) {
  const auto note = [&](const std::string& text) {
    notes.push_back(fmt::format("{}: {}", run.chain, text));
  };
  const report::Figures& figures = run.figures;
  if (run.trouble)
    note(coloured(fmt::format("{} in the {} pass: {}", run.trouble->kind, run.trouble->pass,
                              run.trouble->what),
                  Colour::red, style));
  if (run.failures && run.failures->total() != 0) note(failures_text(*run.failures));
  if (run.verification)
    note(coloured(verification_text(*run.verification),
                  run.verification->passed ? Colour::green : Colour::red, style));
  if (figures.two_modes.value_or(false))
    note("its samples fall into two groups; the median describes neither");
}

/// By the clock it took longer than the processor worked on it.
bool was_disturbed(const Run& run) {
  const report::Figures& figures = run.figures;
  return figures.wall_ns_per_operation && figures.ns_per_operation &&
         *figures.wall_ns_per_operation > 1.1 * *figures.ns_per_operation;
}

std::vector<std::string> notes_of(std::span<const Run> runs, const TableStyle& style) {
  std::vector<std::string> notes;
  const report::TraceIdentity& trace = runs.front().trace;
  if (trace.recovery) notes.push_back(*trace.recovery);
  if (trace.threads > 1)
    notes.push_back(fmt::format(
        "strict order: what {} threads did is replayed on one, as recorded; contention and "
        "thread caches have no part in it",
        trace.threads));
  if (!trace.exact_identity)
    notes.push_back("the trace's source guessed which object each free belongs to");
  if (trace.operations < 10'000) notes.push_back("a trace of so few operations gives coarse times");
  for (const Run& run : runs) add_notes_of(run, notes, style);
  if (std::any_of(runs.begin(), runs.end(), was_disturbed))
    notes.emplace_back(
        "other programs kept the processor busy; the times are its own, not the clock's, and "
        "still noisier than on a quiet machine");
  return notes;
}

}  // namespace

std::string trace_table(std::span<const report::Run> runs, const TableStyle& style) {
  const bool wide = style.width >= wide_table;
  const std::size_t chain_width = room_for_chains(style, wide);
  std::string text = heading(runs.front(), style) + "\n";
  Table table(heads(wide));
  for (const Run& run : runs) table.add(row(run, chain_width, wide, style));
  text += table.text();
  for (const Run& run : runs)
    if (run.chain.size() > chain_width)
      text += fmt::format("  {} is {}\n", cut(run.chain, chain_width), run.chain);
  text += links_table(runs);
  text += heaps_table(runs, chain_width);
  const auto notes = notes_of(runs, style);
  if (!notes.empty()) text += "\n";
  for (const std::string& note : notes)
    text += wrapped(fmt::format("- {}\n", note), style.width, 2);
  return text;
}

std::string table_legend(const TableStyle& style) {
  const bool wide = style.width >= wide_table;
  std::string text =
      "ns/op      nanoseconds of processor time an operation, warm; lower is better\n";
  if (wide)
    text +=
        "spread     half the distance of the quartiles of its samples over their median\n"
        "null loop  the replay loop's own part of ns/op\n"
        "cold       the first pass of a process\n";
  else
    text += "null       the replay loop's own part of ns/op\n";
  text +=
      "x system   time over system malloc's, and its 95% interval; lower is better\n"
      "           (= no difference detected, ? too few samples to tell)\n";
  if (wide) text += "peak       most resident memory, every page touched; lower is better\n";
  text += "peak/live  peak resident memory over peak live bytes; lower is better\n";
  return text;
}

}  // namespace heapatlas::tool
