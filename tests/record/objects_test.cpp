// What sequences of records mean as events, the impossible ones too.
#include "tool/record/objects.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace heapatlas::tool {
namespace {

using spool::Kind;
using trace::EventKind;

class ObjectsTest : public testing::Test {
 protected:
  /// Gives records to Objects, and the events that came of them.
  std::vector<trace::Event> events_of(const std::vector<SpoolRecord>& records) {
    const std::string path = testing::TempDir() + "objects_test.hat";
    auto writer = trace::Writer::create(path, {});
    EXPECT_TRUE(writer);
    Objects objects(*writer);
    std::uint64_t time = 0;
    for (const SpoolRecord& record : records) {
      const auto added = objects.add(record, ++time);
      EXPECT_TRUE(added) << added.error().line();
    }
    EXPECT_TRUE(objects.finish());
    losses = objects.losses();
    EXPECT_TRUE(writer->finish(losses));
    auto reader = trace::Reader::open(path);
    EXPECT_TRUE(reader);
    std::vector<trace::Event> events;
    for (trace::Event event; reader->next(event);) events.push_back(event);
    std::filesystem::remove(path);
    return events;
  }

  static std::string text(const std::vector<trace::Event>& events) {
    std::string line;
    for (const trace::Event& event : events) {
      if (!line.empty()) line += ", ";
      line += trace::name_of(event.kind);
      if (event.kind != EventKind::thread_start && event.kind != EventKind::thread_exit)
        line += fmt::format(" {}", event.object);
    }
    return line;
  }

  static SpoolRecord record(Kind kind, std::uint64_t address, std::uint64_t size = 0,
                            std::uint32_t thread = 0) {
    SpoolRecord made;
    made.kind = kind;
    made.address = address;
    made.size = size;
    made.thread = thread;
    return made;
  }
  static SpoolRecord start(std::uint32_t thread = 0) {
    return record(Kind::thread_start, thread, 0, thread);
  }

  trace::Losses losses;
};

TEST_F(ObjectsTest, AnAddressThatComesBackIsANewObject) {
  const auto events = events_of({start(), record(Kind::allocate, 16, 5), record(Kind::free, 16),
                                 record(Kind::zeroed, 16, 6), record(Kind::free, 16)});
  EXPECT_EQ(text(events), "thread start, allocate 0, free 0, allocate 1, free 1");
  EXPECT_EQ(events[1].align_log2, trace::natural_align);
  EXPECT_FALSE(events[1].zeroed);
  EXPECT_TRUE(events[3].zeroed);
  EXPECT_EQ(losses, trace::Losses{});
}

TEST_F(ObjectsTest, FreesOfWhatWasNeverSeenAreCounted) {
  EXPECT_EQ(text(events_of({start(), record(Kind::free, 16), record(Kind::free, 16)})),
            "thread start");
  EXPECT_EQ(losses.dropped_frees, 2U);
}

TEST_F(ObjectsTest, AnAllocationOnALiveAddressEndsWhatWasThere) {
  EXPECT_EQ(text(events_of({start(), record(Kind::allocate, 16), record(Kind::allocate, 16),
                            record(Kind::free, 16)})),
            "thread start, allocate 0, free 0, allocate 1, free 1");
  EXPECT_EQ(losses.implicit_frees, 1U);
}

TEST_F(ObjectsTest, AResizeKeepsTheObjectWhereverItGoes) {
  const auto events =
      events_of({start(), record(Kind::allocate, 16, 5), record(Kind::resize_begin, 16),
                 record(Kind::resize_end, 32, 7), record(Kind::free, 32)});
  EXPECT_EQ(text(events), "thread start, allocate 0, resize 0, free 0");
  EXPECT_EQ(events[2].size, 7U);
}

TEST_F(ObjectsTest, AnotherThreadMayGetTheAddressThatAResizeLeaves) {
  EXPECT_EQ(
      text(events_of({start(), record(Kind::allocate, 16), start(1), record(Kind::resize_begin, 16),
                      record(Kind::allocate, 16, 1, 1), record(Kind::resize_end, 32, 7),
                      record(Kind::free, 16), record(Kind::free, 32, 0, 1)})),
      "thread start, allocate 0, thread start, allocate 1, resize 0, free 1, free 0");
  EXPECT_EQ(losses, trace::Losses{});
}

TEST_F(ObjectsTest, AResizeThatFailsChangesNothing) {
  EXPECT_EQ(text(events_of({start(), record(Kind::allocate, 16), record(Kind::resize_begin, 16),
                            record(Kind::resize_failed, 0), record(Kind::free, 16)})),
            "thread start, allocate 0, free 0");
  EXPECT_EQ(losses, trace::Losses{});
}

TEST_F(ObjectsTest, AResizeToNothingIsAFree) {
  EXPECT_EQ(text(events_of({start(), record(Kind::allocate, 16), record(Kind::resize_begin, 16),
                            record(Kind::resize_freed, 0), record(Kind::free, 16)})),
            "thread start, allocate 0, free 0");
  EXPECT_EQ(losses.dropped_frees, 1U);
}

TEST_F(ObjectsTest, AResizeOfWhatWasNeverSeenMakesAnObject) {
  EXPECT_EQ(text(events_of({start(), record(Kind::resize_begin, 16),
                            record(Kind::resize_end, 32, 7), record(Kind::free, 32)})),
            "thread start, allocate 0, free 0");
  EXPECT_EQ(losses.dropped_frees, 1U);
}

TEST_F(ObjectsTest, ASignalHandlerMayResizeInsideAResize) {
  EXPECT_EQ(text(events_of({start(), record(Kind::allocate, 16), record(Kind::allocate, 32),
                            record(Kind::resize_begin, 16), record(Kind::resize_begin, 32),
                            record(Kind::resize_end, 48, 1), record(Kind::resize_end, 64, 2),
                            record(Kind::free, 48), record(Kind::free, 64)})),
            "thread start, allocate 0, allocate 1, resize 1, resize 0, free 1, free 0");
}

TEST_F(ObjectsTest, AThreadEndsAfterWhatItsDestructorsDo) {
  const auto events = events_of({start(), start(7), record(Kind::allocate, 16, 1, 7),
                                 record(Kind::thread_exit, 0, 0, 7), record(Kind::allocate, 32),
                                 record(Kind::thread_late, 7, 0, 7), record(Kind::free, 16, 0, 7),
                                 record(Kind::free, 32)});
  EXPECT_EQ(text(events),
            "thread start, thread start, allocate 0, allocate 1, free 0, free 1, thread exit");
  EXPECT_EQ(events[6].thread, 1U);
}

TEST_F(ObjectsTest, AThreadsEndIsNotHeldBackForEver) {
  std::vector<SpoolRecord> records = {start(), start(1), record(Kind::thread_exit, 0, 0, 1)};
  for (std::uint64_t i = 0; i < Objects::held_back + 10; ++i)
    records.push_back(record(Kind::allocate, 16 * (i + 1)));
  const auto events = events_of(records);
  ASSERT_EQ(events.size(), records.size());
  EXPECT_EQ(events.back().kind, EventKind::allocate);
  EXPECT_EQ(events[Objects::held_back + 1].kind, EventKind::thread_exit);
}

TEST_F(ObjectsTest, TimesDoNotStepBackWithinAThread) {
  trace::Event last;
  for (const trace::Event& event :
       events_of({start(), record(Kind::allocate, 16), record(Kind::free, 16)})) {
    EXPECT_GE(event.time, last.time);
    last = event;
  }
}

}  // namespace
}  // namespace heapatlas::tool
