#include "fake_servers/fetch_notifier.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/sip/auth/digest.hpp"

namespace fake_servers {

namespace scenario = sipharness::scenario;
namespace sip = sipharness::sip;

namespace {

/// The credentials that answer a 401; empty if there is no answering it.
std::string answer_to(const MessageView& response, const scenario::Account& account,
                      std::string_view uri, std::string_view cnonce) {
  const auto challenge = sip::parse_challenge(response.header(HeaderId::www_authenticate));
  const auto password = scenario::resolve(account.password);
  if (response.status() != 401 || !challenge || !password) return {};
  return sip::answer_challenge(*challenge, {.username = account.username(),
                                            .password = *password,
                                            .method = "NOTIFY",
                                            .uri = uri,
                                            .cnonce = cnonce});
}

}  // namespace

void FetchNotifier::send(const FetchNotify& notify, const std::vector<Binding>& bindings,
                         const Done& done) {
  const auto binding = std::ranges::find(bindings, notify.account.user, &Binding::user);
  Pending pending{notify, {}, {}, {}, core_.rng.hex(8), 1, done};
  pending.call_id = fmt::format("{}@{}", core_.rng.hex(16), core_.domain);
  if (binding != bindings.end()) {
    pending.uri = binding->uri;
    pending.hop = core_.way_to(binding->uri, binding->hop);
  } else {
    pending.uri = fmt::format("sip:{}@{}", notify.account.user, notify.phone.text());
    pending.hop = Hop{Transport::udp, core_.local, notify.phone};
  }
  send(pending, {});
}

void FetchNotifier::send(const Pending& pending, const std::string& authorization) {
  auto request = core_.new_request("NOTIFY",
                                   {.uri = pending.uri,
                                    .user = pending.notify.account.user,
                                    .from_tag = pending.from_tag,
                                    .call_id = pending.call_id,
                                    .cseq = pending.cseq},
                                   pending.hop);
  request.header(HeaderId::event, pending.notify.event)
      .header(HeaderId::subscription_state, "terminated");
  if (!authorization.empty()) request.header(HeaderId::authorization, authorization);
  core_.transactions.start(request.str(), pending.hop,
                           {[this, pending](const MessageView& response) {
                              if (response.is_final()) on_response(pending, response);
                            },
                            [done = pending.done](sip::ClientFailure) { done(0); }});
}

void FetchNotifier::on_response(Pending pending, const MessageView& response) {
  const bool is_first = pending.cseq == 1;
  const std::string authorization =
      is_first ? answer_to(response, pending.notify.account, pending.uri, core_.rng.hex(16)) : "";
  if (authorization.empty()) return pending.done(response.status());
  ++pending.cseq;
  send(pending, authorization);
}

}  // namespace fake_servers
