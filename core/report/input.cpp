#include "core/report/input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace heapatlas::report {
namespace {

constexpr std::size_t piece_bytes = std::size_t{128} * 1024;
/// A report of this size is read however well it was packed.
constexpr std::uint64_t always_decoded_bytes = std::uint64_t{64} << 20;
/// How well columns of numbers are packed at most, as a guess for reservations.
constexpr std::uint64_t likely_ratio = 16;

}  // namespace

Input::Input(std::string_view bytes, std::string name, const ReadLimits& limits)
    : memory_(bytes), size_(bytes.size()), name_(std::move(name)), limits_(limits) {
  start();
}

Input::Input(const base::InputFile& file, const ReadLimits& limits)
    : file_(&file), size_(file.size()), name_(file.path()), limits_(limits), buffer_(piece_bytes) {
  start();
}

void Input::start() {
  auto first = stored();
  if (!first) {
    stop(first.error());
    return;
  }
  peeked_ = *first;
  if (!base::is_zstd(peeked_)) return;
  zstd_.emplace([this] { return stored(); });
  const std::uint64_t by_size =
      size_ > limits_.decoded_bytes / std::max<std::uint64_t>(limits_.decoded_bytes_a_byte, 1)
          ? limits_.decoded_bytes
          : always_decoded_bytes + size_ * limits_.decoded_bytes_a_byte;
  limits_.decoded_bytes = std::min(limits_.decoded_bytes, by_size);
}

std::uint64_t Input::likely_bytes() const {
  if (zstd_) return std::min(size_ * likely_ratio, limits_.decoded_bytes);
  return size_ - std::min(position(), size_);
}

base::Result<base::Bytes> Input::stored() {
  if (!peeked_.empty()) return std::exchange(peeked_, {});
  if (file_ == nullptr) {
    const auto piece = memory_.substr(static_cast<std::size_t>(read_), piece_bytes);
    read_ += piece.size();
    return base::bytes_of(piece);
  }
  const auto got = file_->read_at(read_, buffer_);
  if (!got) return tl::make_unexpected(got.error());
  read_ += *got;
  return base::Bytes(buffer_).first(*got);
}

bool Input::refill() {
  if (error_) return false;
  before_ += static_cast<std::uint64_t>(end_ - begin_);
  quiet_bytes_ += static_cast<std::uint64_t>(end_ - begin_);
  begin_ = at_ = end_ = nullptr;
  if (quiet_bytes_ > max_token_bytes)
    return stop({base::ErrorKind::bad_input, "a text or a number in it does not end", name_, {}});
  auto piece = zstd_ ? zstd_->next() : stored();
  if (!piece) {
    base::Error error = piece.error();
    if (error.where.empty()) error.where = name_;
    return stop(std::move(error));
  }
  if (zstd_ && before_ + piece->size() > limits_.decoded_bytes)
    return stop({base::ErrorKind::bad_input,
                 fmt::format("it decodes to more than {} MiB, which no report of its size does",
                             limits_.decoded_bytes >> 20),
                 name_,
                 {}});
  begin_ = at_ = reinterpret_cast<const char*>(piece->data());
  end_ = begin_ + piece->size();
  return !piece->empty();
}

bool Input::stop(base::Error error) {
  error_ = std::move(error);
  return false;
}

}  // namespace heapatlas::report
