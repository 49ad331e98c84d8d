#pragma once
// The dialogs that INVITEs made, with every message that belongs to them, and how a request of the
// device in one must be addressed.
// @source RFC 3261 §12.1, §12.2.1.1; requirements ALG-MSG (key of a dialog)

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// The peer's Contact, as it stands after message `since`; empty if it never gave one.
struct RemoteTarget {
  std::size_t since = 0;
  std::string_view uri;
};

/// One dialog, from the 2xx that confirmed it on. A forked INVITE made several.
struct SeenDialog {
  ServerRole server = ServerRole::none;
  bool device_called = true;
  std::string_view call_id;
  std::string_view device_tag;
  std::string_view server_tag;
  std::size_t invite = 0;                  ///< message: the first transmission of the INVITE
  std::size_t answer = 0;                  ///< message: the first 2xx
  std::vector<std::size_t> messages;       ///< after the INVITE, both ways, in capture order
  bool acknowledged = false;               ///< by an ACK of the device
  std::optional<std::size_t> bye{};        ///< message: the first one, of either side
  std::vector<RemoteTarget> targets{};     ///< by their messages
  std::vector<std::size_t> own_invites{};  ///< transactions of the device, the founding one first
};

std::vector<SeenDialog> find_seen_dialogs(const Phone& phone);
inline const std::vector<SeenDialog>& seen_dialogs(const Phone& phone) {
  return phone.derived<find_seen_dialogs>();
}

/// Those with that Call-ID, in the same order.
const std::vector<const SeenDialog*>& seen_dialogs_with(const Phone& phone,
                                                        std::string_view call_id);

/// No message of it: a judgement cites those that matter.
Evidence evidence_of(const Phone& phone, const SeenDialog& dialog);

/// `message` is a request of the device in this dialog.
bool is_of_device(const SeenDialog& dialog, const Message& message);

/// What is wrong with where a request of the device goes and by which route; nothing if it is
/// addressed as the dialog's route set and remote target ask for at that moment.
std::optional<std::string> misaddressed(const Phone& phone, const SeenDialog& dialog,
                                        const Message& request);

/// The request carries the dialog's route set and remote target, and they name the address that it
/// went to: whichever server stands there, the dialog led the device to it.
bool was_led_there(const Phone& phone, const SeenDialog& dialog, const Message& request);

/// The dialog's route set as the device must keep it, its neighbour first.
std::vector<std::string_view> route_set(const Phone& phone, const SeenDialog& dialog);
/// The neighbour is a strict router: its URI has no lr.
bool begins_strict(const std::vector<std::string_view>& route_set);

}  // namespace sipharness::observed
