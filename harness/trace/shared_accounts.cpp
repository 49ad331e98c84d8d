#include "harness/trace/shared_accounts.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "harness/sip/address.hpp"

namespace sipharness::trace {
namespace {

using Place = MessageList::Place;

bool is_request_of_device(const MessageList& messages, const Place& place) {
  return place.is_request && place.user != 0 &&
         messages.flow_of(place).direction == Direction::from_device;
}

bool is_register_of_device(const MessageList& messages, const Place& place) {
  return place.method == sip::Method::register_ && is_request_of_device(messages, place);
}

/// Over TCP every connection has a port of its own.
Endpoint source_of(const Flow& flow) {
  return flow.transport == Transport::tcp ? Endpoint{flow.source.address, 0} : flow.source;
}

/// A User-Agent without versions and serial numbers.
std::string model_of(std::string_view user_agent) {
  std::string model;
  std::string word;
  const auto end_word = [&] {
    const bool has_digit = word.find_first_of("0123456789") != std::string::npos;
    const bool is_version = has_digit && (word.find('.') != std::string::npos || word.size() >= 12);
    if (!is_version) model += (model.empty() ? "" : " ") + word;
    word.clear();
  };
  for (const char c : user_agent) {
    if (c != ' ' && c != '/' && c != '(' && c != ')')
      word += c;
    else
      end_word();
  }
  end_word();
  return model;
}

std::string_view instance_of(const Message& message) {
  const auto contact = sip::first_address(message.sip.header(sip::HeaderId::contact));
  return contact ? contact->parameter("+sip.instance").value_or("") : std::string_view();
}

/// The REGISTERs of one account, put together by endpoint and Call-ID, and what else was sent from
/// where it had registered before.
class Registrations {
 public:
  explicit Registrations(bool is_run) : is_run_(is_run) {}

  void take_other(const Flow& flow) {
    const auto known = nodes_.find(std::pair(std::string_view(), source_of(flow)));
    if (known != nodes_.end()) turns_.push_back({known->second, flow.server});
  }

  void take(const Message& message, const Flow& flow) {
    const std::size_t source = node_of("", source_of(flow));
    const Endpoint machine{flow.source.address, 0};
    const std::size_t call = node_of(message.sip.call_id(), is_run_ ? machine : Endpoint{});
    parents_[root(call)] = root(source);
    if (sources_.size() < parents_.size()) sources_.resize(parents_.size());
    sources_[source].endpoint = source_of(flow);
    std::string& model = sources_[source].model;
    if (model.empty()) model = model_of(message.sip.header(sip::HeaderId::user_agent));
    std::string& instance = sources_[source].instance;
    if (instance.empty()) instance = instance_of(message);
    turns_.push_back({source, flow.server});
  }

  std::vector<SharedAccounts::Phone> phones() const {
    std::vector<SharedAccounts::Phone> found;
    std::map<std::size_t, std::size_t> phone_of_root;
    for (const Turn& turn : turns_) {
      const std::size_t group = root(turn.source);
      const auto [known, is_new] = phone_of_root.try_emplace(group, found.size());
      const Source& source = sources_[turn.source];
      if (is_new)
        found.push_back({.endpoints = {}, .model = source.model, .instance = source.instance});
      std::vector<Endpoint>& endpoints = found[known->second].endpoints;
      if (endpoints.empty() || endpoints.back() != source.endpoint)
        endpoints.push_back(source.endpoint);
    }
    if (found.size() < 2) return {};
    const bool are_of_models = all_differ(found, &SharedAccounts::Phone::model);
    const bool share_a_server = take_turns();
    if (!are_of_models && !share_a_server && (is_run_ || !machines_take_turns())) return {};
    const bool are_told_apart =
        are_of_models || all_differ(found, &SharedAccounts::Phone::instance);
    for (SharedAccounts::Phone& phone : found) {
      phone.is_told_apart = are_told_apart;
      phone.has_own_server = !share_a_server;
      std::ranges::sort(phone.endpoints);
      const auto rest = std::ranges::unique(phone.endpoints);
      phone.endpoints.erase(rest.begin(), rest.end());
    }
    return found;
  }

 private:
  struct Source {
    Endpoint endpoint;
    std::string model;
    std::string instance;
  };
  struct Turn {
    std::size_t source;
    ServerRole server;
  };

  /// Each has one of its own.
  static bool all_differ(const std::vector<SharedAccounts::Phone>& phones,
                         std::string SharedAccounts::Phone::*what) {
    std::set<std::string_view> seen;
    return std::ranges::all_of(phones, [&](const SharedAccounts::Phone& phone) {
      return !(phone.*what).empty() && seen.insert(phone.*what).second;
    });
  }

  std::size_t node_of(std::string_view call_id, const Endpoint& endpoint) {
    const auto [known, is_new] = nodes_.try_emplace(std::pair(call_id, endpoint), parents_.size());
    if (is_new) parents_.push_back(parents_.size());
    return known->second;
  }
  std::size_t root(std::size_t node) const {
    while (parents_[node] != node) node = parents_[node] = parents_[parents_[node]];
    return node;
  }
  /// Whether at one server somebody comes back after another came.
  bool take_turns() const {
    std::map<ServerRole, std::size_t> last;
    std::set<std::pair<ServerRole, std::size_t>> seen;
    for (const Turn& turn : turns_) {
      const std::size_t group = root(turn.source);
      const auto [before, is_first] = last.try_emplace(turn.server, group);
      const bool goes_on = !is_first && before->second == group;
      if (!goes_on && !seen.emplace(turn.server, group).second) return true;
      before->second = group;
    }
    return false;
  }

  /// Whether a machine comes back after another of its address family came, be it at another
  /// server: an SBC has one address for its phones and another for the registrar to which it passes
  /// on what they register. A phone may have one of either family.
  bool machines_take_turns() const {
    std::map<IpAddress, std::size_t> group_of_machine;
    std::set<std::pair<bool, std::size_t>> seen;
    std::map<bool, std::size_t> last;
    for (const Turn& turn : turns_) {
      const IpAddress& machine = sources_[turn.source].endpoint.address;
      const std::size_t group =
          group_of_machine.try_emplace(machine, root(turn.source)).first->second;
      const auto [before, is_first] = last.try_emplace(machine.is_v4(), group);
      const bool goes_on = !is_first && before->second == group;
      if (!goes_on && !seen.emplace(machine.is_v4(), group).second) return true;
      before->second = group;
    }
    return false;
  }

  bool is_run_;
  std::map<std::pair<std::string_view, Endpoint>, std::size_t> nodes_;
  mutable std::vector<std::size_t> parents_;
  std::vector<Source> sources_;
  std::vector<Turn> turns_;
};

/// Accounts that register from one endpoint only are nobody's to share.
std::unordered_map<std::string_view, Registrations> spread_accounts(const MessageList& messages,
                                                                    bool is_run) {
  std::unordered_map<std::uint32_t, Endpoint> first;
  std::unordered_map<std::string_view, Registrations> spread;
  for (const Place& place : messages.places()) {
    if (!is_register_of_device(messages, place)) continue;
    const Endpoint source = source_of(messages.flow_of(place));
    const auto [known, is_new] = first.try_emplace(place.user, source);
    if (!is_new && known->second != source) spread.try_emplace(messages.user_of(place), is_run);
  }
  return spread;
}

}  // namespace

SharedAccounts::SharedAccounts(const MessageList& messages, bool is_run) {
  auto spread = spread_accounts(messages, is_run);
  if (spread.empty()) return;
  for (std::size_t index = 0; index < messages.size(); ++index) {
    const Place& place = messages.places()[index];
    if (!is_request_of_device(messages, place)) continue;
    const auto account = spread.find(messages.user_of(place));
    if (account == spread.end()) continue;
    const Flow& flow = messages.flow_of(place);
    if (place.method == sip::Method::register_)
      account->second.take(messages[index], flow);
    else
      account->second.take_other(flow);
  }
  for (const auto& [user, registrations] : spread)
    if (auto phones = registrations.phones(); !phones.empty())
      phones_.emplace(user, std::move(phones));
}

const std::vector<SharedAccounts::Phone>& SharedAccounts::phones_of(std::string_view user) const {
  static const std::vector<Phone> one;
  const auto found = phones_.find(user);
  return found == phones_.end() ? one : found->second;
}

std::string describe(std::string_view user, const std::vector<SharedAccounts::Phone>& phones,
                     bool is_run) {
  const bool is_one_machine =
      phones[0].endpoints.front().address == phones[1].endpoints.front().address;
  const auto place = [&](const SharedAccounts::Phone& phone) {
    const Endpoint& endpoint = phone.endpoints.front();
    return is_one_machine ? endpoint.text() : endpoint.address.text();
  };
  const bool may_be_passed_on = !is_run && phones[0].has_own_server;
  return fmt::format(
      "account {} registers from {} and {}{}{}: {}", user, place(phones[0]), place(phones[1]),
      phones[0].is_told_apart ? "" : " in turn", is_run ? "" : ", each with its own Call-ID",
      may_be_passed_on
          ? "an SBC that registers it upstream, or two devices? name the server of the "
            "device under test with --primary, or switch one device off"
          : "two devices? switch one off");
}

}  // namespace sipharness::trace
