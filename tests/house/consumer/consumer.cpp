// Uses one thing of each installed part that the consumer links; prints "consumed".
#include <core/alloc/alloc.hpp>
#include <core/base/error.hpp>
#include <cstdio>

int main() {
  heapatlas::Never never;
  heapatlas::Ref ref{never};
  if (ref.allocate({8, 8})) return 1;
  if (heapatlas::base::Error{{}, "nothing", "here", ""}.line() != "nothing (here)") return 1;
  std::puts("consumed");
}
