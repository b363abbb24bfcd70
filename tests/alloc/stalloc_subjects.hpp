// Subjects of every kind of stalloc, for its own tests and those of composites.
#pragma once

#include <cstddef>
#include <memory>

#include "core/alloc/stalloc.hpp"
#include "core/alloc/tree_stalloc.hpp"
#include "tests/alloc/conformance/subject.hpp"

namespace heapatlas::conformance {

template <class A, std::size_t Blocks, std::size_t BlockSize>
class InlineStallocSubject {
 public:
  static constexpr Facts facts{
      .capacity = Blocks * BlockSize, .exact_fit = Blocks * BlockSize, .unit = BlockSize};
  A& allocator() { return stalloc_; }

 private:
  A stalloc_;
};

/// Over borrowed memory that begins off alignment, so that the first bytes are skipped.
template <std::size_t Bytes, std::size_t BlockSize>
class StallocOverSubject {
 public:
  static constexpr Facts facts{.capacity = Bytes, .exact_fit = Bytes, .unit = BlockSize};
  auto& allocator() { return stalloc_; }

 private:
  alignas(4096) std::byte memory_[BlockSize + Bytes + BlockSize - 1];
  StallocOver<> stalloc_{memory_ + 1, Bytes + BlockSize - 1, BlockSize};
};

template <std::size_t Bytes, std::size_t BlockSize>
class TreeStallocOverSubject {
 public:
  static constexpr Facts facts{.capacity = Bytes, .exact_fit = Bytes, .unit = BlockSize};
  auto& allocator() { return stalloc_; }

 private:
  alignas(4096) std::byte memory_[BlockSize + Bytes + BlockSize - 1];
  std::byte index_[stalloc::BorrowedTables::bytes_for(Bytes / BlockSize + 1)];
  TreeStallocOver stalloc_{memory_ + 1, Bytes + BlockSize - 1, BlockSize, index_};
};

}  // namespace heapatlas::conformance
