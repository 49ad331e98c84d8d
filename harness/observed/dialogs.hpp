#pragma once
// The dialogs that INVITEs made, either way, with every message that belongs to them, and how a
// request of the device in one must be addressed.
// @source RFC 3261 §12.1, §12.2.1.1; requirements ALG-MSG (key of a dialog), ALG-DLG

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

/// The peer's Contact, as it stands after message `since`; empty if it never gave one.
struct RemoteTarget {
  std::size_t since = 0;
  std::string_view uri;
};

/// One dialog, from the first 2xx on. A forked INVITE made several.
struct Dialog {
  ServerRole server = ServerRole::none;
  bool incoming = false;  ///< the server called the device
  std::string_view call_id;
  std::string_view device_tag;
  std::string_view server_tag;
  const Transaction* invite = nullptr;
  std::size_t answer = 0;                  ///< message: the first 2xx
  std::optional<CaptureTime> confirmed{};  ///< by an ACK to that, wherever it went
  std::optional<CaptureTime> ended{};      ///< once confirmed: by the first BYE, wherever it went
  std::vector<std::size_t> messages;       ///< after the INVITE, both ways, in capture order
  bool acknowledged = false;               ///< by an ACK of the device, wherever that went
  std::optional<std::size_t> bye{};        ///< message: the first one, wherever it went
  std::vector<RemoteTarget> targets{};     ///< by their messages
  std::vector<std::size_t> own_invites{};  ///< transactions of the device, the founding one first
};

std::vector<Dialog> find_answered_dialogs(const Phone& phone);
/// Whether confirmed or not, in the order of their INVITEs.
inline const std::vector<Dialog>& answered_dialogs(const Phone& phone) {
  return phone.derived<find_answered_dialogs>();
}

std::vector<const Dialog*> find_dialogs(const Phone& phone);
/// Those that were confirmed, in the order of their ACKs.
inline const std::vector<const Dialog*>& dialogs(const Phone& phone) {
  return phone.derived<find_dialogs>();
}

/// The answered ones with that Call-ID, in the same order.
const std::vector<const Dialog*>& answered_dialogs_with(const Phone& phone,
                                                        std::string_view call_id);

/// No message of it: a judgement cites those that matter.
Evidence evidence_of(const Phone& phone, const Dialog& dialog);

/// `message` is a request of the device in this dialog.
bool is_of_device(const Dialog& dialog, const Message& message);

/// What is wrong with a request in a dialog.
struct Misaddressed {
  std::string what;
  /// Only where it goes is, and that is the server of the call, to which all goes: it may be set as
  /// an outbound proxy. @source RFC 3261 §8.1.2 (local policy)
  bool may_be_policy = false;
};

/// What is wrong with where a request of the device goes and by which route; nothing if it is
/// addressed as the dialog's route set and remote target ask for at that moment.
std::optional<Misaddressed> misaddressed(const Phone& phone, const Dialog& dialog,
                                         const Message& request);

/// The URI whose place a request of the device must go to at that moment: the first of the dialog's
/// route set, else its remote target; empty if the peer never named one.
std::string_view next_hop(const Phone& phone, const Dialog& dialog, const Message& request);

/// A Request-URI is the target without what may not stand in one (§19.1.1: headers, method).
bool is_target(std::string_view request_uri, std::string_view target);

/// The dialog's route set as the device must keep it, its neighbour first.
std::vector<std::string_view> route_set(const Phone& phone, const Dialog& dialog);
/// The neighbour is a strict router: its URI has no lr.
bool begins_strict(const std::vector<std::string_view>& route_set);

/// The requests of the device in the dialog since it was confirmed.
std::vector<std::size_t> requests_since_answer(const Phone& phone, const Dialog& dialog);

}  // namespace sipharness::observed
