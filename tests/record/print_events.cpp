// Prints a trace for the tests that read it: its losses, then one event a line,
// "KIND thread object size align_log2 zeroed time"; natural alignment is -1.
#include <fmt/format.h>

#include "core/trace/trace.hpp"

int main(int argc, char** argv) {
  namespace trace = heapatlas::trace;
  if (argc != 2) return 2;
  auto reader = trace::Reader::open(argv[1]);
  if (!reader) {
    fmt::print(stderr, "{}\n", reader.error().line());
    return 2;
  }
  if (const auto& losses = reader->losses()) {
    fmt::print("dropped_frees {}\nimplicit_frees {}\ncut {}\n", losses->dropped_frees,
               losses->implicit_frees, losses->cut ? 1 : 0);
  }
  fmt::print("program {}\n", reader->info().program);
  for (const std::string& argument : reader->info().command) fmt::print("argument {}\n", argument);
  for (trace::Event event; reader->next(event);) {
    const int align = event.align_log2 == trace::natural_align ? -1 : event.align_log2;
    fmt::print("{}|{}|{}|{}|{}|{}|{}\n", trace::name_of(event.kind), event.thread, event.object,
               event.size, align, event.zeroed ? 1 : 0, event.time);
  }
  return reader->recovery().whole ? 0 : 3;
}
