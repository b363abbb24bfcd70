// A parser of CBOR (RFC 8949) that calls Events.
//
// nlohmann's takes some 15 ns a number, byte for byte; here lists of whole numbers, of which a
// large report is made, take some 2 ns each. Iterative: no nesting uses up the stack. Tags are
// passed over; lengths may be indefinite. No length is believed: only bytes that are there are
// read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/report/events.hpp"
#include "core/report/input.hpp"

namespace heapatlas::report {

class CborParser {
 public:
  CborParser(Input& input, Events& events) : input_(input), events_(events) {}

  /// Reads one value, to the end of the input; false after a fault, which the events know.
  [[nodiscard]] bool parse();

 private:
  /// What is open. `left` counts keys and values of a map; it is not used when indefinite.
  struct Level {
    std::uint64_t left;
    bool map;
    bool indefinite;
    bool key = true;  ///< of maps: a key comes next
  };
  struct Head {
    unsigned major;
    unsigned info;  ///< the five low bits
    std::uint64_t value;
  };

  [[nodiscard]] bool next_value();
  [[nodiscard]] bool next_key();
  [[nodiscard]] bool value_of(const Head& head);
  [[nodiscard]] bool simple(const Head& head);
  [[nodiscard]] bool open(const Head& head);
  [[nodiscard]] bool close_full();
  [[nodiscard]] bool run_of_numbers();
  /// Whether the container that is open ends here, by a break.
  [[nodiscard]] bool at_break();

  [[nodiscard]] bool byte(unsigned& into);
  [[nodiscard]] bool head(Head& into);
  [[nodiscard]] bool string(const Head& head);
  [[nodiscard]] bool bytes_of_string(std::uint64_t size);

  Input& input_;
  Events& events_;
  std::vector<Level> levels_;
  std::string text_;  ///< the latest string
};

}  // namespace heapatlas::report
