#include "harness/trace/passers_by.hpp"

#include "harness/trace/trace.hpp"

namespace sipharness::trace {

PassersBy::PassersBy(const Trace& trace) {
  if (!trace.has_journal()) return;
  for (const Device& device : trace.devices) {
    if (!device.under_test) continue;
    for (const Endpoint& endpoint : device.addresses) own_.insert({endpoint.address, 0});
  }
  for (const Flow& flow : trace.messages.flows())
    if (flow.direction == Direction::from_device && own_.contains({flow.source.address, 0}))
      spoken_to_.insert({flow.destination.address, 0});
}

}  // namespace sipharness::trace
