#include "core/replay/trace_identity.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <span>
#include <vector>

#include "core/base/checksum.hpp"
#include "core/base/input_file.hpp"

namespace heapatlas::replay {
namespace {

/// XXH3 of the file's MiBs one after another, each seeded with the sum so far.
base::Result<std::string> checksum_of(const std::string& path) {
  const auto file = base::InputFile::open(path);
  if (!file) return tl::make_unexpected(file.error());
  std::vector<std::byte> room(std::size_t{1} << 20);
  std::uint64_t sum = 0;
  for (std::uint64_t offset = 0;;) {
    const auto got = file->read_at(offset, room);
    if (!got) return tl::make_unexpected(got.error());
    if (*got == 0) return fmt::format("xxh3:{:016x}", sum);
    sum = base::checksum(std::span(room).first(*got), sum);
    offset += *got;
  }
}

}  // namespace

base::Result<report::TraceIdentity> identity_of(const std::string& path,
                                                const trace::TraceInfo& info,
                                                const CompiledTrace& compiled) {
  auto checksum = checksum_of(path);
  if (!checksum) return tl::make_unexpected(checksum.error());
  report::TraceIdentity identity;
  identity.name = std::filesystem::path(path).filename();
  identity.checksum = std::move(*checksum);
  identity.program = info.program;
  identity.command = info.command;
  identity.events = compiled.events;
  identity.operations = compiled.facts.operations();
  identity.allocations = compiled.facts.allocations;
  identity.resizes = compiled.facts.resizes;
  identity.frees = compiled.facts.frees;
  identity.threads = compiled.threads;
  identity.peak_live_bytes = compiled.facts.peak_live_bytes;
  identity.peak_live_objects = compiled.facts.slots;
  identity.final_live_objects = compiled.facts.survivors;
  identity.exact_identity = info.fidelity.exact_identity;
  if (!compiled.recovery.whole) identity.recovery = compiled.recovery.line();
  return identity;
}

}  // namespace heapatlas::replay
