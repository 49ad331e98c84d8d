#include "harness/base/hash_index.hpp"

#include <map>

#include <gtest/gtest.h>

#include "harness/base/rng.hpp"

namespace sipharness {
namespace {

constexpr auto any = [](std::uint32_t) { return true; };

TEST(HashIndex, finds_nothing_while_it_is_empty) {
  HashIndex index;
  EXPECT_EQ(index.find(0, any), std::nullopt);
  index.add(7, 1);
  index.remove(7, 1);
  EXPECT_EQ(index.find(7, any), std::nullopt);
}

TEST(HashIndex, tells_numbers_of_one_hash_apart) {
  HashIndex index;
  for (const std::uint32_t number : {0U, 1U, 2U}) index.add(5, number);
  const auto is_one = [](std::uint32_t number) { return number == 1; };
  EXPECT_EQ(index.find(5, is_one), 1U);
  index.remove(5, 0);
  EXPECT_EQ(index.find(5, is_one), 1U);
  index.remove(5, 1);
  EXPECT_EQ(index.find(5, is_one), std::nullopt);
  EXPECT_EQ(index.find(5, any), 2U);
}

TEST(HashIndex, holds_what_a_map_holds_through_many_changes) {
  Rng rng(1);
  HashIndex index;
  std::map<std::uint32_t, std::uint64_t> kept;  // hash by number
  for (std::uint32_t number = 0; number < 20'000; ++number) {
    // Few hashes, close together: long runs of slots that wrap around the end.
    const std::uint64_t hash = rng.below(300) + 0xffff'ff00U;
    index.add(hash, number);
    kept[number] = hash;
    while (kept.size() > 200 && rng.chance(0.6)) {
      const auto victim = kept.lower_bound(static_cast<std::uint32_t>(rng.below(number + 1)));
      if (victim == kept.end()) continue;
      index.remove(victim->second, victim->first);
      kept.erase(victim);
    }
    if (number % 1000 != 0) continue;
    for (const auto& [held, hash_of_held] : kept) {
      const auto is_held = [&](std::uint32_t found) { return found == held; };
      ASSERT_EQ(index.find(hash_of_held, is_held), held);
    }
    ASSERT_EQ(index.find(0x1234, any), std::nullopt);
  }
}

TEST(HashIndex, clearing_forgets_everything) {
  HashIndex index;
  for (std::uint32_t number = 0; number < 100; ++number) index.add(number, number);
  index.clear();
  EXPECT_EQ(index.find(50, any), std::nullopt);
  index.add(50, 50);
  EXPECT_EQ(index.find(50, any), 50U);
}

}  // namespace
}  // namespace sipharness
