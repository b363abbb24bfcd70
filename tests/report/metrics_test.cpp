// Every figure of a report has a meaning, once.
#include "core/report/metrics.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <type_traits>

#include "core/report/members.hpp"

namespace heapatlas::report {
namespace {

template <class Part>
std::vector<std::string> members_of() {
  std::vector<std::string> names;
  Part part;
  describe([&](const char* name, const auto&) { names.emplace_back(name); }, part);
  return names;
}

TEST(Metrics, every_figure_is_explained) {
  const std::set<std::string> no_figures = {"at", "label", "spans", "snapshots"};
  for (const auto& names : {members_of<Figures>(), members_of<HeapFigures>(),
                            members_of<SnapshotFigures>(), members_of<SpanFigures>()}) {
    for (const std::string& name : names)
      EXPECT_TRUE(find_metric(name) != nullptr || no_figures.contains(name)) << name;
  }
}

TEST(Metrics, every_place_exists) {
  std::set<std::string> known;
  for (const auto& name : members_of<Figures>()) known.insert("figures." + name);
  for (const auto& name : members_of<HeapFigures>()) known.insert("heap_figures." + name);
  for (const auto& name : members_of<SnapshotFigures>())
    known.insert("heap_figures.snapshots." + name);
  for (const auto& name : members_of<SpanFigures>())
    known.insert("heap_figures.snapshots.spans." + name);
  for (const Metric& metric : metrics()) {
    std::string_view left = metric.places;
    while (!left.empty()) {
      const std::string place(left.substr(0, left.find(' ')));
      EXPECT_TRUE(place.starts_with("series:") || known.contains(place)) << place;
      left.remove_prefix(std::min(left.size(), place.size() + 1));
    }
  }
}

TEST(Metrics, say_what_they_are_and_are_apart) {
  std::set<std::string_view> seen;
  for (const Metric& metric : metrics()) {
    EXPECT_TRUE(seen.insert(metric.name).second) << metric.name;
    EXPECT_EQ(find_metric(metric.name), &metric);
    for (const auto text :
         {metric.unit, metric.definition, metric.formula, metric.meaning, metric.places})
      EXPECT_FALSE(text.empty()) << metric.name;
    EXPECT_LE(metric.definition.size(), 80U) << metric.name;
  }
  EXPECT_EQ(find_metric("beauty"), nullptr);
  EXPECT_EQ(find_metric(""), nullptr);
}

}  // namespace
}  // namespace heapatlas::report
