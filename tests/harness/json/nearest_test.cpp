#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "harness/json/document.hpp"

namespace sipharness::json {
namespace {

struct NearestCase {
  std::string_view name;
  std::string_view word;
  std::string_view expected;
};

TEST(Nearest, offers_what_was_probably_meant) {
  const std::vector<std::string_view> candidates{"primary", "secondary",   "timeline",
                                                 "servers", "GRP-CALL-01", "GRP-CALL-03",
                                                 "min",     "ms",          "s"};
  const std::vector<NearestCase> cases{
      {"a missing letter", "primry", "primary"},
      {"an extra letter", "secondaryy", "secondary"},
      {"a wrong letter", "timelime", "timeline"},
      {"two swapped letters", "sevrers", "servers"},
      {"a missing digit", "GRP-CALL-3", "GRP-CALL-03"},
      {"the first of equals", "GRP-CALL-0", "GRP-CALL-01"},
      {"a short unit", "mins", "min"},
      {"another word", "behaviour", ""},
      {"nothing", "", ""},
  };
  for (const NearestCase& c : cases) EXPECT_EQ(nearest(c.word, candidates), c.expected) << c.name;
}

TEST(Nearest, has_no_answer_without_candidates) {
  EXPECT_EQ(nearest("primary", {}), "");
}

TEST(Nearest, does_not_compare_words_of_absurd_length) {
  const std::string absurd(100'000, 'a');
  EXPECT_EQ(nearest(absurd, {"primary"}), "");
  EXPECT_EQ(nearest("primary", {absurd}), "");
}

}  // namespace
}  // namespace sipharness::json
