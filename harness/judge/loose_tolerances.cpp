#include "harness/judge/loose_tolerances.hpp"

#include <string_view>

#include <fmt/format.h>

#include "harness/scenario/tolerance_text.hpp"

namespace sipharness::judge {
namespace {

using scenario::RelativeTolerance;

bool is_wider(Duration own, Duration usual) {
  return own > usual;
}
bool is_wider(const RelativeTolerance& own, const RelativeTolerance& usual) {
  return own.absolute > usual.absolute || own.percent > usual.percent;
}

}  // namespace

std::vector<std::string> loose_tolerances(const scenario::Profile& profile) {
  const scenario::Tolerances& own = profile.tolerances;
  const scenario::Tolerances usual = scenario::default_tolerances(profile.kind);
  std::vector<std::string> notes;
  const auto add = [&](std::string_view name, const auto& one, const auto& other) {
    if (is_wider(one, other))
      notes.push_back(fmt::format(
          "the profile widens tolerances.{} to {}; the default of kind "
          "\"{}\" is {}",
          name, scenario::tolerance_text(one), profile.kind, scenario::tolerance_text(other)));
  };
  add("timer", own.timer, usual.timer);
  add("fo_grace", own.fo_grace, usual.fo_grace);
  add("registration", own.registration, usual.registration);
  add("overlap", own.overlap, usual.overlap);
  add("nodup", own.nodup, usual.nodup);
  return notes;
}

}  // namespace sipharness::judge
