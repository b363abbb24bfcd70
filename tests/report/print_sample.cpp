// Prints the sample document, for the tests that are not in C++.
//
// usage: report-print-sample FILE (in the format that its name asks for)
#include "core/report/file.hpp"
#include "tests/report/sample_document.hpp"

int main(int count, char** arguments) {
  using namespace heapatlas::report;
  return count == 2 && write(arguments[1], sample_document()) ? 0 : 1;
}
