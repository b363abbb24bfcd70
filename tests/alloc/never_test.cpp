// never grants nothing, and ref adds nothing to what it borrows.
#include "core/alloc/never.hpp"

#include "core/alloc/bump.hpp"
#include "core/alloc/ref.hpp"
#include "tests/alloc/conformance/conformance.hpp"

namespace heapatlas::conformance {
namespace {

class NeverSubject {
 public:
  static constexpr auto name = "never";
  static constexpr Facts facts{.capacity = 0, .grants = false};
  using Tiny = NeverSubject;
  Never& allocator() { return never_; }

 private:
  Never never_;
};

class RefSubject {
 public:
  static constexpr auto name = "ref_bump";
  static constexpr Facts facts{
      .capacity = 1 << 14, .exact_fit = 1 << 14, .reclaims = false, .coalesces = false};
  auto& allocator() { return ref_; }

 private:
  alignas(64) std::byte memory_[1 << 14];
  Recording<Failing<Bump>> bump_{memory_, sizeof memory_};
  Ref<Recording<Failing<Bump>>> ref_{bump_};
};

HEAPATLAS_CONFORMANCE(Never, NeverSubject, RefSubject);

}  // namespace
}  // namespace heapatlas::conformance
