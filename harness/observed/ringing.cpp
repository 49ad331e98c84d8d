#include "harness/observed/ringing.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "harness/observed/actions.hpp"
#include "harness/observed/call_numbers.hpp"
#include "harness/observed/dialog_requests.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/sip/option_tags.hpp"

namespace sipharness::observed {
namespace {

/// When a server first sent CANCEL, by Call-ID.
std::unordered_map<std::string_view, CaptureTime> find_first_cancels(const Phone& phone) {
  std::unordered_map<std::string_view, CaptureTime> found;
  for (const Transaction* cancel : server_transactions(phone))
    if (cancel->method == sip::Method::cancel)
      found.emplace(opening(phone, *cancel).sip.call_id(), opening(phone, *cancel).at);
  return found;
}

}  // namespace

bool is_reliable(const sip::MessageView& response) {
  return sip::lists_option(response, sip::HeaderId::require, "100rel");
}

std::vector<std::size_t> ringings(const Phone& phone, const Transaction& invite) {
  std::vector<std::size_t> found;
  for (const std::size_t response : invite.responses) {
    if (invite.final && response >= *invite.final) break;
    const sip::MessageView& sip = phone.message(response).sip;
    if (sip.status() > 100 && sip.is_provisional()) found.push_back(response);
  }
  return found;
}

std::optional<std::size_t> sign_of_answer(const Phone& phone, const Transaction& invite) {
  const Message& first = opening(phone, invite);
  if (!first.sip.to_tag().empty()) return std::nullopt;
  DialogRequest wanted;
  wanted.method = sip::Method::ack;
  wanted.direction = Direction::to_device;
  wanted.call = call_numbers(phone)[first];
  wanted.cseq = first.sip.cseq();
  wanted.from_tag = first.sip.from_tag();
  const auto ack = dialog_requests(phone).first_after(first.index, wanted);
  wanted.method = sip::Method::bye;
  wanted.direction = Direction::from_device;
  wanted.cseq.reset();
  std::swap(wanted.from_tag, wanted.to_tag);
  const auto bye = dialog_requests(phone).first_after(first.index, wanted);
  return ack && bye ? std::min(ack, bye) : ack ? ack : bye;
}

CaptureTime ringing_ends(const Phone& phone, const Transaction& invite) {
  const Message& first = opening(phone, invite);
  CaptureTime end = next_power_change(phone, first.at);
  if (const auto answer = invite.final ? invite.final : sign_of_answer(phone, invite))
    end = std::min(end, phone.at(*answer));
  const auto& cancels = phone.derived<find_first_cancels>();
  const auto cancelled = cancels.find(first.sip.call_id());
  return cancelled == cancels.end() ? end : std::min(end, cancelled->second);
}

}  // namespace sipharness::observed
