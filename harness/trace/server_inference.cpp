#include "harness/trace/server_inference.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "harness/sip/text.hpp"
#include "harness/sip/uri.hpp"
#include "harness/trace/call_order.hpp"
#include "harness/trace/looked_up_names.hpp"
#include "harness/trace/unregistered.hpp"

namespace sipharness::trace {
namespace {

using Place = MessageList::Place;

ServerRole opposite(ServerRole role) {
  if (role == ServerRole::none) return role;
  return role == ServerRole::primary ? ServerRole::secondary : ServerRole::primary;
}

/// policy: a device that registers at both servers at once begins with its primary, or at random.
constexpr Duration side_by_side = 1s;

/// policy: so many servers of one account are told apart; who has more is no phone.
constexpr std::size_t most_servers = 8;

bool holds(const std::vector<Endpoint>& endpoints, const Endpoint& endpoint) {
  return std::ranges::find(endpoints, endpoint) != endpoints.end();
}

bool add(std::vector<Endpoint>& endpoints, const Endpoint& endpoint) {
  if (endpoints.size() >= most_servers || holds(endpoints, endpoint)) return false;
  endpoints.push_back(endpoint);
  return true;
}

/// Where an account sends its requests, in the order in which it first did.
struct Account {
  std::vector<Endpoint> servers;
  std::vector<CaptureTime> first;  ///< by server
  std::vector<Endpoint> called;

  /// What is another address of one of them.
  void leave_out(const std::unordered_map<Endpoint, Endpoint, EndpointHash>& same_server) {
    for (std::size_t i = servers.size(); i-- > 0;) {
      const auto same = same_server.find(servers[i]);
      if (same == same_server.end() || !holds(servers, same->second)) continue;
      servers.erase(servers.begin() + static_cast<std::ptrdiff_t>(i));
      first.erase(first.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
};

class Inference {
 public:
  Inference(Trace& trace, const std::vector<FlowEvidence>& evidence,
            const Intermediaries& intermediaries, const std::vector<std::string>& accounts)
      : trace_(trace),
        messages_(trace.messages),
        evidence_(evidence),
        intermediaries_(intermediaries),
        accounts_under_test_(accounts),
        names_(trace.lookups),
        order_(trace.messages) {}

  void run() {
    classify_flows();
    for (const Endpoint& proxy : senders_on_) take_server(proxy);
    if (registers_)
      find_destinations();
    else
      find_served_phones();
    follow_calls();
    join_addresses_of_names();
    assign_pairs();
    assign_other_addresses();
    write_servers();
    write_other_roles();
  }

 private:
  struct Pair {
    Endpoint primary;
    bool is_likely = false;   ///< calls went from it, which was silent, to the other only
    bool is_certain = false;  ///< so that it is no guess
    Endpoint secondary{};
    bool is_one_name =
        false;  ///< both are targets of one name, the secondary for when the other fails
  };

  void classify_flows() {
    registers_ = std::ranges::any_of(evidence_, [](const FlowEvidence& e) {
      return e.registers > 0 || e.registers_passed_on > 0;
    });
    usable_.assign(evidence_.size(), false);
    find_answers_to_registers();
    for (std::size_t flow = 0; flow < evidence_.size(); ++flow) {
      const Flow& ends = messages_.flows()[flow];
      if (is_beyond(ends)) continue;
      if (evidence_[flow].registers + evidence_[flow].registers_passed_on > 0)
        registrants_.insert(ends.source);
      if (evidence_[flow].passed_on > 0 && !registers_ &&
          !intermediaries_.proxies.contains(ends.destination))
        senders_on_.push_back(ends.source);
      usable_[flow] = !intermediaries_.proxies.contains(ends.source) &&
                      !intermediaries_.is_registrar(ends.source);
    }
  }
  void find_answers_to_registers() {
    for (std::size_t flow = 0; flow < evidence_.size(); ++flow) {
      const Flow& ends = messages_.flows()[flow];
      if (evidence_[flow].registers_served > 0) served_hosts_.insert(host_of(ends.destination));
      if (evidence_[flow].registers_served + evidence_[flow].registers_challenged > 0)
        registrars_.insert(ends.source);
    }
  }
  /// Scanners register anywhere, at phones too: who was never let in says nothing of who else is a
  /// server.
  bool is_registrar(const Flow& flow) const {
    if (registrars_.contains(flow.destination)) return true;
    if (registrants_.contains(flow.destination)) return false;
    return served_hosts_.empty() || served_hosts_.contains(host_of(flow.source));
  }
  bool is_beyond(const Flow& ends) const {
    return ends.is_other_side || intermediaries_.upstream.contains(ends.source) ||
           intermediaries_.upstream.contains(ends.destination);
  }

  /// What a phone sent, as far as the capture has it.
  bool is_of_device(const Place& place) const {
    return place.is_request && usable_[place.flow] &&
           (!place.is_passed_on ||
            intermediaries_.stand_ins.contains(messages_.flow_of(place).source));
  }
  bool is_initial_invite(const Place& place) const {
    return place.method == sip::Method::invite && !place.is_in_dialog && is_of_device(place);
  }

  void find_destinations() {
    std::vector<std::uint32_t> newest(evidence_.size());
    for (const Place& place : messages_.places()) {
      const bool is_register = place.method == sip::Method::register_ && is_of_device(place);
      if (!is_register && !is_initial_invite(place)) continue;
      if (is_register) {
        if (newest[place.flow] == place.user && place.user != 0) continue;
        newest[place.flow] = place.user;
      }
      const Flow& flow = messages_.flow_of(place);
      if (!is_register)
        call(place, flow);
      else if (is_registrar(flow))
        add_server(account_of(messages_.user_of(place)), flow.destination, place.at);
    }
  }
  void find_served_phones() {
    served_ = phones_served_without_register(messages_, usable_, accounts_under_test_);
    for (const ServedPhone& served : served_) {
      add_server(account_of(served.user), served.server, served.at);
      whys_.emplace(served.server, served.why);
    }
  }

  Account& account_of(std::string_view user) {
    const auto [account, is_new] = accounts_.try_emplace(user);
    if (is_new) users_.push_back(user);
    return account->second;
  }
  void add_server(Account& account, const Endpoint& server, CaptureTime at) {
    if (add(account.servers, server)) account.first.push_back(at);
    take_server(server);
  }
  void take_server(const Endpoint& server) {
    if (!roles_.emplace(server, ServerRole::none).second) return;
    ranks_.emplace(server, order_of_servers_.size());
    order_of_servers_.push_back(server);
  }

  /// Its destination may turn out to be a server.
  void call(const Place& place, const Flow& flow) {
    const auto account = accounts_.find(messages_.user_of(place));
    if (account != accounts_.end() && !registrants_.contains(flow.destination))
      add(account->second.called, flow.destination);
  }

  /// How the calls of those went that know several servers.
  void follow_calls() {
    const auto knows_several = [](const Account& account) {
      return account.servers.size() > 1 ||
             std::ranges::any_of(account.called, [&](const Endpoint& called) {
               return !holds(account.servers, called);
             });
    };
    if (std::ranges::none_of(accounts_, [&](const auto& a) { return knows_several(a.second); }))
      return;
    for (std::size_t index = 0; index < messages_.size(); ++index) {
      const Place& place = messages_.places()[index];
      if (!place.is_request) order_.response(place);
      if (!is_of_device(place)) continue;
      const auto account = accounts_.find(messages_.user_of(place));
      if (is_initial_invite(place) && account != accounts_.end() && knows_several(account->second))
        order_.invite(index, messages_.user_of(place), account->second.servers);
      order_.request(place);
    }
    for (const std::string_view user : users_)
      for (const Endpoint& resort : order_.resorts_of(user))
        if (Account& account = accounts_.at(user); holds(account.called, resort))
          add_server(account, resort, CaptureTime::max());
  }

  void assign_pairs() {
    std::set<std::pair<std::size_t, std::size_t>> known;
    for (const std::string_view user : users_) {
      const Account& account = accounts_.at(user);
      if (account.servers.size() > 1 &&
          known.emplace(rank(account.servers[0]), rank(account.servers[1])).second)
        assign_pair(account);
    }
    for (const auto& [user, account] : accounts_)
      for (std::size_t i = 2; i < account.servers.size(); ++i)
        if (ServerRole::none == roles_.at(account.servers[i]))
          others_.insert(rank(account.servers[i]));
    for (const Endpoint& server : order_of_servers_)
      if (roles_.at(server) == ServerRole::none && !others_.contains(rank(server)))
        roles_.at(server) = ServerRole::primary;
  }
  std::size_t rank(const Endpoint& server) const { return ranks_.at(server); }

  void assign_pair(const Account& account) {
    const Endpoint& first = account.servers[0];
    const Endpoint& second = account.servers[1];
    const std::uint32_t there = order_.moved(first, second);
    const std::uint32_t back = order_.moved(second, first);
    const bool is_likely = (there > 0) != (back > 0);
    const bool is_called_turned =
        is_likely ? back > 0 : order_.begun_at(second) > order_.begun_at(first);
    const auto by_name = order_by_name(first, second);
    const bool is_turned = by_name ? by_name->one > by_name->other : is_called_turned;
    const Endpoint& primary = is_turned ? second : first;
    const Endpoint& secondary = is_turned ? first : second;
    ServerRole& one = roles_.at(primary);
    ServerRole& two = roles_.at(secondary);
    if (one == ServerRole::none && two == ServerRole::none) one = ServerRole::primary;
    if (one == ServerRole::none) one = opposite(two);
    if (two == ServerRole::none) two = opposite(one);
    const bool begins_there =
        order_.begun_at(primary) > 0 && (is_likely || order_.begun_at(secondary) == 0);
    const bool is_first =
        registers_ && !is_turned && account.first[1] <= account.first[0] + side_by_side;
    const bool is_as_seen = one == ServerRole::primary && two == ServerRole::secondary;
    const bool calls_agree =
        is_turned == is_called_turned || order_.begun_at(first) + order_.begun_at(second) == 0;
    const bool is_named = by_name && calls_agree && is_as_seen;
    pairs_.push_back(
        {.primary = primary,
         .is_likely = is_likely && is_as_seen && calls_agree,
         .is_certain = (begins_there && is_first && is_as_seen && !by_name) || is_named,
         .secondary = secondary,
         .is_one_name = by_name.has_value()});
    if (by_name)
      whys_.emplace(primary, fmt::format("{} gives it priority {}, the other {}", by_name->service,
                                         std::min(by_name->one, by_name->other),
                                         std::max(by_name->one, by_name->other)));
    else
      whys_.emplace(primary, why_primary(pairs_.back(),
                                         order_.begun_at(primary) > order_.begun_at(secondary)));
  }
  /// Of two servers that were asked for as one name.
  std::optional<TriedInOrder> order_by_name(const Endpoint& one, const Endpoint& other) const {
    const auto name = names_asked_.find(one);
    const auto same = names_asked_.find(other);
    if (name == names_asked_.end() || same == names_asked_.end()) return std::nullopt;
    if (!sip::same_ignoring_case(name->second, same->second)) return std::nullopt;
    return names_.order(name->second, one.address, other.address);
  }
  std::string why_primary(const Pair& pair, bool begins_there) const {
    if (pair.is_certain) return "first REGISTER, and calls begin there";
    if (pair.is_likely) return "calls begin there and go to the other when it is silent";
    if (begins_there) return "calls begin there";
    return registers_ ? "first REGISTER" : "first INVITE";
  }

  /// Requests for one name that was looked up as several addresses go to one server; those of which
  /// one is for when the other fails are a primary and a secondary.
  void join_addresses_of_names() {
    if (trace_.lookups.empty()) return;
    find_names_asked();
    std::unordered_map<std::string, std::vector<Endpoint>> known;
    for (const Endpoint& server : order_of_servers_) {
      const auto asked = names_asked_.find(server);
      if (asked == names_asked_.end()) continue;
      std::string name;
      std::ranges::transform(asked->second, std::back_inserter(name), sip::lower);
      std::vector<Endpoint>& servers = known[name];
      const auto same = std::ranges::find_if(servers, [&](const Endpoint& other) {
        return names_.leads_to_both(name, other.address, server.address) &&
               !names_.order(name, other.address, server.address);
      });
      if (same != servers.end())
        same_server_.emplace(server, *same);
      else
        add(servers, server);
    }
    for (auto& [user, account] : accounts_) account.leave_out(same_server_);
  }
  void find_names_asked() {
    for (std::size_t index = 0; index < messages_.size(); ++index) {
      const Place& place = messages_.places()[index];
      const Endpoint& server = messages_.flow_of(place).destination;
      if (!is_of_device(place) || place.is_in_dialog || !roles_.contains(server)) continue;
      if (names_asked_.contains(server)) continue;
      const auto uri = sip::parse_uri(messages_[index].sip.request_uri());
      names_asked_.emplace(server, uri ? uri->host : std::string_view());
    }
  }
  void assign_other_addresses() {
    for (const auto& [server, first] : same_server_) {
      roles_.at(server) = roles_.at(first);
      whys_[server] =
          fmt::format("another address of {}, as {} has", names_asked_.at(server), first.text());
    }
  }

  std::vector<Server> servers_as(bool is_turned, ServerRole others) const {
    std::vector<Server> servers;
    for (const Endpoint& endpoint : order_of_servers_) {
      ServerRole role = roles_.at(endpoint);
      if (role == ServerRole::none) role = others;
      if (is_turned) role = opposite(role);
      if (role == ServerRole::none) continue;
      const auto why = whys_.find(endpoint);
      servers.push_back(
          {role, endpoint, {KnownFrom::inferred, why == whys_.end() ? usual_why() : why->second}});
    }
    std::ranges::stable_sort(servers, {}, &Server::role);
    return servers;
  }

  std::string usual_why() const { return registers_ ? "devices register there" : "calls go there"; }

  void write_servers() {
    trace_.servers = servers_as(false, ServerRole::none);
    for (const std::size_t other : others_)
      trace_.bystanders.push_back({"unknown server", order_of_servers_[other],
                                   "requests of a device go there, it is neither server"});
  }

  void write_other_roles() {
    const auto guess = std::ranges::find(pairs_, false, &Pair::is_certain);
    if (guess != pairs_.end()) {
      trace_.other_roles.push_back(
          {.servers = servers_as(true, ServerRole::none),
           .taken = fmt::format("taken for primary: {} (guessed: {})", guess->primary.text(),
                                whys_.at(guess->primary)),
           .instead = "with the roles the other way round",
           .option = "--primary and --secondary name them",
           .is_unlikely = std::ranges::all_of(pairs_, &Pair::is_likely)});
    }
    const auto one_name = std::ranges::find(pairs_, true, &Pair::is_one_name);
    if (one_name != pairs_.end()) trace_.other_roles.push_back(as_one_server(*one_name));
    if (std::ranges::any_of(served_, &ServedPhone::is_guess))
      trace_.other_roles.push_back(with_phones_as_servers());
    if (others_.empty()) return;
    for (const ServerRole role : {ServerRole::primary, ServerRole::secondary}) {
      if (!trace_.has_server(role)) continue;
      trace_.other_roles.push_back(as_another_address(role));
    }
  }
  /// Those that are no guess stay.
  OtherRoles with_phones_as_servers() const {
    OtherRoles roles;
    roles.option = "--primary names the server";
    EndpointSet taken;
    for (const ServedPhone& served : served_) {
      const Endpoint& server = served.is_guess ? served.phone : served.server;
      if (taken.insert(server).second)
        roles.servers.push_back({ServerRole::primary, server, {KnownFrom::inferred, served.why}});
      if (!served.is_guess || !roles.taken.empty()) continue;
      roles.taken = fmt::format("taken for the server: {} ({})", served.server.text(), served.why);
      roles.instead = fmt::format("with {} for the server", served.phone.text());
    }
    return roles;
  }
  /// A device may be set to one name alone, and to no second server.
  OtherRoles as_one_server(const Pair& pair) const {
    OtherRoles roles;
    for (Server& server : roles.servers = servers_as(false, ServerRole::none))
      server.role = ServerRole::primary;
    const std::string both = fmt::format("{},{}", pair.primary.text(), pair.secondary.text());
    roles.taken = fmt::format("{} and {} are targets of one name, {}", pair.primary.text(),
                              pair.secondary.text(), names_asked_.at(pair.primary));
    roles.instead = "with no other server set than that name";
    roles.option = fmt::format("--primary {} says so", both);
    roles.concerns_settings_alone = true;
    return roles;
  }
  OtherRoles as_another_address(ServerRole role) const {
    const Endpoint& other = order_of_servers_[*others_.begin()];
    const auto server = std::ranges::find(trace_.servers, role, &Server::role);
    return {.servers = servers_as(false, role),
            .taken = fmt::format("requests of this device went to {}, which is neither server",
                                 other.text()),
            .instead = fmt::format("as another address of the {}", to_string(role)),
            .option = fmt::format("--{} {},{} says so", to_string(role), server->endpoint.text(),
                                  other.text())};
  }

  Trace& trace_;
  const MessageList& messages_;
  const std::vector<FlowEvidence>& evidence_;
  const Intermediaries& intermediaries_;
  const std::vector<std::string>& accounts_under_test_;
  LookedUpNames names_;
  std::vector<ServedPhone> served_;  ///< where nobody registers
  CallOrder order_;
  bool registers_ = false;
  std::vector<bool> usable_;  ///< by flow: its source may be a device
  EndpointSet registrants_;   ///< sources of REGISTERs
  EndpointSet registrars_;    ///< endpoints that accept or challenge REGISTERs
  EndpointSet served_hosts_;  ///< machines whose REGISTERs were accepted
  std::vector<Endpoint> senders_on_;
  std::unordered_map<std::string_view, Account> accounts_;
  std::vector<std::string_view> users_;  ///< of accounts_, in order of appearance
  std::unordered_map<Endpoint, ServerRole, EndpointHash> roles_;
  std::vector<Endpoint> order_of_servers_;
  std::unordered_map<Endpoint, std::size_t, EndpointHash> ranks_;
  std::unordered_map<Endpoint, std::string, EndpointHash> whys_;
  std::unordered_map<Endpoint, std::string_view, EndpointHash> names_asked_;  ///< of Request-URIs
  /// By another address of a server, the first address of it.
  std::unordered_map<Endpoint, Endpoint, EndpointHash> same_server_;
  std::vector<Pair> pairs_;
  std::set<std::size_t> others_;  ///< of order_of_servers_
};

}  // namespace

void infer_servers(Trace& trace, const std::vector<FlowEvidence>& evidence,
                   const Intermediaries& intermediaries, const std::vector<std::string>& accounts) {
  Inference(trace, evidence, intermediaries, accounts).run();
}

}  // namespace sipharness::trace
