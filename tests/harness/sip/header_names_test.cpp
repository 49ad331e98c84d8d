#include "harness/sip/header_names.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "harness/sip/text.hpp"

namespace sipharness::sip {
namespace {

TEST(HeaderNames, are_found_in_whatever_case) {
  for (std::size_t i = 1; i < header_names.size(); ++i) {
    const auto id = static_cast<HeaderId>(i);
    std::string name(header_names[i]);
    EXPECT_EQ(header_of_name(name), id) << name;
    std::ranges::transform(name, name.begin(), lower);
    EXPECT_EQ(header_of_name(name), id) << name;
    std::ranges::transform(name, name.begin(), [](char c) { return c == '-' ? c : c & ~0x20; });
    EXPECT_EQ(header_of_name(name), id) << name;
  }
}

TEST(HeaderNames, are_not_taken_for_names_that_differ_in_one_letter) {
  for (std::size_t i = 1; i < header_names.size(); ++i)
    for (std::size_t letter = 0; letter < header_names[i].size(); ++letter) {
      std::string name(header_names[i]);
      name[letter] = name[letter] == '_' ? '.' : '_';
      EXPECT_EQ(header_of_name(name), header_of(name)) << name;
      EXPECT_NE(header_of_name(name), static_cast<HeaderId>(i)) << name;
    }
}

TEST(HeaderNames, of_one_letter_are_the_compact_ones) {
  EXPECT_EQ(header_of_name("v"), HeaderId::via);
  EXPECT_EQ(header_of_name("I"), HeaderId::call_id);
  EXPECT_EQ(header_of_name("m"), HeaderId::contact);
  EXPECT_EQ(header_of_name(""), header_of(""));
  EXPECT_EQ(header_of_name("q"), header_of("q"));
}

}  // namespace
}  // namespace sipharness::sip
