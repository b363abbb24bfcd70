// Prints the sample document, for schema_test.py.
#include <cstdio>

#include "core/report/json.hpp"
#include "tests/report/sample_document.hpp"

int main() {
  const auto text = heapatlas::report::to_json(heapatlas::report::sample_document());
  return text && std::fputs(text->c_str(), stdout) >= 0 ? 0 : 1;
}
