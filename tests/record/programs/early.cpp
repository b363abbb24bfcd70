// A library that allocates before main, and asks the loader for things while it does.
#include <dlfcn.h>

#include <cstdlib>

namespace {

void* kept = nullptr;

[[gnu::constructor]] void at_load() {
  kept = std::malloc(80001);
  dlsym(RTLD_NEXT, "no_such_function");
  dlerror();
}

[[gnu::destructor]] void at_end() {
  std::free(kept);
}

}  // namespace

extern "C" int early_answer() {
  return kept == nullptr ? 1 : 0;
}
