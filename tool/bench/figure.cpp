#include <fmt/format.h>

#include <cstdlib>

#include "tool/bench/sample.hpp"

namespace heapatlas::tool::bench {

namespace {
constexpr const char* kinds[] = {"time", "share", "absent"};
}

std::string Figure::line() const {
  return fmt::format("{}\t{}\t{}\t{}\n", workload, kinds[static_cast<int>(kind)], value, text);
}

bool Figure::parse(const std::string& line, Figure& figure) {
  std::string fields[4];
  std::size_t from = 0;
  for (std::string& field : fields) {
    const std::size_t to = &field == &fields[3] ? line.size() : line.find('\t', from);
    if (to == std::string::npos || from > to) return false;
    field = line.substr(from, to - from);
    from = to + 1;
  }
  figure.workload = fields[0];
  figure.value = std::strtod(fields[2].c_str(), nullptr);
  figure.text = fields[3];
  for (int kind = 0; kind < 3; ++kind) {
    if (fields[1] != kinds[kind]) continue;
    figure.kind = static_cast<Kind>(kind);
    return true;
  }
  return false;
}

}  // namespace heapatlas::tool::bench
