// SharedBump serves several threads at once.
#include "core/alloc/bump.hpp"
#include "tests/alloc/conformance/threads.hpp"

namespace heapatlas::conformance {
namespace {

class SharedBumpSubject {
 public:
  static constexpr auto name = "shared_bump";
  static constexpr Facts facts{.reclaims = false};
  SharedBump& allocator() { return bump_; }

 private:
  std::byte memory_[1 << 20];
  SharedBump bump_{memory_, sizeof memory_};
};

HEAPATLAS_THREADS_CONFORMANCE(Bump, SharedBumpSubject);

}  // namespace
}  // namespace heapatlas::conformance
