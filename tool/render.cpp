#include "tool/render.hpp"

#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/report/file.hpp"
#include "tool/render_runs.hpp"
#include "viewer/model/instant.hpp"
#include "viewer/raster/picture.hpp"
#include "viewer/raster/png.hpp"

namespace heapatlas::tool {
namespace {

using viewer::ColourBy;
using viewer::PictureKind;

constexpr int max_side = 16384;  ///< of a picture, in pixels

struct Options {
  std::string report;
  std::string output;
  std::string kind = "map";
  std::string at = "peak";
  std::string colour = "state";
  std::string size = "1600x900";
  std::string row;
  std::string palette = "night";
  std::vector<std::string> runs;
};

base::Result<std::pair<int, int>> parse_size(const std::string& text) {
  int width = 0;
  int height = 0;
  const char* const end = text.data() + text.size();
  const auto [x, fault] = std::from_chars(text.data(), end, width);
  const bool first = fault == std::errc{} && x != end && *x == 'x';
  const auto [last, second_fault] = std::from_chars(first ? x + 1 : end, end, height);
  const bool fits = width >= viewer::min_picture_width && width <= max_side &&
                    height >= viewer::min_picture_height && height <= max_side;
  if (!first || second_fault != std::errc{} || last != end || !fits)
    return base::bad_input(
        fmt::format("--size: '{}' is no size from {}x{} to {}x{}", text, viewer::min_picture_width,
                    viewer::min_picture_height, max_side, max_side),
        {}, "as in --size 1600x900");
  return std::pair{width, height};
}

/// 4096 or 4K; empty text: 0, as fits.
base::Result<std::uint64_t> parse_row(const std::string& text) {
  if (text.empty()) return 0;
  std::uint64_t bytes = 0;
  const char* const end = text.data() + text.size();
  const auto [unit, fault] = std::from_chars(text.data(), end, bytes);
  const std::string_view letter(unit, static_cast<std::size_t>(end - unit));
  const int shift = letter.empty()  ? 0
                    : letter == "K" ? 10
                    : letter == "M" ? 20
                    : letter == "G" ? 30
                                    : -1;
  constexpr std::uint64_t most = std::uint64_t{1} << 40;
  if (fault != std::errc{} || shift < 0 || bytes < 1 || bytes > most >> shift ||
      (bytes & (bytes - 1)) != 0)
    return base::bad_input(fmt::format("--row: '{}' is no power of two from 1 to 1024G", text), {},
                           "as in --row 4096, --row 64K or --row 1M");
  return bytes << shift;
}

base::Result<viewer::PictureOptions> picture_options(const Options& options) {
  viewer::PictureOptions picture;
  const auto size = parse_size(options.size);
  if (!size) return tl::make_unexpected(size.error());
  std::tie(picture.width, picture.height) = *size;
  const auto row = parse_row(options.row);
  if (!row) return tl::make_unexpected(row.error());
  picture.row_bytes = *row;
  picture.kind = *viewer::parse_picture_kind(options.kind);
  picture.colour = *viewer::parse_colour_by(options.colour);
  picture.palette = options.palette == "day" ? &viewer::day() : &viewer::night();
  return picture;
}

/// The chosen runs, moved out of the document.
std::vector<viewer::Run> take_runs(report::Document& document,
                                   const std::vector<std::size_t>& places) {
  std::vector<viewer::Run> runs;
  runs.reserve(places.size());
  for (const std::size_t place : places)
    runs.push_back(viewer::take_run(std::move(document.runs[place])));
  return runs;
}

std::string chains_of(const std::vector<viewer::Run>& runs) {
  std::string chains;
  for (const viewer::Run& run : runs) chains += (chains.empty() ? "" : " beside ") + run.chain;
  return chains;
}

class RenderCommand {
 public:
  RenderCommand(const Options& options, const Invocation& invocation)
      : options_{options}, invocation_{invocation} {}

  base::Result<ExitStatus> run() {
    auto picture = picture_options(options_);
    if (!picture) return tl::make_unexpected(picture.error());
    auto document = report::read(options_.report);
    if (!document) return tl::make_unexpected(document.error());
    const bool side_by_side = picture->kind == PictureKind::compare;
    const auto places = choose_runs(*document, options_.runs, side_by_side, options_.report);
    if (!places) return tl::make_unexpected(places.error());
    const std::string choice = note_of_choice(*document, places->size());
    const std::vector<viewer::Run> runs = take_runs(*document, *places);
    const auto at = viewer::find_instant(runs[0], options_.at);
    if (!at) return tl::make_unexpected(at.error());
    picture->at = *at;
    HEAPATLAS_TRY(draw(runs, *picture));
    if (!choice.empty()) fmt::print(stderr, "heapatlas: {}\n", choice);
    return ExitStatus::done;
  }

 private:
  /// What else there was to show; empty when nothing, or when the user chose.
  [[nodiscard]] std::string note_of_choice(const report::Document& document,
                                           std::size_t taken) const {
    if (invocation_.quiet || !options_.runs.empty()) return {};
    std::size_t drawable = 0;
    for (const report::Run& run : document.runs) drawable += run.heap ? 1 : 0;
    if (drawable <= taken) return {};
    return fmt::format("drew {} of {} runs; --run N chooses: {}", taken, drawable,
                       list_of_runs(document));
  }

  [[nodiscard]] base::Status draw(const std::vector<viewer::Run>& runs,
                                  const viewer::PictureOptions& picture) const {
    std::vector<viewer::Indexed> indexed;
    indexed.reserve(runs.size());
    for (const viewer::Run& run : runs) indexed.push_back({&run});
    const viewer::Canvas canvas = viewer::draw_picture(indexed, picture);
    HEAPATLAS_TRY(viewer::write_png(canvas, options_.output));
    tell(runs, picture, canvas);
    return {};
  }

  void tell(const std::vector<viewer::Run>& runs, const viewer::PictureOptions& picture,
            const viewer::Canvas& canvas) const {
    if (options_.output == "-") return;  // standard output is the picture
    if (invocation_.json) {
      nlohmann::json chains = nlohmann::json::array();
      for (const viewer::Run& run : runs) chains.push_back(run.chain);
      const nlohmann::json told{{"picture", options_.output},
                                {"kind", options_.kind},
                                {"trace", runs[0].trace},
                                {"chains", chains},
                                {"event", picture.at},
                                {"colour", options_.colour},
                                {"width_pixels", canvas.width()},
                                {"height_pixels", canvas.height()}};
      fmt::print("{}\n", told.dump(2));
      return;
    }
    fmt::print("{}: the {} of {} on {}, event {}, {} x {} pixels\n", options_.output,
               picture.kind == PictureKind::compare ? "maps" : options_.kind, runs[0].trace,
               chains_of(runs), picture.at, canvas.width(), canvas.height());
  }

  const Options& options_;
  const Invocation& invocation_;
};

constexpr const char* examples =
    "A picture needs a report with placements:\n"
    "  heapatlas replay app.hat -a 'stalloc | system' -a 'talc | system' --placements -o "
    "report.json\n"
    "\n"
    "Examples:\n"
    "  heapatlas render report.json -o map.png\n"
    "      the heap at its peak: every cell a few bytes, holes in the ground's colour\n"
    "  heapatlas render report.json -o end.png --at end --colour size --run 'talc | system'\n"
    "      what is left at the end, by size, of one run of several\n"
    "  heapatlas render report.json -o pages.png --row 4K\n"
    "      one page a row: which few blocks pin a page?\n"
    "  heapatlas render report.json -o history.png --kind history\n"
    "      every block from birth to death: events to the right, addresses down\n"
    "  heapatlas render report.json -o timeline.png --kind timeline\n"
    "      live, committed, free and fragmentation over time\n"
    "  heapatlas render report.json -o compare.png --kind compare --at worst\n"
    "      up to four chains side by side, at the same event and scale\n"
    "\n"
    "Exit status: 0 done; 2 bad usage or input, nothing written.\n";

}  // namespace

void add_render(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "render", "draw the heap of a replay as a picture (PNG), without a window");
  command->footer(examples);
  command->add_option("report", options->report, "a report that was recorded with --placements")
      ->required()
      ->type_name("REPORT");
  command->add_option("-o,--output", options->output, "the picture's file, a PNG; - is stdout")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--kind", options->kind,
                   "map (one instant), history, timeline, compare (several chains)")
      ->check(CLI::IsMember({"map", "history", "timeline", "compare"}).description(""))
      ->type_name("KIND")
      ->capture_default_str();
  command
      ->add_option("--at", options->at,
                   "peak, worst, end, a walk's label, or an event: 12500, 12.5k")
      ->type_name("INSTANT")
      ->capture_default_str();
  command
      ->add_option("--colour,--color", options->colour,
                   "blocks by: state, link, size, age, waste, thread, site")
      ->check(CLI::IsMember({"state", "link", "size", "age", "waste", "thread", "site"})
                  .description(""))
      ->type_name("BY")
      ->capture_default_str();
  command
      ->add_option("--run", options->runs,
                   "a run's number from 1 on, or a part of its chain; several to compare")
      ->allow_extra_args(false)
      ->type_name("RUN");
  command->add_option("--size", options->size, "of the picture, in pixels")
      ->type_name("WxH")
      ->capture_default_str();
  command
      ->add_option("--row", options->row, "bytes in a row of a map, a power of two: 4096, 64K, 1M")
      ->type_name("BYTES");
  command->add_option("--palette", options->palette, "night: on a dark ground; day: on a light one")
      ->check(CLI::IsMember({"night", "day"}).description(""))
      ->type_name("NAME")
      ->capture_default_str();
  command->add_flag("--json", invocation.json, "say what was drawn as JSON");
  command->callback([options, &invocation] {
    invocation.run = [options, &invocation] { return RenderCommand(*options, invocation).run(); };
  });
}

}  // namespace heapatlas::tool
