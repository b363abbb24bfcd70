// What the compiler compiles for traces/cc1plus.hat: a file that leans on the standard library as
// programs do. It counts words, sorts them, and knows numbers when it sees them.
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace {

using Value = std::variant<long, double, std::string>;

struct Entry {
  std::string word;
  std::size_t count;
  std::optional<Value> value;
};

class Index {
 public:
  void add(const std::string& word) { ++counts_[word]; }

  [[nodiscard]] std::vector<Entry> entries() const {
    std::vector<Entry> found;
    for (const auto& [word, count] : counts_) found.push_back({word, count, value_of(word)});
    std::sort(found.begin(), found.end(), [](const Entry& a, const Entry& b) {
      return a.count != b.count ? a.count > b.count : a.word < b.word;
    });
    return found;
  }

 private:
  static std::optional<Value> value_of(const std::string& word) {
    const char* begin = word.c_str();
    char* end = nullptr;
    const long whole = std::strtol(begin, &end, 10);
    if (end == begin) return std::nullopt;
    if (*end == '\0') return whole;
    const double real = std::strtod(begin, &end);
    return *end == '\0' ? std::optional<Value>(real) : std::nullopt;
  }

  std::unordered_map<std::string, std::size_t> counts_;
};

struct Print {
  void operator()(long value) const { std::cout << " = " << value; }
  void operator()(double value) const { std::cout << " ~ " << value; }
  void operator()(const std::string& value) const { std::cout << " : " << value; }
};

}  // namespace

int main() {
  auto index = std::make_unique<Index>();
  std::map<std::size_t, std::vector<std::string>> by_length;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      index->add(word);
      by_length[word.size()].push_back(word);
    }
  }
  for (const Entry& entry : index->entries()) {
    std::cout << entry.word << ' ' << entry.count;
    if (entry.value) std::visit(Print{}, *entry.value);
    std::cout << '\n';
  }
  const std::function<bool(const std::string&)> is_long = [](const auto& word) {
    return word.size() > 8;
  };
  for (const auto& [length, words] : by_length)
    std::cout << length << ": " << std::count_if(words.begin(), words.end(), is_long) << '\n';
}
