#pragma once
// The deviations that lie in what the reference UA makes of a message it receives, as a table of
// edits: it then acts by the book on the altered message.

#include <string>

#include "harness/base/endpoint.hpp"
#include "harness/dut/reference_ua/deviation.hpp"
#include "harness/sip/message.hpp"

namespace sipharness::dut {

/// Whether any of these deviations is asked for.
bool alters_received(const DeviationSet& deviations);

/// `message` as the device at `local` takes it.
std::string altered(const sip::MessageView& message, const Endpoint& local,
                    const DeviationSet& deviations);

}  // namespace sipharness::dut
