#pragma once
// Several phones that register one account: which REGISTERs of it come from one phone. One that
// boots or moves begins a new Call-ID at a new address and never goes back; two phones take turns.
//  1. REGISTERs from one endpoint (one machine, over TCP) or with one Call-ID are one phone's. The
//     servers of a run see who sends: there one Call-ID from two machines may be a copy.
//  2. What remains apart is several phones if their User-Agents are of different models, or if they
//     take turns at one server, be it with other requests; elsewhere than in a run also if they
//     take turns from machines of their own at several. Else it is one phone that moved. Those that
//     take turns are told apart if each says which instance it is.
// @source RFC 3261 §10.2, §10.2.1; RFC 5626 §4.1 (+sip.instance)

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/trace/message_list.hpp"

namespace sipharness::trace {

class SharedAccounts {
 public:
  /// Of the requests that devices sent to servers, in a run that moves none of them or elsewhere.
  SharedAccounts(const MessageList& messages, bool is_run);

  struct Phone {
    std::vector<Endpoint> endpoints;  ///< in order of appearance
    std::string model;
    std::string instance;         ///< +sip.instance of its Contact
    bool is_told_apart = false;   ///< by its model or instance
    bool has_own_server = false;  ///< at no server do two of them take turns
  };

  /// The phones that register `user`; empty where there is one.
  const std::vector<Phone>& phones_of(std::string_view user) const;

 private:
  std::unordered_map<std::string_view, std::vector<Phone>> phones_;
};

/// "account 1001 registers from A and B in turn, each with its own Call-ID: …" and what to do.
std::string describe(std::string_view user, const std::vector<SharedAccounts::Phone>& phones,
                     bool is_run);

}  // namespace sipharness::trace
