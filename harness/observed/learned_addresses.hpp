#pragma once
// What responses told a phone of the address that it is seen under. @source RFC 3581 §4

#include <cstddef>
#include <string_view>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// A response before message `before` named this address in received and rport.
bool was_seen_under(const Phone& phone, std::string_view host, std::uint16_t port,
                    std::size_t before);

}  // namespace sipharness::observed
