#include "core/replay/process_map.hpp"

#include <algorithm>
#include <charconv>

namespace heapatlas::replay {
namespace {

/// The next word of a line; the line keeps the rest.
std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

}  // namespace

std::optional<Mapping> parse_mapping(std::string_view line) noexcept {
  Mapping mapping;
  const char* const last = line.data() + line.size();
  const auto begin = std::from_chars(line.data(), last, mapping.begin, 16);
  if (begin.ec != std::errc{} || begin.ptr == last || *begin.ptr != '-') return std::nullopt;
  const auto end = std::from_chars(begin.ptr + 1, last, mapping.end, 16);
  if (end.ec != std::errc{}) return std::nullopt;
  take_word(line);
  const std::string_view permissions = take_word(line);
  mapping.writable = permissions.size() > 1 && permissions[1] == 'w';
  for (int field = 0; field < 3; ++field) take_word(line);  // offset, device, inode
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  mapping.path = line;
  return mapping;
}

bool read_mappings(ProcBuffer& buffer, ScratchArray<SeenRegion>& mappings) noexcept {
  mappings.clear();
  bool last_was_anonymous = false;
  return each_line_of("/proc/self/maps", buffer, [&](std::string_view line) {
    const auto mapping = parse_mapping(line);
    if (!mapping || !mapping->writable || mapping->path.starts_with("[stack")) return;
    const bool anonymous = mapping->path.empty();
    SeenRegion* last = mappings.empty() ? nullptr : &mappings[mappings.size() - 1];
    if (last != nullptr && anonymous && last_was_anonymous && last->end() == mapping->begin)
      last->size = mapping->end - last->address;
    else
      mappings.push_back({mapping->begin, mapping->end - mapping->begin, 0, 0});
    last_was_anonymous = anonymous;
  });
}

}  // namespace heapatlas::replay
