// Exported headers: every example as C++, compiled by what compilers there are, placing alike.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "core/chain/chain.hpp"
#include "core/chain/examples.hpp"
#include "tests/chain/operations.hpp"

namespace heapatlas::chain {
namespace {

/// Alignments stay within 8: an exported heap may lie inside its object, at any such address.
constexpr testing::Mix mix{.operations = 1'000, .max_size = 2'000, .max_align = 8};

bool has_entry(const Link& link, const Entry& entry) {
  return link.entry == &entry ||
         std::any_of(link.parts.begin(), link.parts.end(),
                     [&](const Link& part) { return has_entry(part, entry); });
}

/// Every example, and the own example of each entry that stands in none of them.
std::vector<Chain> exportable_chains() {
  std::vector<Chain> chains;
  for (const Example& example : examples()) chains.push_back(*parse_and_check(example.text));
  for (const Entry* entry : registry()) {
    const bool seen = std::any_of(chains.begin(), chains.end(), [&](const Chain& chain) {
      return has_entry(chain.root(), *entry);
    });
    const auto own = parse_and_check(entry->example);
    if (!seen && own && !cpp_type(own->root()).empty()) chains.push_back(*own);
  }
  return chains;
}

class Export : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name) << text;
  }

  /// What the program prints, or the compiler's complaint.
  std::string compiled_and_run(const std::string& compiler) const {
    const std::string command = fmt::format(
        "cd {0} && {1} -std=c++20 -Wall -Wextra -Werror -I{2} main.cpp -pthread -o main >log 2>&1 "
        "&& ./main >log 2>&1 || echo status $?; cat log",
        folder_, compiler, HEAPATLAS_ROOT);
    std::string out;
    std::FILE* const pipe = popen(command.c_str(), "r");
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) out += static_cast<char>(c);
    pclose(pipe);
    return out;
  }

 private:
  std::string folder_ = ::testing::TempDir() + "heapatlas-export-" + std::to_string(getpid());
};

TEST_F(Export, of_every_example_compiles_and_places_as_the_run_time_chain) {
  std::string includes;
  std::string body;
  std::string expected;
  int number = 0;
  const std::vector<Chain> chains = exportable_chains();
  EXPECT_GT(chains.size(), examples().size());
  for (const Chain& chain : chains) {
    const std::string name = fmt::format("chain_{}", ++number);
    const auto header = export_cpp(chain, name);
    ASSERT_TRUE(header) << header.error().line();
    write(name + ".hpp", *header);
    includes += fmt::format("#include \"{}.hpp\"\n", name);
    body += fmt::format("  run<{0}::Allocator>({0}::make, {0}::text);\n", name);
    const auto status =
        with_allocator(chain, {.force_dynamic = true}, [&](auto& allocator, const BuildFacts&) {
          expected += fmt::format(
              "{} {}\n", testing::digest(testing::run_operations(allocator, 3, mix)), chain.text());
        });
    ASSERT_TRUE(status) << status.error().line();
  }
  write("main.cpp", fmt::format(R"(#include <cstdio>
#include <memory>
{}#include "tests/chain/operations.hpp"
using namespace heapatlas::chain::testing;
template <class A, class Make>
void run(Make make, const char* text) {{
  const std::unique_ptr<A> allocator(new A(make()));
  const auto log = run_operations(*allocator, 3, Mix{{{}, {}, {}}});
  std::printf("%llu %s\n", static_cast<unsigned long long>(digest(log)), text);
}}
int main() {{
{}}}
)",
                                includes, mix.operations, mix.max_size, mix.max_align, body));
  int compilers = 0;
  for (const std::string compiler : {"g++", "clang++"}) {
    if (std::system(("command -v " + compiler + " >/dev/null").c_str()) != 0) continue;
    ++compilers;
    EXPECT_EQ(compiled_and_run(compiler), expected) << compiler;
  }
  EXPECT_GT(compilers, 0);
}

TEST(ExportOf, a_namespace_is_no_word_of_the_language) {
  for (const char* name : {"my_chain", "a", "Chain2"}) EXPECT_TRUE(is_namespace_name(name)) << name;
  for (const char* name : {"", "2a", "a-b", "class", "std", "heapatlas", "a__b", "_a", "true"})
    EXPECT_FALSE(is_namespace_name(name)) << name;
}

TEST(ExportOf, what_a_process_or_library_brings_is_refused) {
  const auto chain = parse_and_check("bump | preload(\"/proc/self/exe\")");
  ASSERT_TRUE(chain);
  const auto header = export_cpp(*chain, "x");
  ASSERT_FALSE(header);
  EXPECT_EQ(header.error().line(), "'preload' has no C++ type to export (position 8)");
  EXPECT_EQ(cpp_type(chain->root()), "");
}

}  // namespace
}  // namespace heapatlas::chain
