// The two tables of objects agree with the plain ones of the standard library.
#include "core/trace/object_map.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "core/trace/recent_objects.hpp"

namespace heapatlas::trace {
namespace {

TEST(ObjectMap, agrees_with_a_map) {
  std::mt19937_64 random(1);
  for (const std::uint64_t spread : {8U, 100U, 5000U}) {
    ObjectMap<std::uint64_t> map;
    std::map<std::uint64_t, std::uint64_t> model;
    for (int i = 0; i < 60000; ++i) {
      const std::uint64_t object = random() % spread * (random() % 2 == 0 ? 1 : 1ULL << 40);
      std::uint64_t* found = map.find(object);
      const auto expected = model.find(object);
      ASSERT_EQ(found != nullptr, expected != model.end());
      if (found == nullptr) {
        map.insert(object, object * 3);
        model[object] = object * 3;
      } else {
        ASSERT_EQ(*found, expected->second);
        map.erase(object);
        model.erase(expected);
      }
      ASSERT_EQ(map.size(), model.size());
    }
    for (const auto& [object, value] : model) ASSERT_EQ(*map.find(object), value);
  }
}

TEST(RecentObjects, rank_and_object_are_each_others_inverse) {
  std::mt19937_64 random(2);
  constexpr std::uint64_t first = 1000;
  RecentObjects recent;
  recent.reset(first);
  std::set<std::uint64_t, std::greater<>> live;
  std::uint64_t next = first;
  for (int i = 0; i < 40000; ++i) {
    if (live.empty() || random() % 5 < 3) {
      recent.push();
      live.insert(next++);
    } else {
      // Near the newest, or anywhere.
      const std::uint64_t rank = random() % 3 == 0 ? random() % live.size() : 0;
      const std::uint64_t object = *std::next(live.begin(), static_cast<std::ptrdiff_t>(rank));
      ASSERT_EQ(recent.rank_of(object), rank);
      ASSERT_EQ(recent.object_at(rank), object);
      recent.remove(object);
      live.erase(object);
    }
  }
  const std::uint64_t older = live.size();
  EXPECT_EQ(recent.object_at(older), first - 1);
  EXPECT_EQ(recent.rank_of(first - 1), older);
  EXPECT_EQ(recent.object_at(older + first - 1), 0U);
  EXPECT_EQ(recent.object_at(older + first), std::nullopt);
  EXPECT_EQ(recent.object_at(~0ULL), std::nullopt);
  recent.remove(0);  // not remembered
  EXPECT_EQ(recent.rank_of(0), older + first - 1);
}

}  // namespace
}  // namespace heapatlas::trace
