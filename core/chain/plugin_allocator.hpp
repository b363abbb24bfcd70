// An allocator of a C library, opened at run time; plugin.h is the interface it must have.
//
// What the library optionally exports decides the type: with x_realloc it is Reallocating, with
// x_calloc Zeroing. It cannot say what it owns, and a walk sees nothing of it. Grants are what was
// asked for. Cost: an indirect call each.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <utility>

#include "core/alloc/concepts.hpp"
#include "core/alloc/misuse.hpp"
#include "core/base/error.hpp"

namespace heapatlas::chain {

/// The functions of an opened library; those that are optional may be null.
struct PluginLibrary {
  void* (*create)(std::size_t);
  void (*destroy)(void*);
  void* (*alloc)(void*, std::size_t, std::size_t);
  void* (*calloc)(void*, std::size_t, std::size_t);
  void (*free)(void*, void*, std::size_t, std::size_t);
  void* (*realloc)(void*, void*, std::size_t, std::size_t, std::size_t);
};

/// Opens a library and finds its functions. It stays open: an allocator is not unloaded.
[[nodiscard]] base::Result<PluginLibrary> open_plugin(const std::string& path,
                                                      const std::string& prefix);

/// An allocator that a library made; destroyed with this object.
class PluginHeap {
 public:
  /// self: what create gave, never null.
  PluginHeap(const PluginLibrary& library, void* self) noexcept : library_(library), self_(self) {}
  PluginHeap(const PluginHeap&) = delete;
  PluginHeap& operator=(const PluginHeap&) = delete;
  ~PluginHeap() {
    if (library_.destroy != nullptr) library_.destroy(self_);
  }
  [[nodiscard]] const PluginLibrary& library() const noexcept { return library_; }
  [[nodiscard]] void* self() const noexcept { return self_; }

 private:
  PluginLibrary library_;
  void* self_;
};

template <bool has_realloc, bool has_calloc, bool is_shared>
class PluginAllocator {
 public:
  static constexpr Threads threads = is_shared ? Threads::any : Threads::one;

  /// The heap must outlive the allocator.
  explicit PluginAllocator(const PluginHeap& heap) noexcept
      : library_(heap.library()), self_(heap.self()) {}
  PluginAllocator(const PluginAllocator&) = delete;
  PluginAllocator& operator=(const PluginAllocator&) = delete;

  [[nodiscard]] static constexpr std::size_t min_alignment() noexcept { return 1; }
  [[nodiscard]] static constexpr std::size_t max_alignment() noexcept {
    return std::size_t{1} << (std::numeric_limits<std::size_t>::digits - 1);
  }
  [[nodiscard]] Block allocate(Layout layout) noexcept {
    require_valid(layout, "plugin", nullptr);
    return granted(library_.alloc(self_, layout.size, layout.align), layout.size);
  }
  [[nodiscard]] Block allocate_zeroed(Layout layout) noexcept requires has_calloc {
    require_valid(layout, "plugin", nullptr);
    return granted(library_.calloc(self_, layout.size, layout.align), layout.size);
  }
  void deallocate(std::byte* ptr, Layout layout) noexcept {
    require_valid(layout, "plugin", ptr);
    library_.free(self_, ptr, layout.size, layout.align);
  }
  [[nodiscard]] Block reallocate(std::byte* ptr, Layout old,
                                 std::size_t new_size) noexcept requires has_realloc {
    require_valid(old, "plugin", ptr);
    return granted(library_.realloc(self_, ptr, old.size, old.align, new_size), new_size);
  }

 private:
  static Block granted(void* ptr, std::size_t size) noexcept {
    return ptr == nullptr ? Block{} : Block{static_cast<std::byte*>(ptr), size};
  }

  PluginLibrary library_;
  void* self_;
};

}  // namespace heapatlas::chain
