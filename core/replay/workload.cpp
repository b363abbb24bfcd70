#include "core/replay/workload.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace heapatlas::replay {
namespace {

const WorkloadHeader& header_of(std::span<const std::byte> bytes) {
  return *reinterpret_cast<const WorkloadHeader*>(bytes.data());
}

bool is_whole(std::span<const std::byte> bytes) {
  if (bytes.size() < WorkloadHeader::bytes) return false;
  const WorkloadHeader& header = header_of(bytes);
  if (header.magic != WorkloadHeader::expected_magic) return false;
  const WorkloadFacts& facts = header.facts;
  const std::uint64_t words = facts.operations() + facts.survivors + facts.wide_sizes;
  return bytes.size() == WorkloadHeader::bytes + words * sizeof(std::uint64_t);
}

}  // namespace

base::Result<MappedWorkload> MappedWorkload::map(int descriptor) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0) return base::system_error("cannot see the workload", errno);
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return base::bad_input("the workload is empty");
  void* address = mmap(nullptr, size, PROT_READ, MAP_SHARED | MAP_POPULATE, descriptor, 0);
  if (address == MAP_FAILED) return base::system_error("cannot map the workload", errno);
  MappedWorkload workload{{static_cast<const std::byte*>(address), size}};
  if (!is_whole(workload.bytes_)) return base::bad_input("this is no whole workload");
  return workload;
}

MappedWorkload::MappedWorkload(MappedWorkload&& other) noexcept
    : bytes_{std::exchange(other.bytes_, {})} {}

MappedWorkload& MappedWorkload::operator=(MappedWorkload&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

MappedWorkload::~MappedWorkload() {
  if (!bytes_.empty()) munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

WorkloadView MappedWorkload::view() const noexcept {
  const WorkloadFacts& facts = header_of(bytes_).facts;
  const std::byte* at = bytes_.data() + WorkloadHeader::bytes;
  const auto* operations = reinterpret_cast<const Operation*>(at);
  const auto* survivors = operations + facts.operations();
  const auto* wide = reinterpret_cast<const std::uint64_t*>(survivors + facts.survivors);
  return {facts,
          {operations, facts.operations()},
          {survivors, facts.survivors},
          {wide, facts.wide_sizes}};
}

}  // namespace heapatlas::replay
