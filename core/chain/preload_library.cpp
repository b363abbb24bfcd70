#include "core/chain/preload_library.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

namespace heapatlas::chain {
namespace {

std::vector<std::string> library_folders() {
  std::vector<std::string> folders;
  if (const char* path = std::getenv("LD_LIBRARY_PATH")) {
    std::string_view rest = path;
    while (!rest.empty()) {
      const std::size_t end = rest.find(':');
      if (end != 0) folders.emplace_back(rest.substr(0, end));
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
  }
  Dl_info c_library{};
  if (dladdr(reinterpret_cast<void*>(&std::abort), &c_library) != 0 && c_library.dli_fname) {
    const std::string folder = std::filesystem::path(c_library.dli_fname).parent_path();
    folders.push_back(folder);
    folders.push_back("/usr" + folder);
  }
  folders.insert(folders.end(), {"/usr/local/lib", "/usr/lib", "/lib", "/usr/lib64", "/lib64"});
  return folders;
}

}  // namespace

std::optional<std::string> find_library(const std::string& name) {
  const auto readable = [](const std::string& path) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(path, ignored) && access(path.c_str(), R_OK) == 0;
  };
  if (name.find('/') != std::string::npos) {
    return readable(name) ? std::optional(name) : std::nullopt;
  }
  for (const std::string& folder : library_folders()) {
    const std::string path = folder + "/" + name;
    if (readable(path)) return path;
  }
  return std::nullopt;
}

bool is_loaded(const std::string& path) {
  void* const handle = dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (handle != nullptr) dlclose(handle);
  return handle != nullptr;
}

bool is_malloc_of_process(const std::string& path) {
  Dl_info owner{};
  void* const function = dlsym(RTLD_DEFAULT, "malloc");
  if (function == nullptr || dladdr(function, &owner) == 0 || owner.dli_fname == nullptr)
    return false;
  std::error_code ignored;
  return std::filesystem::equivalent(owner.dli_fname, path, ignored);
}

}  // namespace heapatlas::chain
