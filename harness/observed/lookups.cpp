#include "harness/observed/lookups.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/observed/sent_requests.hpp"
#include "harness/sip/text.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::observed {
namespace {

/// The newest question before the request about that name, or (RFC 3263 §4.1, §4.2) its services.
const trace::Lookup* question_before(const Phone& phone, const Message& request,
                                     std::string_view host, bool about_services) {
  const trace::Lookup* found = nullptr;
  for (const trace::Lookup& lookup : phone.trace.lookups) {
    const std::string_view name = lookup.message.name;
    const dns::RecordType type = lookup.message.type;
    const bool is_service = type == dns::RecordType::srv && name.starts_with('_') &&
                            name.ends_with(fmt::format(".{}", host));
    const bool is_address = type == dns::RecordType::a || type == dns::RecordType::aaaa;
    if (lookup.message.is_response || lookup.at > request.at ||
        lookup.source.address != request.source.address)
      continue;
    if (about_services ? is_service : is_address && name == host) found = &lookup;
  }
  return found;
}

/// The first REGISTER for the domain, wherever it went.
const Message* first_register_for(const Phone& phone, std::string_view host) {
  const auto first = std::ranges::find_if(registers_anywhere(phone), [&](const Message* one) {
    const auto uri = sip::parse_uri(one->sip.request_uri());
    return one->direction != Direction::to_device && uri &&
           sip::same_ignoring_case(uri->host, host);
  });
  return first == registers_anywhere(phone).end() ? nullptr : *first;
}

}  // namespace

std::vector<NamedServer> find_named_servers(const Phone& phone) {
  std::vector<NamedServer> found;
  if (phone.scenario == nullptr) return found;
  for (const scenario::Server& server : phone.scenario->servers) {
    const Message* request = server.host ? first_register_for(phone, *server.host) : nullptr;
    if (request == nullptr) continue;
    const trace::Lookup* service = question_before(phone, *request, *server.host, true);
    const trace::Lookup* address = question_before(phone, *request, *server.host, false);
    const trace::Lookup* wanted = server.by_srv ? service : address;
    found.push_back({&server, request, wanted,
                     wanted != nullptr ? wanted : (server.by_srv ? address : nullptr)});
  }
  return found;
}

Evidence evidence_of(const Phone& phone, const NamedServer& named) {
  Evidence evidence = evidence_of(phone, *named.request);
  evidence.server = trace::role_of(named.server->name);
  if (named.seen != nullptr) evidence.frames.push_back(named.seen->frame);
  return evidence;
}

}  // namespace sipharness::observed
