// Source ports: what the device asks of its servers, and what it does for them.
// @source RFC 3581 §3, §4

#include <array>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using trace::Message;
using verdict::Blame;

bool is_over_udp(const Message& message) {
  return message.transport == Transport::udp;
}

// --- What it asks --------------------------------------------------------------------------------

/// A request from another port than its Via names was sent again although its final response went
/// to the port it came from.
bool is_deaf_at_its_source(const Phone& phone, const Transaction& transaction) {
  const Message& request = opening(phone, transaction);
  const sip::Via& via = request.sip.via();
  if (!via.has_rport || via.port == request.source.port || !transaction.final) return false;
  const Message& response = phone.message(*transaction.final);
  return response.destination == request.source &&
         phone.at(transaction.sends.back()) > response.at + round_trip_slack;
}

/// What a request over UDP says wrong about rport.
std::optional<std::string> rport_problem(const Message& request) {
  const sip::Via& via = request.sip.via();
  if (!via.has_rport) return fmt::format("{} without rport", request.sip.method_text());
  if (via.rport) return fmt::format("{} gives rport a value", request.sip.method_text());
  return std::nullopt;
}

void asks_for_the_source_port(const Phone& phone, Judge& judge) {
  if (!phone.profile.rport) return judge.not_applicable("the profile switches rport off");
  judge.needs("a request over UDP");
  std::size_t asked = 0;
  bool all_fine = true;
  for (const Transaction& transaction : transactions(phone)) {
    const Message& request = opening(phone, transaction);
    if (!request.from_device() || !is_over_udp(request)) continue;
    ++asked;
    const auto problem = rport_problem(request);
    const bool is_deaf = is_deaf_at_its_source(phone, transaction);
    all_fine = all_fine && !problem && !is_deaf;
    if (problem) judge.violated(evidence_of(phone, transaction), *problem);
    if (is_deaf)
      violated_unless_lost(phone, judge, evidence_of(phone, transaction),
                           "the response at the source port was not heeded");
  }
  if (asked > 0 && all_fine)
    judge.pass({}, fmt::format("an empty rport in all {} requests", asked));
}

// --- What it does --------------------------------------------------------------------------------

/// The first transmission of each request that asks the device for rport, by branch and Call-ID.
class Askers {
 public:
  explicit Askers(const Phone& phone) {
    for (const Message& message : phone.messages)
      if (message.to_device() && message.sip.is_request() && is_over_udp(message) &&
          message.sip.via().has_rport)
        by_key_.emplace(key_of(message), &message);
  }

  /// The request that `message`, a response of the device, answers; null if nobody asked.
  const Message* of(const Message& message) const {
    if (!message.sip.is_response() || message.to_device()) return nullptr;
    const auto asked = by_key_.find(key_of(message));
    const bool is_answer = asked != by_key_.end() && asked->second->index < message.index &&
                           asked->second->destination.address == message.source.address;
    return is_answer ? asked->second : nullptr;
  }

 private:
  using Key = std::pair<std::string_view, std::string_view>;
  static Key key_of(const Message& message) {
    return {message.sip.via().branch, message.sip.call_id()};
  }
  std::map<Key, const Message*> by_key_;
};

std::optional<std::string> wrong_with(const Message& request, const Message& response) {
  if (response.destination != request.source)
    return fmt::format("went to {}, the request came from {}", response.destination.text(),
                       request.source.text());
  const sip::Via& via = response.sip.via();
  if (via.rport != request.source.port) return "does not tell the source port in rport";
  if (via.received != request.source.address.text())
    return "does not tell the source address in received";
  return std::nullopt;
}

void judge_wrong_answer(const Phone& phone, Judge& judge, const Evidence& evidence,
                        const std::string& wrong) {
  if (phone.trace.vantage == trace::Vantage::device) return judge.violated(evidence, wrong);
  judge.inconclusive(evidence, Blame::network,
                     wrong + "; but a NAT may stand between the capture and the device");
}

void answers_at_the_source_port(const Phone& phone, Judge& judge) {
  if (!phone.profile.rport) return judge.not_applicable("the profile switches rport off");
  judge.needs("a request to the device that asks for rport", Blame::harness);
  const Askers askers(phone);
  std::vector<std::size_t> right;
  for (const Message& response : phone.messages) {
    const Message* request = askers.of(response);
    if (request == nullptr) continue;
    if (const auto wrong = wrong_with(*request, response))
      judge_wrong_answer(
          phone, judge, {request->server, request->sip.call_id(), {request->index, response.index}},
          fmt::format("{} to {} {}", response.sip.status(), request->sip.method_text(), *wrong));
    else
      right.push_back(response.index);
  }
  if (!right.empty())
    judge.pass({trace::ServerRole::none, {}, {right.front()}},
               fmt::format("{} responses at the port their request came from, which they tell",
                           right.size()));
}

constexpr std::array table{
    Check{"RFC3581-01", asks_for_the_source_port},
    Check{"RFC3581-02", answers_at_the_source_port},
};

}  // namespace

std::span<const Check> rfc3581_port_checks() {
  return table;
}

}  // namespace sipharness::check
