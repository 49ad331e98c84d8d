#pragma once
// The Contact of each REGISTER, and where a living binding is given another one for no reason that
// the capture shows: no new registration, address or connection, nothing learned, and the old one
// not taken back. @source RFC 3261 §10.2.1, §10.2.2

#include <string_view>
#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::observed {

struct RegisterContact {
  const Message* message = nullptr;
  std::string_view uri{};   ///< of the Contact to be bound; "*"; empty if none can be read
  std::string_view left{};  ///< the Contact of the binding that is left behind; empty: none is
};

std::vector<RegisterContact> find_register_contacts(const Phone& phone);
/// By time, of all REGISTERs that have one.
inline const std::vector<RegisterContact>& register_contacts(const Phone& phone) {
  return phone.derived<find_register_contacts>();
}

Evidence evidence_of(const Phone& phone, const RegisterContact& contact);

/// Over UDP the device listens where it sends from or where its Via says. The Contact has an
/// address.
bool is_other_port(const Phone& phone, const Message& message, const sip::Uri& contact);

/// Whether the run has moved the device to another address by then: what it leaves leads nowhere.
bool has_moved_by(const Phone& phone, CaptureTime at);

}  // namespace sipharness::observed
