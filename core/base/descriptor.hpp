// An open file descriptor that closes itself.
#pragma once

#include <unistd.h>

#include <utility>

namespace heapatlas::base {

class Descriptor {
 public:
  Descriptor() = default;
  /// Owns the descriptor; a negative one is none.
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { (void)close(); }

  [[nodiscard]] int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

  /// Closes it now; false, and errno set, when what was written could not be kept.
  [[nodiscard]] bool close() { return number_ < 0 || ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_ = -1;
};

}  // namespace heapatlas::base
