#include "harness/observed/evidence.hpp"

#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

Evidence evidence_of(const Phone& /*phone*/, ServerRole server) {
  return {server, {}, {}};
}

Evidence evidence_of(const Phone& /*phone*/, const Message& message) {
  return {message.server, message.sip.call_id(), {message.index}};
}

Evidence evidence_of(const Phone& phone, const Transaction& transaction) {
  return {transaction.server, opening(phone, transaction).sip.call_id(), transaction.sends};
}

Evidence evidence_of(const Phone& phone, const Leg& leg) {
  const Message& invite = phone.message(sends_of(phone, leg).front());
  return {leg.server, invite.sip.call_id(), {invite.index}};
}

Evidence evidence_of(const Phone& phone, const CallLeg& leg) {
  return evidence_of(phone, *leg.leg);
}

Evidence evidence_of(const Phone& phone, const CallGroup& call) {
  return call.legs.empty() ? Evidence{} : evidence_of(phone, call.legs.front());
}

Evidence evidence_of(const Phone& phone, const RegisterAttempt& attempt) {
  const Message& first = opening(phone, transactions(phone)[attempt.transactions.front()]);
  return {attempt.server, first.sip.call_id(), {first.index}};
}

}  // namespace sipharness::observed
