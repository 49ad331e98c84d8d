#pragma once
// The REGISTER transactions of a phone, all and by server, and how one follows another.
// @source RFC 3261 §10.2

#include <array>
#include <vector>

#include "harness/observed/cseq_numbers.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

std::vector<const Transaction*> find_register_transactions(const Phone& phone);
/// In time order.
inline const std::vector<const Transaction*>& register_transactions(const Phone& phone) {
  return phone.derived<find_register_transactions>();
}

std::vector<CaptureTime> find_registration_beginnings(const Phone& phone);
/// When a Call-ID was first used for REGISTER, in time order: a device that boots takes a new one.
inline const std::vector<CaptureTime>& registration_beginnings(const Phone& phone) {
  return phone.derived<find_registration_beginnings>();
}

/// REGISTERs of the phone at one of its two servers.
struct RegistersAtServer {
  ServerRole server = ServerRole::none;
  std::vector<const Transaction*> registers;
};

std::array<RegistersAtServer, 2> find_registers_by_server(const Phone& phone);
/// The primary's, the secondary's.
inline const std::array<RegistersAtServer, 2>& registers_by_server(const Phone& phone) {
  return phone.derived<find_registers_by_server>();
}

std::vector<RegistersAtServer> find_registers_by_registration(const Phone& phone);
/// Those of one account, and of one flow where the device keeps several, at one server: first
/// the primary's. Another domain is another account; each flow has a reg-id and a Call-ID of its
/// own.
/// @source RFC 5626 §4.2
inline const std::vector<RegistersAtServer>& registers_by_registration(const Phone& phone) {
  return phone.derived<find_registers_by_registration>();
}

CseqNumbers find_register_numbers(const Phone& phone);
/// Of all REGISTERs.
inline const CseqNumbers& register_numbers(const Phone& phone) {
  return phone.derived<find_register_numbers>();
}

/// The next REGISTER transaction at the same server, of those that began after the final response
/// to `before` if it has one; null if there is none.
const Transaction* next_register_at_server(const Phone& phone, const Transaction& before);

/// An attempt and the one after it at the same server.
struct AttemptPair {
  const RegisterAttempt* before = nullptr;
  const RegisterAttempt* after = nullptr;  ///< null: there is none
};

std::vector<AttemptPair> find_attempt_pairs(const Phone& phone);
/// One for every attempt: those of the primary, then those of the secondary.
inline const std::vector<AttemptPair>& attempt_pairs(const Phone& phone) {
  return phone.derived<find_attempt_pairs>();
}

/// The first request outside a dialog, no CANCEL, that the phone sent to `server` after `from` and
/// before `until`; null if there is none.
const Transaction* first_new_request(const Phone& phone, ServerRole server, CaptureTime from,
                                     CaptureTime until);

/// The server alone.
Evidence evidence_of(const Phone& phone, const RegistersAtServer& at);
/// The attempt before.
Evidence evidence_of(const Phone& phone, const AttemptPair& pair);

/// The same request at another address of its server, the one before having failed: that keeps its
/// number. @source RFC 3263 §4.3
bool is_at_next_address(const Phone& phone, const Transaction& before, const Transaction& next);

/// Whether `later` brings a Contact value that `earlier` has not; taking one back does not.
bool has_new_contact(const Message& earlier, const Message& later);

/// The REGISTER before it at that server went elsewhere and failed, so that this one tries the next
/// of the server's machines. @source RFC 3263 §4.3
bool has_failed_elsewhere(const Phone& phone, const Transaction& next);

/// `next` left while `before` waited for its answer, and nothing told the device to give it up.
bool overlaps(const Phone& phone, const Transaction& before, const Message& next);

}  // namespace sipharness::observed
