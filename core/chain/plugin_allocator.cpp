#include "core/chain/plugin_allocator.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

namespace heapatlas::chain {
namespace {

/// The address of prefix_name in the library, null when it has none.
template <class Function>
void find(void* library, const std::string& prefix, const char* name, Function*& function) {
  function =
      reinterpret_cast<Function*>(dlsym(library, fmt::format("{}_{}", prefix, name).c_str()));
}

}  // namespace

base::Result<PluginLibrary> open_plugin(const std::string& path, const std::string& prefix) {
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* const reason = dlerror();
    return base::fail(base::ErrorKind::unavailable,
                      fmt::format("cannot open the plugin: {}", reason == nullptr ? "" : reason),
                      path, "a path without '/' is looked for where the loader looks");
  }
  PluginLibrary found{};
  find(library, prefix, "create", found.create);
  find(library, prefix, "destroy", found.destroy);
  find(library, prefix, "alloc", found.alloc);
  find(library, prefix, "calloc", found.calloc);
  find(library, prefix, "free", found.free);
  find(library, prefix, "realloc", found.realloc);
  const char* const missing = found.create == nullptr  ? "create"
                              : found.alloc == nullptr ? "alloc"
                              : found.free == nullptr  ? "free"
                                                       : nullptr;
  if (missing == nullptr) return found;
  return base::bad_input(fmt::format("the library exports no function '{}_{}'", prefix, missing),
                         path, "core/chain/plugin.h says what a plugin exports");
}

}  // namespace heapatlas::chain
