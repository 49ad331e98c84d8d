// The route that a request outside dialogs carries. @source RFC 3608 §6.1; RFC 3261 §8.1.2

#include "harness/check/families.hpp"
#include "harness/observed/addresses.hpp"
#include "harness/observed/preloaded_routes.hpp"

namespace sipharness::check {
namespace {

/// What local policy makes of a Route that names neither server is not ours to judge.
void goes_to_its_first_route(const Phone& phone, const Message& request, Occurrence& it) {
  const std::string_view method = request.sip.method_text();
  if (routes_to_other_server(phone, request))
    it.violated("{} to the {} routes to the other server: Route {}", method,
                to_string(request.server), uri_in(request.sip, sip::HeaderId::route));
  else if (follows_its_route(phone, request))
    it.pass("{} went to its first Route", method);
}

const std::array rfc3608_service_route{
    Rule{.row = {.id = "RFC3608-01",
                 .clause = "RFC 3608 §6.1; RFC 3261 §8.1.2",
                 .severity = Severity::must,
                 .sentence = "A request outside dialogs goes to its first Route; the Service-Route "
                             "of one server is no route through the other.",
                 .observed = "The first Route of a request to one server does not name the other "
                             "one. A Route that names neither is left to local policy."},
         .needs = {"a request outside dialogs with a Route"},
         .judge = each<requests_with_preloaded_route, goes_to_its_first_route>,
         .is_about_content = true},
};

}  // namespace

std::span<const Rule> rfc3608_service_route_rules() {
  return rfc3608_service_route;
}

}  // namespace sipharness::check
