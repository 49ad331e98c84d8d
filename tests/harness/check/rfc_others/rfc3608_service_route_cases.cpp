#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace rfc3608_service_route {

/// Registered at both; `method` to `server` with this Route.
std::function<void(Setting)> routed(std::string method, trace::ServerRole server,
                                    std::string route) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    Fields fields;
    if (!route.empty()) fields.headers = {{"Route", route}};
    s.trace.at(7s).from_device(server).request(method, fields);
    s.trace.ends(60s);
  };
}

}  // namespace rfc3608_service_route

std::vector<Case> rfc3608_service_route_cases() {
  using namespace rfc3608_service_route;
  constexpr std::string_view id = "RFC3608-01";
  constexpr std::string_view needed = "a request outside dialogs with a Route";
  const std::string to_primary = "<sip:127.0.0.11:5070;lr>";
  return {
      {"through_its_server", id, Verdict::pass, routed("INVITE", primary, to_primary)},
      {"through_the_other_one", id,
       fails("INVITE to the secondary routes to the other server: Route sip:127.0.0.11", {5}),
       routed("INVITE", secondary, to_primary)},
      {"subscribes_through_the_other_one", id,
       fails("SUBSCRIBE to the primary routes to the other server", {5}),
       routed("SUBSCRIBE", primary, "<sip:127.0.0.12:5080;lr>, <sip:core.test;lr>")},
      {"by_a_name", id, needs(needed), routed("INVITE", primary, "<sip:edge.test;lr>")},
      {"through_a_proxy_of_its_own", id, needs(needed),
       routed("INVITE", primary, "<sip:192.0.2.9:5060;lr>")},
      {"no_route", id, needs(needed), routed("INVITE", primary, "")},
  };
}

}  // namespace sipharness::check_tests
