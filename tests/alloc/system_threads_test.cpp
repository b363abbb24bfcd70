// system and os serve several threads at once.
#include "core/alloc/os/os.hpp"
#include "core/alloc/os/system.hpp"
#include "tests/alloc/conformance/threads.hpp"

namespace heapatlas::conformance {
namespace {

class SystemSubject {
 public:
  static constexpr auto name = "system";
  static constexpr Facts facts{.usual_size = 512};
  System& allocator() { return system_; }

 private:
  System system_;
};

class OsSubject {
 public:
  static constexpr auto name = "os";
  static constexpr Facts facts{.usual_size = 3 * 4096};
  Os& allocator() { return os_; }

 private:
  Os os_;
};

HEAPATLAS_THREADS_CONFORMANCE(System, SystemSubject, OsSubject);

}  // namespace
}  // namespace heapatlas::conformance
