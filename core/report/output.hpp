// Where the bytes of a report go while it is written: buffered, the first error kept.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"

namespace heapatlas::report {

/// After an error it swallows what comes; finish() tells.
class Output {
 public:
  using Sink = std::function<base::Status(base::Bytes)>;

  explicit Output(Sink sink) : sink_(std::move(sink)) { buffer_.reserve(2 * flush_bytes); }

  void put(char byte) {
    buffer_.push_back(byte);
    if (buffer_.size() >= flush_bytes) flush();
  }
  void put(std::string_view text) {
    buffer_.append(text);
    if (buffer_.size() >= flush_bytes) flush();
  }

  [[nodiscard]] base::Status finish() {
    flush();
    return status_;
  }

 private:
  static constexpr std::size_t flush_bytes = std::size_t{64} << 10;

  void flush() {
    if (status_) status_ = sink_(base::bytes_of(buffer_));
    buffer_.clear();
  }

  Sink sink_;
  std::string buffer_;
  base::Status status_;
};

}  // namespace heapatlas::report
