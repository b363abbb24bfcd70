#include "tool/locate.hpp"

#include <array>
#include <filesystem>
#include <system_error>

#include "tool/version.hpp"

namespace heapatlas::tool {

base::Result<std::string> locate_companion(std::string_view name) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path beside = program.parent_path();
  const std::array folders = {beside, (beside.parent_path() / companion_folder).lexically_normal()};
  for (const fs::path& folder : folders) {
    const fs::path candidate = folder / name;
    if (fs::is_regular_file(candidate, error)) return candidate.string();
  }
  return base::fail(base::ErrorKind::unavailable, "a part of heapatlas is missing",
                    (folders.front() / name).string(), "install it whole, or build it again");
}

}  // namespace heapatlas::tool
