#include "fake_servers/server_core.hpp"

#include <fmt/format.h>

#include "harness/sip/text.hpp"
#include "harness/sip/uri.hpp"

namespace fake_servers {

std::string ServerCore::contact(Transport transport) const {
  return fmt::format("<{}>", sipharness::sip::make_uri(name, local, transport));
}

Hop ServerCore::way_to(std::string_view uri, const Hop& arrived) {
  const Hop hop = hop_towards(uri, arrived);
  const bool may = targets.allow(hop.remote.address, arrived.remote.address, "requests");
  return may ? hop : arrived;
}

std::string ServerCore::new_via(Transport transport) {
  const std::string_view token = transport == Transport::tcp ? "TCP" : "UDP";
  return fmt::format("SIP/2.0/{} {}:{};branch={}{}", token, local.address.uri_text(),
                     sent_by_port.value_or(local.port), sipharness::sip::new_branch(rng),
                     sent_by_port ? ";rport" : "");
}

MessageBuilder ServerCore::reply(const ServerTransaction& transaction, int status,
                                 std::string_view to_tag, std::string_view reason) {
  const std::string tag = to_tag.empty() && status > 100 ? rng.hex(8) : std::string(to_tag);
  auto response = transaction.response(status, tag, reason);
  response.header(HeaderId::server, agent);
  return response;
}

void ServerCore::answer(ServerTransaction& transaction, int status) {
  transaction.respond(reply(transaction, status).str());
}

void ServerCore::refuse_method(ServerTransaction& transaction) {
  auto response = reply(transaction, 405);
  transaction.respond(response.header(HeaderId::allow, allowed_methods).str());
}

MessageBuilder ServerCore::new_request(std::string_view method, const Addressee& to,
                                       const Hop& hop) {
  constexpr std::string_view caller = "2001";
  const std::string from_tag = to.from_tag.empty() ? rng.hex(8) : to.from_tag;
  const std::string to_tag = to.to_tag.empty() ? std::string() : ";tag=" + to.to_tag;
  auto request = MessageBuilder::request(method, to.uri);
  request.header(HeaderId::via, new_via(hop.transport))
      .header(HeaderId::max_forwards, "70")
      .header(HeaderId::from, fmt::format("<sip:{}@{}>;tag={}", caller, domain, from_tag))
      .header(HeaderId::to, fmt::format("<sip:{}@{}>{}", to.user, domain, to_tag))
      .header(HeaderId::call_id,
              to.call_id.empty() ? fmt::format("{}@{}", rng.hex(16), domain) : to.call_id)
      .header(HeaderId::cseq, fmt::format("{} {}", to.cseq, method))
      .header(HeaderId::contact, contact(hop.transport))
      .header(HeaderId::user_agent, agent)
      .header(HeaderId::allow, allowed_methods);
  return request;
}

MessageBuilder ServerCore::request_in(sipharness::sip::Dialog& dialog, std::string_view method,
                                      const Hop& hop) {
  auto request = dialog.request(method, dialog.next_cseq(), new_via(hop.transport));
  request.header(HeaderId::contact, contact(hop.transport));
  request.header(HeaderId::user_agent, agent);
  return request;
}

void ServerCore::note_far_end(std::string_view verb, const std::string& call_id) {
  journal.write(sipharness::journal::FarEnd{name, std::string(verb), call_id});
}

void add_record_routes(const std::vector<sipharness::scenario::Router>& routers,
                       const Endpoint& neighbour, MessageBuilder& response) {
  // Each proxy puts its own on top, so the one that the request came to last stands first.
  for (std::size_t i = routers.size(); i-- > 0;) {
    const std::string host = i == 0 ? neighbour.text() : fmt::format("proxy-{}.invalid", i + 1);
    const bool is_loose = routers[i] == sipharness::scenario::Router::loose;
    response.header(HeaderId::record_route, fmt::format("<sip:{}{}>", host, is_loose ? ";lr" : ""));
  }
}

void copy_record_routes(const MessageView& request, MessageBuilder& response) {
  for (const auto& header : request.headers())
    if (header.id == HeaderId::record_route) response.header(HeaderId::record_route, header.value);
}

Hop hop_towards(std::string_view uri, const Hop& arrived) {
  if (arrived.transport == Transport::tcp) return arrived;
  const auto parsed = sipharness::sip::parse_uri(uri);
  const auto endpoint = parsed ? parsed->next_hop() : std::nullopt;
  if (!endpoint) return arrived;
  const bool wants_tcp =
      sipharness::sip::same_ignoring_case(parsed->parameter("transport").value_or(""), "tcp");
  return Hop{wants_tcp ? Transport::tcp : Transport::udp, arrived.local, *endpoint};
}

}  // namespace fake_servers
