#include "tool/bench/summary.hpp"

#include <algorithm>

namespace heapatlas::tool::bench {
namespace {

std::optional<double> median(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

bool is_time(const std::vector<Figure>& figures, std::size_t round) {
  return round < figures.size() && figures[round].kind == Figure::Kind::time;
}

}  // namespace

Cell summarise(const std::vector<Figure>& figures, const Reference& reference,
               const std::vector<Figure>& null) {
  std::vector<double> times;
  std::vector<double> shares;
  std::vector<double> raw;
  std::vector<double> net;
  Cell cell;
  for (std::size_t round = 0; round < figures.size(); ++round) {
    const Figure& figure = figures[round];
    if (figure.kind == Figure::Kind::share) shares.push_back(figure.value);
    if (figure.kind == Figure::Kind::absent) cell.why = figure.text;
    if (figure.kind != Figure::Kind::time) continue;
    times.push_back(figure.value);
    if (!is_time(reference.figures, round)) continue;
    const double other = reference.figures[round].value;
    raw.push_back(figure.value / other);
    if (!is_time(null, round) || !is_time(reference.null, round)) continue;
    const double net_other = other - reference.null[round].value;
    if (net_other > 0) net.push_back((figure.value - null[round].value) / net_other);
  }
  cell.nanoseconds = median(times);
  cell.share = median(shares);
  cell.raw = median(raw);
  cell.net = median(net);
  return cell;
}

}  // namespace heapatlas::tool::bench
