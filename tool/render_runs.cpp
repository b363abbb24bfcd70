#include "tool/render_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "core/chain/check.hpp"

namespace heapatlas::tool {
namespace {

/// The text as chains are printed, or else as it is.
std::string canonical(const std::string& text) {
  const auto chain = chain::parse_and_check(text);
  return chain ? chain->text() : text;
}

class Chooser {
 public:
  Chooser(const report::Document& document, const std::string& path)
      : runs_(document.runs), path_(path), list_(list_of_runs(document)) {}

  [[nodiscard]] base::Result<std::size_t> run_of(const std::string& text) const {
    auto place = number(text);
    if (!place) place = only_one([&](const std::string& chain) { return chain == text; });
    if (!place)
      place =
          only_one([exact = canonical(text)](const std::string& chain) { return chain == exact; });
    if (!place)
      place = only_one([&](const std::string& chain) { return chain.find(text) != chain.npos; });
    if (!place)
      return base::bad_input(fmt::format("no one run is called '{}'", text), path_,
                             "the runs are " + list_);
    if (!runs_[*place].heap)
      return base::bad_input(
          fmt::format("run {}, {}, has no placements", *place + 1, runs_[*place].chain), path_,
          how_to_record());
    return *place;
  }

  [[nodiscard]] base::Result<std::vector<std::size_t>> usual(bool side_by_side) const {
    std::vector<std::size_t> drawable;
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (!runs_[i].heap) continue;
      if (drawable.empty() || runs_[i].trace.checksum == runs_[drawable[0]].trace.checksum)
        drawable.push_back(i);
    }
    if (drawable.empty())
      return base::bad_input("the report holds no placements to draw", path_, how_to_record());
    if (side_by_side) {
      drawable.resize(std::min(drawable.size(), max_side_by_side));
      return drawable;
    }
    const auto ours = std::find_if(drawable.begin(), drawable.end(),
                                   [this](std::size_t i) { return is_ours(runs_[i]); });
    return std::vector{ours != drawable.end() ? *ours : drawable[0]};
  }

 private:
  [[nodiscard]] static std::string how_to_record() {
    return "record them: heapatlas replay TRACE -a CHAIN --placements -o report.json";
  }
  [[nodiscard]] static bool is_ours(const report::Run& run) {
    const auto& regions = run.heap->regions;
    return std::any_of(regions.begin(), regions.end(),
                       [](const report::Region& region) { return region.own; });
  }
  [[nodiscard]] std::optional<std::size_t> number(const std::string& text) const {
    std::size_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size()) return {};
    if (value < 1 || value > runs_.size()) return {};
    return value - 1;
  }
  template <class Fits>
  [[nodiscard]] std::optional<std::size_t> only_one(Fits&& fits) const {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (!fits(runs_[i].chain)) continue;
      if (found) return {};
      found = i;
    }
    return found;
  }

  const std::vector<report::Run>& runs_;
  const std::string& path_;
  std::string list_;
};

}  // namespace

std::string list_of_runs(const report::Document& document) {
  std::string list;
  for (std::size_t i = 0; i < document.runs.size(); ++i)
    list += fmt::format("{}{} {}", i == 0 ? "" : ", ", i + 1, document.runs[i].chain);
  return list;
}

base::Result<std::vector<std::size_t>> choose_runs(const report::Document& document,
                                                   const std::vector<std::string>& texts,
                                                   bool side_by_side, const std::string& path) {
  const Chooser chooser(document, path);
  if (texts.empty()) return chooser.usual(side_by_side);
  std::vector<std::size_t> chosen;
  for (const std::string& text : texts) {
    const auto place = chooser.run_of(text);
    if (!place) return tl::make_unexpected(place.error());
    chosen.push_back(*place);
  }
  const std::size_t most = side_by_side ? max_side_by_side : 1;
  if (chosen.size() > most)
    return base::bad_input(
        fmt::format("--run names {} runs; this kind of picture shows {}", chosen.size(), most), {},
        side_by_side ? "" : "--kind compare sets runs side by side");
  for (const std::size_t place : chosen) {
    const auto& trace = document.runs[place].trace;
    if (trace.checksum != document.runs[chosen[0]].trace.checksum)
      return base::bad_input(fmt::format("runs of two traces, {} and {}, have no common time",
                                         document.runs[chosen[0]].trace.name, trace.name),
                             path);
  }
  return chosen;
}

}  // namespace heapatlas::tool
