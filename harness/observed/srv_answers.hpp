#pragma once
// What a phone was told of SIP services: the machines behind an SRV record, by priority, and the
// requests by which it tried them. @source RFC 2782; RFC 3263 §4.2

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"

namespace sipharness::observed {

struct SrvMachine {
  Endpoint endpoint;
  std::uint16_t priority = 0;
  bool operator==(const SrvMachine&) const = default;
};

/// One answer of a name server, with at least two machines.
struct SrvAnswer {
  const trace::Lookup* lookup = nullptr;
  std::string service;  ///< "_sip._udp.example.com"
  Transport transport = Transport::udp;
  std::vector<SrvMachine> machines{};  ///< lowest priority number first
  bool is_complete = true;             ///< the capture tells the addresses of every target

  /// Null: it is none of them.
  const SrvMachine* machine_at(const Endpoint& endpoint) const;
};

/// To the phone, in capture order.
std::vector<SrvAnswer> find_srv_answers(const Phone& phone);
inline const std::vector<SrvAnswer>& srv_answers(const Phone& phone) {
  return phone.derived<find_srv_answers>();
}

/// The newest one before the request that lists the machine it went to; null if there is none.
const SrvAnswer* answer_behind(const Phone& phone, const Message& request);

// A try is the first transmission of a REGISTER, or of an INVITE that begins a call.

/// The first one after the answer that goes to one of its machines; null if there is none.
const Message* first_try(const Phone& phone, const SrvAnswer& answer);
/// The first REGISTER after that message to a machine of the answer; null if there is none.
const Message* next_register(const Phone& phone, const SrvAnswer& answer, const Message& after);
/// One went to that place before.
bool was_tried_before(const Phone& phone, const Endpoint& endpoint, const Message& before);

/// The answer and the first try.
Evidence evidence_of(const Phone& phone, const SrvAnswer& answer);

/// The machine that had to be tried before that of `first`, of this priority; null if one with a
/// lower number was tried before.
const SrvMachine* passed_over(const Phone& phone, const SrvAnswer& answer, const Message& first,
                              std::uint16_t priority);

/// Without any response, or with 503.
bool has_failed_there(const Phone& phone, const RegisterAttempt& attempt);

/// It has machines beside that of the request, and none of them was tried before it.
bool may_try_another(const Phone& phone, const SrvAnswer& answer, const Message& failed);

}  // namespace sipharness::observed
