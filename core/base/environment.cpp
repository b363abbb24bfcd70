#include "core/base/environment.hpp"

#include <algorithm>
#include <string_view>

extern char** environ;  // NOLINT: POSIX has no header for it

namespace heapatlas::base {

std::vector<std::string> environment_with(const std::vector<std::string>& added) {
  std::vector<std::string> all;
  const auto name = [](std::string_view text) { return text.substr(0, text.find('=')); };
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const bool replaced = std::any_of(added.begin(), added.end(), [&](const std::string& entry) {
      return name(entry) == name(*variable);
    });
    if (!replaced) all.emplace_back(*variable);
  }
  all.insert(all.end(), added.begin(), added.end());
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace heapatlas::base
