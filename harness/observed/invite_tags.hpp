#pragma once
// Which pairs of tags the INVITEs of a capture and their responses made dialogs, confirmed or
// early. @source RFC 3261 §12.1

#include <string_view>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// An INVITE or a response to it has the Call-ID and the two tags of `request`, either way round.
bool is_in_known_dialog(const Phone& phone, const sip::MessageView& request);

/// There is one with that Call-ID, whatever its tags.
bool has_invite_with_same_call_id(const Phone& phone, const sip::MessageView& request);

}  // namespace sipharness::observed
