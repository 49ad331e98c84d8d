#pragma once
// NOTIFYs that make a phone fetch its configuration again, or reboot and fetch it. A phone that
// challenges one gets it once more with the account's credentials.
// @source GRP26xx: Event "resync", "check-sync" (docs/lab.md); RFC 3261 §22.2

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "fake_servers/fake_server.hpp"
#include "fake_servers/registrar.hpp"

namespace fake_servers {

class FetchNotifier {
 public:
  /// The status of the phone's answer; 0 if none came.
  using Done = std::function<void(int status)>;

  explicit FetchNotifier(ServerCore& core) : core_(core) {}

  /// To the phone's binding among these, else to where it is said to be.
  void send(const FetchNotify& notify, const std::vector<Binding>& bindings, const Done& done);

 private:
  /// One NOTIFY under way.
  struct Pending {
    FetchNotify notify;
    std::string uri;
    Hop hop;
    std::string call_id;
    std::string from_tag;
    std::uint32_t cseq = 1;
    Done done;
  };

  void send(const Pending& pending, const std::string& authorization);
  void on_response(Pending pending, const MessageView& response);

  ServerCore& core_;
};

}  // namespace fake_servers
