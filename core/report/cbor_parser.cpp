#include "core/report/cbor_parser.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace heapatlas::report {
namespace {

constexpr unsigned indefinite_info = 31;
constexpr unsigned break_byte = 0xFF;

enum Major : unsigned { number, negative, byte_string, text_string, list, map, tag, other };

std::uint64_t big_endian(const char* at, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | static_cast<unsigned char>(at[i]);
  return value;
}

double from_half(std::uint64_t bits) {
  const auto exponent = static_cast<int>(bits >> 10 & 31);
  const auto mantissa = static_cast<double>(bits & 1023);
  const double size = exponent == 0    ? std::ldexp(mantissa, -24)
                      : exponent != 31 ? std::ldexp(mantissa + 1024, exponent - 25)
                      : mantissa == 0  ? std::numeric_limits<double>::infinity()
                                       : std::numeric_limits<double>::quiet_NaN();
  return (bits & 0x8000) != 0 ? -size : size;
}

}  // namespace

bool CborParser::parse() {
  if (!next_value()) return false;
  while (!levels_.empty()) {
    const bool full = levels_.back().indefinite ? at_break() : levels_.back().left == 0;
    if (full ? !close_full() : !next_value()) return false;
  }
  return !input_.more() || events_.damaged();
}

bool CborParser::close_full() {
  const bool was_map = levels_.back().map;
  if (was_map && !levels_.back().key) return events_.damaged();
  levels_.pop_back();
  return was_map ? events_.end_object() : events_.end_array();
}

bool CborParser::at_break() {
  if (!input_.more() || static_cast<unsigned char>(input_.front()) != break_byte) return false;
  input_.pop();
  return true;
}

bool CborParser::next_value() {
  if (!levels_.empty()) {
    Level& level = levels_.back();
    if (!level.map && !level.indefinite && events_.plain() && !run_of_numbers()) return false;
    if (!level.indefinite && level.left-- == 0) {
      level.left = 0;
      return true;
    }
    if (level.map) {
      level.key = !level.key;
      if (!level.key) return next_key();
    }
  }
  Head head{};
  do {
    if (!this->head(head)) return false;
  } while (head.major == tag);
  return value_of(head);
}

bool CborParser::next_key() {
  Head head{};
  if (!this->head(head)) return false;
  if (head.major != text_string) return events_.damaged();
  return string(head) && events_.key(text_);
}

/// Takes the whole numbers that lie ahead in one piece, as far as the list goes.
bool CborParser::run_of_numbers() {
  std::array<std::uint64_t, 512> values;
  Level& level = levels_.back();
  while (level.left > 0 && input_.more()) {
    const std::string_view ahead = input_.ahead();
    const char* at = ahead.data();
    const char* const end = at + ahead.size();
    std::size_t count = 0;
    while (count < values.size() && count < level.left && end - at >= 9) {
      const auto first = static_cast<unsigned char>(*at);
      if (first < 24) {
        values[count++] = first;
        ++at;
      } else if (first <= 27) {
        const std::size_t bytes = std::size_t{1} << (first - 24);
        std::uint64_t raw = 0;
        std::memcpy(&raw, at + 1, sizeof(raw));
        values[count++] = __builtin_bswap64(raw) >> (64 - 8 * bytes);
        at += 1 + bytes;
      } else {
        break;
      }
    }
    if (count == 0) return true;
    input_.skip(static_cast<std::size_t>(at - ahead.data()));
    level.left -= count;
    if (!events_.numbers(std::span(values).first(count))) return false;
  }
  return true;
}

bool CborParser::value_of(const Head& head) {
  switch (head.major) {
    case number:
      return head.info == indefinite_info ? events_.damaged() : events_.number_unsigned(head.value);
    case negative:
      if (head.info == indefinite_info) return events_.damaged();
      return events_.number_float(-1 - static_cast<double>(head.value), text_);
    case byte_string: {
      nlohmann::json::binary_t none;
      return string(head) && events_.binary(none);
    }
    case text_string:
      return string(head) && events_.string(text_);
    case list:
    case map:
      return open(head);
    default:
      return simple(head);
  }
}

bool CborParser::open(const Head& head) {
  const bool is_map = head.major == map;
  const bool indefinite = head.info == indefinite_info;
  if (is_map && head.value > std::numeric_limits<std::uint64_t>::max() / 2)
    return events_.damaged();
  levels_.push_back({is_map ? 2 * head.value : head.value, is_map, indefinite});
  return is_map ? events_.start_object(0) : events_.start_array(0);
}

bool CborParser::simple(const Head& head) {
  switch (head.info) {
    case 20:
      return events_.boolean(false);
    case 21:
      return events_.boolean(true);
    case 22:
      return events_.null();
    case 25:
      return events_.number_float(from_half(head.value), text_);
    case 26:
      return events_.number_float(
          static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(head.value))), text_);
    case 27:
      return events_.number_float(std::bit_cast<double>(head.value), text_);
    default:
      return events_.damaged();
  }
}

bool CborParser::byte(unsigned& into) {
  if (!input_.more()) return events_.damaged();
  into = static_cast<unsigned char>(input_.front());
  input_.pop();
  return true;
}

bool CborParser::head(Head& into) {
  unsigned first = 0;
  if (!byte(first)) return false;
  into = {first >> 5, first & 31, first & 31};
  if (into.info < 24) return true;
  if (into.info == indefinite_info) {
    into.value = 0;
    return into.major != tag || events_.damaged();
  }
  if (into.info > 27) return events_.damaged();
  char raw[8];
  const std::size_t bytes = std::size_t{1} << (into.info - 24);
  for (std::size_t i = 0; i < bytes; ++i) {
    unsigned next = 0;
    if (!byte(next)) return false;
    raw[i] = static_cast<char>(next);
  }
  into.value = big_endian(raw, bytes);
  return true;
}

bool CborParser::string(const Head& head) {
  text_.clear();
  if (head.info != indefinite_info) return bytes_of_string(head.value);
  while (!at_break()) {
    Head piece{};
    if (!this->head(piece)) return false;
    if (piece.major != head.major || piece.info == indefinite_info) return events_.damaged();
    if (!bytes_of_string(piece.value)) return false;
  }
  return true;
}

bool CborParser::bytes_of_string(std::uint64_t size) {
  while (size > 0) {
    if (!input_.more()) return events_.damaged();
    const std::string_view piece = input_.ahead().substr(0, static_cast<std::size_t>(size));
    text_.append(piece);
    input_.skip(piece.size());
    size -= piece.size();
  }
  return true;
}

}  // namespace heapatlas::report
