#include "harness/trace/health.hpp"

namespace sipharness::trace {

bool concerns(const Fault& fault, ServerRole server, const Span& span) {
  const bool is_elsewhere =
      server != ServerRole::none && fault.server != ServerRole::none && fault.server != server;
  return !is_elsewhere && fault.from <= span.until && span.from <= fault.until;
}

std::vector<std::string> Health::texts() const {
  std::vector<std::string> all;
  for (const Fault& fault : faults)
    if (!fault.is_guess) all.push_back(fault.text);
  return all;
}

}  // namespace sipharness::trace
