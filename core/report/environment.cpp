#include "core/report/environment.hpp"

#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <sched.h>
#include <sys/utsname.h>

#include <fstream>

namespace heapatlas::report {
namespace {

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return {};
}

std::uint64_t usable_cores() {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof(cores), &cores) != 0) return 0;
  return static_cast<std::uint64_t>(CPU_COUNT(&cores));
}

std::string kernel_name() {
  utsname name{};
  if (uname(&name) != 0) return {};
  return fmt::format("{} {} {}", name.sysname, name.release, name.machine);
}

/// The word in brackets: "always [madvise] never".
std::string huge_pages() {
  std::ifstream file("/sys/kernel/mm/transparent_hugepage/enabled");
  std::string line;
  std::getline(file, line);
  const std::size_t open = line.find('[');
  const std::size_t close = line.find(']');
  if (open == std::string::npos || close == std::string::npos) return {};
  return line.substr(open + 1, close - open - 1);
}

constexpr const char* compiler_name() {
#ifdef __clang__
  return "clang " __clang_version__;
#else
  return "gcc " __VERSION__;
#endif
}

}  // namespace

Environment this_environment(std::string version) {
  Environment environment;
  environment.heapatlas = std::move(version);
  environment.compiler = compiler_name();
#ifdef NDEBUG
  environment.build_type = "Release";
#else
  environment.build_type = "Debug";
#endif
  environment.processor = processor_name();
  environment.cores = usable_cores();
  environment.kernel = kernel_name();
  environment.c_library = fmt::format("glibc {}", gnu_get_libc_version());
  environment.transparent_huge_pages = huge_pages();
  return environment;
}

}  // namespace heapatlas::report
