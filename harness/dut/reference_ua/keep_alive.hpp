#pragma once
// OPTIONS sent regularly to a server, so that its silence is noticed before a refresh is due.
// Contract:
//  1. From start() to stop() an OPTIONS leaves every interval, each a transaction by the book; none
//     does while the server wants to be left alone.
//  2. policy: an OPTIONS is lost when its transaction ends without any response, so by Timer F; the
//     next one does not wait for that. A response, whatever its status, shows that the server is
//     there: the count begins anew, and those sent before it no longer count.
//  3. on_silence follows when max_lost in a row were lost; then the count begins anew.
// @source grp26xx profile, options_keepalive; RFC 3261 §11.1, §17.1.2.2

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "harness/dut/reference_ua/ua_core.hpp"

namespace sipharness::dut {

class KeepAlive {
 public:
  KeepAlive(UaCore& core, Server& server, scenario::OptionsKeepAlive settings,
            std::function<void()> on_silence);
  KeepAlive(const KeepAlive&) = delete;
  KeepAlive& operator=(const KeepAlive&) = delete;

  /// Nothing if it runs already.
  void start();
  /// What is under way ends by the book and counts no more.
  void stop();

 private:
  struct Probe {
    std::string call_id;
    std::string from_tag;
    std::uint32_t cseq = 0;
    ClientRequest request{};
  };
  using Serial = std::uint64_t;

  void wait();
  void probe();
  void send(Serial serial);
  void on_response(Serial serial, const sip::MessageView& response);
  void on_lost(Serial serial);

  UaCore& core_;
  Server& server_;
  scenario::OptionsKeepAlive settings_;
  std::function<void()> on_silence_;
  std::map<Serial, Probe> probes_;  ///< that nothing is known of yet
  Serial sent_ = 0;
  int lost_ = 0;  ///< in a row
  bool runs_ = false;
  world::Timer next_;
};

}  // namespace sipharness::dut
