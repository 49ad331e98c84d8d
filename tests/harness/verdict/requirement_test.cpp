#include "harness/verdict/requirement.hpp"

#include <set>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sipharness::verdict {
namespace {

using testing::ElementsAre;

TEST(Severity, has_a_word_of_its_own_for_each_value) {
  std::set<std::string_view> words;
  for (const Severity severity :
       {Severity::must, Severity::should, Severity::vendor, Severity::quality, Severity::info})
    words.insert(to_string(severity));
  EXPECT_THAT(words, ElementsAre("info", "must", "quality", "should", "vendor"));
}

}  // namespace
}  // namespace sipharness::verdict
