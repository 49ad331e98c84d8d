#include "harness/judge/macs.hpp"

#include <algorithm>
#include <cstdint>
#include <variant>

namespace sipharness::judge {
namespace {

constexpr std::size_t mac_digits = 12;
/// policy: a phone that has not named itself in so many REGISTERs will not.
constexpr std::uint32_t registers_read = 4;

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// The word without what separates pairs of digits, in lower case; empty if it is no MAC.
std::string mac_of_word(std::string_view word) {
  std::string digits;
  for (const char c : word) {
    if (c == ':' || c == '-') continue;
    if (!is_hex(c) || digits.size() == mac_digits) return {};
    digits += static_cast<char>(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
  }
  const bool is_number = std::ranges::none_of(digits, [](char c) { return c >= 'a'; }) &&
                         word.size() != mac_digits + 5;
  // Twelve decimal digits may be a date or a serial number.
  return digits.size() == mac_digits && !is_number ? digits : std::string();
}

}  // namespace

std::string mac_in_user_agent(std::string_view user_agent) {
  while (!user_agent.empty()) {
    const std::size_t end = std::min(user_agent.find_first_of(" ;,/()"), user_agent.size());
    if (std::string mac = mac_of_word(user_agent.substr(0, end)); !mac.empty()) return mac;
    user_agent.remove_prefix(std::min(end + 1, user_agent.size()));
  }
  return {};
}

std::string mac_in_contact(std::string_view contact) {
  constexpr std::string_view timeless = "urn:uuid:00000000-0000-1000-8000-";
  const std::size_t at = contact.find(timeless);
  if (at == std::string_view::npos) return {};
  const std::string_view node = contact.substr(at + timeless.size(), mac_digits);
  std::string mac;
  for (const char c : node) mac += static_cast<char>(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
  return mac.size() == mac_digits && std::ranges::all_of(mac, is_hex) ? mac : std::string();
}

namespace {

/// What a phone that fetched its configuration from the harness asked for: cfg<mac>.xml.
void add_provisioned(std::vector<std::string>& macs, const trace::Trace& trace) {
  for (const journal::Entry& entry : trace.journal) {
    const auto* report = std::get_if<journal::Reported>(&entry.event);
    if (report == nullptr || !report->ok || report->verb != "fetch") continue;
    const std::size_t device = trace.device_named(report->device);
    if (device < macs.size()) macs[device] = mac_in_user_agent(report->what);
  }
}

}  // namespace

std::vector<std::string> macs_of(const trace::Trace& trace) {
  std::vector<std::string> macs;
  for (const trace::Device& device : trace.devices)
    macs.push_back(mac_in_user_agent(device.user_agent));
  add_provisioned(macs, trace);
  std::vector<std::uint32_t> read(macs.size());
  const auto& places = trace.messages.places();
  for (std::size_t index = 0; index < places.size(); ++index) {
    const trace::MessageList::Place& place = places[index];
    const bool is_register = place.is_request && place.method == sip::Method::register_;
    const trace::Direction direction = trace.messages.flow_of(place).direction;
    if (!is_register || direction != trace::Direction::from_device) continue;
    if (place.device >= macs.size() || !macs[place.device].empty()) continue;
    if (read[place.device]++ >= registers_read) continue;
    macs[place.device] = mac_in_contact(trace.messages[index].sip.header(sip::HeaderId::contact));
  }
  return macs;
}

}  // namespace sipharness::judge
