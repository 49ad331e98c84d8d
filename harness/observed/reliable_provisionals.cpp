#include "harness/observed/reliable_provisionals.hpp"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "harness/observed/sent_requests.hpp"
#include "harness/sip/named_header.hpp"

namespace sipharness::observed {
namespace {

constexpr std::string_view extension = "100rel";

bool lists_extension(const sip::MessageView& message, sip::HeaderId id) {
  for (const sip::Header& header : message.headers_from(id))
    if (header.id == id && header.value.find(extension) != std::string_view::npos) return true;
  return false;
}

bool supports_reliable(const sip::MessageView& invite) {
  return lists_extension(invite, sip::HeaderId::supported) ||
         lists_extension(invite, sip::HeaderId::require);
}

bool is_reliable(const sip::MessageView& response) {
  return response.is_provisional() && response.status() > 100 && !response.to_tag().empty() &&
         lists_extension(response, sip::HeaderId::require);
}

void find_prack(const Phone& phone, ReliableProvisional& one) {
  const sip::MessageView& response = phone.message(one.response).sip;
  for (const Message* request : requests_in_call(phone, response.call_id())) {
    const bool is_prack = request->sip.method() == sip::Method::prack &&
                          request->index > one.response &&
                          request->sip.to_tag() == response.to_tag();
    if (!is_prack) continue;
    if (!one.any_prack) one.any_prack = request->index;
    if (sip::header_named(request->sip, "RAck") != one.rack) continue;
    one.prack = request->index;
    return;
  }
}

}  // namespace

std::vector<ReliableProvisional> find_reliable_provisionals(const Phone& phone) {
  std::vector<ReliableProvisional> found;
  for (const Transaction& invite : transactions(phone)) {
    const bool can_be = invite.method == sip::Method::invite &&
                        invite.direction == Direction::from_device &&
                        supports_reliable(opening(phone, invite).sip);
    if (!can_be) continue;
    std::set<std::pair<std::string_view, std::string>> known;  // To tag, and what names it
    for (const std::size_t index : invite.responses) {
      const sip::MessageView& response = phone.message(index).sip;
      if (!is_reliable(response)) continue;
      ReliableProvisional one{
          &invite, index,
          fmt::format("{} {} INVITE", sip::header_named(response, "RSeq"), response.cseq())};
      if (!known.emplace(response.to_tag(), one.rack).second) continue;
      find_prack(phone, one);
      found.push_back(std::move(one));
    }
  }
  return found;
}

Evidence evidence_of(const Phone& phone, const ReliableProvisional& one) {
  const Message& response = phone.message(one.response);
  Evidence evidence{one.invite->server, response.sip.call_id(), {one.response}};
  const auto& prack = one.prack ? one.prack : one.any_prack;
  if (prack) evidence.messages.push_back(*prack);
  return evidence;
}

}  // namespace sipharness::observed
