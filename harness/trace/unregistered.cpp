#include "harness/trace/unregistered.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "harness/trace/flow_evidence.hpp"
#include "harness/trace/server_signs.hpp"
#include "harness/trace/users.hpp"

namespace sipharness::trace {
namespace {

using Place = MessageList::Place;

/// The first request of a flow that asks for something new.
struct Opening {
  std::size_t message = 0;
  int margin = 0;  ///< greater than 0: it goes to the server
  bool is_between_phones = false;
};

/// Who is asked with OPTIONS is reachable, which says nothing of what it is.
bool may_open(const Place& place) {
  return place.is_request && !place.is_in_dialog && place.method != sip::Method::ack &&
         place.method != sip::Method::cancel && place.method != sip::Method::options;
}

class Finder {
 public:
  Finder(const MessageList& messages, const std::vector<bool>& usable,
         const std::vector<std::string>& accounts)
      : messages_(messages), signs_(messages, accounts) {
    std::vector<bool> is_open(messages.flows().size(), false);
    for (std::size_t index = 0; index < messages.size(); ++index) {
      const Place& place = messages.places()[index];
      if (!usable[place.flow] || is_open[place.flow] || !may_open(place)) continue;
      is_open[place.flow] = true;
      openings_.push_back(weighed(index));
    }
  }

  std::vector<ServedPhone> find() && {
    for (const bool guesses : {false, true})
      for (const Opening& opening : openings_)
        if (is_guess(opening) == guesses) add(opening);
    std::ranges::stable_sort(found_, {}, &ServedPhone::at);
    return std::move(found_);
  }

 private:
  Opening weighed(std::size_t index) const {
    const Flow& flow = messages_.flow_of(messages_.places()[index]);
    const int source = signs_.score(flow.source, flow.destination);
    const int destination = signs_.score(flow.destination, flow.source);
    const bool are_phones = std::max(source, destination) <= -ServerSigns::certain;
    return {.message = index, .margin = destination - source, .is_between_phones = are_phones};
  }
  static bool is_guess(const Opening& opening) {
    return std::abs(opening.margin) < ServerSigns::certain && !opening.is_between_phones;
  }

  void add(const Opening& opening) {
    const Place& place = messages_.places()[opening.message];
    const Flow& flow = messages_.flow_of(place);
    const bool is_invite = place.method == sip::Method::invite;
    if ((is_guess(opening) || opening.is_between_phones) && !is_invite) return;
    const bool is_turned = opening.margin < 0 && !opening.is_between_phones;
    const Endpoint& server = is_turned ? flow.source : flow.destination;
    const Endpoint& phone = is_turned ? flow.destination : flow.source;
    if (servers_.contains(machine_of(phone, server))) return;
    // What a server sends may come from any port of it.
    const bool is_new_host = servers_.insert(machine_of(server, phone)).second;
    if (is_turned && !is_new_host) return;
    const std::string_view user = is_turned
                                      ? user_in(messages_[opening.message].sip, sip::HeaderId::to)
                                      : messages_.user_of(place);
    found_.push_back(
        {server, phone, user, place.at, why(opening, server, phone), is_guess(opening)});
  }
  std::string why(const Opening& opening, const Endpoint& server, const Endpoint& phone) const {
    if (opening.is_between_phones) return "a phone that is called without a server between";
    const std::string_view sign = signs_.why_server(server, phone);
    if (!is_guess(opening)) return std::string(sign);
    if (opening.margin == 0) return "a guess: calls go there";
    return "a guess: " + std::string(sign);
  }

  const MessageList& messages_;
  ServerSigns signs_;
  std::vector<Opening> openings_;  ///< in order
  EndpointSet servers_;
  std::vector<ServedPhone> found_;
};

}  // namespace

std::vector<ServedPhone> phones_served_without_register(const MessageList& messages,
                                                        const std::vector<bool>& usable,
                                                        const std::vector<std::string>& accounts) {
  return Finder(messages, usable, accounts).find();
}

}  // namespace sipharness::trace
