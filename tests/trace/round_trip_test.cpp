// A trace reads back as it was written, and only traces that keep the rules are written.
#include <gtest/gtest.h>

#include "core/trace/trace.hpp"
#include "tests/trace/random_trace.hpp"
#include "tests/trace/scratch_folder.hpp"

namespace heapatlas::trace {
namespace {

TraceInfo some_info() {
  TraceInfo info;
  info.program = "/usr/bin/app";
  info.command = {"app", "", "--name=a b", "\xff\n"};
  info.origin = "a test 1.0";
  info.machine = "8 cores";
  info.system = "some system";
  info.recorded_at = 1700000000;
  info.fidelity.alignment = false;
  info.fidelity.exact_identity = false;
  return info;
}

std::vector<Event> read_all(Reader& reader) {
  std::vector<Event> events;
  for (auto some = reader.next_events(); !some.empty(); some = reader.next_events())
    events.insert(events.end(), some.begin(), some.end());
  return events;
}

void write_all(const std::string& path, const TraceInfo& info, const std::vector<Event>& events,
               const Losses& losses = {}) {
  auto writer = Writer::create(path, info);
  ASSERT_TRUE(writer) << writer.error().line();
  for (const Event& event : events) {
    const auto status = writer->add(event);
    ASSERT_TRUE(status) << status.error().line();
  }
  ASSERT_TRUE(writer->finish(losses));
}

class RoundTrip : public testing::Test {
 protected:
  void expect_same(const std::vector<Event>& events) {
    write_all(file_, some_info(), events, {3, 4, true});
    auto reader = Reader::open(file_);
    ASSERT_TRUE(reader) << reader.error().line();
    EXPECT_EQ(reader->info(), some_info());
    Tally tally;
    for (const Event& event : events) ASSERT_TRUE(tally.add(event));
    ASSERT_TRUE(reader->totals());
    EXPECT_EQ(*reader->totals(), tally.totals());
    EXPECT_EQ(*reader->losses(), (Losses{3, 4, true}));
    EXPECT_EQ(read_all(*reader), events);
    EXPECT_TRUE(reader->recovery().whole) << reader->recovery().line();
    EXPECT_EQ(reader->recovery().events, events.size());
    EXPECT_EQ(reader->recovery().bytes, reader->recovery().of_bytes);
    EXPECT_TRUE(reader->next_events().empty());
    reader->rewind();
    EXPECT_EQ(read_all(*reader), events);
    EXPECT_TRUE(reader->recovery().whole);
  }

  ScratchFolder folder_;
  std::string file_ = folder_.path("a.hat");
};

TEST_F(RoundTrip, of_no_event) {
  expect_same({});
}

TEST_F(RoundTrip, of_random_traces) {
  for (unsigned seed = 0; seed < 30; ++seed) expect_same(random_trace(1 + seed * seed * 7, seed));
}

TEST_F(RoundTrip, of_many_blocks) {
  expect_same(random_trace(400000, 1));
}

TEST_F(RoundTrip, of_a_heap_torn_down_oldest_first) {
  std::vector<Event> events;
  for (std::uint64_t i = 0; i < 30000; ++i) events.push_back({.object = i, .size = i});
  for (std::uint64_t i = 0; i < 30000; ++i)
    events.push_back({.kind = EventKind::free, .object = i});
  expect_same(events);
}

TEST_F(RoundTrip, event_by_event_and_in_runs_agree) {
  const auto events = random_trace(3000, 9);
  write_all(file_, {}, events);
  auto reader = Reader::open(file_);
  ASSERT_TRUE(reader);
  std::vector<Event> got;
  Event event;
  for (int i = 0; i < 700; ++i) {
    ASSERT_TRUE(reader->next(event));
    got.push_back(event);
  }
  for (const auto& more : read_all(*reader)) got.push_back(more);
  EXPECT_EQ(got, events);
  EXPECT_FALSE(reader->next(event));
}

TEST_F(RoundTrip, keeps_times_in_whole_units) {
  TraceInfo info;
  info.time_unit = 64;
  const auto events = random_trace(2000, 4);
  write_all(file_, info, events);
  auto reader = Reader::open(file_);
  ASSERT_TRUE(reader);
  auto rounded = events;
  for (auto& event : rounded) event.time -= event.time % 64;
  EXPECT_EQ(read_all(*reader), rounded);
}

TEST_F(RoundTrip, of_what_breaks_a_rule_is_refused_and_changes_nothing) {
  auto writer = Writer::create(file_, {});
  ASSERT_TRUE(writer);
  const Event first{.object = 0, .size = 10};
  ASSERT_TRUE(writer->add(first));
  std::vector<Event> wrong = {
      {.object = 0, .size = 1},
      {.object = 2, .size = 1},
      {.thread = 2, .object = 1, .size = 1},
      {.object = 1, .size = max_size + 1},
      {.align_log2 = max_align_log2 + 1, .object = 1, .size = 1},
      {.time = max_time + 1, .object = 1, .size = 1},
      {.kind = EventKind::free, .object = 1},
      {.kind = EventKind::free, .object = 0, .size = 1},
      {.kind = EventKind::free, .zeroed = true, .object = 0},
      {.kind = EventKind::resize, .align_log2 = 4, .object = 0, .size = 1},
      {.kind = EventKind::resize, .object = 1, .size = 1},
      {.kind = static_cast<EventKind>(6)},
  };
  for (const Event& event : wrong) {
    const auto status = writer->add(event);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind, base::ErrorKind::bad_input);
  }
  const Event last{.kind = EventKind::free, .object = 0};
  ASSERT_TRUE(writer->add(last));
  EXPECT_FALSE(writer->add(last)) << "a double free";
  ASSERT_TRUE(writer->finish());
  auto reader = Reader::open(file_);
  ASSERT_TRUE(reader);
  EXPECT_EQ(read_all(*reader), (std::vector{first, last}));
}

TEST_F(RoundTrip, of_info_beyond_its_bounds_is_refused) {
  TraceInfo long_name;
  long_name.program = std::string(70000, 'x');
  EXPECT_FALSE(Writer::create(file_, long_name));
  TraceInfo many_arguments;
  many_arguments.command.resize(5000);
  EXPECT_FALSE(Writer::create(file_, many_arguments));
  TraceInfo no_unit;
  no_unit.time_unit = 0;
  EXPECT_FALSE(Writer::create(file_, no_unit));
  EXPECT_TRUE(folder_.empty());
}

TEST_F(RoundTrip, unfinished_leaves_no_file) {
  {
    auto writer = Writer::create(file_, {});
    ASSERT_TRUE(writer);
    for (const Event& event : random_trace(100000, 2)) ASSERT_TRUE(writer->add(event));
  }
  EXPECT_TRUE(folder_.empty());
}

}  // namespace
}  // namespace heapatlas::trace
