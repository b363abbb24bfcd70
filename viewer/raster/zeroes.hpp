// A large array of zeroes, to be written here and there.
//
// Straight from the system, in large pages where it has them: a few page faults in place of a
// thousand, and none of the misses in translating addresses that writes far apart would cost.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace heapatlas::viewer {

/// Movable. T: one of which zero bytes are a value.
template <class T>
class Zeroes {
  static_assert(std::is_trivial_v<T>);

 public:
  Zeroes() = default;
  /// Throws std::bad_alloc.
  explicit Zeroes(std::size_t count) : size_(count) {
    // Large pages lie at multiples of their size; what is never touched costs nothing.
    mapped_ = (count * sizeof(T) + 2 * large_page - 1) / large_page * large_page;
    mapping_ = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping_ == MAP_FAILED) throw std::bad_alloc();
    void* first = mapping_;
    std::size_t space = mapped_;
    std::align(large_page, mapped_ - large_page, first, space);
    // Less than one large page would be more to clear than it saves.
    if (count * sizeof(T) >= large_page) madvise(first, mapped_ - large_page, MADV_HUGEPAGE);
    data_ = static_cast<T*>(first);
  }
  Zeroes(Zeroes&& other) noexcept { swap(other); }
  Zeroes& operator=(Zeroes&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Zeroes() {
    if (data_ != nullptr) munmap(mapping_, mapped_);
  }

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] T& operator[](std::size_t i) { return data_[i]; }
  [[nodiscard]] const T& operator[](std::size_t i) const { return data_[i]; }

 private:
  static constexpr std::size_t large_page = std::size_t{2} << 20;

  void swap(Zeroes& other) {
    std::swap(mapping_, other.mapping_);
    std::swap(mapped_, other.mapped_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  void* mapping_ = nullptr;
  std::size_t mapped_ = 0;
  T* data_ = nullptr;  ///< within the mapping
  std::size_t size_ = 0;
};

}  // namespace heapatlas::viewer
