#include "harness/trace/users.hpp"

#include "harness/sip/address.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::trace {

std::string_view user_of_uri(std::string_view uri) {
  const auto parsed = sip::parse_uri(uri);
  return parsed ? parsed->user : std::string_view();
}

std::string_view user_in(const sip::MessageView& message, sip::HeaderId header) {
  const auto address = sip::parse_address(message.header(header));
  return address ? user_of_uri(address->uri) : std::string_view();
}

}  // namespace sipharness::trace
