#include "tool/bench/operations.hpp"

#include <bit>
#include <cstdint>

#include "tool/bench/random.hpp"

namespace heapatlas::tool::bench {
namespace {

using replay::OperationKind;

/// Writes operations on blocks, which it keeps in slots, last in first out.
class Writer {
 public:
  explicit Writer(Operations& operations) : operations_(operations) {}

  /// How many blocks are live; they are named 0 to live() - 1, and a free renames the last.
  [[nodiscard]] std::size_t live() const { return live_.size(); }

  void allocate(std::size_t size, unsigned align_log2) {
    auto slot = static_cast<std::uint32_t>(operations_.slots);
    if (free_.empty()) {
      ++operations_.slots;
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    live_.push_back({slot, align_log2});
    add(OperationKind::allocate, live_.back(), size);
  }
  void resize(std::size_t block, std::size_t size) {
    add(OperationKind::resize, live_[block], size);
  }
  void free(std::size_t block) {
    add(OperationKind::free, live_[block], 0);
    free_.push_back(live_[block].slot);
    live_[block] = live_.back();
    live_.pop_back();
  }
  void free_all() {
    while (!live_.empty()) free(live_.size() - 1);
  }

 private:
  struct Block {
    std::uint32_t slot;
    unsigned align_log2;
  };
  void add(OperationKind kind, Block block, std::size_t size) {
    operations_.list.emplace_back(kind, block.slot, block.align_log2, size);
  }

  Operations& operations_;
  std::vector<Block> live_;
  std::vector<std::uint32_t> free_;
};

}  // namespace

Operations random_live_set(std::size_t slots, std::size_t max, std::size_t count) {
  Operations operations;
  operations.slots = slots;
  std::vector<bool> live(slots);
  Random random;
  const auto add = [&](OperationKind kind, std::size_t slot, std::size_t size) {
    operations.list.emplace_back(kind, static_cast<std::uint32_t>(slot), 3, size);
  };
  // Half of the slots live from the start: what is measured is the steady state.
  for (std::size_t slot = 0; slot < slots; slot += 2) {
    add(OperationKind::allocate, slot, random.between(1, max));
    live[slot] = true;
  }
  while (operations.list.size() < count) {
    const std::size_t slot = random.between(0, slots - 1);
    if (!live[slot]) {
      add(OperationKind::allocate, slot, random.between(1, max));
      live[slot] = true;
    } else if (random.between(0, 7) == 0) {
      add(OperationKind::resize, slot, random.between(1, max));
    } else {
      add(OperationKind::free, slot, 0);
      live[slot] = false;
    }
  }
  for (std::size_t slot = 0; slot < slots; ++slot) {
    if (live[slot]) add(OperationKind::free, slot, 0);
  }
  return operations;
}

Operations replacements(std::size_t live, std::size_t min, std::size_t max, std::size_t count) {
  Operations operations;
  Writer writer{operations};
  Random random;
  const auto allocate = [&] { writer.allocate(random.between(min, max), 3); };
  for (std::size_t i = 0; i < live; ++i) allocate();
  operations.before = live;
  for (std::size_t i = 0; i < count; ++i) {
    writer.free(random.between(0, live - 1));
    allocate();
  }
  writer.free_all();
  operations.after = live;
  return operations;
}

Operations random_actions(std::size_t max, bool resizes, std::size_t count) {
  Operations operations;
  Writer writer{operations};
  Random random;
  while (operations.list.size() < count) {
    const std::size_t action = random.between(0, resizes ? 6 : 5);
    const std::size_t live = writer.live();
    if (action == 6 && live > 0) {
      const std::size_t block = random.between(0, live - 1);
      writer.resize(block, random.between(1, 3 * max));
    } else if (action <= 2 || live < 300) {
      const std::size_t size = random.action_size(max);
      writer.allocate(size, random.align_log2());
    } else {
      writer.free(random.between(0, live - 1));
    }
  }
  writer.free_all();
  return operations;
}

Operations pairs(std::size_t size, std::size_t count) {
  Operations operations;
  Writer writer{operations};
  for (std::size_t i = 0; i < count; ++i) {
    writer.allocate(size, 3);
    writer.free(0);
  }
  return operations;
}

Operations vectors(std::size_t times) {
  Operations operations;
  Writer writer{operations};
  for (std::size_t i = 0; i < times; ++i) {
    for (std::size_t vector = 0; vector < 2; ++vector) {
      writer.allocate(16, 2);
      writer.resize(vector, 32);
      writer.resize(vector, 64);
    }
    writer.free_all();
  }
  return operations;
}

Operations batch(std::size_t min, std::size_t max, std::size_t align, std::size_t count) {
  Operations operations;
  Writer writer{operations};
  Random random;
  for (std::size_t i = 0; i < count; ++i)
    writer.allocate(random.between(min, max), static_cast<unsigned>(std::countr_zero(align)));
  writer.free_all();
  return operations;
}

Operations allocations(std::size_t min, std::size_t max, std::size_t align, std::size_t count) {
  Operations operations = batch(min, max, align, count);
  operations.after = count;
  return operations;
}

}  // namespace heapatlas::tool::bench
