#include "harness/sip/method.hpp"

#include <array>
#include <cctype>
#include <string>

#include <gtest/gtest.h>

namespace sipharness::sip {
namespace {

std::string in_capitals(std::string_view text) {
  std::string capitals(text);
  for (char& c : capitals) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return capitals;
}

TEST(MethodNames, every_method_reads_back_from_its_name) {
  for (int i = 1; i <= static_cast<int>(Method::refer); ++i) {
    const auto method = static_cast<Method>(i);
    EXPECT_EQ(method_of(to_string(method)), method) << to_string(method);
  }
}

TEST(MethodNames, case_matters) {
  EXPECT_EQ(method_of("INVITE"), Method::invite);
  EXPECT_EQ(method_of("invite"), Method::unknown);
  EXPECT_EQ(method_of(""), Method::unknown);
  EXPECT_EQ(method_of("NEWMETHOD"), Method::unknown);
}

TEST(HeaderNames, every_header_reads_back_in_any_case) {
  for (std::size_t i = 1; i < header_id_count; ++i) {
    const auto id = static_cast<HeaderId>(i);
    EXPECT_EQ(header_of(to_string(id)), id) << to_string(id);
    EXPECT_EQ(header_of(in_capitals(to_string(id))), id) << to_string(id);
  }
}

TEST(HeaderNames, a_name_that_only_resembles_a_known_one_is_other) {
  for (const std::string_view name : {"", "Vi", "Viaa", "Tp", "Call_ID", "Call\rID", "C\x93SEQ",
                                      "X-Custom", "Content-Lengtj", "expired"}) {
    EXPECT_EQ(header_of(name), HeaderId::other) << name;
  }
}

TEST(HeaderNames, compact_forms_in_both_cases) {
  struct Case {
    std::string_view compact;
    HeaderId id;
  };
  constexpr std::array cases = {
      Case{"c", HeaderId::content_type}, Case{"e", HeaderId::content_encoding},
      Case{"f", HeaderId::from},         Case{"i", HeaderId::call_id},
      Case{"k", HeaderId::supported},    Case{"l", HeaderId::content_length},
      Case{"m", HeaderId::contact},      Case{"o", HeaderId::event},
      Case{"r", HeaderId::refer_to},     Case{"s", HeaderId::subject},
      Case{"t", HeaderId::to},           Case{"u", HeaderId::allow_events},
      Case{"v", HeaderId::via},          Case{"x", HeaderId::session_expires},
      Case{"z", HeaderId::other},
  };
  for (const auto& [compact, id] : cases) {
    EXPECT_EQ(header_of(compact), id) << compact;
    EXPECT_EQ(header_of(in_capitals(compact)), id) << compact;
  }
}

}  // namespace
}  // namespace sipharness::sip
