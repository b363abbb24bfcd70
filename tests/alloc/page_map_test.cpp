// The map from addresses to a slab's pages: which tables it takes, and that it takes all or none.
#include "core/alloc/slab/page_map.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>

namespace heapatlas {
namespace {

constexpr std::size_t page = PageMap::unit;
constexpr std::uintptr_t window = std::uintptr_t{1} << 28;

/// A map over addresses that need not be memory, and the tables that it has.
class Mapped {
 public:
  Mapped() = default;
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;
  ~Mapped() {
    map_.for_each_table([this](std::byte* table, Layout layout) { give_back(table, layout); });
    EXPECT_TRUE(tables_.empty()) << "a table was lost";
  }

  /// `granted`: tables, before one is refused.
  bool prepare(std::uintptr_t address, std::size_t bytes, std::size_t granted = SIZE_MAX) {
    return map_.prepare(
        reinterpret_cast<const std::byte*>(address), bytes,
        [&](Layout layout) { return granted-- == 0 ? nullptr : take(layout); },
        [this](std::byte* table, Layout layout) { give_back(table, layout); });
  }
  void set(std::uintptr_t address, SlabPage* of) {
    map_.set(reinterpret_cast<const std::byte*>(address), page, of);
  }
  [[nodiscard]] SlabPage* find(std::uintptr_t address) const {
    return map_.page(reinterpret_cast<const void*>(address));
  }
  [[nodiscard]] std::size_t tables() const { return tables_.size(); }
  [[nodiscard]] std::size_t tables_visited() const {
    std::size_t count = 0;
    map_.for_each_table([&](std::byte*, Layout) { ++count; });
    return count;
  }

 private:
  std::byte* take(Layout layout) {
    auto* const table = static_cast<std::byte*>(std::calloc(1, layout.size));
    tables_[table] = layout;
    return table;
  }
  void give_back(std::byte* table, Layout layout) {
    const auto found = tables_.find(table);
    ASSERT_TRUE(found != tables_.end());
    EXPECT_EQ(found->second, layout);
    tables_.erase(found);
    std::free(table);
  }

  PageMap map_;
  std::map<std::byte*, Layout> tables_;
};

TEST(PageMap, takes_tables_by_where_pages_lie_from_the_first) {
  for (const std::uintptr_t base :
       {window * 1000, window * 1000 + page, window * 1000 - page, window * 1000 + window / 2}) {
    Mapped map;
    constexpr std::uintptr_t near = std::uintptr_t{100} << 20;
    for (const std::uintptr_t address : {base, base + near, base - near})
      EXPECT_TRUE(map.prepare(address, page));
    EXPECT_EQ(map.tables(), 1U);
    EXPECT_TRUE(map.prepare(base + (std::uintptr_t{1} << 32), page));
    EXPECT_EQ(map.tables(), 3U) << "a leaf; a table of leaves, and one more leaf";
  }
}

TEST(PageMap, knows_the_pages_of_every_window) {
  Mapped map;
  auto* const owner = reinterpret_cast<SlabPage*>(&map);  // only compared
  const std::uintptr_t base = window * 1000;
  for (const std::uintptr_t at : {base, base + window, base - window, base + 4000 * window}) {
    EXPECT_EQ(map.find(at), nullptr);
    ASSERT_TRUE(map.prepare(at, page));
    EXPECT_EQ(map.find(at), nullptr);
    map.set(at, owner);
    EXPECT_EQ(map.find(at + page - 1), owner);
    EXPECT_EQ(map.find(at + page), nullptr);
    EXPECT_EQ(map.find(at - 1), nullptr);
  }
  map.set(base, nullptr);
  EXPECT_EQ(map.find(base), nullptr);
}

/// A page map that could take only some of the tables for a chunk kept these: a failed request of
/// slabs then changed what their walk reports, whenever malloc gave pages far from one another.
TEST(PageMap, a_preparation_that_fails_leaves_no_table_behind) {
  const std::uintptr_t base = window * 1000;
  for (const bool has_first : {false, true}) {
    for (const bool has_others : {false, true}) {
      for (std::size_t granted = 0;; ++granted) {
        Mapped map;
        if (has_first) {
          ASSERT_TRUE(map.prepare(base + 2 * window, page));
        }
        if (has_others) {
          ASSERT_TRUE(map.prepare(base + 900 * window, page));
        }
        const std::size_t before = map.tables();
        const bool done = map.prepare(base, 3 * window, granted);  // 3 or 4 windows
        EXPECT_EQ(map.tables(), done ? map.tables_visited() : before);
        EXPECT_EQ(map.tables_visited(), map.tables());
        EXPECT_EQ(map.find(base), nullptr);
        if (done) {
          EXPECT_GE(granted, 3U);
          break;
        }
        ASSERT_LT(granted, 6U);
        EXPECT_TRUE(map.prepare(base, 3 * window)) << "what failed may be tried again";
      }
    }
  }
}

TEST(PageMap, beyond_its_table_of_windows_it_refuses_and_keeps_what_it_has) {
  Mapped map;
  const std::uintptr_t base = window << 20;
  ASSERT_TRUE(map.prepare(base, page));
  constexpr std::size_t others = 4096;
  for (std::size_t i = 1; i < others; ++i) ASSERT_TRUE(map.prepare(base + i * window, page)) << i;
  const std::size_t before = map.tables();
  EXPECT_EQ(before, 1 + others) << "leaves, and the table of all but the first";
  EXPECT_FALSE(map.prepare(base + 5000 * window, 2 * window)) << "room for one, not for two";
  EXPECT_EQ(map.tables(), before);
  EXPECT_TRUE(map.prepare(base + 5000 * window, page));
  EXPECT_FALSE(map.prepare(base + 6000 * window, page));
  EXPECT_TRUE(map.prepare(base + 100 * window, page)) << "it has room there";
  EXPECT_EQ(map.tables(), before + 1);
}

}  // namespace
}  // namespace heapatlas
