#pragma once
// The MAC of a phone, where it names it: a bug report wants to know which phone it was.
//  1. In its User-Agent, as twelve hexadecimal digits in a word of their own (Yealink, Snom).
//  2. In the Contact of its REGISTER: an instance id whose UUID has no time and ends in the MAC
//     (Grandstream). @source RFC 5626 §4.1, RFC 4122 §4.1.6
//  3. In the configuration file that it fetches from the harness.

#include <string>
#include <string_view>
#include <vector>

#include "harness/trace/trace.hpp"

namespace sipharness::judge {

/// "c074ad0d1234" for "Yealink SIP-T46U 108.86.0.20 C074AD0D1234"; empty if there is none.
std::string mac_in_user_agent(std::string_view user_agent);
/// The same for a Contact with +sip.instance.
std::string mac_in_contact(std::string_view contact);

/// Of each device of the trace; empty: not known.
std::vector<std::string> macs_of(const trace::Trace& trace);

}  // namespace sipharness::judge
