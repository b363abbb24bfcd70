// Cut, flipped and hostile files: read as far as they are whole, in little memory, and said to be
// damaged.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>

#include "core/base/descriptor.hpp"

#include "core/trace/trace.hpp"
#include "tests/trace/file_parts.hpp"
#include "tests/trace/heap_meter.hpp"
#include "tests/trace/random_trace.hpp"
#include "tests/trace/scratch_folder.hpp"

namespace heapatlas::trace {
namespace {

constexpr std::size_t mebibyte = 1 << 20;

/// A file in memory: thousands of them on a disk would take minutes.
class MemoryFile {
 public:
  MemoryFile() : file_(::memfd_create("damaged", MFD_CLOEXEC)) {}
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(file_.get()); }
  void set(const std::string& bytes) const {
    ASSERT_EQ(::ftruncate(file_.get(), 0), 0);
    ASSERT_EQ(::pwrite(file_.get(), bytes.data(), bytes.size(), 0),
              static_cast<ssize_t>(bytes.size()));
  }

 private:
  base::Descriptor file_;
};

/// What became of reading a file.
struct Outcome {
  bool opened = false;
  bool whole = false;
  std::vector<Event> events;
  std::size_t peak_heap = 0;  ///< the reader's; events aside
};

class Damage : public testing::Test {
 protected:
  /// A file of some blocks.
  std::string write_trace(const std::vector<Event>& events, std::size_t block_bytes) {
    TraceInfo info;
    info.program = "app";
    info.command = {"app", "argument"};
    auto writer = Writer::create(file_, info, block_bytes);
    EXPECT_TRUE(writer);
    for (const Event& event : events) EXPECT_TRUE(writer->add(event));
    EXPECT_TRUE(writer->finish());
    return ScratchFolder::read(file_);
  }

  /// Reads the bytes as a trace, and holds the reader to the limit of its memory.
  Outcome read(const std::string& bytes) {
    damaged_.set(bytes);
    const std::string path = damaged_.path();
    Outcome outcome;
    outcome.events.reserve(most_events_);
    outcome.peak_heap = HeapMeter::peak_of([&] {
      auto reader = Reader::open(path);
      if (!reader) return;
      outcome.opened = true;
      for (auto some = reader->next_events(); !some.empty(); some = reader->next_events()) {
        if (outcome.events.size() + some.size() > outcome.events.capacity()) break;
        outcome.events.insert(outcome.events.end(), some.begin(), some.end());
      }
      outcome.whole = reader->recovery().whole;
      EXPECT_EQ(reader->recovery().events, outcome.events.size());
      EXPECT_LE(reader->recovery().bytes, bytes.size());
    });
    EXPECT_LE(outcome.peak_heap, bytes.size() + mebibyte);
    return outcome;
  }

  static bool is_prefix(const std::vector<Event>& part, const std::vector<Event>& whole) {
    return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
  }

  /// The rules that a reader promises whatever the file says.
  static void expect_rules_kept(const std::vector<Event>& events) {
    std::uint64_t objects = 0;
    std::uint32_t threads = 0;
    for (const Event& event : events) {
      ASSERT_LT(static_cast<unsigned>(event.kind), event_kinds);
      ASSERT_LE(event.thread, threads);
      threads = std::max(threads, event.thread + 1);
      ASSERT_LE(event.size, max_size);
      ASSERT_LE(event.time, max_time);
      if (event.kind == EventKind::allocate) {
        ASSERT_EQ(event.object, objects++);
        ASSERT_TRUE(event.align_log2 == natural_align || event.align_log2 <= max_align_log2);
      } else if (event.kind == EventKind::free || event.kind == EventKind::resize) {
        ASSERT_LT(event.object, objects);
      }
    }
  }

  std::size_t most_events_ = 2000;
  MemoryFile damaged_;
  ScratchFolder folder_;
  std::string file_ = folder_.path("a.hat");
};

TEST_F(Damage, at_every_cut_length_gives_every_whole_block) {
  const auto events = random_trace(300, 1);
  const std::string bytes = write_trace(events, 500);
  const FileParts parts = FileParts::of(bytes);
  ASSERT_GT(parts.blocks.size(), 4U);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    const Outcome outcome = read(bytes.substr(0, cut));
    EXPECT_EQ(outcome.opened, cut >= Preamble::size + parts.header.size()) << cut;
    EXPECT_FALSE(outcome.whole) << cut;
    std::size_t expected = 0;
    for (const auto& block : parts.blocks)
      if (block.end() <= cut) expected += block.head.events;
    EXPECT_EQ(outcome.events.size(), expected) << cut;
    EXPECT_TRUE(is_prefix(outcome.events, events)) << cut;
  }
  EXPECT_TRUE(read(bytes).whole);
}

TEST_F(Damage, of_every_single_bit_is_noticed) {
  const auto events = random_trace(60, 2);
  const std::string bytes = write_trace(events, 300);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string flipped = bytes;
      flipped[at] = static_cast<char>(flipped[at] ^ (1U << bit));
      const Outcome outcome = read(flipped);
      EXPECT_FALSE(outcome.whole) << at << " " << bit;
      EXPECT_TRUE(is_prefix(outcome.events, events)) << at << " " << bit;
    }
  }
}

TEST_F(Damage, with_bytes_put_behind_the_end_is_noticed) {
  const auto events = random_trace(60, 2);
  const Outcome outcome = read(write_trace(events, 300) + "x");
  EXPECT_FALSE(outcome.whole);
  EXPECT_EQ(outcome.events, events);
}

TEST_F(Damage, of_one_block_among_others_stops_there) {
  const auto events = random_trace(300, 3);
  const std::string bytes = write_trace(events, 500);
  FileParts parts = FileParts::of(bytes);
  parts.blocks.erase(parts.blocks.begin() + 1);  // mended all the same
  const Outcome outcome = read(parts.together());
  EXPECT_FALSE(outcome.whole);
  EXPECT_EQ(outcome.events.size(), parts.blocks[0].head.events);
  EXPECT_TRUE(is_prefix(outcome.events, events));
}

TEST_F(Damage, behind_mended_checksums_never_breaks_a_rule) {
  const std::string bytes = write_trace(random_trace(300, 4), 500);
  const FileParts whole = FileParts::of(bytes);
  std::mt19937 random(5);
  const auto flip_some = [&](std::string& text) {
    for (unsigned i = 0; i <= random() % 3 && !text.empty(); ++i)
      text[random() % text.size()] = static_cast<char>(random() % 2 == 0 ? random() : 0xFF);
  };
  std::size_t read_events = 0;
  for (int round = 0; round < 20000; ++round) {
    FileParts parts = whole;
    auto& block = parts.blocks[random() % parts.blocks.size()];
    std::string decoded = block.decoded();
    switch (random() % 5) {
      case 0:  // what zstd decodes
        flip_some(block.stored);
        break;
      case 1:  // what the columns decode
      case 2:
        flip_some(decoded);
        block.set_decoded(decoded);
        break;
      case 3:  // the counts
        (random() % 2 == 0 ? block.head.events : block.head.decoded_bytes) =
            static_cast<std::uint32_t>(random() >> random() % 32);
        break;
      case 4:
        flip_some(parts.header);
        break;
    }
    const Outcome outcome = read(parts.together());
    expect_rules_kept(outcome.events);
    if (HasFatalFailure()) FAIL() << "round " << round;
    read_events += outcome.events.size();
  }
  EXPECT_GT(read_events, 20000U * 50) << "the decoder was hardly reached";
}

TEST_F(Damage, in_a_block_of_the_largest_size_stays_within_memory) {
  // Blocks that decode to the limit, hold as many live objects as they can, and stand in a file
  // of a few bytes.
  most_events_ = 3'000'000;
  std::vector<Event> events;
  for (std::uint64_t i = 0; i < 400000; ++i) events.push_back({.object = i, .size = 16});
  const std::string bytes = write_trace(events, max_block_bytes);
  ASSERT_LT(bytes.size(), 20000U);
  const Outcome outcome = read(bytes);
  EXPECT_TRUE(outcome.whole);
  EXPECT_EQ(outcome.events, events);
  EXPECT_GT(outcome.peak_heap, max_block_bytes) << "the meter must hear the reader";

  FileParts parts = FileParts::of(bytes);
  for (const std::uint32_t size :
       {std::uint32_t{max_block_bytes + 1}, std::uint32_t{1} << 31, UINT32_MAX}) {
    FileParts huge = parts;
    huge.blocks[0].head.decoded_bytes = size;
    EXPECT_TRUE(read(huge.together()).events.empty());
    huge = parts;
    huge.blocks[0].head.stored_bytes = size;
    EXPECT_TRUE(read(huge.together()).events.empty());
  }
}

TEST_F(Damage, is_told_in_one_line) {
  const auto events = random_trace(300, 1);
  const std::string bytes = write_trace(events, 500);
  ScratchFolder::write(file_, bytes.substr(0, bytes.size() - 100));
  auto reader = Reader::open(file_);
  ASSERT_TRUE(reader);
  EXPECT_FALSE(reader->totals());
  Event event;
  while (reader->next(event)) {
  }
  const Recovery& recovery = reader->recovery();
  EXPECT_EQ(recovery.line(), "the file is cut short: " + std::to_string(recovery.events) +
                                 " events recovered from the first " +
                                 std::to_string(recovery.bytes) + " of " +
                                 std::to_string(bytes.size() - 100) + " bytes");
}

TEST_F(Damage, the_bytes_of_the_last_whole_block_were_not_counted) {
  const std::string bytes = write_trace(random_trace(300, 1), 500);
  const FileParts parts = FileParts::of(bytes);
  ASSERT_GE(parts.blocks.size(), 3U);
  const std::uint64_t second_ends = parts.blocks[1].end();
  ScratchFolder::write(file_, bytes.substr(0, second_ends + 10));
  auto reader = Reader::open(file_);
  ASSERT_TRUE(reader);
  Event event;
  while (reader->next(event)) {
  }
  EXPECT_EQ(reader->recovery().bytes, second_ends);
}

std::string refusal(const std::string& path) {
  const auto reader = Reader::open(path);
  return reader ? "opened" : reader.error().what;
}

TEST_F(Damage, is_not_what_a_foreign_file_has) {
  EXPECT_EQ(refusal(file_), "cannot open: No such file or directory");
  EXPECT_EQ(refusal(std::filesystem::temp_directory_path()), "is a directory");
  const std::string bytes = write_trace(random_trace(10, 1), 500);
  const auto with = [&](const std::string& text) {
    ScratchFolder::write(file_, text);
    return refusal(file_);
  };
  EXPECT_EQ(with(""), "the file is empty");
  EXPECT_EQ(with("x"), "not a heapatlas trace");
  EXPECT_EQ(with(std::string(5000, '\x89')), "not a heapatlas trace");
  EXPECT_EQ(with(bytes.substr(0, 20)), "the trace is cut short before its first event");
  EXPECT_EQ(with(bytes.substr(0, 30)), "the trace is cut short before its first event");
  FileParts parts = FileParts::of(bytes);
  parts.preamble.version = format_version + 1;
  EXPECT_EQ(with(parts.together()),
            "the trace is of format version 2, and this heapatlas reads up to version 1");
}

}  // namespace
}  // namespace heapatlas::trace
