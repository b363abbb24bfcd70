// The portrait as a page for the terminal: facts first, then histograms with bars.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tool/info/portrait.hpp"
#include "tool/terminal.hpp"

namespace heapatlas::tool {
namespace {

using trace::EventKind;

std::string percent(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "0%";
  const double share = 100 * static_cast<double>(part) / static_cast<double>(whole);
  if (part != 0 && share < 0.05) return "<0.1%";
  return fmt::format("{:.1f}%", share);
}

/// What a trace says of itself may hold anything; a terminal gets no control characters of it.
std::string printable(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  return text;
}

std::string date(std::uint64_t seconds) {
  if (seconds == 0 || seconds > 253402300799) return "";  // fmt knows years of four digits
  return fmt::format(", {:%Y-%m-%d %H:%M} UTC", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

std::string ns(std::uint64_t time) {
  return human_time(std::chrono::nanoseconds(time));
}

/// "16 ns", "4 us": the round ends of lifetime buckets.
std::string round_time(std::uint64_t time) {
  static constexpr std::array units = {"ns", "us", "ms", "s"};
  std::size_t unit = 0;
  for (; time >= 1000 && time % 1000 == 0 && unit + 1 < units.size(); ++unit) time /= 1000;
  return fmt::format("{} {}", time, units[unit]);
}

/// "16 B", "4 KiB": the round ends of size buckets.
std::string round_bytes(std::uint64_t bytes) {
  static constexpr std::array units = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < units.size(); ++unit) bytes /= 1024;
  return fmt::format("{} {}", bytes, units[unit]);
}

/// Where a line of at most width cells of the text ends: at its last space, if it has one, else
/// between two characters of UTF-8.
std::size_t line_end(std::string_view text, std::size_t width) {
  std::size_t cells = 0;
  std::size_t space = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) continue;
    if (text[i] == ' ') space = i;
    if (++cells > width) return space != 0 ? space : i;
  }
  return text.size();
}

/// The text on lines of at most width cells, all but the first behind indent spaces; after four
/// lines, an ellipsis says that something is missing.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string lines;
  for (int line = 1; !text.empty(); ++line) {
    const std::size_t end = line_end(text, width);
    if (line == 4 && end < text.size())
      return lines + std::string(text.substr(0, line_end(text, width - 2))) + " …";
    lines += text.substr(0, end);
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(' ', end)));
    if (!text.empty()) lines += "\n" + std::string(indent, ' ');
  }
  return lines;
}

std::string command_line(const std::vector<std::string>& arguments) {
  std::string line;
  for (const auto& argument : arguments) {
    const bool plain =
        !argument.empty() && argument.find_first_of(" \t\n'\"\\$&|;<>()*?") == std::string::npos;
    if (!line.empty()) line += ' ';
    line += plain ? argument : fmt::format("'{}'", argument);
  }
  return line;
}

/// The names of what a source knew, or of what it did not.
std::string knowledge(const trace::Fidelity& fidelity, bool known) {
  const std::pair<bool, const char*> facts[] = {
      {fidelity.threads, "threads"}, {fidelity.alignment, "alignment"},
      {fidelity.realloc, "resizes"}, {fidelity.zeroing, "zeroing"},
      {fidelity.times, "times"},     {fidelity.exact_identity, "identity"}};
  std::string list;
  for (const auto& [knows, name] : facts) {
    if (knows != known) continue;
    if (!list.empty()) list += ", ";
    list += name;
  }
  return list;
}

/// The page, written line by line.
class Page {
 public:
  explicit Page(std::size_t width) : width_(std::clamp<std::size_t>(width, 60, 120)) {}

  void head(const std::string& name, const std::string& columns = "") {
    text_ += '\n';
    text_ += painted(name, Colour::bold, stdout);
    if (!columns.empty()) text_ += painted(columns, Colour::dim, stdout);
    text_ += '\n';
  }

  /// A fact; none when its value is empty.
  void fact(const char* name, const std::string& value) {
    if (value.empty()) return;
    text_ += fmt::format("  {}{}\n", painted(fmt::format("{:<13}", name), Colour::dim, stdout),
                         wrapped(printable(value), width_ - 15, 15));
  }

  /// A row of a histogram: label, count, share, a bar as long as the count is of most, and a note.
  void row(const std::string& label, std::uint64_t count, std::uint64_t of, std::uint64_t most,
           const std::string& note = "") {
    const std::size_t bar_width = width_ - 50;
    const double fraction = most == 0 ? 0 : static_cast<double>(count) / static_cast<double>(most);
    const std::string drawn = bar(fraction, bar_width);
    std::string line = fmt::format("  {:<14}{:>14}  {:>6}  {}", label, human_count(count),
                                   percent(count, of), painted(drawn, Colour::cyan, stdout));
    if (!note.empty()) {
      line.append(bar_width - cells(drawn), ' ');
      line += painted(fmt::format("{:>10}", note), Colour::dim, stdout);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text_ += line + "\n";
  }

  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] std::string text() && { return std::move(text_); }
  void title(const std::string& line) {
    text_ += painted(printable(line), Colour::bold, stdout);
    text_ += '\n';
  }

 private:
  static std::size_t cells(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  }

  std::size_t width_;
  std::string text_;
};

void add_provenance(Page& page, const Portrait& portrait) {
  const trace::TraceInfo& info = portrait.info;
  const trace::Totals& totals = portrait.profile.totals();
  page.fact("program", info.program);
  page.fact("command", command_line(info.command));
  page.fact("origin", info.origin + date(info.recorded_at));
  page.fact("machine", info.machine);
  page.fact("system", info.system);
  page.fact("knows", knowledge(info.fidelity, true));
  page.fact("not known", knowledge(info.fidelity, false));
  if (!info.fidelity.exact_identity)
    page.fact("identity", "approximate: which block a free is of was guessed");
  const auto& losses = portrait.losses;
  if (losses && losses->dropped_frees + losses->implicit_frees != 0)
    page.fact("mended",
              fmt::format("{} frees of unknown blocks left out, {} missing frees put in",
                          human_count(losses->dropped_frees), human_count(losses->implicit_frees)));
  if (losses && losses->cut) page.fact("cut", "the recording stopped before the program did");
  page.fact("length", fmt::format("{} events{}", human_count(totals.events),
                                  info.fidelity.times ? " in " + ns(totals.duration) : ""));
  page.fact("file",
            fmt::format("{}, {:.2f} B an event", human_bytes(portrait.recovery.of_bytes),
                        static_cast<double>(portrait.recovery.of_bytes) /
                            static_cast<double>(std::max<std::uint64_t>(1, totals.events))));
}

/// The live bytes over the events, as one line of blocks.
std::string sparkline(const std::vector<std::uint64_t>& peaks, std::uint64_t most,
                      std::size_t width) {
  static constexpr std::array levels = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::size_t columns = std::min(width, peaks.size());
  std::string line;
  for (std::size_t i = 0; i < columns; ++i) {
    const std::size_t begin = i * peaks.size() / columns;
    const std::size_t end = (i + 1) * peaks.size() / columns;
    const std::uint64_t peak = *std::max_element(peaks.begin() + static_cast<std::ptrdiff_t>(begin),
                                                 peaks.begin() + static_cast<std::ptrdiff_t>(end));
    const double level = most == 0 ? 0 : static_cast<double>(peak) / static_cast<double>(most);
    line += levels[static_cast<std::size_t>(std::lround(level * 7))];
  }
  return line;
}

void add_memory(Page& page, const trace::Profile& profile) {
  const trace::Totals& totals = profile.totals();
  const std::uint64_t blocks = totals.count(EventKind::allocate);
  page.head("Memory");
  page.fact(
      "peak live",
      fmt::format("{}, first after event {} ({} of the trace)", human_bytes(totals.peak_live_bytes),
                  human_count(totals.peak_event), percent(totals.peak_event + 1, totals.events)));
  page.fact("most blocks", human_count(totals.peak_live_blocks) + " live at a time");
  page.fact("never freed", fmt::format("{} in {} blocks", human_bytes(totals.end_live_bytes),
                                       human_count(totals.end_live_blocks)));
  if (blocks != 0)
    page.fact("asked for", fmt::format("{} in {} blocks: {} on average, at most {}",
                                       human_bytes(profile.bytes_requested), human_count(blocks),
                                       human_bytes(profile.bytes_requested / blocks),
                                       human_bytes(profile.largest)));
  if (totals.peak_live_bytes != 0)
    page.fact("live bytes",
              sparkline(profile.live.peaks(), totals.peak_live_bytes, page.width() - 15));
}

void add_events(Page& page, const trace::Profile& profile) {
  const trace::Totals& totals = profile.totals();
  const std::uint64_t most = *std::ranges::max_element(totals.by_kind);
  page.head("Events");
  for (unsigned i = 0; i < trace::event_kinds; ++i)
    if (totals.by_kind[i] != 0)
      page.row(name_of(static_cast<EventKind>(i)), totals.by_kind[i], totals.events, most);
  const std::uint64_t frees = totals.count(EventKind::free);
  const std::uint64_t resizes = totals.count(EventKind::resize);
  if (profile.zeroed != 0)
    page.fact("zeroed", percent(profile.zeroed, totals.count(EventKind::allocate)) +
                            " of allocations asked for zeros");
  if (resizes != 0)
    page.fact("resizes", fmt::format("{} grow, {} shrink", percent(profile.grown, resizes),
                                     percent(profile.shrunk, resizes)));
  if (totals.threads > 1)
    page.fact("threads",
              fmt::format("{}; {} of frees by another thread than allocated",
                          human_count(totals.threads), percent(profile.freed_elsewhere, frees)));
}

void add_sizes(Page& page, const trace::Profile& profile) {
  std::uint64_t most = 0;
  for (const auto& count : profile.sizes) most = std::max(most, count.blocks);
  if (most == 0) return;
  const std::uint64_t blocks = profile.totals().count(EventKind::allocate);
  page.head("Sizes", fmt::format("{:>25}   share{:>{}}", "blocks", "of bytes", page.width() - 40));
  for (std::size_t i = 0; i < profile.sizes.size(); ++i)
    if (const auto& count = profile.sizes[i]; count.blocks != 0)
      page.row(fmt::format("{}{}", i == 0 ? "" : "≤ ", round_bytes(trace::size_bucket_end(i))),
               count.blocks, blocks, most, percent(count.bytes, profile.bytes_requested));
}

void add_lifetimes(Page& page, const trace::Profile& profile, bool timed) {
  const auto& counts = timed ? profile.lifetimes_ns : profile.lifetimes_events;
  const std::uint64_t blocks = profile.totals().count(EventKind::allocate);
  const std::uint64_t survivors = profile.totals().end_live_blocks;
  const std::uint64_t most = std::max(*std::ranges::max_element(counts), survivors);
  if (most == 0) return;
  page.head("Lifetimes", fmt::format("{:>21}   share", "blocks"));
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    const std::uint64_t end = trace::lifetime_bucket_end(i);
    page.row(fmt::format("< {}", timed ? round_time(end) : human_count(end) + " events"), counts[i],
             blocks, most);
  }
  if (survivors != 0) page.row("never freed", survivors, blocks, most);
}

void add_alignments(Page& page, const trace::Profile& profile) {
  const std::uint64_t blocks = profile.totals().count(EventKind::allocate);
  if (blocks == profile.natural_alignments) return;
  const std::uint64_t most =
      std::max(profile.natural_alignments, *std::ranges::max_element(profile.alignments));
  page.head("Alignments", fmt::format("{:>20}   share", "blocks"));
  if (profile.natural_alignments != 0)
    page.row("malloc's own", profile.natural_alignments, blocks, most);
  for (std::size_t i = 0; i < profile.alignments.size(); ++i)
    if (profile.alignments[i] != 0)
      page.row(round_bytes(std::uint64_t{1} << i), profile.alignments[i], blocks, most);
}

}  // namespace

std::string portrait_text(const Portrait& portrait, std::size_t width) {
  Page page(width);
  page.title(portrait.path);
  add_provenance(page, portrait);
  add_memory(page, portrait.profile);
  add_events(page, portrait.profile);
  add_sizes(page, portrait.profile);
  add_lifetimes(page, portrait.profile, portrait.info.fidelity.times);
  add_alignments(page, portrait.profile);
  return std::move(page).text();
}

}  // namespace heapatlas::tool
