#pragma once
// Which addresses stand behind one name, as the DNS messages of a capture show by A and AAAA.
// @source RFC 3263 §4.2 (locating servers)

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/trace/flow_evidence.hpp"
#include "harness/trace/trace.hpp"

namespace sipharness::trace {

class LookedUpNames {
 public:
  explicit LookedUpNames(const std::vector<Lookup>& lookups);

  /// Both addresses stand behind this name.
  bool leads_to_both(std::string_view name, const IpAddress& a, const IpAddress& b) const;

 private:
  std::unordered_map<std::string, EndpointSet> behind_;  ///< addresses with port 0
};

}  // namespace sipharness::trace
