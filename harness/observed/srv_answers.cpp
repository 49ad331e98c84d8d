#include "harness/observed/srv_answers.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace sipharness::observed {
namespace {

using AddressesByName = std::unordered_map<std::string, std::vector<IpAddress>>;

AddressesByName find_addresses(const Phone& phone) {
  AddressesByName found;
  for (const trace::Lookup& lookup : phone.trace.lookups)
    for (const dns::Record& record : lookup.records) {
      if (!record.target.empty()) continue;
      std::vector<IpAddress>& of_name = found[record.name];
      if (std::ranges::find(of_name, record.address) == of_name.end())
        of_name.push_back(record.address);
    }
  return found;
}

/// Over cleartext UDP or TCP; nothing for any other service.
std::optional<Transport> transport_of(std::string_view service) {
  if (service.starts_with("_sip._udp.")) return Transport::udp;
  if (service.starts_with("_sip._tcp.")) return Transport::tcp;
  return std::nullopt;
}

SrvAnswer read(const trace::Lookup& lookup, Transport transport, const AddressesByName& addresses) {
  SrvAnswer answer{.lookup = &lookup, .service = lookup.message.name, .transport = transport};
  for (const dns::Service& target : lookup.message.services) {
    const auto known = addresses.find(target.target);
    if (known == addresses.end()) {
      answer.is_complete = false;
      continue;
    }
    for (const IpAddress& address : known->second)
      answer.machines.push_back({{address, target.port}, target.priority});
  }
  std::ranges::stable_sort(answer.machines, {}, &SrvMachine::priority);
  return answer;
}

bool is_to_phone(const Phone& phone, const trace::Lookup& lookup) {
  return std::ranges::any_of(phone.trace.devices[phone.device].addresses, [&](const Endpoint& own) {
    return own.address == lookup.destination.address;
  });
}

}  // namespace

const SrvMachine* SrvAnswer::machine_at(const Endpoint& endpoint) const {
  const auto found = std::ranges::find(machines, endpoint, &SrvMachine::endpoint);
  return found == machines.end() ? nullptr : &*found;
}

std::vector<SrvAnswer> find_srv_answers(const Phone& phone) {
  std::vector<SrvAnswer> found;
  if (phone.trace.lookups.empty()) return found;
  const AddressesByName addresses = find_addresses(phone);
  for (const trace::Lookup& lookup : phone.trace.lookups) {
    const auto transport = transport_of(lookup.message.name);
    if (!transport || lookup.message.services.size() < 2 || !is_to_phone(phone, lookup)) continue;
    found.push_back(read(lookup, *transport, addresses));
  }
  return found;
}

namespace {

using RequestsByMachine = std::unordered_map<Endpoint, std::vector<const Message*>, EndpointHash>;
using AnswersByMachine = std::unordered_map<Endpoint, std::vector<const SrvAnswer*>, EndpointHash>;

/// By where they went; the phone's own alone.
RequestsByMachine find_requests_by_machine(const Phone& phone) {
  RequestsByMachine found;
  std::unordered_set<std::string_view> branches;
  for (const Message& message : phone.messages) {
    if (!message.sip.is_request() || message.direction == Direction::to_device) continue;
    const sip::Method method = message.sip.method();
    const bool is_try = method == sip::Method::register_ ||
                        (method == sip::Method::invite && message.sip.to_tag().empty());
    if (is_try && branches.insert(message.sip.branch()).second)
      found[message.destination].push_back(&message);
  }
  return found;
}

AnswersByMachine find_answers_by_machine(const Phone& phone) {
  AnswersByMachine found;
  for (const SrvAnswer& answer : srv_answers(phone))
    for (const SrvMachine& machine : answer.machines) found[machine.endpoint].push_back(&answer);
  return found;
}

/// The first try at a machine of the answer that is of `method` (unknown: of any) and comes later.
const Message* next_try(const Phone& phone, const SrvAnswer& answer, CaptureTime after,
                        sip::Method method) {
  const RequestsByMachine& tries = phone.derived<find_requests_by_machine>();
  const Message* next = nullptr;
  for (const SrvMachine& machine : answer.machines) {
    const auto there = tries.find(machine.endpoint);
    if (there == tries.end()) continue;
    auto one = std::ranges::upper_bound(there->second, after, {}, &Message::at);
    for (; one != there->second.end(); ++one) {
      if ((*one)->transport != answer.transport) continue;
      if (method == sip::Method::unknown || (*one)->sip.method() == method) break;
    }
    if (one != there->second.end() && (next == nullptr || (*one)->index < next->index)) next = *one;
  }
  return next;
}

}  // namespace

const SrvAnswer* answer_behind(const Phone& phone, const Message& request) {
  const AnswersByMachine& known = phone.derived<find_answers_by_machine>();
  const auto listed = known.find(request.destination);
  if (listed == known.end()) return nullptr;
  const auto next = std::ranges::upper_bound(
      listed->second, request.at, {}, [](const SrvAnswer* answer) { return answer->lookup->at; });
  return next == listed->second.begin() ? nullptr : *std::prev(next);
}

const Message* first_try(const Phone& phone, const SrvAnswer& answer) {
  return next_try(phone, answer, answer.lookup->at, sip::Method::unknown);
}

const Message* next_register(const Phone& phone, const SrvAnswer& answer, const Message& after) {
  return next_try(phone, answer, after.at, sip::Method::register_);
}

bool was_tried_before(const Phone& phone, const Endpoint& endpoint, const Message& before) {
  const RequestsByMachine& tries = phone.derived<find_requests_by_machine>();
  const auto there = tries.find(endpoint);
  return there != tries.end() && there->second.front()->index < before.index;
}

Evidence evidence_of(const Phone& phone, const SrvAnswer& answer) {
  Evidence evidence;
  evidence.frames.push_back(answer.lookup->frame);
  if (const Message* first = first_try(phone, answer)) {
    evidence.server = first->server;
    evidence.call_id = first->sip.call_id();
    evidence.messages.push_back(first->index);
  }
  return evidence;
}

const SrvMachine* passed_over(const Phone& phone, const SrvAnswer& answer, const Message& first,
                              std::uint16_t priority) {
  const bool has_tried_any = std::ranges::any_of(answer.machines, [&](const SrvMachine& machine) {
    return machine.priority < priority && was_tried_before(phone, machine.endpoint, first);
  });
  return has_tried_any ? nullptr : &answer.machines.front();
}

bool has_failed_there(const Phone& phone, const RegisterAttempt& attempt) {
  const Transaction& last = last_of(phone, attempt);
  return final_status(phone, last) == 503 || (attempt.fail && !last.first_response);
}

bool may_try_another(const Phone& phone, const SrvAnswer& answer, const Message& failed) {
  std::vector<SrvMachine> others = answer.machines;
  std::erase_if(others, [&](const SrvMachine& one) { return one.endpoint == failed.destination; });
  return !others.empty() && std::ranges::none_of(others, [&](const SrvMachine& machine) {
    return was_tried_before(phone, machine.endpoint, failed);
  });
}

}  // namespace sipharness::observed
