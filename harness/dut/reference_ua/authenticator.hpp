#pragma once
// Proves at one server that we know the account's password. Contract:
//  1. accept() takes the challenge of a 401 or 407 and says whether trying again makes sense.
//  2. authorize() adds credentials for every challenge taken so far; each use raises its count.
//  3. Credentials that a server rejected are not tried again within the same attempt.
// @source RFC 3261 §22.1-§22.3; RFC 7616 §3.4 (nc), RFC 2617 §3.2.1 (stale)

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "harness/base/rng.hpp"
#include "harness/sip/builder.hpp"
#include "harness/sip/digest.hpp"
#include "harness/sip/message.hpp"

namespace sipharness::dut {

class Authenticator {
 public:
  Authenticator(const Rng& rng, std::string username, std::string password);

  /// `sent` is the request that drew `challenge`.
  bool accept(const sip::MessageView& sent, const sip::MessageView& challenge);
  void authorize(sip::MessageBuilder& request, std::string_view method, std::string_view uri);

 private:
  struct Space {
    sip::Challenge challenge;
    std::uint32_t uses = 0;
  };

  Rng rng_;
  std::string username_;
  std::string password_;
  std::map<sip::HeaderId, Space> spaces_;  ///< by the header that carries the credentials
};

inline bool is_challenge(const sip::MessageView& response) {
  return response.status() == 401 || response.status() == 407;
}

}  // namespace sipharness::dut
