#include "tool/commands.hpp"

#include "tool/bench/bench.hpp"
#include "tool/info/info.hpp"
#include "tool/record/record.hpp"
#include "tool/render.hpp"
#include "tool/replay.hpp"

namespace heapatlas::tool {

void add_commands(CLI::App& app, Invocation& invocation) {
  add_record(app, invocation);
  add_finish(app, invocation);
  add_info(app, invocation);
  add_replay(app, invocation);
  add_render(app, invocation);
  add_list(app, invocation);
  add_explain(app, invocation);
  add_export_cpp(app, invocation);
  add_bench(app, invocation);
}

}  // namespace heapatlas::tool
