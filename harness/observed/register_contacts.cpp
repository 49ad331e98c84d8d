#include "harness/observed/register_contacts.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>

#include "harness/observed/actions.hpp"
#include "harness/observed/own_addresses.hpp"
#include "harness/observed/register_answers.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/sent_requests.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::observed {
namespace {

using sip::HeaderId;

/// `message` takes the binding of this Contact back.
bool takes_back(const Message& message, std::string_view uri) {
  return std::ranges::any_of(contacts_in(message.sip), [&](const sip::Address& contact) {
    return is_ended(message.sip, contact) &&
           (contact.uri == "*" || sip::same_uri(contact.uri, uri));
  });
}

/// `message` has this Contact, first or not.
bool names(const Message& message, std::string_view uri) {
  return std::ranges::any_of(contacts_in(message.sip), [&](const sip::Address& contact) {
    return sip::same_uri(contact.uri, uri);
  });
}

/// The registrar replaces what has the same reg-id and instance. @source RFC 5626 §6
bool replaces_its_flow(const Message& before, const Message& now) {
  const auto old = bound_contact_of(before.sip);
  const auto contact = bound_contact_of(now.sip);
  return old && contact && !flow_of(now.sip).empty() && flow_of(before.sip) == flow_of(now.sip) &&
         old->parameter("+sip.instance") == contact->parameter("+sip.instance");
}

/// By server and Contact, which a device writes alike each time.
using AttemptsByContact =
    std::map<std::pair<ServerRole, std::string_view>, std::vector<const RegisterAttempt*>>;
AttemptsByContact find_attempts_by_contact(const Phone& phone) {
  AttemptsByContact found;
  for (const RegisterAttempt& attempt : attempts(phone))
    if (!attempt.unregister) found[{attempt.server, attempt.contact}].push_back(&attempt);
  return found;
}

/// The Contact that a later one at the same server must equal, and the REGISTER that had it.
struct Known {
  const Message* message = nullptr;
  std::string_view uri;
};

class Follower {
 public:
  explicit Follower(const Phone& phone) : phone_(phone) {}

  RegisterContact follow(const Message& message) {
    RegisterContact found{.message = &message};
    const auto contact = bound_contact_of(message.sip);
    if (!contact) return found;
    found.uri = contact->uri;
    if (found.uri == "*" || is_ended(message.sip, *contact)) return found;
    Known& known = known_[static_cast<std::size_t>(message.server)];
    if (known.message != nullptr && !sip::same_uri(known.uri, found.uri) &&
        !has_reason(known, message, found.uri))
      found.left = known.uri;
    else
      known = {&message, found.uri};
    return found;
  }

 private:
  bool has_reason(const Known& known, const Message& message, std::string_view uri) const {
    const bool is_new_connection =
        message.transport != Transport::udp && message.source != known.message->source;
    return message.sip.call_id() != known.message->sip.call_id() ||
           message.source.address != known.message->source.address || is_new_connection ||
           next_power_change(phone_, known.message->at) < message.at ||
           !is_bound(message, known.uri) || is_learned(known.uri, uri) ||
           are_kept_in_turn(message, known.uri, uri) || names(message, known.uri) ||
           is_taken_back(message, known.uri) || replaces_its_flow(*known.message, message);
  }

  bool is_bound(const Message& message, std::string_view uri) const {
    const Binding* binding = binding_at(phone_, message.server, message.at);
    return binding != nullptr && sip::same_uri(attempts(phone_)[binding->attempt].contact, uri);
  }

  /// The device keeps both, in REGISTERs of their own: that of `uri` is bound already, or `known`
  /// is registered once more before it lapses.
  bool are_kept_in_turn(const Message& message, std::string_view known,
                        std::string_view uri) const {
    const auto lives = [](const RegisterAttempt* one, CaptureTime at) {
      return one != nullptr && one->ok && one->granted && at < *one->ok + *one->granted;
    };
    if (lives(around(message, uri).before, message.at)) return true;
    const auto [old, again] = around(message, known);
    return again != nullptr && lives(old, again->start);
  }

  /// The attempts with this Contact before the message, and from it on; null if there is none.
  struct Around {
    const RegisterAttempt* before = nullptr;
    const RegisterAttempt* after = nullptr;
  };
  Around around(const Message& message, std::string_view contact) const {
    const auto& by_contact = phone_.derived<find_attempts_by_contact>();
    const auto found = by_contact.find({message.server, contact});
    if (found == by_contact.end()) return {};
    const auto& all = found->second;
    const auto now = std::ranges::lower_bound(all, message.at, {}, &RegisterAttempt::start);
    return {now == all.begin() ? nullptr : *std::prev(now), now == all.end() ? nullptr : *now};
  }

  bool is_learned(std::string_view before, std::string_view now) const {
    const auto old = sip::parse_uri(before);
    const auto uri = sip::parse_uri(now);
    const auto endpoint = uri ? uri->endpoint() : std::nullopt;
    return endpoint && old && old->endpoint() != endpoint && is_seen_under(phone_, *endpoint);
  }

  /// In the same request, or in the next.
  bool is_taken_back(const Message& message, std::string_view uri) const {
    if (takes_back(message, uri)) return true;
    const auto& registers = registers_of_device(phone_);
    const auto next = std::find_if(
        std::ranges::upper_bound(registers, message.index, {}, &Message::index), registers.end(),
        [&](const Message* later) {
          return later->server == message.server && later->sip.branch() != message.sip.branch();
        });
    return next != registers.end() && takes_back(**next, uri);
  }

  const Phone& phone_;
  std::array<Known, 3> known_;
};

}  // namespace

std::vector<RegisterContact> find_register_contacts(const Phone& phone) {
  Follower contacts(phone);
  std::vector<RegisterContact> found;
  // One without Contact only asks what is bound (§10.2.3).
  for (const Message* message : registers_of_device(phone))
    if (message->sip.has(HeaderId::contact)) found.push_back(contacts.follow(*message));
  return found;
}

Evidence evidence_of(const Phone& phone, const RegisterContact& contact) {
  return evidence_of(phone, *contact.message);
}

bool is_other_port(const Phone& phone, const Message& message, const sip::Uri& contact) {
  const auto endpoint = contact.endpoint();
  const auto transport = contact.parameter("transport");
  // Where it listens for streams a datagram does not show.
  const bool is_of_udp = sip::same_ignoring_case(contact.scheme, "sip") &&
                         (!transport || sip::same_ignoring_case(*transport, "udp"));
  return message.transport == Transport::udp && is_of_udp &&
         endpoint->port != message.source.port && endpoint->port != message.sip.via().port &&
         !is_seen_under(phone, *endpoint) && !sends_from(phone, *endpoint);
}

bool has_moved_by(const Phone& phone, CaptureTime at) {
  const auto moved = next_action(phone, "move", phone.trace.first);
  return moved && *moved <= at;
}

}  // namespace sipharness::observed
