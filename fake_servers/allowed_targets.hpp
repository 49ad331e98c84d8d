#pragma once
// Where a server may send on the word of a peer, be it a Contact, a Record-Route or a session
// description: to the address that the peer itself was heard from, and to those that the run names.
// A message with a forged or foreign address must not make the harness send to a third party.
//  1. What is not allowed is told to the journal once for each address, and of a bounded number.
//  2. A response goes to where its request came from and is not asked about here.

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/address_prefix.hpp"
#include "harness/journal/journal.hpp"

namespace fake_servers {

class AllowedTargets {
 public:
  static constexpr std::size_t most_told = 256;

  AllowedTargets(sipharness::journal::Writer& journal, std::string server,
                 std::vector<sipharness::AddressPrefix> named)
      : journal_(journal), server_(std::move(server)), named_(std::move(named)) {}

  /// Whether `what` ("requests", journal::diverted_media) may go to `target` for the one heard from
  /// `peer`.
  bool allow(const sipharness::IpAddress& target, const sipharness::IpAddress& peer,
             std::string_view what);

 private:
  void tell(const sipharness::IpAddress& target, const sipharness::IpAddress& peer,
            std::string_view what);

  sipharness::journal::Writer& journal_;
  std::string server_;
  std::vector<sipharness::AddressPrefix> named_;
  std::set<std::pair<sipharness::IpAddress, std::string_view>> told_;
};

}  // namespace fake_servers
