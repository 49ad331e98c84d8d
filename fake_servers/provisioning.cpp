#include "fake_servers/provisioning.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "harness/sip/text.hpp"

namespace fake_servers {

namespace sip = sipharness::sip;

namespace {

constexpr std::size_t mac_digits = 12;
/// policy: nobody's model or firmware has a longer name.
constexpr std::size_t longest_word = 40;

bool is_hexadecimal(char c) {
  return sip::is_digit(c) || (sip::lower(c) >= 'a' && sip::lower(c) <= 'f');
}

/// The next blank-separated word, taken off the front.
std::string_view take_word(std::string_view& rest) {
  rest = sip::trim_left(rest);
  return sip::take(rest, rest.find(' '));
}

/// "cfg<mac>.xml" at the top: its MAC; nothing for any other target.
std::optional<std::string> mac_asked_for(std::string_view target) {
  constexpr std::string_view before = "/cfg";
  constexpr std::string_view behind = ".xml";
  target = target.substr(0, target.find('?'));
  if (target.size() != before.size() + mac_digits + behind.size()) return std::nullopt;
  if (!target.starts_with(before) || !target.ends_with(behind)) return std::nullopt;
  const std::string_view mac = target.substr(before.size(), mac_digits);
  if (!std::ranges::all_of(mac, is_hexadecimal)) return std::nullopt;
  return parse_mac(mac);
}

}  // namespace

std::optional<std::string> parse_mac(std::string_view text) {
  std::string mac;
  for (const char c : text) {
    if (c == ':' || c == '-') continue;
    if (!is_hexadecimal(c)) return std::nullopt;
    mac += sip::lower(c);
  }
  return mac.size() == mac_digits ? std::optional(mac) : std::nullopt;
}

std::optional<PhoneIdentity> parse_phone_agent(std::string_view user_agent) {
  constexpr std::string_view beginning = "Grandstream Model HW ";
  if (!user_agent.starts_with(beginning)) return std::nullopt;
  user_agent.remove_prefix(beginning.size());
  const std::string_view model = take_word(user_agent);
  std::string_view word = take_word(user_agent);
  if (word.starts_with('V')) word = take_word(user_agent);  // the revision of the hardware
  const std::string_view firmware = take_word(user_agent);
  if (word != "SW" || take_word(user_agent) != "DevId") return std::nullopt;
  const auto mac = parse_mac(take_word(user_agent));
  if (!mac || model.empty() || firmware.empty()) return std::nullopt;
  return PhoneIdentity{std::string(model.substr(0, longest_word)),
                       std::string(firmware.substr(0, longest_word)), *mac};
}

std::string provisioning_xml(const std::vector<PhoneSetting>& settings, std::string_view mac,
                             ProvisioningForm form) {
  const bool by_number = form == ProvisioningForm::p_values;
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  pugi::xml_node root = document.append_child("gs_provision");
  root.append_attribute("version") = "1";
  root.append_child("mac").text().set(std::string(mac).c_str());
  pugi::xml_node config = root.append_child("config");
  config.append_attribute("version") = by_number ? "1" : "2";
  for (const PhoneSetting& setting : settings) {
    pugi::xml_node node = config.append_child(by_number ? std::string(setting.p).c_str() : "item");
    if (!by_number) node.append_attribute("name") = std::string(setting.alias).c_str();
    node.text().set((by_number ? setting.p_value : setting.alias_value).c_str());
  }
  std::ostringstream text;
  document.save(text, "  ");
  return text.str();
}

Provisioning::Provisioning(std::vector<PhoneSetting> settings, ProvisioningForm form,
                           std::optional<std::string> mac)
    : settings_(std::move(settings)), form_(form), mac_(std::move(mac)) {}

Provisioning::Answer Provisioning::answer(const Request& request) {
  const auto asked = mac_asked_for(request.target);
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (!asked || !reads) return {.note = "no such file here, as for all but cfg<mac>.xml"};
  const auto phone = parse_phone_agent(request.user_agent);
  if (!mac_ && phone && phone->mac == *asked) mac_ = asked;
  if (!mac_)
    return {.kind = Kind::unknown_mac,
            .note = fmt::format("a phone with the MAC {} asks for its configuration but does not "
                                "say who it is: give --phone-mac {}",
                                *asked, *asked)};
  if (*asked != *mac_)
    return {.kind = Kind::unknown_mac,
            .note = fmt::format("a phone with the MAC {} asks for its configuration; the phone "
                                "under test is {}: give --phone-mac {} if it is that one",
                                *asked, *mac_, *asked)};
  return {200, Kind::served, provisioning_xml(settings_, *mac_, form_),
          fmt::format(
              "{} settings as {} to {}{}", settings_.size(),
              form_ == ProvisioningForm::p_values ? "P-values" : "aliases", *mac_,
              phone ? fmt::format(", {} with firmware {}", phone->model, phone->firmware) : "")};
}

}  // namespace fake_servers
