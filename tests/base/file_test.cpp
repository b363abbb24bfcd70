// Files are written whole or not at all, and read as far as they go.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/base/input_file.hpp"
#include "core/base/output_file.hpp"

namespace heapatlas::base {
namespace {

namespace fs = std::filesystem;

class File : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = fs::temp_directory_path() / "heapatlas-file-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }
  [[nodiscard]] std::ptrdiff_t entries() const {
    return std::distance(fs::directory_iterator(folder_), fs::directory_iterator());
  }
  static std::string text_of(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void put(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

  fs::path folder_;
};

TEST_F(File, appears_with_the_commit_and_not_before) {
  auto out = OutputFile::create(path("a"));
  ASSERT_TRUE(out) << out.error().line();
  ASSERT_TRUE(out->write("some "));
  ASSERT_TRUE(out->write("text"));
  EXPECT_EQ(out->size(), 9U);
  EXPECT_FALSE(fs::exists(path("a")));
  ASSERT_TRUE(out->commit());
  EXPECT_EQ(text_of(path("a")), "some text");
  EXPECT_EQ(entries(), 1);
}

TEST_F(File, without_a_commit_leaves_the_old_one_and_nothing_else) {
  put(path("a"), "old");
  {
    auto out = OutputFile::create(path("a"));
    ASSERT_TRUE(out);
    ASSERT_TRUE(out->write(std::string(1 << 20, 'x')));
    auto moved = std::move(*out);
    ASSERT_TRUE(moved.write("more"));
  }
  EXPECT_EQ(text_of(path("a")), "old");
  EXPECT_EQ(entries(), 1);
}

TEST_F(File, larger_than_the_buffer_is_written_in_order) {
  std::string expected;
  auto out = OutputFile::create(path("a"));
  ASSERT_TRUE(out);
  for (std::size_t i = 0; i < 300; ++i) {
    const std::string piece(i * i % 9001, static_cast<char>('a' + i % 26));
    ASSERT_TRUE(out->write(piece));
    expected += piece;
  }
  expected += std::string(200000, 'z');
  ASSERT_TRUE(out->write(std::string(200000, 'z')));
  ASSERT_TRUE(out->commit());
  EXPECT_EQ(text_of(path("a")), expected);
}

TEST_F(File, keeps_the_permissions_of_the_one_it_replaces) {
  put(path("a"), "old");
  ASSERT_EQ(::chmod(path("a").c_str(), 0640), 0);
  auto out = OutputFile::create(path("a"));
  ASSERT_TRUE(out && out->write("new") && out->commit());
  struct stat facts {};
  ASSERT_EQ(::stat(path("a").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777, 0640U);
}

TEST_F(File, follows_a_link_and_does_not_replace_it) {
  put(path("a"), "old");
  fs::create_symlink("a", path("link"));
  auto out = OutputFile::create(path("link"));
  ASSERT_TRUE(out && out->write("new") && out->commit());
  EXPECT_TRUE(fs::is_symlink(path("link")));
  EXPECT_EQ(text_of(path("a")), "new");
}

TEST_F(File, goes_straight_into_a_pipe_and_a_device) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  Descriptor reader(::open(path("pipe").c_str(), O_RDONLY | O_NONBLOCK));
  auto out = OutputFile::create(path("pipe"));
  ASSERT_TRUE(out && out->write("through") && out->commit());
  char got[16] = {};
  EXPECT_EQ(::read(reader.get(), got, sizeof(got)), 7);
  EXPECT_TRUE(fs::is_fifo(path("pipe")));
  auto null = OutputFile::create("/dev/null");
  ASSERT_TRUE(null && null->write("away") && null->commit());
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(File, in_a_missing_folder_or_over_a_folder_is_refused) {
  EXPECT_FALSE(OutputFile::create(path("missing/a")));
  EXPECT_FALSE(OutputFile::create(path("")));
  EXPECT_FALSE(OutputFile::create(""));
  put(path("a"), "");
  EXPECT_FALSE(OutputFile::create(path("a/b")));
  EXPECT_EQ(entries(), 1);
}

TEST_F(File, that_outgrows_the_disk_fails_and_leaves_nothing) {
  auto full = OutputFile::create("/dev/full");
  ASSERT_TRUE(full && full->write("x"));
  const auto status = full->commit();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().line(), "cannot write: No space left on device (/dev/full)");

  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  rlimit small = old;
  small.rlim_cur = 100000;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  auto out = OutputFile::create(path("a"));
  ASSERT_TRUE(out);
  EXPECT_FALSE(out->write(std::string(200000, 'x')));
  EXPECT_FALSE(out->write("more"));
  EXPECT_FALSE(out->commit());
  EXPECT_EQ(entries(), 0);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  std::signal(SIGXFSZ, handler);
}

TEST_F(File, is_read_by_offset_as_far_as_it_goes) {
  put(path("a"), "0123456789");
  const auto in = InputFile::open(path("a"));
  ASSERT_TRUE(in) << in.error().line();
  EXPECT_EQ(in->size(), 10U);
  std::byte room[4];
  EXPECT_EQ(in->read_at(3, room).value(), 4U);
  EXPECT_EQ(room[0], std::byte{'3'});
  EXPECT_EQ(in->read_at(8, room).value(), 2U);
  EXPECT_EQ(in->read_at(10, room).value(), 0U);
  EXPECT_EQ(in->read_at(~0ULL, room).value(), 0U);
  EXPECT_EQ(in->read_all(10).value().size(), 10U);
  EXPECT_FALSE(in->read_all(9));
}

TEST_F(File, that_was_cut_meanwhile_reads_short) {
  put(path("a"), "0123456789");
  const auto in = InputFile::open(path("a"));
  ASSERT_TRUE(in);
  fs::resize_file(path("a"), 5);
  std::byte room[10];
  EXPECT_EQ(in->read_at(2, room).value(), 3U);
  EXPECT_EQ(in->read_all(100).value().size(), 5U);
}

TEST_F(File, that_is_none_is_not_read) {
  const auto missing = InputFile::open(path("a"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::unavailable);
  const auto folder = InputFile::open(folder_);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().what, "is a directory");
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  const auto pipe = InputFile::open(path("pipe"));
  ASSERT_FALSE(pipe);
  EXPECT_EQ(pipe.error().what, "not a regular file");
}

}  // namespace
}  // namespace heapatlas::base
