#include "harness/observed/guide_claim.hpp"

#include <algorithm>

namespace sipharness::observed {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::string_view grp26xx_named_in(std::string_view user_agent) {
  constexpr std::string_view series = "GRP26";
  constexpr std::size_t digits_of_model = 2;
  for (auto at = user_agent.find(series); at != std::string_view::npos;
       at = user_agent.find(series, at + 1)) {
    const std::string_view model = user_agent.substr(at, series.size() + digits_of_model);
    if (model.size() == series.size() + digits_of_model &&
        std::ranges::all_of(model.substr(series.size()), is_digit))
      return model;
  }
  return {};
}

bool claims_guide(const Phone& phone) {
  if (phone.profile.claims_guide()) return true;
  const auto& devices = phone.trace.devices;
  return !devices.empty() && !grp26xx_named_in(devices[phone.device].user_agent).empty();
}

}  // namespace sipharness::observed
