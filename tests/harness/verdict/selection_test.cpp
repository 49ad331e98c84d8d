#include "harness/verdict/selection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/check/checks.hpp"

namespace sipharness::verdict {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

std::vector<std::string_view> ids(std::string_view word) {
  std::vector<std::string_view> found;
  for (const Requirement* row : select(word, check::requirements())) found.push_back(row->id);
  return found;
}

TEST(Selection, of_an_id_is_that_requirement_alone) {
  EXPECT_THAT(ids("GRP-CALL-03"), ElementsAre("GRP-CALL-03"));
  EXPECT_THAT(ids("grp-call-03"), ElementsAre("GRP-CALL-03"));
}

TEST(Selection, of_the_front_of_ids_is_their_family) {
  EXPECT_THAT(ids("GRP-REG"), Contains("GRP-REG-01"));
  EXPECT_THAT(ids("GRP-REG"), Each(StartsWith("GRP-REG-")));
  EXPECT_EQ(ids("GRP-REG-"), ids("GRP-REG"));
  EXPECT_THAT(ids("GRP-RE"), IsEmpty()) << "half a word";
}

TEST(Selection, of_a_clause_takes_in_what_is_below_it) {
  EXPECT_THAT(ids("rfc3261/17"), Contains("RFC3261-TIMER-A"));
  EXPECT_THAT(ids("RFC3261/17.1.1"), Contains("RFC3261-TIMER-A"));
  EXPECT_THAT(ids("rfc3261/17.1.2"), Not(Contains("RFC3261-TIMER-A")));
  EXPECT_THAT(ids("rfc3261/1"), IsEmpty()) << "§1 is not §17";
}

TEST(Selection, of_a_document_takes_in_all_its_clauses) {
  EXPECT_THAT(ids("guide"), Contains("GRP-CALL-03"));
  EXPECT_THAT(ids("guide"), Not(Contains("RFC3261-TIMER-A")));
  EXPECT_THAT(ids("rfc3261"), Contains("RFC3261-TIMER-A"));
}

TEST(Selection, of_what_nobody_knows_is_empty) {
  for (const std::string_view word : {"", "-", "/", "rfc9999", "guidebook"})
    EXPECT_THAT(ids(word), IsEmpty()) << word;
}

TEST(ClausePaths, of_a_clause_with_several_sections_are_all_of_them) {
  EXPECT_THAT(clause_paths("RFC 3261 §10.2, §8.1.1.2; RFC 3263 §4.3"),
              ElementsAre("rfc3261/10.2", "rfc3261/8.1.1.2", "rfc3263/4.3"));
  EXPECT_THAT(clause_paths("guide, Case 2 and Figure 7"), ElementsAre("guide"));
  EXPECT_THAT(clause_paths("good practice"), IsEmpty());
}

}  // namespace
}  // namespace sipharness::verdict
