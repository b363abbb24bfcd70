// Numbers for people: quantities with their unit, and round ones for the ticks of an axis.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "viewer/model/run.hpp"

namespace heapatlas::viewer {

/// "17 B", "1.5 KiB", "3 MiB": at most one decimal, powers of 1024.
[[nodiscard]] std::string format_bytes(double bytes);
/// "950", "12.5k", "3M": at most one decimal, powers of 1000.
[[nodiscard]] std::string format_count(double count);
/// "1,818,230"
[[nodiscard]] std::string format_exact(std::uint64_t count);
/// A value with its unit: bytes, a count, a share in percent, a time.
[[nodiscard]] std::string format(double value, Unit unit);

/// Round values in [from, to] for an axis, ascending, at most `most`: multiples of 1, 2 or 5 times
/// a power of ten, or of a power of two for bytes. from <= to, most >= 2.
[[nodiscard]] std::vector<double> ticks(double from, double to, int most, Unit unit);

}  // namespace heapatlas::viewer
