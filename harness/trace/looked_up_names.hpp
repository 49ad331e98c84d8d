#pragma once
// Where names lead, as the DNS messages of a capture show: by A and AAAA, and through the CNAME,
// SRV and NAPTR records before them.
//  1. A name leads to the SIP services that were asked for under it, with a NAPTR record or
//  without.
//  2. Of the targets of one service that with the lowest priority is tried first; the others are
//  for
//     when it fails. Priorities that change, or that two services give the other way round, say
//     nothing.
// @source RFC 3263 §4.1, §4.2 (locating servers); RFC 2782 (SRV)

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "harness/trace/trace.hpp"

namespace sipharness::trace {

/// Two addresses of one name that are not tried alike.
struct TriedInOrder {
  std::string service;  ///< "_sip._udp.example.com"
  std::uint16_t one = 0;
  std::uint16_t other = 0;  ///< not the same
};

class LookedUpNames {
 public:
  explicit LookedUpNames(const std::vector<Lookup>& lookups);

  /// Nothing: the capture does not tell all of where the name leads.
  std::optional<bool> leads_to(std::string_view name, const IpAddress& address) const;
  /// Both addresses stand behind this name.
  bool leads_to_both(std::string_view name, const IpAddress& one, const IpAddress& other) const;
  /// In which order, if the name says so.
  std::optional<TriedInOrder> order(std::string_view name, const IpAddress& one,
                                    const IpAddress& other) const;

 private:
  struct Behind {
    std::unordered_set<std::string> names;  ///< with addresses as text
    bool is_known = true;                   ///< each of them leads to an address
  };
  struct Target {
    std::string name;
    std::uint16_t priority = 0;
  };

  void add(const dns::Record& record);
  const Behind& behind(std::string_view name) const;
  Behind find_behind(const std::string& name) const;
  std::optional<std::uint16_t> priority_in(const std::vector<Target>& targets,
                                           const IpAddress& address) const;

  /// By name: the names and, as text, the addresses that it leads to.
  std::unordered_map<std::string, std::vector<std::string>> next_;
  std::unordered_map<std::string, std::vector<Target>> services_;  ///< of SRV, by their names
  std::unordered_set<std::string> changing_;                       ///< of these
  mutable std::unordered_map<std::string, Behind> found_;
};

}  // namespace sipharness::trace
