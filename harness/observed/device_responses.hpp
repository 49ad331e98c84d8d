#pragma once
// The responses of a phone, each with the request that it answers.
// @source RFC 3261 §8.2.6, §17.2.3, §18.2.2

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

/// How a response is known to belong to its request.
enum class AnswersBy : std::uint8_t {
  branch,
  /// No request of the capture has its branch; Call-ID, CSeq and From tag are those of one that got
  /// no other response.
  dialog,
  /// The same, and that one got responses too: a copy of it may be missing from the capture.
  dialog_of_answered,
};

struct DeviceResponse {
  const Message* request = nullptr;  ///< its first transmission
  const Message* response = nullptr;
  AnswersBy by = AnswersBy::branch;
};

std::vector<DeviceResponse> find_device_responses(const Phone& phone);
/// Every copy, by time of the responses. Left out are those that belong to no request of the
/// capture.
inline const std::vector<DeviceResponse>& device_responses(const Phone& phone) {
  return phone.derived<find_device_responses>();
}

/// Request and response.
Evidence evidence_of(const Phone& phone, const DeviceResponse& one);

/// "180 to INVITE".
std::string describe(const DeviceResponse& one);

/// Two responses to one request, with different To tags.
struct TagChange {
  const Message* first = nullptr;
  const Message* other = nullptr;
  bool may_be_of_two_requests = false;  ///< the first may have been answered before the capture
  /// Both name one Contact: they are of one user agent, wherever a proxy stands.
  bool is_of_one_agent = false;
};

/// The first in the transaction, other than by 100; nothing if its tag stays.
std::optional<TagChange> tag_change_in(const Phone& phone, const Transaction& request);

/// A NAT may write other addresses into Via, From and To.
enum class Compared : std::uint8_t { all, all_but_addresses };

/// What a response must repeat of its request (Vias, From, To, Call-ID, CSeq) and does not.
std::optional<std::string> departs_from_request(const DeviceResponse& one,
                                                Compared compared = Compared::all);

/// It went to where its request came from, or the top Via has maddr. Over a stream that is on its
/// connection, and only where that is gone on another one. @source RFC 3261 §18.2.2
bool goes_back(const Phone& phone, const DeviceResponse& one);

}  // namespace sipharness::observed
