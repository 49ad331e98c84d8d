#include "harness/verdict/requirement.hpp"

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sipharness::verdict {
namespace {

using testing::ElementsAre;

TEST(Requirements, every_row_is_found_by_its_id) {
  for (const Requirement& row : requirements()) EXPECT_EQ(find_requirement(row.id), &row);
  EXPECT_GE(requirements().size(), 40U);
}

TEST(Requirements, an_unknown_id_is_nothing) {
  EXPECT_EQ(find_requirement("GRP-CALL-99"), nullptr);
  EXPECT_EQ(find_requirement(""), nullptr);
  EXPECT_EQ(find_requirement("grp-call-03"), nullptr);
}

TEST(Requirements, each_row_is_written_out_in_sentences) {
  for (const Requirement& row : requirements()) {
    SCOPED_TRACE(row.id);
    EXPECT_FALSE(row.clause.empty());
    EXPECT_TRUE(row.sentence.ends_with('.'));
    EXPECT_TRUE(row.observed.ends_with('.'));
    EXPECT_TRUE(row.tolerance.empty() || row.tolerance.starts_with("profile: "));
  }
}

TEST(Requirements, rows_of_the_guide_are_vendor_rows) {
  for (const Requirement& row : requirements()) {
    if (!row.id.starts_with("GRP-")) continue;
    EXPECT_EQ(row.severity, Severity::vendor) << row.id;
    EXPECT_TRUE(row.clause.starts_with("guide, ")) << row.id;
  }
}

TEST(Requirements, rows_of_an_rfc_cite_it_with_a_section) {
  for (const Requirement& row : requirements()) {
    if (!row.id.starts_with("RFC")) continue;
    EXPECT_TRUE(row.clause.starts_with("RFC ")) << row.id;
    EXPECT_NE(row.clause.find("§"), std::string_view::npos) << row.id;
  }
}

TEST(Requirements, stand_in_catalogue_order) {
  std::vector<std::string> families;
  for (const Requirement& row : requirements()) {
    const std::string family(row.id.substr(0, row.id.find('-')));
    if (families.empty() || families.back() != family) families.push_back(family);
  }
  EXPECT_THAT(families, ElementsAre("GRP", "RFC3261", "RFC3263", "FO", "DUT", "PROFILE"));
}

struct SeverityCase {
  std::string_view id;
  Severity severity;
};

TEST(Requirements, severities_follow_the_catalogue) {
  const std::vector<SeverityCase> cases{
      {"RFC3261-REG-03", Severity::should},  {"RFC3261-REG-10", Severity::must},
      {"RFC3261-TIMER-A", Severity::must},   {"RFC3261-TIMER-B", Severity::should},
      {"RFC3261-TIMER-F", Severity::should}, {"RFC3263-01", Severity::should},
      {"RFC3263-03", Severity::must},        {"FO-DET-INV", Severity::vendor},
      {"FO-DET-EARLY", Severity::quality},   {"FO-T1ST", Severity::should},
      {"FO-NOPAR", Severity::vendor},        {"FO-NODUP", Severity::must},
      {"DUT-ALIVE", Severity::quality},      {"DUT-PARSE", Severity::must},
      {"PROFILE-T1", Severity::quality}};
  for (const SeverityCase& c : cases) {
    ASSERT_NE(find_requirement(c.id), nullptr) << c.id;
    EXPECT_EQ(find_requirement(c.id)->severity, c.severity) << c.id;
  }
}

TEST(Severity, has_a_word_of_its_own_for_each_value) {
  std::set<std::string_view> words;
  for (const Severity severity :
       {Severity::must, Severity::should, Severity::vendor, Severity::quality, Severity::info})
    words.insert(to_string(severity));
  EXPECT_THAT(words, ElementsAre("info", "must", "quality", "should", "vendor"));
}

}  // namespace
}  // namespace sipharness::verdict
