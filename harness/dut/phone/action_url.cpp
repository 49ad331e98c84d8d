#include "harness/dut/phone/action_url.hpp"

#include <algorithm>

#include "harness/host/http/message.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::dut {
namespace {

constexpr std::string_view prefix = "/action/";
/// policy: the longest name Grandstream gave an event is far shorter.
constexpr std::size_t longest_event = 40;
constexpr std::size_t longest_details = 300;

bool is_letter(char c) {
  return sip::lower(c) >= 'a' && sip::lower(c) <= 'z';
}

bool is_filled(std::string_view pair) {
  const std::size_t equals = pair.find('=');
  if (equals == std::string_view::npos || equals == 0) return false;
  const std::string_view value = pair.substr(equals + 1);
  return !value.empty() && value.front() != '$';
}

std::string printable(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

}  // namespace

std::optional<ActionReport> parse_action_url(std::string_view target) {
  if (!target.starts_with(prefix)) return std::nullopt;
  target.remove_prefix(prefix.size());
  const std::string_view event = sip::take(target, target.find('?'));
  const bool is_name =
      !event.empty() && event.size() <= longest_event && std::ranges::all_of(event, is_letter);
  if (!is_name) return std::nullopt;
  ActionReport report{std::string(event), {}};
  while (!target.empty() && report.details.size() < longest_details) {
    target.remove_prefix(1);  // the '?' or '&'
    const std::string_view pair = sip::take(target, target.find('&'));
    if (!is_filled(pair)) continue;
    if (!report.details.empty()) report.details += ' ';
    report.details += printable(host::percent_decoded(pair));
  }
  report.details.resize(std::min(report.details.size(), longest_details));
  return report;
}

}  // namespace sipharness::dut
