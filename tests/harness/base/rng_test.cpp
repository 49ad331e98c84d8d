#include "harness/base/rng.hpp"

#include <set>

#include <gtest/gtest.h>

namespace sipharness {
namespace {

TEST(Rng, gives_the_published_numbers_of_splitmix64) {
  Rng rng(1234567);
  EXPECT_EQ(rng.next(), 6457827717110365317U);
  EXPECT_EQ(rng.next(), 3203168211198807973U);
  EXPECT_EQ(rng.next(), 9817491932198370423U);
}

TEST(Rng, forks_do_not_depend_on_what_was_drawn) {
  Rng drawn(7);
  drawn.next();
  EXPECT_EQ(drawn.fork("phone").next(), Rng(7).fork("phone").next());
  EXPECT_NE(Rng(7).fork("phone").next(), Rng(7).fork("primary").next());
  EXPECT_NE(Rng(7).fork("phone").next(), Rng(8).fork("phone").next());
}

TEST(Rng, stays_below_its_bound_and_reaches_all_of_it) {
  Rng rng(1);
  std::set<std::uint64_t> seen;
  for (int draw = 0; draw < 1000; ++draw) seen.insert(rng.below(7));
  EXPECT_EQ(seen, (std::set<std::uint64_t>{0, 1, 2, 3, 4, 5, 6}));
}

TEST(Rng, draws_durations_from_a_half_open_interval) {
  Rng rng(1);
  for (int draw = 0; draw < 1000; ++draw) {
    const Duration d = rng.between(1s, 2s);
    EXPECT_GE(d, 1s);
    EXPECT_LT(d, 2s);
  }
  EXPECT_EQ(rng.between(3s, 3s), 3s);
  EXPECT_EQ(rng.between(3s, 2s), 3s);
}

TEST(Rng, keeps_to_a_probability) {
  Rng rng(1);
  int hits = 0;
  for (int draw = 0; draw < 10'000; ++draw) {
    EXPECT_FALSE(rng.chance(0));
    EXPECT_TRUE(rng.chance(1));
    hits += rng.chance(0.25) ? 1 : 0;
  }
  EXPECT_NEAR(hits, 2500, 150);
}

TEST(Rng, writes_as_many_hexadecimal_digits_as_asked) {
  Rng rng(1);
  for (const int digits : {0, 1, 16, 17, 40}) {
    const std::string text = rng.hex(digits);
    EXPECT_EQ(text.size(), static_cast<std::size_t>(digits));
    EXPECT_EQ(text.find_first_not_of("0123456789abcdef"), std::string::npos);
  }
}

TEST(Fnv1a, gives_the_published_answers) {
  EXPECT_EQ(fnv1a(""), 0xcbf29ce484222325U);
  EXPECT_EQ(fnv1a("a"), 0xaf63dc4c8601ec8cU);
  EXPECT_EQ(fnv1a("foobar"), 0x85944171f73967e8U);
}

}  // namespace
}  // namespace sipharness
