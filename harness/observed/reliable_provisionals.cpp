#include "harness/observed/reliable_provisionals.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>

#include "harness/observed/sent_requests.hpp"
#include "harness/sip/named_header.hpp"
#include "harness/sip/option_tags.hpp"
#include "harness/sip/rack.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::observed {
namespace {

constexpr std::string_view extension = "100rel";

bool supports_reliable(const sip::MessageView& invite) {
  return sip::lists_option(invite, sip::HeaderId::supported, extension) ||
         sip::lists_option(invite, sip::HeaderId::require, extension);
}

/// Of a response that is to be acknowledged by itself. @source RFC 3262 §3, §7.1
std::optional<std::uint32_t> rseq_of(const sip::MessageView& response) {
  const bool is_reliable = response.is_provisional() && response.status() > 100 &&
                           !response.to_tag().empty() &&
                           sip::lists_option(response, sip::HeaderId::require, extension);
  if (!is_reliable) return std::nullopt;
  return sip::parse_unsigned<std::uint32_t>(sip::header_named(response, "RSeq"));
}

/// Those of one INVITE. One that is not numbered next in its dialog must not be acknowledged.
/// @source RFC 3262 §4
std::vector<ReliableProvisional> reliable_provisionals_of(const Phone& phone,
                                                          const Transaction& invite) {
  std::vector<ReliableProvisional> found;
  std::map<std::string_view, std::uint32_t> last;  // by To tag
  for (const std::size_t index : invite.responses) {
    const sip::MessageView& response = phone.message(index).sip;
    const auto rseq = rseq_of(response);
    if (!rseq) continue;
    const auto [before, is_first] = last.try_emplace(response.to_tag(), *rseq);
    if (!is_first && *rseq != before->second + 1) continue;
    before->second = *rseq;
    found.push_back({&invite, index, sip::rack_for(*rseq, response.cseq())});
  }
  return found;
}

void find_pracks(const Phone& phone, std::vector<ReliableProvisional>& all) {
  const auto names_any = [&](const Message& prack, const std::string& rack) {
    return std::ranges::any_of(all, [&](const ReliableProvisional& one) {
      return one.rack == rack && phone.message(one.response).sip.to_tag() == prack.sip.to_tag();
    });
  };
  for (ReliableProvisional& one : all) {
    const sip::MessageView& response = phone.message(one.response).sip;
    for (const Message* request : requests_in_call_of(phone, phone.message(one.response))) {
      const bool may_be_it = request->sip.method() == sip::Method::prack &&
                             request->index > one.response &&
                             request->sip.to_tag() == response.to_tag();
      if (!may_be_it) continue;
      const std::string rack = sip::rack_of(request->sip);
      if (rack == one.rack) {
        one.prack = request->index;
        break;
      }
      if (!one.stray_prack && !names_any(*request, rack)) one.stray_prack = request->index;
    }
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
    std::vector<ReliableProvisional> all = reliable_provisionals_of(phone, invite);
    find_pracks(phone, all);
    std::ranges::move(all, std::back_inserter(found));
  }
  return found;
}

Evidence evidence_of(const Phone& phone, const ReliableProvisional& one) {
  const Message& response = phone.message(one.response);
  Evidence evidence{one.invite->server, response.sip.call_id(), {one.response}};
  const auto& prack = one.prack ? one.prack : one.stray_prack;
  if (prack) evidence.messages.push_back(*prack);
  return evidence;
}

}  // namespace sipharness::observed
