#include "harness/scenario/drive.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

#include "harness/scenario/profile.hpp"

namespace sipharness::scenario {
namespace {

/// One ${name} of a text.
struct Variable {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view name;
};

std::optional<Variable> next_variable(std::string_view text, std::size_t from) {
  const std::size_t begin = text.find("${", from);
  const std::size_t close = begin == std::string_view::npos ? begin : text.find('}', begin);
  if (close == std::string_view::npos) return std::nullopt;
  return Variable{begin, close + 1, text.substr(begin + 2, close - begin - 2)};
}

std::string in_seconds(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

struct SettingVariable {
  std::string_view name;
  std::string (*text)(const Profile& profile);
};

constexpr std::array<SettingVariable, 11> settings{{
    {"register_expiration",
     [](const Profile& p) { return in_seconds(p.register_expiration.value_or(0s)); }},
    {"reregister_before", [](const Profile& p) { return in_seconds(p.reregister_margin()); }},
    {"subscribe_expiration", [](const Profile& p) { return in_seconds(p.subscribe_expiration); }},
    {"subscriptions",
     [](const Profile& p) { return fmt::format("{}", fmt::join(p.subscriptions, ",")); }},
    {"mwi_subscribe", [](const Profile& p) { return std::to_string(int{p.mwi_subscribe}); }},
    {"transport",
     [](const Profile& p) { return std::string(to_string(p.transport.value_or(Transport::udp))); }},
    {"max_request_retries",
     [](const Profile& p) { return std::to_string(p.max_request_retries.value_or(0)); }},
    {"session_timer", [](const Profile& p) { return in_seconds(p.session_timer.value_or(0s)); }},
    {"options_keepalive.interval",
     [](const Profile& p) {
       return in_seconds(p.options_keepalive ? p.options_keepalive->interval : Duration::zero());
     }},
    {"options_keepalive.max_lost",
     [](const Profile& p) {
       return std::to_string(p.options_keepalive ? p.options_keepalive->max_lost : 0);
     }},
    {"reliable_provisionals",
     [](const Profile& p) { return std::to_string(int{p.reliable_provisionals}); }},
}};

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

std::string filled(std::string_view text, const Lookup& lookup) {
  std::string out;
  std::size_t from = 0;
  while (const auto variable = next_variable(text, from)) {
    out.append(text.substr(from, variable->begin - from));
    const auto value = lookup(variable->name);
    if (value)
      std::ranges::copy_if(*value, std::back_inserter(out), [](char c) { return !is_control(c); });
    else
      out.append(text.substr(variable->begin, variable->end - variable->begin));
    from = variable->end;
  }
  return out.append(text.substr(from));
}

std::span<const std::string_view> setting_variables() {
  static const auto names = [] {
    std::array<std::string_view, settings.size()> all{};
    std::ranges::transform(settings, all.begin(), &SettingVariable::name);
    return all;
  }();
  return names;
}

std::optional<std::string> setting_text(const Profile& profile, std::string_view name) {
  const auto found = std::ranges::find(settings, name, &SettingVariable::name);
  return found == settings.end() ? std::nullopt : std::optional(found->text(profile));
}

std::vector<std::string> variables_in(std::string_view text) {
  std::vector<std::string> names;
  std::size_t from = 0;
  while (const auto variable = next_variable(text, from)) {
    names.emplace_back(variable->name);
    from = variable->end;
  }
  return names;
}

bool occurs_in(std::string_view pattern, std::string_view line) {
  // Pieces between the stars, each at its first place behind the one before: as the pattern may
  // begin and end anywhere, the earliest place never spoils a later one.
  std::size_t at = 0;
  while (true) {
    const std::size_t star = pattern.find('*');
    const std::string_view piece = pattern.substr(0, star);
    const std::size_t found = line.find(piece, at);
    if (found == std::string_view::npos) return false;
    if (star == std::string_view::npos) return true;
    at = found + piece.size();
    pattern.remove_prefix(star + 1);
  }
}

}  // namespace sipharness::scenario
