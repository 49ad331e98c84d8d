#include "harness/check/rule.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "harness/observed/server_faults.hpp"

namespace sipharness::check {
namespace {

/// Rows about what a device does with two servers: what they begin with.
constexpr std::array rows_of_two_servers{
    std::string_view("GRP-CALL"),   std::string_view("GRP-ID-01"),  std::string_view("GRP-REG-01"),
    std::string_view("GRP-REG-02"), std::string_view("GRP-REG-03"), std::string_view("GRP-REG-04"),
    std::string_view("GRP-REG-07"), std::string_view("GRP-SUB"),    std::string_view("FO-100SIL"),
    std::string_view("FO-BACK"),    std::string_view("FO-BOTH"),    std::string_view("FO-DET"),
    std::string_view("FO-FLAP"),    std::string_view("FO-ICMP"),    std::string_view("FO-INV"),
    std::string_view("FO-LATE"),    std::string_view("FO-LOSS"),    std::string_view("FO-NODUP"),
    std::string_view("FO-NOPAR"),   std::string_view("FO-ONEWAY"),  std::string_view("FO-SLOW"),
    std::string_view("FO-T1ST"),    std::string_view("FO-TCP-RST"), std::string_view("FO-TCP-SYN"),
    std::string_view("RFC3263-01"), std::string_view("RFC3263-02"), std::string_view("RFC3263-03")};

/// Rows that nothing exercises where the device cannot be set to something.
struct RowsOfSetting {
  std::string_view setting;
  std::string_view rows;
};
constexpr std::array rows_of_settings{
    RowsOfSetting{"subscriptions", "GRP-SUB"}, RowsOfSetting{"subscriptions", "RFC6665"},
    RowsOfSetting{"mwi_subscribe", "RFC3842"}, RowsOfSetting{"session_timer", "RFC4028"}};

}  // namespace

bool is_about_two_servers(const verdict::Requirement& row) {
  return std::ranges::any_of(rows_of_two_servers,
                             [&](std::string_view begin) { return row.id.starts_with(begin); });
}

std::string_view setting_of(const verdict::Requirement& row) {
  const auto found = std::ranges::find_if(
      rows_of_settings, [&](const RowsOfSetting& rows) { return row.id.starts_with(rows.rows); });
  return found == rows_of_settings.end() ? std::string_view() : found->setting;
}

verdict::Instances instances_of(const Rule& rule, const Phone& phone, Collected& collected) {
  Judge judge(phone, rule, collected);
  const std::string_view alone =
      rule.is_about_two_servers ? std::string_view(lone_server(phone)) : std::string_view();
  const std::string_view reason =
      alone.empty() && rule.unless != nullptr ? rule.unless(phone) : alone;
  if (reason.empty())
    rule.judge(phone, judge);
  else
    judge.not_applicable(reason);
  return std::move(judge).finish();
}

}  // namespace sipharness::check
