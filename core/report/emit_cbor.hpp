// Writes CBOR (RFC 8949) value by value: definite lengths, shortest integers, doubles in 64 bits.
// The same calls as JsonEmitter.
#pragma once

#include <bit>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/report/output.hpp"

namespace heapatlas::report {

class CborEmitter {
 public:
  explicit CborEmitter(Output& output) : output_(output) {}

  void open_object(std::size_t members) { head(5, members); }
  void close_object() {}
  void open_array(std::size_t elements) { head(4, elements); }
  void open_column(std::size_t elements) { head(4, elements); }
  void close_array() {}
  void key(std::string_view name) { text(name); }

  void null() { output_.put('\xF6'); }
  void boolean(bool value) { output_.put(value ? '\xF5' : '\xF4'); }
  void number(std::uint64_t value) { head(0, value); }
  void real(double value) {
    output_.put('\xFB');
    big_endian(std::bit_cast<std::uint64_t>(value), 8);
  }
  /// What is no UTF-8 becomes U+FFFD.
  void text(std::string_view value) {
    using Json = nlohmann::json;
    const auto mended =
        Json::parse(Json(value).dump(-1, ' ', false, Json::error_handler_t::replace))
            .get<std::string>();
    head(3, mended.size());
    output_.put(mended);
  }
  void finish() {}

 private:
  void head(unsigned major, std::uint64_t value) {
    const unsigned top = major << 5;
    if (value < 24) return byte(top | static_cast<unsigned>(value));
    if (value < 0x100) {
      byte(top | 24);
      byte(static_cast<unsigned>(value));
    } else if (value < 0x10000) {
      byte(top | 25);
      big_endian(value, 2);
    } else if (value < 0x100000000) {
      byte(top | 26);
      big_endian(value, 4);
    } else {
      byte(top | 27);
      big_endian(value, 8);
    }
  }

  void byte(unsigned value) { output_.put(static_cast<char>(value)); }

  void big_endian(std::uint64_t value, unsigned bytes) {
    char raw[8];
    for (unsigned i = 0; i < bytes; ++i) raw[i] = static_cast<char>(value >> (8 * (bytes - 1 - i)));
    output_.put(std::string_view(raw, bytes));
  }

  Output& output_;
};

}  // namespace heapatlas::report
