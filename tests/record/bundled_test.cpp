// The traces that come with the project: whole, sound, of the size that was promised.
#include <gtest/gtest.h>

#include <filesystem>

#include "core/trace/trace.hpp"

namespace heapatlas::trace {
namespace {

namespace fs = std::filesystem;

/// Reads a trace through, holding it to the rules of event.hpp: every free and resize is of a live
/// object, among others.
void expect_sound(const fs::path& path) {
  SCOPED_TRACE(path.string());
  auto reader = Reader::open(path);
  ASSERT_TRUE(reader) << reader.error().line();
  Tally tally;
  for (auto events = reader->next_events(); !events.empty(); events = reader->next_events()) {
    for (const Event& event : events) {
      const auto added = tally.add(event);
      ASSERT_TRUE(added) << added.error().line();
    }
  }
  EXPECT_TRUE(reader->recovery().whole) << reader->recovery().line();
  EXPECT_EQ(reader->totals(), tally.totals());
  EXPECT_EQ(reader->losses(), Losses{}) << "a recording that lost nothing";
  EXPECT_EQ(reader->info().fidelity, Fidelity{});
  EXPECT_GE(tally.totals().events, 200'000U);
  EXPECT_LE(tally.totals().events, 3'000'000U);
  EXPECT_LE(fs::file_size(path), 4 * tally.totals().events) << "4 bytes an event";
}

TEST(BundledTraces, AreSound) {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(HEAPATLAS_TRACES)) {
    if (entry.path().extension() != ".hat") continue;
    ++files;
    bytes += entry.file_size();
    expect_sound(entry.path());
  }
  EXPECT_GE(files, 5U);
  EXPECT_LE(bytes, std::uint64_t{24} << 20);
}

}  // namespace
}  // namespace heapatlas::trace
