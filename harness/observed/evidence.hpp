#pragma once
// Where something was seen: what a finding cites.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/observed/call.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

struct Evidence {
  ServerRole server = ServerRole::none;
  std::string_view call_id;
  std::vector<std::size_t> messages;    ///< message indices; reported as frames
  std::vector<std::uint32_t> frames{};  ///< of what is no SIP message: SYN, RST, a lookup
  /// What these messages hold is enough: those that the capture lacks take nothing from it.
  bool in_itself = false;
  /// Message: a BYE of the device whose reason the verdict rests on (withheld_media.hpp).
  std::optional<std::size_t> own_hang_up{};
};

/// No message: what a server did not get.
Evidence evidence_of(const Phone& phone, ServerRole server);
Evidence evidence_of(const Phone& phone, const Message& message);
/// Every transmission of the request.
Evidence evidence_of(const Phone& phone, const Transaction& transaction);
/// The message that opened it.
Evidence evidence_of(const Phone& phone, const Leg& leg);
Evidence evidence_of(const Phone& phone, const CallLeg& leg);
Evidence evidence_of(const Phone& phone, const CallGroup& call);  ///< its first leg
Evidence evidence_of(const Phone& phone, const RegisterAttempt& attempt);

}  // namespace sipharness::observed
