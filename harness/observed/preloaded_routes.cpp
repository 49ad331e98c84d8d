#include "harness/observed/preloaded_routes.hpp"

#include <algorithm>

#include "harness/observed/addresses.hpp"
#include "harness/observed/names.hpp"
#include "harness/observed/requests.hpp"

namespace sipharness::observed {

std::vector<const Message*> find_requests_with_preloaded_route(const Phone& phone) {
  std::vector<const Message*> found;
  for (const Message* request : requests_of_device(phone))
    if (request->sip.to_tag().empty() && request->sip.has(sip::HeaderId::route) &&
        request->sip.method() != sip::Method::ack && request->sip.method() != sip::Method::cancel)
      found.push_back(request);
  return found;
}

bool routes_to_other_server(const Phone& phone, const Message& request) {
  const std::string_view route = uri_in(request.sip, sip::HeaderId::route);
  if (route.empty() || request.server == ServerRole::none ||
      leads_to(phone, route, request.destination).value_or(false))
    return false;
  return std::ranges::any_of(phone.trace.servers, [&](const trace::Server& server) {
    return server.role != request.server && leads_to(phone, route, server.endpoint).value_or(false);
  });
}

bool follows_its_route(const Phone& phone, const Message& request) {
  const std::string_view route = uri_in(request.sip, sip::HeaderId::route);
  return leads_to(phone, route, request.destination).value_or(false);
}

bool routes_to_other_server(const Phone& phone, const Leg& leg) {
  return routes_to_other_server(phone, opening(phone, invite_of(phone, leg)));
}

}  // namespace sipharness::observed
