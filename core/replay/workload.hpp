// A compiled trace as every child maps it: operations, the frees of what survives them, and the
// few sizes too wide for an operation.
//
// The file is one WorkloadHeader in a page of its own, then `operations` operations, `survivors`
// operations (frees, untimed, run between passes) and `wide_sizes` 64-bit sizes in the order in
// which the operations need them. It is written by compile.hpp, in one process, for children of
// the same program: it has no versions and is never kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/error.hpp"
#include "core/replay/operation.hpp"

namespace heapatlas::replay {

/// What is known of a trace once it is compiled. Bytes are as requested, sizes of 0 as 1.
struct WorkloadFacts {
  std::uint64_t allocations = 0;
  std::uint64_t zeroed_allocations = 0;  ///< counted among the allocations too
  std::uint64_t resizes = 0;
  std::uint64_t frees = 0;
  std::uint64_t survivors = 0;  ///< objects alive at the end
  std::uint64_t slots = 0;      ///< the most objects alive at once
  std::uint64_t allocated_bytes = 0;
  std::uint64_t peak_live_bytes = 0;
  std::uint64_t peak_operation = 0;  ///< the operation that first reached the peak
  std::uint64_t final_live_bytes = 0;
  std::uint64_t max_size = 0;
  std::uint64_t max_align = 1;
  std::uint64_t wide_sizes = 0;

  [[nodiscard]] std::uint64_t operations() const noexcept { return allocations + resizes + frees; }
};

struct WorkloadHeader {
  static constexpr std::uint64_t expected_magic = 0x64616f6c6b726f77;  // "workload"
  static constexpr std::size_t bytes = 4096;
  std::uint64_t magic = 0;
  WorkloadFacts facts;
};
static_assert(sizeof(WorkloadHeader) <= WorkloadHeader::bytes);

/// A workload somewhere in memory. Borrowed.
struct WorkloadView {
  WorkloadFacts facts;
  std::span<const Operation> operations;
  std::span<const Operation> survivors;
  std::span<const std::uint64_t> wide_sizes;
};

/// A workload mapped read-only from its file, every page present. Moves, never copies.
class MappedWorkload {
 public:
  /// Maps the file behind the descriptor, which stays the caller's.
  [[nodiscard]] static base::Result<MappedWorkload> map(int descriptor);

  MappedWorkload(MappedWorkload&& other) noexcept;
  MappedWorkload& operator=(MappedWorkload&& other) noexcept;
  ~MappedWorkload();

  [[nodiscard]] WorkloadView view() const noexcept;
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

 private:
  explicit MappedWorkload(std::span<const std::byte> bytes) noexcept : bytes_{bytes} {}
  std::span<const std::byte> bytes_;
};

}  // namespace heapatlas::replay
