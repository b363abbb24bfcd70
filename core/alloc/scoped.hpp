// scoped: a bump whose memory is given back scope by scope.
//
// A scope is a Scoped over the memory that its parent has left. While it is open its parent is
// closed: it neither allocates nor grows, and everything above its top is the scope's. When the
// scope ends, however it ends, all its blocks are gone and the parent goes on where it was. Scopes
// nest.
//
//   parent begin       parent top = scope begin     scope top        end of both
//   [ parent's blocks   | the scope's blocks          | free           ]
//
//   Scoped root{memory, size};
//   {
//     Scoped scope = root.open();
//     ... scope.allocate(...) ...
//   }
//   root.scope([](Scoped& scope) { ... });
//
// Within a scope the last block grows, shrinks and is freed in place, and checkpoint/rewind free
// everything allocated since. Cost: that of a bump and one branch; six words. One thread.
#pragma once

#include <cstddef>

#include "core/alloc/bump.hpp"
#include "core/alloc/concepts.hpp"
#include "core/alloc/misuse.hpp"

namespace heapatlas {

class Scoped {
 public:
  static constexpr Threads threads = Threads::one;

  /// A point in a scope's life. Valid until the scope ends, is reset, or rewinds to before it.
  enum class Checkpoint : std::size_t {};

  /// Over size bytes at memory (null only with size 0), which the caller keeps alive.
  constexpr Scoped(std::byte* memory, std::size_t size) noexcept : bump_(memory, size) {}

  Scoped(const Scoped&) = delete;
  Scoped& operator=(const Scoped&) = delete;
  constexpr ~Scoped() {
    require(!closed_, "scoped", this, "a scope ends before its parent");
    if (parent_ != nullptr) parent_->closed_ = false;
  }

  /// A scope on what this has left, which must end before this does. Only one may be open:
  /// opening another is misuse, and gives one without memory.
  [[nodiscard]] Scoped open() noexcept { return Scoped{OpenedOn{*this}}; }

  /// Runs body(scope) on a scope of this, and returns what it returns.
  template <class Body>
  decltype(auto) scope(Body&& body) {
    Scoped child = open();
    return static_cast<Body&&>(body)(child);
  }

  [[nodiscard]] Checkpoint checkpoint() const noexcept { return Checkpoint{bump_.used()}; }
  /// Every block allocated since the checkpoint is gone. Not while a scope is open.
  void rewind(Checkpoint checkpoint) noexcept {
    require(!closed_, "scoped", this, "a parent with an open scope is closed");
    require(static_cast<std::size_t>(checkpoint) <= bump_.used(), "scoped", this,
            "a checkpoint lies in the past");
    if (!closed_) bump_.rewind(static_cast<std::size_t>(checkpoint));
  }

  /// Whether a scope is open, so that this neither allocates nor grows.
  [[nodiscard]] constexpr bool is_closed() const noexcept { return closed_; }

  [[nodiscard]] static constexpr std::size_t min_alignment() noexcept {
    return Bump::min_alignment();
  }
  [[nodiscard]] static constexpr std::size_t max_alignment() noexcept {
    return Bump::max_alignment();
  }

  [[nodiscard]] Block allocate(Layout layout) noexcept {
    return closed_ ? Block{} : bump_.allocate(layout);
  }
  void deallocate(std::byte* ptr, Layout layout) noexcept {
    if (!closed_) bump_.deallocate(ptr, layout);
  }
  [[nodiscard]] Block grow(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    return closed_ ? Block{} : bump_.grow(ptr, old, new_size);
  }
  [[nodiscard]] Block shrink(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    return closed_ ? Block{ptr, new_size} : bump_.shrink(ptr, old, new_size);
  }
  /// An open scope's blocks are its parent's as well.
  [[nodiscard]] bool owns(const std::byte* ptr) const noexcept { return bump_.owns(ptr); }

  /// Every block is gone. Not while a scope is open.
  void reset() noexcept { rewind(Checkpoint{0}); }

  /// Bytes handed out, padding included, less those of an open scope.
  [[nodiscard]] std::size_t used() const noexcept { return bump_.used(); }
  [[nodiscard]] constexpr std::size_t capacity() const noexcept { return bump_.capacity(); }

  /// What an open scope has is used; its own walk says more.
  template <HeapVisitor V>
  void walk(V& visitor) const {
    if (!closed_ || capacity() == 0) return bump_.walk(visitor);
    const std::byte* const begin = bump_.top() - used();
    visitor.region(Region{begin, capacity(), 0});
    visitor.span(Span{begin, capacity(), SpanKind::used, 0, 0, 0});
  }
  [[nodiscard]] const char* check() const noexcept { return bump_.check(); }

 private:
  struct OpenedOn {
    Scoped& parent;
  };

  explicit Scoped(OpenedOn opened) noexcept
      : bump_(opened.parent.bump_.top(), opened.parent.closed_ ? 0 : opened.parent.room()) {
    require(!opened.parent.closed_, "scoped", &opened.parent, "a parent has one open scope");
    if (opened.parent.closed_) return;
    parent_ = &opened.parent;
    parent_->closed_ = true;
  }

  [[nodiscard]] std::size_t room() const noexcept { return bump_.capacity() - bump_.used(); }

  Bump bump_;
  Scoped* parent_ = nullptr;
  bool closed_ = false;
};

static_assert(Owning<Scoped> && Resizing<Scoped> && Resettable<Scoped>);

}  // namespace heapatlas
