#pragma once
// What a phone was told of its servers (a name, a port), and where it went on their machines.
// @source guide.txt, Configuration, steps 2 and 3; RFC 3263 §4.2

#include <string>
#include <vector>

#include "harness/observed/phone.hpp"
#include "harness/scenario/scenario.hpp"

namespace sipharness::observed {

/// What the scenario calls it; null: the phone was given nothing but an address. A phone without a
/// scenario was given nothing that is known.
const scenario::Server* given_as(const Phone& phone, ServerRole role);

/// The first REGISTER to the place that was given; null if there is none.
const Message* first_register_at(const Phone& phone, const trace::Server& server);

/// REGISTERs to the server's machine, but to a port that nobody configured.
std::vector<const Message*> registers_at_other_ports(const Phone& phone,
                                                     const trace::Server& server);

/// What the phone asked about `host`, or a name below it, before that request.
std::vector<const trace::Lookup*> lookups_before(const Phone& phone, const std::string& host,
                                                 const Message& request);

}  // namespace sipharness::observed
