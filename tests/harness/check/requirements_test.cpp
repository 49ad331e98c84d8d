#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/check/checks.hpp"
#include "harness/check/unjudged_rows.hpp"

namespace sipharness::check {
namespace {

using verdict::Requirement;

TEST(Requirements, every_row_is_found_by_its_id) {
  for (const Requirement* row : requirements()) EXPECT_EQ(find_requirement(row->id), row);
  EXPECT_GE(requirements().size(), 40U);
}

TEST(Requirements, an_unknown_id_is_nothing) {
  EXPECT_EQ(find_requirement("GRP-CALL-99"), nullptr);
  EXPECT_EQ(find_requirement(""), nullptr);
  EXPECT_EQ(find_requirement("grp-call-03"), nullptr);
}

TEST(Requirements, each_row_is_written_out_in_sentences) {
  for (const Requirement* of : requirements()) {
    const Requirement& row = *of;
    SCOPED_TRACE(row.id);
    EXPECT_FALSE(row.clause.empty());
    EXPECT_TRUE(row.sentence.ends_with('.'));
    EXPECT_TRUE(row.observed.ends_with('.'));
    EXPECT_TRUE(row.tolerance.empty() || row.tolerance.starts_with("profile: ") ||
                row.tolerance.starts_with("policy: "))
        << row.tolerance;
  }
}

TEST(Requirements, what_all_subjects_have_says_where_they_stand) {
  for (const Rule& rule : rules())
    EXPECT_TRUE(rule.held.what.empty() || rule.held.what.find("{}") != std::string_view::npos)
        << rule.row.id << ": " << rule.held.what;
}

TEST(Requirements, rows_of_an_rfc_cite_it_with_a_section) {
  for (const Requirement* of : requirements()) {
    const Requirement& row = *of;
    if (!row.id.starts_with("RFC")) continue;
    EXPECT_TRUE(row.clause.starts_with("RFC ")) << row.id;
    EXPECT_NE(row.clause.find("§"), std::string_view::npos) << row.id;
  }
}

/// tests/data/catalogue.csv: what the catalogue of requirements lists, in its order.
struct Listed {
  std::string id;
  std::string severity;
  bool now = false;
};

std::vector<Listed> listed() {
  std::ifstream file(std::string(SOURCE_ROOT) + "/tests/data/catalogue.csv");
  std::vector<Listed> rows;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream cells(line);
    Listed row;
    std::string when;
    std::getline(cells, row.id, ',');
    std::getline(cells, row.severity, ',');
    std::getline(cells, when, ',');
    row.now = when == "now";
    rows.push_back(row);
  }
  return rows;
}

TEST(Requirements, have_ids_of_their_own) {
  const std::vector<std::string_view> ids = requirement_ids();
  EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), ids.size());
}

TEST(Requirements, severities_follow_the_catalogue) {
  for (const Listed& row : listed()) {
    const Requirement* const ours = find_requirement(row.id);
    if (ours == nullptr) continue;
    EXPECT_EQ(to_string(ours->severity), row.severity) << row.id;
  }
}

TEST(Requirements, trap_11_nothing_is_said_of_certificates_that_a_phone_need_not_check) {
  const auto unjudged = [](std::string_view id) {
    return std::ranges::any_of(unjudged_rows, [id](const auto& row) { return row.id == id; });
  };
  for (const std::string_view id : {"FO-TLS-CERT", "FO-TLS-NODOWN"}) {
    EXPECT_EQ(find_requirement(id), nullptr) << id;
    EXPECT_TRUE(unjudged(id)) << id;
  }
}

TEST(Requirements, what_the_catalogue_lists_is_judged_or_told_why_not) {
  for (const Listed& row : listed()) {
    const auto is_it = [&row](const auto& unjudged) { return unjudged.id == row.id; };
    const bool excused = std::ranges::any_of(unjudged_rows, is_it);
    EXPECT_NE(find_requirement(row.id) != nullptr, excused) << row.id;
    if (!excused || !row.now) continue;
    EXPECT_EQ(row.severity, "duty") << row.id;
  }
}

}  // namespace
}  // namespace sipharness::check
