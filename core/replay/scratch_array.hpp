// A growing array for the harness's own use while an allocator is under test: one mapping for its
// whole life, so that its growth never takes a place that the allocator's next mapping would have
// had.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <span>
#include <type_traits>

namespace heapatlas::replay {

/// Address space for many, memory for as many as there are. One thread. Neither copied nor moved.
template <class T>
class ScratchArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  /// Room for `wanted` elements, or for as many as the system gives address space for.
  explicit ScratchArray(std::size_t wanted = std::size_t{1} << 26) noexcept {
    for (capacity_ = wanted; capacity_ > 0; capacity_ /= 2) {
      // Shared, so that the system never merges it with a mapping of the allocator under test.
      void* memory = mmap(nullptr, capacity_ * sizeof(T), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      if (memory == MAP_FAILED) continue;
      data_ = static_cast<T*>(memory);
      return;
    }
  }
  ScratchArray(const ScratchArray&) = delete;
  ScratchArray& operator=(const ScratchArray&) = delete;
  ~ScratchArray() {
    if (data_ != nullptr) munmap(data_, capacity_ * sizeof(T));
  }

  /// Drops the element when there is no more room; overflowed() tells.
  void push_back(const T& element) noexcept {
    if (size_ == capacity_) [[unlikely]] {
      overflowed_ = true;
      return;
    }
    data_[size_++] = element;
  }
  void clear() noexcept { size_ = 0; }
  void assign(std::span<const T> elements) noexcept {
    clear();
    for (const T& element : elements) push_back(element);
  }

  [[nodiscard]] bool overflowed() const noexcept { return overflowed_; }
  [[nodiscard]] std::span<T> span() noexcept { return {data_, size_}; }
  [[nodiscard]] std::span<const T> span() const noexcept { return {data_, size_}; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] T& operator[](std::size_t i) noexcept { return data_[i]; }
  [[nodiscard]] const T& operator[](std::size_t i) const noexcept { return data_[i]; }
  [[nodiscard]] T* begin() noexcept { return data_; }
  [[nodiscard]] T* end() noexcept { return data_ + size_; }

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  bool overflowed_ = false;
};

}  // namespace heapatlas::replay
