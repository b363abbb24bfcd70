// The bytes of a report while it is read: from memory or a file, decoded where they are zstd, a
// piece at a time.
//
// Bounded: no more decoded bytes than the limits allow, and no text or number that runs on for
// longer than max_token_bytes, which a parser would have to hold.
#pragma once

#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/input_file.hpp"
#include "core/base/zstd_stream.hpp"
#include "core/report/file.hpp"

namespace heapatlas::report {

class Input {
 public:
  /// Borrows the bytes, or the file.
  Input(std::string_view bytes, std::string name, const ReadLimits& limits);
  Input(const base::InputFile& file, const ReadLimits& limits);
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  /// The next byte is there, or can be had; false at the end and after an error.
  [[nodiscard]] bool more() { return at_ != end_ || refill(); }
  /// The next byte; only after more() said yes.
  [[nodiscard]] const char& front() const { return *at_; }
  void pop() { ++at_; }

  /// The bytes that can be read at once; none before more() said yes.
  [[nodiscard]] std::string_view ahead() const {
    return {at_, static_cast<std::size_t>(end_ - at_)};
  }
  /// Passes over that many of them.
  void skip(std::size_t bytes) { at_ += bytes; }

  /// A value was read: what was ahead of it need not be held any longer.
  void token() { quiet_bytes_ = 0; }

  /// The decoded bytes so far.
  [[nodiscard]] std::uint64_t position() const {
    return before_ + static_cast<std::uint64_t>(at_ - begin_);
  }
  /// The most decoded bytes that an honest report still has, going by its size.
  [[nodiscard]] std::uint64_t likely_bytes() const;
  /// What ended the bytes too early.
  [[nodiscard]] const std::optional<base::Error>& error() const { return error_; }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  static constexpr std::uint64_t max_token_bytes = std::uint64_t{64} << 20;

  void start();
  bool refill();
  [[nodiscard]] base::Result<base::Bytes> stored();  ///< the next bytes as they are stored
  bool stop(base::Error error);

  const base::InputFile* file_ = nullptr;
  std::string_view memory_;
  std::uint64_t size_;      ///< as stored
  std::uint64_t read_ = 0;  ///< of it
  std::string name_;
  ReadLimits limits_;
  std::vector<std::byte> buffer_;          ///< of the file
  base::Bytes peeked_;                     ///< stored bytes that were looked at and not yet given
  std::optional<base::ZstdDecoder> zstd_;  ///< when it is
  const char* begin_ = nullptr;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  std::uint64_t before_ = 0;  ///< decoded bytes ahead of begin_
  std::uint64_t quiet_bytes_ = 0;
  std::optional<base::Error> error_;
};

/// The bytes of an Input as nlohmann's parser takes them: a single-pass iterator.
class InputIterator {
 public:
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;
  using iterator_category = std::input_iterator_tag;

  InputIterator() = default;  ///< the end
  explicit InputIterator(Input& input) : input_(&input) {}

  reference operator*() const { return input_->front(); }
  InputIterator& operator++() {
    input_->pop();
    return *this;
  }
  /// Only a comparison with the end makes sense.
  bool operator==(const InputIterator&) const { return !input_->more(); }

 private:
  Input* input_ = nullptr;
};

}  // namespace heapatlas::report
