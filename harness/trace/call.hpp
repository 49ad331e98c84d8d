#pragma once
// Calls as a user sees them: one group per dial, one leg per server, dialogs over them.
// @source ALG-CALL, ALG-LEG, ALG-DLG: requirements §0.4

#include <optional>
#include <string>
#include <vector>

#include "harness/scenario/profile.hpp"
#include "harness/trace/transaction.hpp"

namespace sipharness::trace {

/// The INVITE transactions of one call group at one server (more than one after a challenge; the
/// last one counts).
struct Leg {
  ServerRole server = ServerRole::none;
  std::vector<std::size_t> invites;        ///< indices into the transactions
  CaptureTime i0;                          ///< first transmission of the last INVITE transaction
  std::optional<std::size_t> provisional;  ///< message indices from here on
  std::optional<std::size_t> final;
  std::vector<std::size_t> acks_2xx;  ///< ACKs to the 2xx, by Call-ID and CSeq
  std::optional<std::size_t> cancel;
  std::optional<std::size_t> bye_from_device;
  std::optional<std::size_t> bye_to_device;
  CaptureTime end;  ///< min(final, CANCEL, i0 + 64·T1 if no response)
  bool silent() const { return !provisional && !final; }
};

/// Everything that one outgoing call of the user put on the wire.
struct CallGroup {
  std::size_t device = 0;
  std::string number;
  std::optional<CaptureTime> dialled;  ///< journal: the dial action
  std::optional<CaptureTime> hung_up;  ///< journal: the user's hang-up for this call
  CaptureTime until;                   ///< the next dial, or the end of the trace
  std::vector<Leg> legs;               ///< by time of first INVITE
  const Leg* leg(ServerRole server) const;
};

/// A confirmed dialog (2xx and ACK both seen), either direction.
struct ConfirmedDialog {
  ServerRole server = ServerRole::none;
  std::size_t device = 0;
  bool incoming = false;   ///< the server called the device
  std::size_t invite = 0;  ///< transaction index
  std::string call_id;
  std::string device_tag;
  std::string server_tag;
  CaptureTime answered;              ///< the 2xx
  CaptureTime confirmed;             ///< the ACK
  std::optional<CaptureTime> ended;  ///< the BYE, from either side
};

std::vector<CallGroup> find_calls(const Trace& trace, const std::vector<Transaction>& transactions,
                                  const scenario::Profile& profile);
std::vector<ConfirmedDialog> find_dialogs(const Trace& trace,
                                          const std::vector<Transaction>& transactions);

}  // namespace sipharness::trace
